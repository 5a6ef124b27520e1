"""Filters: the examples of the standard's kind, three-valued logic, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from citybrain.engines.odata import ODataError, evaluate, holds, parse_expression, parse_filter

RECORD: dict[str, Any] = {
    "id": 7,
    "name": "Tide gauge 'A'",
    "result": 21.5,
    "quality": None,
    "phenomenonTime": datetime(2025, 6, 1, 8, 30, 15, 250_000, tzinfo=UTC),
    "properties": {"owner": {"code": "JT"}, "height": 3},
    "location": {"type": "Point", "coordinates": [120.38, 36.07]},
    "Datastreams": [{"name": "level"}, {"name": "temperature"}],
}


def resolve(parts: tuple[str, ...]) -> Any:
    found: Any = RECORD
    for part in parts:
        if isinstance(found, list):
            found = [one.get(part) for one in found]
        else:
            found = found.get(part) if isinstance(found, dict) else None
    return found


def worth(text: str) -> Any:
    return evaluate(parse_expression(text), resolve)


@pytest.mark.parametrize(
    "text",
    [
        "result gt 20",
        "result ge 21.5 and result le 21.5",
        "name eq 'Tide gauge ''A'''",
        "not (result lt 10)",
        "not startswith(name, 'Air')",
        "result add 1 mul 2 eq 23.5",
        "(result add 1) mul 2 eq 45",
        "result sub 1.5 eq 20 or result eq 0",
        "-result lt -20",
        "result mod 2 eq 1.5",
        "7 div 2 eq 3.5",
        "substringof('gauge', name)",
        "endswith(name, '''A''')",
        "length(name) eq 14",
        "indexof(name, 'gauge') eq 5",
        "substring(name, 5) eq 'gauge ''A'''",
        "substring(name, 5, 5) eq 'gauge'",
        "tolower(name) eq concat('tide ', 'gauge ''a''')",
        "toupper(trim('  x ')) eq 'X'",
        "year(phenomenonTime) eq 2025 and month(phenomenonTime) eq 6",
        "day(phenomenonTime) eq 1 and hour(phenomenonTime) eq 8",
        "minute(phenomenonTime) eq 30 and second(phenomenonTime) eq 15",
        "fractionalseconds(phenomenonTime) eq 0.25",
        "date(phenomenonTime) eq 2025-06-01",
        "time(phenomenonTime) gt 08:30:15",
        "totaloffsetminutes(phenomenonTime) eq 0",
        "phenomenonTime lt now() and phenomenonTime gt mindatetime()",
        "phenomenonTime lt maxdatetime()",
        "phenomenonTime add duration'PT29M44.75S' eq 2025-06-01T09:00:00Z",
        "now() sub duration'P1D' lt now()",
        "phenomenonTime ge 2025-06-01T16:30:15+08:00",
        "phenomenonTime gt '2025-06-01T08:00:00Z'",
        "round(result) eq 22 and floor(result) eq 21 and ceiling(result) eq 22",
        "round(-21.5) eq -22",
        "geo.distance(location, geography'POINT(120.39 36.07)') lt 1000",
        "geo.distance(location, geography'POINT(120.39 36.07)') gt 850",
        "geo.intersects(location, geography'POLYGON((120 36, 121 36, 121 37, 120 37, 120 36))')",
        "st_within(location, geography'POLYGON((120 36, 121 36, 121 37, 120 37, 120 36))')",
        "st_disjoint(location, geography'POINT(0 0)')",
        "st_equals(location, geography'SRID=4326;POINT(120.38 36.07)')",
        "st_relate(location, geography'POINT(120.38 36.07)', '0FFFFFFF2')",
        "geo.length(geography'LINESTRING(120 36, 120 37)') gt 111000",
        "properties/owner/code eq 'JT' and properties/height gt 2",
        "quality eq null and name ne null",
        "Datastreams/name eq 'temperature'",
        "overlaps(phenomenonTime, 2025-06-01T00:00:00Z/2025-06-02T00:00:00Z)",
        "during(phenomenonTime, 2025-06-01T00:00:00Z/2025-06-02T00:00:00Z)",
        "before(phenomenonTime, 2025-07-01T00:00:00Z)",
        "after(phenomenonTime, 2025-05-01T00:00:00Z)",
        "phenomenonTime lt 2025-06-02T00:00:00Z/2025-06-03T00:00:00Z",
        "true and not false",
    ],
)
def test_a_filter_of_the_standard_holds(text):
    assert holds(parse_filter(text), resolve) is True


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("quality gt 3", None),
        ("quality gt 3 or true", True),
        ("quality gt 3 and false", False),
        ("not (quality gt 3)", None),
        ("length(quality)", None),
        ("result div 0", None),
        ("name gt 3", False),
        ("name ne 3", True),
        ("nothing/deep eq null", True),
    ],
)
def test_null_and_values_of_other_sorts_follow_odatas_logic(text, value):
    assert worth(text) is value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("result", None),
        ("result gt", "did not expect the end"),
        ("result gt 1 1", "did not expect 1"),
        ("(result gt 1", "did not expect the end"),
        ("result gt 1)", "did not expect ')'"),
        ("result eq 1 eq 2", "did not expect 'eq'"),
        ("sinus(result) gt 1", "no function 'sinus'"),
        ("length() gt 1", "length takes 1 arguments"),
        ("result gt 'abc", "cannot read"),
        ("result gt 2025-13-01T00:00:00Z", "no time in ISO 8601"),
        ("phenomenonTime gt 2025-02-30", "is no date"),
        ("result add 1", "must be true or false"),
        ("st_within(location, geography'POLYGON((1 2')", "not a geometry"),
        ("a gt duration'P'", "no duration"),
        ("result gt " + "9" * 40, "is no number"),
        ("a eq 2025-06-02T00:00:00Z/2025-06-01T00:00:00Z", "ends before it starts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(text, told):
    if told is None:
        assert parse_filter(text)
        return
    with pytest.raises(ODataError, match=r".") as caught:
        parse_filter(text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "bomb",
    [
        "(" * 5000 + "true" + ")" * 2000,
        "not " * 200 + "true",
        "-" * 500 + "1 eq 1",
        " or ".join(["result eq 1"] * 400),
        "length(" * 300 + "name" + ")" * 300 + " eq 1",
        "geo.intersects(location, geography'" + "POINT(1 1) " * 4000 + "')",
        "name eq '" + "x" * 9000 + "'",
    ],
)
def test_a_bomb_is_refused_at_once(bomb):
    with pytest.raises(ODataError):
        parse_filter(bomb)


@pytest.mark.parametrize(
    "text",
    ["length(result) eq 1", "geo.distance(name, location) lt 1", "name add 1 gt 2",
     "year(result) eq 1", "name and true", "st_relate(location, location, 'x')",
     "during(phenomenonTime, now())", "substring(name, -1) eq 'a'"],
)  # fmt: skip
def test_values_that_do_not_fit_a_function_are_told(text):
    with pytest.raises(ODataError):
        worth(text)


def test_random_texts_are_read_or_refused_and_nothing_else():
    from random import Random

    dice = Random(11)
    parts = ["result", "gt", "(", ")", "'a", "'", "1", "-", "and", "not", "geo.distance", ",",
             "duration'P1D'", "2025-06-01", "/", "null", "name/x", "\x00", "é", "%"]  # fmt: skip
    for _ in range(3000):
        text = " ".join(dice.choices(parts, k=dice.randint(1, 12)))
        try:
            evaluate(parse_expression(text), resolve)
        except ODataError:
            continue
