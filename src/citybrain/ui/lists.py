"""Every list in the console: search, filter, sort, page, export.

A list is described once and read for each request; it works on any QuerySet
of model objects.

    RESOURCES = ListSpec(
        name="resources",
        caption=_("Resources"),
        columns=(
            Column("title", _("Title"), localname, sort="title_zh", link=lambda r: r.page_url),
            Column("kind", _("Kind"), "kind", sort="kind"),
            Column("state", _("State"), "state", cell=lambda r: badge(r.state_label, "good")),
            Column("changed", _("Changed"), "changed_at", sort="changed_at"),
        ),
        filters=(Filter("kind", _("Kind"), "kind", lambda: KINDS),),
        search=("title_zh__icontains", "title_en__icontains"),
        default_sort="-changed",
    )

    def resources(request):
        return list_response(request, RESOURCES, visible_resources(request.party), "…/list.html")

The template shows it with `{% table page %}`. The query string holds `q`, `sort`
(a column's code, "-" before it for descending), `page`, `size`, `export=csv` and
each filter by its code; what is malformed or unknown is refused with 400.

Two lists on one page need specs with different `prefix`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from citybrain.ui.export import csv_response
from citybrain.ui.formats import plain

Text = str | Promise
Choices = Sequence[tuple[str, Text]]

MAX_SEARCH = 100
DEEP = 2000
"""Rows skipped from which a page is found by its keys first, which an index alone can answer."""


class BadListQuery(BadRequest):
    """A query string that the list cannot follow; Django answers 400 with this text."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `getter` is an attribute path ("owner.name_zh") or a function of the row.

    `sort` is the field (or fields, comma-separated) the database orders by; empty: not sortable.
    `cell` gives safe HTML instead of the value's text; the CSV always takes the value.
    """

    code: str
    title: Text
    getter: str | Callable[[Any], Any]
    sort: str = ""
    link: Callable[[Any], str] | None = None
    cell: Callable[[Any], Any] | None = None
    numeric: bool = False

    def value(self, row: Any) -> Any:
        if callable(self.getter):
            return self.getter(row)
        for name in self.getter.split("."):
            row = getattr(row, name, None)
        return row


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice among values of `lookup`; `choices` may be a function, read for each request.

    `apply` replaces the plain equality: a function of (queryset, value).
    `in_panel`: chosen beside the list and not in its bar, which only carries the value along.
    """

    code: str
    title: Text
    lookup: str
    choices: Choices | Callable[[], Iterable[tuple[str, Text]]]
    apply: Callable[[QuerySet[Any], str], QuerySet[Any]] | None = None
    in_panel: bool = False

    def options(self) -> list[tuple[str, Text]]:
        return list(self.choices() if callable(self.choices) else self.choices)

    def narrow(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        return self.apply(rows, value) if self.apply else rows.filter(**{self.lookup: value})


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list shows and what may be asked of it.

    `search` holds lookups joined by "or", or a function of (queryset, text).
    `count_cap` stops counting there ("10,000+"), for lists where counting all is slow;
    pages beyond it are refused. None counts exactly.
    """

    name: str
    caption: Text
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Sequence[str] | Callable[[QuerySet[Any], str], QuerySet[Any]] = ()
    search_hint: Text = ""
    default_sort: str = ""
    page_sizes: Sequence[int] = (25, 50, 100)
    count_cap: int | None = None
    empty: Text = ""
    empty_action: tuple[Text, str] | None = None
    """Title and address of what to do when there is nothing yet."""
    prefix: str = ""
    export: bool = True
    suggest: str = ""
    """Name of the address that completes what is typed into the search field."""
    target: str = ""
    """Id of the element that a new search replaces, when that is more than the list."""
    nothing: str = ""
    """Template shown when a search finds nothing."""

    def column(self, code: str) -> Column | None:
        return next((c for c in self.columns if c.code == code and c.sort), None)


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    text: str
    html: Any
    url: str


class ListPage:
    """One request's view of a list: its rows, its links, its state.

    Raises BadListQuery for a query string that is malformed or out of range.
    """

    def __init__(self, spec: ListSpec, rows: QuerySet[Any], query: Mapping[str, str]) -> None:
        self.spec = spec
        self._query = {key: query[key] for key in query}
        self._titles: dict[str, dict[str, str]] = {}
        self.search_text = self._get("q").strip()
        self.sort = self._read_sort()
        self.size = self._read_number("size", spec.page_sizes[0])
        self.number = self._read_number("page", 1)
        self.chosen = self._read_filters()
        self._check()
        self.queryset = self._narrowed(rows)

    @property
    def unsorted(self) -> str:
        """Name of the order that the list has when no column is asked for; "" for none."""
        return ""

    def _get(self, name: str) -> str:
        return self._query.get(self.spec.prefix + name, "")

    def _read_number(self, name: str, default: int) -> int:
        text = self._get(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0):
            raise BadListQuery(_("“%(name)s” must be a positive number.") % {"name": name})
        return int(text)

    def _read_sort(self) -> str:
        sort = self._get("sort") or self.spec.default_sort
        if sort and self.spec.column(sort.removeprefix("-")) is None:
            raise BadListQuery(_("This list cannot be sorted by “%(sort)s”.") % {"sort": sort[:40]})
        return sort

    def _read_filters(self) -> dict[str, str]:
        chosen = {}
        for one in self.spec.filters:
            value = self._get(one.code)
            if value and value not in self.titles_of(one):
                raise BadListQuery(
                    _("“%(value)s” is not a value of the filter “%(title)s”.")
                    % {"value": value[:40], "title": one.title}
                )
            if value:
                chosen[one.code] = value
        return chosen

    def titles_of(self, one: Filter) -> dict[str, str]:
        """A filter's choices by value, read once a request."""
        if one.code not in self._titles:
            self._titles[one.code] = {str(code): str(title) for code, title in one.options()}
        return self._titles[one.code]

    def _check(self) -> None:
        if self.size not in self.spec.page_sizes:
            sizes = ", ".join(str(size) for size in self.spec.page_sizes)
            raise BadListQuery(_("The page size must be one of %(sizes)s.") % {"sizes": sizes})
        if len(self.search_text) > MAX_SEARCH or "\x00" in self.search_text:
            raise BadListQuery(_("The search text is too long or malformed."))
        if self._get("export") not in ("", "csv"):
            raise BadListQuery(_("Lists are exported as csv only."))

    def _narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        for one in self.spec.filters:
            if one.code in self.chosen:
                rows = one.narrow(rows, self.chosen[one.code])
        search = self.spec.search
        if self.search_text and callable(search):
            rows = search(rows, self.search_text)
        elif self.search_text and not callable(search) and search:
            rows = rows.filter(reduce(or_, (Q(**{name: self.search_text}) for name in search)))
        order = self._order()
        if order:
            return rows.order_by(*order)
        return rows if rows.ordered else rows.order_by("pk")

    def _order(self) -> list[str]:
        """The database's order, made total by the key so that no row shows on two pages."""
        column = self.spec.column(self.sort.removeprefix("-"))
        if column is None:
            return []
        sign = "-" if self.sort.startswith("-") else ""
        fields = [sign + field.strip() for field in column.sort.split(",")]
        return [field.replace("--", "") for field in fields] + [f"{sign}pk"]

    @cached_property
    def total(self) -> int:
        """Rows that match, counted up to the cap."""
        cap = self.spec.count_cap
        return self.queryset[: cap + 1].count() if cap else self.queryset.count()

    @property
    def is_capped(self) -> bool:
        return self.spec.count_cap is not None and self.total > self.spec.count_cap

    @property
    def known(self) -> int:
        """Rows that pages reach."""
        return min(self.total, self.spec.count_cap or self.total)

    @property
    def last(self) -> int:
        return max(1, -(-self.known // self.size))

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @cached_property
    def objects(self) -> list[Any]:
        """The rows of this page."""
        if self.number > self.last:
            raise BadListQuery(
                _("Page %(page)s does not exist: the list has %(last)s.")
                % {"page": self.number, "last": self.last}
            )
        start = (self.number - 1) * self.size
        window = slice(start, start + self.size)
        if start < DEEP:
            return list(self.queryset[window])
        keys = list(self.queryset.values_list("pk", flat=True)[window])
        found = {row.pk: row for row in self.queryset.filter(pk__in=keys)}
        return [found[key] for key in keys if key in found]

    @property
    def rows(self) -> list[list[Cell]]:
        return [[self._cell(column, row) for column in self.spec.columns] for row in self.objects]

    @staticmethod
    def _cell(column: Column, row: Any) -> Cell:
        html = column.cell(row) if column.cell else ""
        url = column.link(row) if column.link else ""
        value = column.value(row)
        text = f"{value:,}" if column.numeric and isinstance(value, int) else plain(value)
        return Cell(column, text, html, url)

    def url(self, **changes: Any) -> str:
        """This list's query string with changes; None or "" leaves a name out."""
        query = dict(self._query)
        for name, value in changes.items():
            query[self.spec.prefix + name] = "" if value is None else str(value)
        return "?" + urlencode({name: value for name, value in query.items() if value})

    @property
    def wants_csv(self) -> bool:
        return self.spec.export and self._get("export") == "csv"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search_text or self.chosen)

    @property
    def other_query(self) -> list[tuple[str, str]]:
        """What the search form must carry along: names of other lists and the size."""
        own = {"q", "page", "sort", "export", *(one.code for one in self.spec.filters)}
        dropped = {self.spec.prefix + name for name in own}
        return [(name, value) for name, value in self._query.items() if name not in dropped]


def list_response(
    request: HttpRequest,
    spec: ListSpec,
    rows: QuerySet[Any],
    template: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """The rendered page with the list as `page`, or the CSV when it was asked for."""
    return page_response(request, ListPage(spec, rows, request.GET), template, context)


def page_response(
    request: HttpRequest,
    page: ListPage,
    template: str,
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """See `list_response`; for a list that reads its rows in a way of its own."""
    if page.wants_csv:
        return csv_response(page)
    page.objects  # noqa: B018  a page that does not exist is refused here, not inside a template
    return render(request, template, {"page": page, **(context or {})})
