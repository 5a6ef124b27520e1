"""A whole query: `$filter`, `$orderby`, `$select`, nested `$expand`, `$top`, `$skip`, `$count`."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from citybrain.engines.odata.errors import ODataError
from citybrain.engines.odata.expressions import parse_expression, parse_filter
from citybrain.engines.odata.nodes import Node

MOST_EXPAND_DEPTH, MOST_EXPANDS, MOST_ORDERS = 5, 40, 10
KNOWN = ("$filter", "$orderby", "$select", "$expand", "$top", "$skip", "$count")


@dataclass(frozen=True, slots=True)
class Order:
    """One key of the order."""

    by: Node
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Expand:
    """One navigation property with the options for what it leads to."""

    name: str
    options: "Options"


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that a query may say; None for what it does not."""

    filter: Node | None = None
    orderby: tuple[Order, ...] = ()
    select: tuple[str, ...] = ()
    expand: tuple[Expand, ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool | None = None
    result_format: str | None = None
    others: dict[str, str] = field(default_factory=dict, hash=False, compare=False)


class _Budget:
    """How many expansions a query has made so far."""

    def __init__(self) -> None:
        self.left = MOST_EXPANDS


def parse_options(given: Iterable[tuple[str, str]]) -> Options:
    """Of the pairs of a query string. Unknown names with a dollar and repeats are errors;
    names without one are kept in `others`. Raises `ODataError`."""
    return _options(given, 0, _Budget())


def _options(given: Iterable[tuple[str, str]], depth: int, budget: _Budget) -> Options:
    known: dict[str, str] = {}
    others: dict[str, str] = {}
    for name, value in given:
        place = known if name.startswith("$") else others
        if name in known:
            raise ODataError(f"{name} is given twice")
        place[name] = value
    strange = [name for name in known if name not in (*KNOWN, "$resultFormat")]
    if strange:
        raise ODataError(f"{strange[0][:40]} is not supported")
    return Options(
        filter=parse_filter(known["$filter"]) if "$filter" in known else None,
        orderby=_orders(known.get("$orderby", "")),
        select=_selected(known.get("$select", "")),
        expand=_expands(known.get("$expand", ""), depth, budget),
        top=_number(known, "$top"),
        skip=_number(known, "$skip") or 0,
        count=_truth(known.get("$count")),
        result_format=known.get("$resultFormat"),
        others=others,
    )


def _number(known: dict[str, str], name: str) -> int | None:
    text = known.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise ODataError(f"{name} takes a natural number")
    return int(text)


def _truth(text: str | None) -> bool | None:
    if text is None:
        return None
    if text.lower() not in {"true", "false"}:
        raise ODataError("$count is true or false")
    return text.lower() == "true"


def _selected(text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in split(text, ","))
    if text and not all(names):
        raise ODataError("$select lists names with commas between")
    return tuple(dict.fromkeys(names)) if text else ()


def _orders(text: str) -> tuple[Order, ...]:
    parts = split(text, ",") if text.strip() else []
    if len(parts) > MOST_ORDERS:
        raise ODataError(f"$orderby takes at most {MOST_ORDERS} keys")
    return tuple(_order(part.strip()) for part in parts)


def _order(text: str) -> Order:
    bare, _, way = text.rpartition(" ")
    if way.lower() in {"asc", "desc"} and bare.strip():
        return Order(parse_expression(bare.strip()), way.lower() == "desc")
    return Order(parse_expression(text))


def _expands(text: str, depth: int, budget: _Budget) -> tuple[Expand, ...]:
    if not text.strip():
        return ()
    if depth >= MOST_EXPAND_DEPTH:
        raise ODataError(f"$expand nests at most {MOST_EXPAND_DEPTH} deep")
    merged: dict[str, Expand] = {}
    for part in split(text, ","):
        made = _expand(part.strip(), depth, budget)
        known = merged.get(made.name)
        merged[made.name] = _joined(known, made) if known else made
    return tuple(merged.values())


def _expand(text: str, depth: int, budget: _Budget) -> Expand:
    """`Name`, `Name(options;…)`, or the path `Name/Further`."""
    budget.left -= 1
    if budget.left < 0:
        raise ODataError(f"$expand names at most {MOST_EXPANDS} properties")
    head, bracket, rest = text.partition("(")
    if bracket:
        if not rest.endswith(")"):
            raise ODataError("$expand: a bracket is not closed")
        inner = [_pair(one) for one in split(rest[:-1], ";") if one.strip()]
        options = _options(inner, depth + 1, budget)
    else:
        options = Options()
    name, slash, further = head.strip().partition("/")
    if not name.isidentifier():
        raise ODataError(f"$expand: {name[:40]!r} is no navigation property")
    if slash:
        if depth + 1 >= MOST_EXPAND_DEPTH:
            raise ODataError(f"$expand nests at most {MOST_EXPAND_DEPTH} deep")
        inner_text = further + (f"({rest}" if bracket else "")
        return Expand(name, Options(expand=(_expand(inner_text, depth + 1, budget),)))
    return Expand(name, options)


def _joined(first: Expand, second: Expand) -> Expand:
    """`A/B,A/C` expands A once, with B and C in it."""
    one, two = first.options, second.options
    bare = Options(expand=two.expand)
    if two != bare:
        raise ODataError(f"$expand names {first.name} twice")
    inner = {each.name: each for each in one.expand}
    for each in two.expand:
        inner[each.name] = _joined(inner[each.name], each) if each.name in inner else each
    return Expand(
        first.name,
        Options(
            one.filter,
            one.orderby,
            one.select,
            tuple(inner.values()),
            one.top,
            one.skip,
            one.count,
            one.result_format,
        ),
    )


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.strip().partition("=")
    if not sign:
        raise ODataError("$expand: an option is written $name=value")
    return name.strip(), value


def split(text: str, mark: str) -> list[str]:
    """Parts between marks that stand outside of brackets and quotes. Raises `ODataError`."""
    parts, depth, quoted, start = [], 0, False, 0
    for place, letter in enumerate(text):
        if letter == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif letter in "()":
            depth += 1 if letter == "(" else -1
            if depth < 0:
                raise ODataError("a bracket is closed that was not opened", place)
        elif letter == mark and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    if quoted or depth:
        raise ODataError("a quote or a bracket is not closed")
    return [*parts, text[start:]]
