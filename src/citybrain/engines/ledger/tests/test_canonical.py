"""Canonical JSON: one value, one text."""

import enum
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.ledger.canonical import canonical

PLAIN = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


def reference(value):
    """RFC 8785 for values without floats, written for clarity."""
    if isinstance(value, dict):
        ordered = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{reference(k)}:{reference(value[k])}" for k in ordered) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(reference, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@given(VALUES)
def test_it_is_what_the_rfc_says_and_reads_back(value):
    data = canonical(value)
    assert data == reference(value).encode()
    assert json.loads(data) == value


def test_keys_are_ordered_by_utf16_units_as_in_the_rfc():
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}
    keys = list(json.loads(canonical(value)))
    assert keys == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (1.5, "$: float"),
        ({"a": [1, {"b": 2.0}]}, "$.a[1].b: float"),
        ({1: 2}, "$: the key 1"),
        (b"x", "$: bytes"),
        ([{1, 2}], "$[0]: set"),
    ],
)
def test_what_has_no_canonical_form_is_refused_and_its_place_named(value, place):
    with pytest.raises(TypeError) as refused:
        canonical(value)
    assert str(refused.value).startswith(place)


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**70, "\ud800", deep(300), deep(5000)])
def test_what_no_reader_keeps_exactly_is_refused(value):
    with pytest.raises(ValueError):
        canonical([value])


def test_members_of_enumerations_are_written_as_their_values():
    class State(enum.StrEnum):
        OPEN = "open"

    class Level(enum.IntEnum):
        HIGH = 3

    assert canonical({"s": State.OPEN, "l": Level.HIGH, "t": ("a",)}) == (
        b'{"l":3,"s":"open","t":["a"]}'
    )
    assert canonical({"\U0001f600": State.OPEN}) == '{"\U0001f600":"open"}'.encode()
