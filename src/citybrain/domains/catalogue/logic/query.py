"""The query language of tables: `column=op.value` in the query string, nothing else.

A query string is read into a `TableQuery`, a plain value that names only columns of the
table. Whatever cannot be read is a `ServeError` 400 which says what would be right.
docs/kinds.md describes the language for callers.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.errors import bad
from citybrain.domains.catalogue.logic.tables import TableBase

RESERVED = frozenset(
    {"select", "order", "limit", "offset", "group", "agg", "format", "bbox", "q", "count"}
)
COMPARISONS = {"eq": "=", "ne": "<>", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
FUNCTIONS = ("count", "sum", "avg", "min", "max")
FORMATS = ("json", "csv", "geojson")
DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET = 100, 10_000, 100_000_000
MAX_PARAMETERS, MAX_VALUE, MAX_LIST, MAX_WORDS = 50, 20_000, 500, 10


@dataclass(frozen=True, slots=True)
class Condition:
    """`item op values`; `op` is a comparison, "in", "like" (escaped pattern), "null", "notnull"."""

    item: Item
    op: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One aggregate: `count`, or a function of a column."""

    function: str
    item: Item | None = None

    @property
    def label(self) -> str:
        """Its name in the answer; the dot keeps it apart from every column."""
        return f"{self.function}.{self.item.name}" if self.item else self.function


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order: a column, or the label of an aggregate."""

    key: str
    descending: bool


@dataclass(frozen=True, slots=True)
class TableQuery:
    """A query that is known to be well-formed. `select` is empty for "all allowed columns"."""

    select: tuple[Item, ...] = ()
    conditions: tuple[Condition, ...] = ()
    order: tuple[Order, ...] = ()
    limit: int = DEFAULT_LIMIT
    offset: int = 0
    group: tuple[Item, ...] = ()
    terms: tuple[Term, ...] = ()
    format: str = "json"
    bbox: tuple[float, float, float, float] | None = None
    words: tuple[str, ...] = ()
    searched: tuple[Item, ...] = ()
    """Text columns that `words` are looked for in: those that the policy allows."""
    counted: bool = False
    """True when the answer also says how many rows match."""

    @property
    def is_aggregate(self) -> bool:
        """True when groups are asked for, not rows."""
        return bool(self.terms)


def split_list(text: str) -> list[str]:
    """The parts of `a,b,"c,d"`, with or without parentheses around."""
    if text.startswith("(") and text.endswith(")"):
        text = text[1:-1]
    try:
        parts = next(csv.reader([text], strict=True), [])
    except csv.Error:
        raise bad(
            "malformed-list",
            f'列表 {text[:60]!r} 的引号不成对，请按 a,b,"c,d" 书写。',
            'Quotes in the list are unbalanced; write it as a,b,"c,d".',
        ) from None
    if len(parts) > MAX_LIST:
        raise bad(
            "list-too-long",
            f"列表最多 {MAX_LIST} 项，请分次查询。",
            f"A list holds at most {MAX_LIST} values; ask in several calls.",
        )
    return parts


class Reader:
    """Reads one query string against the columns of one table."""

    def __init__(self, table: TableBase, query: Mapping[str, list[str]]) -> None:
        self._items = {item.name: item for item in table.items}
        self._query = query
        self._has_places = table.geometry is not None
        if sum(map(len, query.values())) > MAX_PARAMETERS:
            raise bad(
                "too-many-parameters",
                f"查询参数最多 {MAX_PARAMETERS} 个。",
                f"At most {MAX_PARAMETERS} parameters are read.",
            )
        if any(len(text) > MAX_VALUE for values in query.values() for text in values):
            raise bad("value-too-long", "查询参数过长。", "A parameter is too long.")

    def read(self) -> TableQuery:
        """The whole query. Raises `ServeError` 400."""
        group = self._columns("group")
        terms = self._terms(bool(group))
        select = self._columns("select")
        if terms and select:
            raise bad(
                "select-with-agg",
                "汇总查询请用 group 和 agg，不要用 select。",
                "An aggregate is asked for with group and agg, without select.",
            )
        counted = self._counted()
        if terms and counted:
            raise bad("count-of-groups", "汇总查询不支持 count。", "Groups are not counted.")
        if any(item.name.casefold() == term.label for item in group for term in terms):
            raise bad("name-clash", "不能按名为 count 的列计数。", "A column count clashes.")
        answer = self._format()
        if terms and answer == "geojson":
            raise bad("geojson-of-groups", "汇总结果没有空间形状。", "Groups have no geometry.")
        return TableQuery(
            select=select,
            conditions=tuple(self._conditions()),
            order=self._order(group, terms),
            limit=self._number("limit", DEFAULT_LIMIT, MAX_LIMIT),
            offset=self._number("offset", 0, MAX_OFFSET),
            group=group,
            terms=terms,
            format=answer,
            bbox=self._bbox(),
            words=self._words(),
            counted=counted,
        )

    def _words(self) -> tuple[str, ...]:
        words = tuple(dict.fromkeys((self._one("q") or "").casefold().split()))
        if len(words) > MAX_WORDS or any("\x00" in one for one in words):
            most = MAX_WORDS
            raise bad("bad-words", f"q 最多 {most} 个词。", f"q takes at most {most} words.")
        return words

    def _counted(self) -> bool:
        text = self._one("count")
        if text not in {None, "exact"}:
            raise bad("bad-count", "count 只能为 exact。", "count can only be exact.")
        return text == "exact"

    def _one(self, name: str) -> str | None:
        values = self._query.get(name, [])
        if len(values) > 1:
            raise bad("repeated", f"参数 {name} 只能出现一次。", f"{name} may be given only once.")
        return values[0] if values and values[0] else None

    def item(self, name: str) -> Item:
        """The column of this name. Raises `ServeError` "unknown-field"."""
        found = self._items.get(name)
        if found is None:
            raise bad(
                "unknown-field",
                f"没有名为 {name[:64]!r} 的列；可用的列见 …/schema。",
                f"There is no column {name[:64]!r}; …/schema lists the columns.",
            )
        return found

    def _columns(self, name: str) -> tuple[Item, ...]:
        text = self._one(name)
        if text is None:
            return ()
        return tuple(dict.fromkeys(self.item(part.strip()) for part in text.split(",")))

    def _terms(self, grouped: bool) -> tuple[Term, ...]:
        text = self._one("agg")
        if text is None:
            return (Term("count"),) if grouped else ()
        return tuple(dict.fromkeys(self._term(part.strip()) for part in text.split(",")))

    def _term(self, text: str) -> Term:
        function, _, column = text.partition(".")
        if function not in FUNCTIONS or (function == "count") == bool(column):
            raise bad(
                "unknown-aggregate",
                f"无法识别汇总 {text[:64]!r}；可用 count、sum.列、avg.列、min.列、max.列。",
                f"{text[:64]!r} is no aggregate; use count, sum.col, avg.col, min.col, max.col.",
            )
        if not column:
            return Term(function)
        item = self.item(column)
        if function in {"sum", "avg"} and not item.letter.is_number:
            raise bad(
                "not-a-number", f"{column} 不是数值列。", f"{column} is not a column of numbers."
            )
        return Term(function, item)

    def _order(self, group: tuple[Item, ...], terms: tuple[Term, ...]) -> tuple[Order, ...]:
        text = self._one("order")
        if text is None:
            return ()
        labels = {item.name for item in group} | {term.label for term in terms}
        orders = []
        for part in text.split(","):
            key, descending = _direction(part.strip())
            if not terms:
                self.item(key)
            elif key not in labels:
                raise bad(
                    "unknown-order",
                    f"只能按分组列或汇总项排序，{key[:64]!r} 不在其中。",
                    f"Groups are ordered by their own columns; {key[:64]!r} is not one.",
                )
            orders.append(Order(key, descending))
        return tuple(orders)

    def _number(self, name: str, default: int, highest: int) -> int:
        text = self._one(name)
        if text is None:
            return default
        if not (text.isascii() and text.isdigit()) or len(text) > 12 or int(text) > highest:
            raise bad(
                f"bad-{name}",
                f"{name} 应为 0 到 {highest} 的整数。",
                f"{name} must be an integer from 0 to {highest}.",
            )
        return int(text)

    def _format(self) -> str:
        text = self._one("format") or "json"
        if text not in FORMATS or (text == "geojson" and not self._has_places):
            raise bad(
                "unknown-format",
                "format 可为 json、csv；有空间列的表还可为 geojson。",
                "format is json or csv, or geojson for a table with places.",
            )
        return text

    def _bbox(self) -> tuple[float, float, float, float] | None:
        text = self._one("bbox")
        if text is None:
            return None
        try:
            west, south, east, north = (float(part) for part in text.split(","))
            if self._has_places and -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
                return (west, south, east, north)
        except ValueError:
            pass
        raise bad(
            "bad-bbox",
            "bbox 应为 西,南,东,北（经纬度），且该表须有空间列。",
            "bbox is west,south,east,north in degrees, for a table with places.",
        )

    def _conditions(self) -> list[Condition]:
        found = []
        for key, values in self._query.items():
            if key in RESERVED:
                continue
            item = self.item(key.removeprefix("where."))
            found += [_condition(item, text) for text in values]
        return found


def _direction(part: str) -> tuple[str, bool]:
    for suffix, descending in ((".desc", True), (".asc", False)):
        if part.endswith(suffix):
            return part.removesuffix(suffix), descending
    return part, False


def _condition(item: Item, text: str) -> Condition:
    op, dot, value = text.partition(".")
    if op == "is" and value in {"null", "notnull"}:
        return Condition(item, value)
    if dot and op in COMPARISONS:
        return Condition(item, op, (parse_value(item, value),))
    if dot and op == "in":
        return Condition(item, op, tuple(parse_value(item, one) for one in split_list(value)))
    if dot and op == "like" and item.letter.is_text:
        return Condition(item, op, (like_pattern(parse_value(item, value)),))
    raise bad(
        "unknown-operator",
        f"{item.name} 的条件应写成 op.值，op 为 eq、ne、lt、lte、gt、gte、in、"
        "like（仅文本，* 为通配符）、is（is.null 或 is.notnull）。",
        f"Write conditions on {item.name} as op.value, with op one of eq, ne, lt, lte, gt, gte, "
        "in, like (text only, * is the wildcard), is (is.null or is.notnull).",
    )


def parse_value(item: Item, text: str) -> Any:
    """The value of a column's type. Raises `ServeError` "bad-value", without the value."""
    try:
        return item.letter.parse(text)
    except (ValueError, ArithmeticError):
        letter = item.letter
        raise bad(
            "bad-value",
            f"{item.name} 的值应为{letter.zh}。",
            f"A value for {item.name} must be {letter.en}.",
        ) from None


def like_pattern(text: str) -> str:
    """An SQL pattern in which only `*` is a wildcard; escape character is the backslash."""
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return text.replace("*", "%")
