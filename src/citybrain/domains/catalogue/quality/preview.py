# ruff: noqa: S608 - identifiers come from validated metadata only
"""The first rows of a table, protected columns hidden by what they hold."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.domains.catalogue.models import Profile
from citybrain.domains.catalogue.quality import reading, sensitive
from citybrain.domains.catalogue.quality.masking import cleaned, masked
from citybrain.domains.catalogue.quality.profiling import protected_columns, table_of
from citybrain.domains.catalogue.quality.sensitive import Found
from citybrain.kernel.models import Resource

ROWS, LONGEST = 20, 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number from 1, what a correction names it by, its cells as text."""

    number: int
    key: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows with the names of the columns; `hidden` names those that are masked."""

    names: list[str]
    hidden: frozenset[str]
    rows: list[Row]


def preview(resource: Resource, root: Path, unmasked: bool = False) -> Preview:
    """The first rows. Raises `Invalid` for no table, `ServeError` for an unreadable source."""
    table = table_of(resource)
    names = ", ".join(f"left({item.quoted}::VARCHAR, {LONGEST})" for item in table.items)
    with reading.opened(table, root, most=ROWS) as seen:
        lines = seen.base.execute(
            f"SELECT {seen.row}, {names} FROM {reading.RELATION} LIMIT {ROWS}"
        ).fetchall()
    protected = _protected(resource, table, [line[1:] for line in lines])
    return Preview(
        names=[item.name for item in table.items],
        hidden=frozenset() if unmasked else frozenset(protected),
        rows=[_row(table, line, protected, unmasked) for line in lines],
    )


def _protected(
    resource: Resource, table: TableBase, lines: list[tuple[Any, ...]]
) -> dict[str, str]:
    """By the metadata, by the last profile, and by these very rows where there is none yet."""
    last = Profile.objects.filter(resource=resource, state=Profile.State.DONE).first()
    known = [] if last is None else [Found(**_found(one)) for one in last.found]
    here = [
        found
        for place, item in enumerate(table.items)
        for found in sensitive.kinds_in(
            item.name, item.title_zh, [str(one[place]) for one in lines if one[place] is not None]
        )
    ]
    whole = [one for one in (*here, *known) if not one.embedded]
    return protected_columns(table, whole)


def _found(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != "rows"}


def _row(table: TableBase, line: tuple[Any, ...], protected: dict[str, str], unmasked: bool) -> Row:
    number, *values = line
    named = dict(zip((item.name for item in table.items), values, strict=True))
    keys = table.primary_key
    # An address of a page must not carry what the page hides: then the row goes by its number.
    plain = bool(keys) and not any(name in protected for name in keys)
    key = "、".join(f"{name}={cleaned(named[name])}" for name in keys) if plain else f"#{number}"
    return Row(number, key, [_cell(n, v, protected, unmasked) for n, v in named.items()])


def _cell(name: str, value: Any, protected: dict[str, str], unmasked: bool) -> str:
    if unmasked:
        return "" if value is None else str(value)
    return masked(value, protected[name]) if name in protected else cleaned(value)
