"""Lists: what may be asked of them, what is refused, what leaves as CSV."""

import csv
import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from citybrain.ui.export import csv_response, guarded
from citybrain.ui.lists import BadListQuery, Column, Filter, ListPage, ListSpec

pytestmark = pytest.mark.django_db

LETTERS = [("a", "A"), ("b", "B")]
SPEC = ListSpec(
    name="groups",
    caption="Groups",
    columns=(
        Column("name", "Name", "name", sort="name"),
        Column("initial", "Initial", lambda row: row.name[0]),
        Column("number", "Number", "pk", sort="pk", numeric=True),
    ),
    filters=(Filter("letter", "Letter", "name__startswith", lambda: LETTERS),),
    search=("name__icontains",),
    default_sort="name",
    page_sizes=(2, 3),
)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture
def groups() -> None:
    Group.objects.bulk_create([Group(name=name) for name in ("b2", "a1", "b1", "a2", "c=1")])


def read(spec: ListSpec = SPEC, **query: str) -> ListPage:
    return ListPage(spec, Group.objects.all(), query)


def names(page: ListPage) -> list[str]:
    return [row.name for row in page.objects]


def csv_text(page: ListPage) -> str:
    return b"".join(csv_response(page)).decode("utf-8")


@pytest.mark.usefixtures("groups")
def test_rows_come_in_the_default_order_page_by_page() -> None:
    assert names(read()) == ["a1", "a2"]
    assert names(read(page="2")) == ["b1", "b2"]
    assert names(read(page="3")) == ["c=1"]
    assert (read().total, read().last) == (5, 3)


@pytest.mark.usefixtures("groups")
def test_search_filter_and_sort_work_together() -> None:
    page = read(q="2", letter="b", sort="-number", size="3")
    assert names(page) == ["b2"]
    assert names(read(sort="-name")) == ["c=1", "b2"]
    assert page.is_narrowed


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "two"},
        {"page": "٣"},
        {"page": "9" * 30},
        {"size": "1000000"},
        {"sort": "password"},
        {"sort": "initial"},
        {"sort": "--name"},
        {"letter": "z"},
        {"q": "x" * 101},
        {"q": "a\x00b"},
        {"export": "xlsx"},
    ],
)
def test_a_malformed_query_is_refused_with_a_reason(query: dict[str, str]) -> None:
    with pytest.raises(BadListQuery) as caught:
        read(**query)
    assert str(caught.value)


@pytest.mark.usefixtures("groups")
def test_a_page_past_the_end_is_refused_but_the_first_of_an_empty_list_is_not() -> None:
    with pytest.raises(BadListQuery, match="Page 4 does not exist: the list has 3"):
        _ = read(page="4").objects
    assert names(read(q="nothing like this")) == []


@pytest.mark.usefixtures("groups")
def test_links_keep_what_was_asked_and_leave_out_what_is_empty() -> None:
    page = read(q="a b&c", page="1", other="kept")
    assert page.url(page=2) == "?q=a+b%26c&page=2&other=kept"
    assert page.url(q="", page=None) == "?other=kept"
    assert page.other_query == [("other", "kept")]


@pytest.mark.usefixtures("groups")
def test_counting_stops_at_the_cap_and_pages_beyond_it_are_refused() -> None:
    capped = ListSpec(**{**_fields(SPEC), "count_cap": 4})
    page = read(capped)
    assert (page.is_capped, page.known, page.last) == (True, 4, 2)
    with pytest.raises(BadListQuery):
        _ = read(capped, page="3").objects


def _fields(spec: ListSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in spec.__dataclass_fields__}


@pytest.mark.usefixtures("groups")
def test_two_lists_on_a_page_do_not_hear_each_other() -> None:
    other = ListSpec(**{**_fields(SPEC), "prefix": "other-"})
    assert names(read(other, **{"page": "2", "other-q": "c"})) == ["c=1"]


@pytest.mark.usefixtures("groups")
def test_an_unordered_list_is_ordered_by_its_key() -> None:
    spec = ListSpec(**{**_fields(SPEC), "default_sort": ""})
    assert names(read(spec)) == ["b2", "a1"]


@pytest.mark.usefixtures("groups")
def test_the_csv_holds_every_matching_row_with_bom_and_in_order() -> None:
    text = csv_text(read(letter="a", size="2", export="csv"))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert [row[:2] for row in rows] == [["Name", "Initial"], ["a1", "a"], ["a2", "a"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=1+1", "'=1+1"),
        ("+86", "'+86"),
        ("-x", "'-x"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  =1", "'  =1"),
        (-5, "-5"),
        (None, ""),
        ("a=b", "a=b"),
    ],
)
def test_a_text_that_a_spreadsheet_would_run_is_guarded(value: Any, text: str) -> None:
    assert guarded(value) == text


@pytest.mark.usefixtures("groups")
def test_a_streamed_csv_keeps_the_language_of_its_request() -> None:
    spec = ListSpec(**{**_fields(SPEC), "columns": (Column("yes", "Yes", lambda _row: True),)})
    with override("zh-hans"):
        response = csv_response(read(ListSpec(**{**_fields(spec), "default_sort": ""})))
    with override("en"):
        assert "是" in b"".join(response).decode("utf-8")


def test_a_hundred_thousand_rows_stay_fast() -> None:
    Group.objects.bulk_create([Group(name=f"g{n:06}") for n in range(100_000)], batch_size=500)
    for query in ({}, {"page": "33000"}, {"q": "g0999"}, {"sort": "-number", "page": "20000"}):
        started = time.perf_counter()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = read(size="3", **query)
            assert page.total and page.objects
        # Generous for a shared machine; a page that read all rows would take many times this.
        assert time.perf_counter() - started < 0.5, query
        assert len(queries) <= 3
