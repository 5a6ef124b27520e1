"""The list of resources when it is searched: by relevance, with facets, chips and other ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import search
from citybrain.kernel.queries.suggest import other_ways
from citybrain.ui.labels import is_chinese, resource_title
from citybrain.ui.lists import Filter, ListPage, ListSpec

SHOWN = 6
"""Values of a facet that are shown before "more"."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: how many resources have it, and the address that chooses it."""

    title: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet's values, the most frequent first."""

    title: str
    values: list[Value]

    @property
    def first(self) -> list[Value]:
        """Those that are shown at once."""
        return self.values[:SHOWN]

    @property
    def more(self) -> list[Value]:
        """Those that are folded away."""
        return self.values[SHOWN:]


class SearchedPage(ListPage):
    """A page of resources. With words and no order asked for, the most relevant come first."""

    def __init__(
        self, acting: Acting, spec: ListSpec, rows: QuerySet[Resource], query: Mapping[str, str]
    ) -> None:
        self.acting = acting
        super().__init__(spec, rows, query)

    @property
    def is_ranked(self) -> bool:
        """Whether relevance is the order."""
        return bool(self.search_text) and not self._get("sort")

    def _read_sort(self) -> str:
        # What is sent as the order is only what somebody chose: words typed next rank.
        return super()._read_sort() if self._get("sort") else ""

    @property
    def unsorted(self) -> str:
        """What the order is called that no column gives."""
        return _("Relevance") if self.search_text else _("Newest first")

    def _narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        rows = search.narrowed(rows, self.filters)
        if self.search_text and (self.wants_csv or not self.is_ranked):
            rows = search.matching(rows, self.search_text, self.acting)
        return rows.order_by(*(self._order() or ["-pk"]))

    @property
    def filters(self) -> dict[str, list[str]]:
        """The chosen values, as the search takes them."""
        return {name: [value] for name, value in self.chosen.items()}

    @cached_property
    def results(self) -> search.Results:
        """This page of the ranking, or only the counts when the database gives the order."""
        start = (self.number - 1) * self.size
        names = [one.code for one in self.spec.filters]
        if not self.search_text:
            return search.Results([], 0, facets=self._counted(names))
        size = self.size if self.is_ranked else 0
        return search.search(
            self.acting, self.search_text, self.filters, start=start, size=size, facets=names
        )

    def _counted(self, names: list[str]) -> dict[str, dict[str, int]]:
        return search.facets(self.acting, self.filters, names).facets

    @cached_property
    def total(self) -> int:
        """Counted by the index when it ranks."""
        if self.is_ranked:
            return self.results.total
        return int(ListPage.total.func(self))  # type: ignore[attr-defined]

    @cached_property
    def objects(self) -> list[Any]:
        """The rows of this page; ranked ones carry where the words stand as `hit`."""
        if not self.is_ranked or self.number > self.last:
            return list(ListPage.objects.func(self))  # type: ignore[attr-defined]
        for one in self.results.hits:
            setattr(one.resource, "hit", one)  # noqa: B010  for the cell, which is given the row
        return [one.resource for one in self.results.hits]

    @property
    def is_partial(self) -> bool:
        """No resource holds the greater part of the words."""
        return self.results.partial and bool(self.total)

    @cached_property
    def facets(self) -> list[Facet]:
        """What can be narrowed by, without what would change nothing."""
        found = [self._facet(one) for one in self.spec.filters]
        return [one for one in found if len(one.values) > 1 or any(v.chosen for v in one.values)]

    def _facet(self, one: Filter) -> Facet:
        counts = dict(self.results.facets.get(one.code, {}))
        chosen = self.chosen.get(one.code, "")
        if chosen:
            counts.setdefault(chosen, 0)
        titles = self.titles_of(one)
        values = [
            Value(
                titles[code],
                count,
                self.url(**{one.code: "" if code == chosen else code, "page": ""}),
                code == chosen,
            )
            for code, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
            if code in titles
        ]
        return Facet(str(one.title), values)

    @property
    def chips(self) -> list[tuple[str, str]]:
        """What the list is narrowed by, each with the address that takes it away."""
        found = []
        for one in self.spec.filters:
            if value := self.chosen.get(one.code):
                title = f"{one.title}: {self.titles_of(one)[value]}"
                found.append((title, self.url(**{one.code: "", "page": ""})))
        if self.search_text:
            found.insert(0, (f"“{self.search_text}”", self.url(q="", page="", sort="")))
        if self.sort:
            column = self.spec.column(self.sort.removeprefix("-"))
            name = _("Sort by") + ": " + str(column.title if column else "")
            found.append((name, self.url(sort="", page="")))
        return found

    @cached_property
    def other_ways(self) -> list[tuple[str, str]]:
        """Queries that find something, when this one does not, with their addresses."""
        ways = other_ways(self.acting, self.search_text) if self.search_text else []
        return [(one, "?" + urlencode({"q": one})) for one in ways]

    @property
    def demand_url(self) -> str:
        """Where a demand is filed; "" for who may not, and where no domain takes demands."""
        if not self.search_text:
            return ""
        try:
            if not self.acting.may("demand.file", self.acting.party):
                return ""
            return reverse("demand-file") + "?" + urlencode({"q": self.search_text})
        except (NoReverseMatch, KeyError):
            return ""


def highlighted(pieces: list[search.Piece]) -> SafeString:
    """The text with the words of the search marked."""
    return format_html_join(
        "", "{}", ((format_html("<mark>{}</mark>", text) if hit else text,) for text, hit in pieces)
    )


def titled(row: Resource) -> SafeString:
    """The title as a link; for a hit with the words marked and the text around them."""
    url, hit = reverse("resource", args=[row.ref]), getattr(row, "hit", None)
    if hit is None:
        return format_html('<a href="{}">{}</a>', url, resource_title(row))
    title = hit.title_zh if is_chinese() or not row.title_en else hit.title_en
    return format_html(
        '<span><a href="{}">{}</a><span class="cb-snippet">{}</span></span>',
        url,
        highlighted(title),
        highlighted(hit.snippet),
    )
