# ruff: noqa: S608 - identifiers come from validated metadata only, every value is bound
"""Running the checks that people wrote over an opened table."""

from dataclasses import dataclass
from datetime import date, datetime

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.quality import expecting
from citybrain.domains.catalogue.quality.masking import cleaned, masked
from citybrain.domains.catalogue.quality.reading import RELATION, Opened
from citybrain.domains.catalogue.quality.scoring import Tested
from citybrain.kernel import clock

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Written:
    """A check that somebody wrote, with the relation that a reference looks into."""

    ref: str
    rule: str
    column: str
    values: dict[str, object]
    other: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the table already. `protected`: column → kind, to mask examples."""

    rows: int
    protected: dict[str, str]
    content_at: datetime | None


def run_written(seen: Opened, one: Written, known: Known) -> Tested:
    """One check over all rows."""
    rows, protected = known.rows, known.protected
    if one.rule == "row_count":
        return _row_count(one, rows)
    if one.rule == "freshness" and not one.column:
        return _aged(one, known.content_at.date() if known.content_at else None)
    if all(item.name != one.column for item in seen.table.items):
        return _gone(one)
    item = seen.table.item(one.column)
    if one.rule == "freshness":
        return _newest(seen, one, item)
    filled = _count(seen, f"SELECT count_if(NOT ({seen.blank(item)})) FROM {RELATION}", [])
    if one.rule == "unique":
        return _result(one, filled, _count(seen, expecting.repeated(item, seen), []), [])
    made = expecting.condition(one.rule, item, one.values, seen, one.other)
    if made is None:
        raise ValueError(one.rule)
    failing = _count(seen, f"SELECT count_if({made.text}) FROM {RELATION}", made.values)
    examples: list[str] = []
    if failing and one.rule != "not_null":
        examples = _examples(seen, item, made, protected)
    return _result(one, rows if one.rule == "not_null" else filled, failing, examples)


def _gone(one: Written) -> Tested:
    """The column of a check is no longer registered: that is a failure, not a pass."""
    return Tested(
        expecting.RULES[one.rule],
        "expect-gone",
        f"检查无法执行：没有“{one.column}”列",
        f"Check cannot be run: there is no column “{one.column}”",
        1,
        1,
        expectation=one.ref,
    )


def _examples(
    seen: Opened, item: Item, made: expecting.Condition, protected: dict[str, str]
) -> list[str]:
    lines = seen.base.execute(
        f"SELECT {seen.row}, left({item.quoted}::VARCHAR, 80) FROM {RELATION} "
        f"WHERE {made.text} LIMIT {EXAMPLES}",
        made.values,
    ).fetchall()
    hide = item.name in protected
    return [
        f"#{row}: {masked(value, protected.get(item.name, '')) if hide else cleaned(value)}"
        for row, value in lines
    ]


def _count(seen: Opened, text: str, values: list[object]) -> int:
    row = seen.base.execute(text, values).fetchone()
    return int(row[0] or 0) if row else 0


def _row_count(one: Written, rows: int) -> Tested:
    low, high = one.values.get("low"), one.values.get("high")
    short = low not in (None, "") and rows < int(str(low))
    long = high not in (None, "") and rows > int(str(high))
    return _result(one, 1, int(short or long), [str(rows)])


def _newest(seen: Opened, one: Written, item: Item) -> Tested:
    value, today = seen.typed(item), clock.today()
    newest = f"SELECT max({value})::DATE FROM {RELATION} WHERE {value}::DATE <= ?"
    row = seen.base.execute(newest, [today]).fetchone()
    return _aged(one, row[0] if row else None)


def _aged(one: Written, newest: date | None) -> Tested:
    """Whether the newest day lies no further back than the check allows."""
    days = int(str(one.values["days"]))
    late = newest is None or (clock.today() - newest).days > days
    return _result(one, 1, int(late), [str(newest or "—")])


def _result(one: Written, tested: int, failing: int, examples: list[str]) -> Tested:
    where = f"“{one.column}”" if one.column else ""
    zh, en = RULE_WORDS[one.rule]
    return Tested(
        expecting.RULES[one.rule],
        f"expect-{one.rule}",
        f"检查未通过：{where}{zh}",
        f"Check failed: {where or 'the table'} {en}",
        tested,
        failing,
        one.column,
        examples=examples if failing else [],
        expectation=one.ref,
    )


RULE_WORDS = {
    "not_null": ("应非空", "must be filled in"),
    "unique": ("应唯一", "must be unique"),
    "in_list": ("应在允许值之内", "must be one of the list"),
    "between": ("应在取值范围之内", "must lie between the bounds"),
    "matches": ("应符合格式", "must match the pattern"),
    "refers_to": ("应存在于被引用的列", "must stand in the other resource's column"),
    "freshness": ("应足够新", "must be recent enough"),
    "row_count": ("行数应在范围之内", "must have so many rows"),
}
