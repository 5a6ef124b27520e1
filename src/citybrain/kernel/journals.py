"""Where the sealer and the audit find journal records: files of this host, or the database."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from citybrain.engines import journal as files
from citybrain.kernel.models import JournalPosition, JournalRecord


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One committed record of a journal that is known by its id."""

    journal: str
    sequence: int
    payload: bytes


def journal_root() -> Path:
    """The folder of this host's journals, one for each gateway process."""
    root: Path = settings.CITYBRAIN.data_dir / "journal"
    return root


_readers: dict[Path, files.Reader] = {}


def waiting_rows(limit: int) -> Iterator[JournalRow]:
    """Records that are committed but not sealed, at most `limit`, journal by journal."""
    left = limit
    for directory in files.slots(journal_root()):
        name = files.journal_id(directory)
        if name is None or left <= 0:
            continue
        for sequence, payload in _follow(directory, name, left):
            left -= 1
            yield JournalRow(name, sequence, payload)
    if left > 0:
        yield from _waiting_in_database(left)


def _position(journal: str) -> int:
    return (
        JournalPosition.objects.filter(journal=journal).values_list("sequence", flat=True).first()
        or 0
    )


def _follow(directory: Path, name: str, limit: int) -> Iterator[tuple[int, bytes]]:
    """Read on behind the sealed position; the reader keeps its place between batches."""
    position = _position(name)
    reader = _readers.get(directory)
    if reader is None or reader.sequence != position:
        if reader is not None:
            reader.close()
        reader = _readers[directory] = files.Reader(directory, position)
    return reader.read(limit)


def _waiting_in_database(limit: int) -> Iterator[JournalRow]:
    names = JournalRecord.objects.order_by().values_list("journal", flat=True).distinct()
    for name in list(names):
        rows = JournalRecord.objects.filter(journal=name, sequence__gt=_position(name))
        for row in rows.order_by("sequence")[:limit]:
            yield JournalRow(row.journal, row.sequence, bytes(row.payload))


def sealed_rows() -> Iterator[JournalRow]:
    """Every journal record that has been sealed and is still kept, for the audit."""
    for directory in files.slots(journal_root()):
        name = files.journal_id(directory)
        last = _position(name) if name else 0
        if name and last:
            for sequence, payload in _until(directory, last):
                yield JournalRow(name, sequence, payload)
    for row in JournalRecord.objects.order_by("journal", "sequence").iterator(chunk_size=1000):
        if row.sequence <= _position(row.journal):
            yield JournalRow(row.journal, row.sequence, bytes(row.payload))


def _until(directory: Path, last: int) -> Iterator[tuple[int, bytes]]:
    try:
        for sequence, payload in files.read(directory):
            if sequence > last:
                return
            yield sequence, payload
    except files.JournalDamaged:
        # `damaged_journals` names the place; what is before it has been compared.
        return


def damaged_journals() -> list[str]:
    """The first bad place of each damaged segment, in words."""
    return [
        f"{directory.name}/{damage.segment:08d} offset {damage.offset} "
        f"record {damage.sequence}: {damage.reason}"
        for directory in files.slots(journal_root())
        for damage in files.verify(directory)
    ]
