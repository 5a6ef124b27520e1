"""A list as the bureau sends it out: what stands above the table, and the rows as plain text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.queries.ledger import latest_checkpoint
from citybrain.ui.formats import is_chinese, plain, shanghai
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import ListPage

CHUNK = 500
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold: office programs refuse the whole file for one of them."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Title, block of facts, headings, and the rows when they are asked for."""

    title: str
    facts: Sequence[tuple[str, str]]
    headings: Sequence[str]
    page: ListPage
    total: int

    def rows(self, most: int | None = None) -> Iterator[list[str]]:
        """Each row's cells in the list's order, a chunk of the table at a time."""
        found = self.page.queryset if most is None else self.page.queryset[:most]
        columns = self.page.spec.columns
        for row in found.iterator(chunk_size=CHUNK):
            yield [clean(plain(column.value(row))) for column in columns]


def clean(text: str) -> str:
    """The text without what no XML file can hold."""
    return _UNWRITABLE.sub("", text)


def sheet_of(page: ListPage, acting: Acting) -> Sheet:
    """The file's content for a list as it was narrowed and sorted."""
    city = localised(settings.CITYBRAIN.city_zh, settings.CITYBRAIN.city_en)
    caption = str(page.spec.caption)
    total = page.queryset.count()
    facts = [
        (_("Issued by"), party_name(acting.party)),
        (_("Made on"), shanghai(clock.now())),
        (_("Range of the list"), range_of(page)),
        (_("Rows in all"), f"{total:,}"),
        (_("Ledger checkpoint"), _checkpoint()),
    ]
    return Sheet(
        title=f"{city}{'' if is_chinese() else ': '}{caption}",
        facts=[(name, clean(value)) for name, value in facts],
        headings=[str(one.title) for one in page.spec.columns],
        page=page,
        total=total,
    )


def range_of(page: ListPage) -> str:
    """What the list was narrowed to, in words."""
    colon, comma = ("：", "；") if is_chinese() else (": ", "; ")
    parts = []
    for one in page.spec.filters:
        if one.code in page.chosen:
            titles = {str(code): str(title) for code, title in one.options()}
            parts.append(f"{one.title}{colon}{titles[page.chosen[one.code]]}")
    if page.search_text:
        parts.append(f"{_('Search')}{colon}{page.search_text}")
    return comma.join(parts) or _("everything that this party may see")


def _checkpoint() -> str:
    newest: Any = latest_checkpoint()
    if newest is None:
        return _("none yet")
    return _("size %(size)s, root %(root)s") % {"size": newest.size, "root": newest.root}
