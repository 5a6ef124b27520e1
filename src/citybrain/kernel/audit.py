"""The audit: is every record still what the ledger sealed?

Reads everything once, in the order of the leaves, and names what does not agree:
a journal record, a ledger record, a tile, a checkpoint, a use, or the row of a
resource, request, agreement and so on. It writes nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import orjson
from django.apps import apps
from django.conf import settings
from django.db.models import Max, Q

from citybrain.engines.ledger import checkpoint as notes
from citybrain.engines.ledger import tree
from citybrain.engines.ledger.proofs import leaf_hash
from citybrain.kernel import signing
from citybrain.kernel.journals import JournalRow, damaged_journals, sealed_rows
from citybrain.kernel.ledger import state_digest
from citybrain.kernel.models import (
    Agreement,
    Checkpoint,
    LedgerRecord,
    LedgerTile,
    Party,
    Resource,
    Use,
)
from citybrain.kernel.models.base import Sealed
from citybrain.kernel.tiles import Key
from citybrain.kernel.use_records import decode

TILE = 256
JOURNAL_BATCH = 500
HASH = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: where it is, and what was expected there."""

    part: str
    where: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The outcome. `records` were compared; `findings` is empty when all agree."""

    records: int
    uses: int
    rows: int
    checkpoints: int
    findings: tuple[Finding, ...]


def audit() -> Audit:
    """Compare everything; the first finding of each part is the first bad record in it."""
    walk = _LeafWalk()
    findings = [
        *(
            Finding("journal", one, f"日志损坏：{one}", f"The journal is damaged: {one}")
            for one in damaged_journals()
        ),
        *walk.findings(),
        *_uses(),
        *_journal_against_ledger(),
    ]
    rows = 0
    for model in registered_models():
        count, found = _rows_of(model)
        rows += count
        findings += found
    return Audit(walk.count, Use.objects.count(), rows, Checkpoint.objects.count(), tuple(findings))


class _LeafWalk:
    """One pass over the leaves that rebuilds the tree beside the stored one."""

    def __init__(self) -> None:
        self.digest = signing.digest()
        self.count = 0
        self.built: dict[Key, bytes] = {}
        self.checkpoints = {one.size: one for one in Checkpoint.objects.order_by("size")}
        self.keys = signing.ledger_keys()

    def findings(self) -> Iterator[Finding]:
        batch: list[bytes] = []
        sizes = iter(sorted(self.checkpoints))
        stop = next(sizes, None)
        sealed = LedgerRecord.objects.exclude(index=None).order_by("index")
        for record in sealed.iterator(chunk_size=2000):
            yield from self._record(record)
            batch.append(leaf_hash(self.digest, record.body.encode()))
            self.count += 1
            if self.count == stop:
                self._grow(batch)
                yield from self._checkpoint(self.checkpoints[stop])
                stop = next(sizes, None)
        self._grow(batch)
        if stop is not None:
            yield Finding(
                "ledger",
                f"index {self.count}",
                f"账本缺少序号 {self.count} 及之后的记录（检查点大小为 {stop}）",
                f"Records from index {self.count} on are missing; a checkpoint says {stop}",
            )
        yield from self._tiles()

    def _record(self, record: LedgerRecord) -> Iterator[Finding]:
        if record.index != self.count:
            yield Finding(
                "ledger",
                f"index {self.count}",
                f"账本序号 {self.count} 的记录缺失",
                f"The ledger record of index {self.count} is missing",
            )
            self.count = record.index or 0
        leaf = leaf_hash(self.digest, record.body.encode()).hex()
        if leaf != record.leaf or not _tells_its_body(record):
            yield Finding(
                "ledger",
                f"index {record.index}",
                f"账本序号 {record.index}（{record.verb}）的内容已被改动",
                f"The ledger record of index {record.index} ({record.verb}) has been changed",
            )

    def _grow(self, batch: list[bytes]) -> None:
        if batch:
            start = self.count - len(batch)
            tree.append(self, start, batch, self.digest)
            batch.clear()

    def get_many(self, keys: Iterable[Key]) -> dict[Key, bytes]:
        """The tree that is being rebuilt, as a `TileStore`."""
        return {key: self.built[key] for key in keys if key in self.built}

    def put_many(self, tiles: dict[Key, bytes]) -> None:
        """See `get_many`."""
        self.built.update(tiles)

    def _checkpoint(self, stored: Checkpoint) -> Iterator[Finding]:
        root = tree.root(self, stored.size, self.digest).hex()
        problem = ""
        try:
            note, _signers = notes.verify_checkpoint(stored.text, self.keys)
            if note.origin != settings.CITYBRAIN.ledger_origin or note.size != stored.size:
                problem = "text"
            elif note.root.hex() != root or stored.root != root:
                problem = "root"
        except notes.CheckpointInvalid as error:
            problem = str(error)
        if problem:
            yield Finding(
                "checkpoint",
                f"size {stored.size}",
                f"大小为 {stored.size} 的检查点与账本不符（{problem}）",
                f"The checkpoint of size {stored.size} does not agree with the ledger ({problem})",
            )

    def _tiles(self) -> Iterator[Finding]:
        stored = {
            (tile.level, tile.index): bytes(tile.hashes)
            for tile in LedgerTile.objects.iterator(chunk_size=500)
        }
        for key in sorted(stored.keys() | self.built.keys()):
            if stored.get(key) == self.built.get(key):
                continue
            place = _first_difference(stored.get(key, b""), self.built.get(key, b""))
            index = key[1] * TILE + place
            yield Finding(
                "tile",
                f"level {key[0]} hash {index}",
                f"账本树第 {key[0]} 层第 {index} 个哈希与记录不符",
                f"Hash {index} of level {key[0]} of the tree does not agree with the records",
            )


def _tells_its_body(record: LedgerRecord) -> bool:
    """Whether verb, subject and time, which lists show, are those of the hashed body."""
    try:
        body = orjson.loads(record.body)
        if "verb" in body:
            verb, subject = body["verb"], body["subject"]
        else:
            verb, subject = "use", f"urn:citybrain:use:{body['request_id']}"[:80]
        # Times were cut to whole microseconds by way of a float.
        near = abs(record.at.timestamp() * 1_000_000 - body["at"]) < 2
    except (ValueError, KeyError, TypeError):
        return False
    return near and (verb, subject) == (record.verb, record.subject)


def _first_difference(stored: bytes, built: bytes) -> int:
    for place in range(0, max(len(stored), len(built)), HASH):
        if stored[place : place + HASH] != built[place : place + HASH]:
            return place // HASH
    return 0


USE_FIELDS = (
    "outcome",
    "status",
    "reason",
    "operand",
    "purpose",
    "scenario",
    "units",
    "rows",
    "bytes",
    "epsilon",
    "duration_us",
    "request_id",
    "subject",
)


def _uses() -> Iterator[Finding]:
    """Each use row against the leaf that it came from, and each such leaf against a row."""
    bodies = LedgerRecord.objects.filter(verb="use").exclude(index=None).order_by("index")
    rows = Use.objects.order_by("ledger_index").iterator(chunk_size=2000)
    row = next(rows, None)
    for record in bodies.iterator(chunk_size=2000):
        while row is not None and row.ledger_index < (record.index or 0):
            yield _use_finding(row.ledger_index, "没有对应的账本记录", "has no ledger record")
            row = next(rows, None)
        if row is None or row.ledger_index != record.index:
            yield _use_finding(record.index or 0, "已被删除", "has been deleted")
            continue
        if not _agrees(row, record):
            yield _use_finding(row.ledger_index, "与账本不符", "does not agree with the ledger")
        row = next(rows, None)
    while row is not None:
        yield _use_finding(row.ledger_index, "没有对应的账本记录", "has no ledger record")
        row = next(rows, None)


def _use_finding(index: int, zh: str, en: str) -> Finding:
    return Finding(
        "use",
        f"index {index}",
        f"账本序号 {index} 的使用记录{zh}",
        f"The use of index {index} {en}",
    )


def _agrees(row: Use, record: LedgerRecord) -> bool:
    try:
        sealed = decode(record.body.encode())
    except (ValueError, orjson.JSONDecodeError):
        return False
    keys_agree = all(
        key == sealed_key or (key is None and not model._default_manager.filter(pk=sealed_key))
        for model, key, sealed_key in (
            (Agreement, row.agreement_id, sealed.agreement),
            (Resource, row.resource_id, sealed.resource),
            (Party, row.consumer_id, sealed.consumer),
        )
    )
    at_agrees = round(row.at.timestamp() * 1_000_000) == sealed.at
    return (
        keys_agree
        and at_agrees
        and all(getattr(row, name) == getattr(sealed, name) for name in USE_FIELDS)
    )


def _journal_against_ledger() -> Iterator[Finding]:
    """Each journal record that was sealed must still stand in the ledger, word for word."""
    rows = sealed_rows()
    while batch := list(islice(rows, JOURNAL_BATCH)):
        where = Q()
        for name in {row.journal for row in batch}:
            numbers = [row.sequence for row in batch if row.journal == name]
            where |= Q(journal=name, sequence__in=numbers)
        places = {
            (use.journal, use.sequence): use.ledger_index for use in Use.objects.filter(where)
        }
        bodies = dict(
            LedgerRecord.objects.filter(index__in=places.values()).values_list("index", "body")
        )
        for row in batch:
            body = bodies.get(places.get((row.journal, row.sequence), -1), "")
            if body.encode() != row.payload:
                yield _journal_finding(row)


def _journal_finding(row: JournalRow) -> Finding:
    return Finding(
        "journal",
        f"{row.journal} sequence {row.sequence}",
        f"日志 {row.journal} 第 {row.sequence} 条与账本不符",
        f"Record {row.sequence} of journal {row.journal} does not agree with the ledger",
    )


def registered_models() -> list[type[Sealed]]:
    """Every model whose writes leave ledger records."""
    return [model for model in apps.get_models() if issubclass(model, Sealed)]


def _rows_of(model: type[Sealed]) -> tuple[int, list[Finding]]:
    """Each row against the last ledger record about it; also rows that have vanished."""
    prefix = f"urn:citybrain:{model.urn_type}:"
    newest = (
        LedgerRecord.objects.filter(subject__startswith=prefix)
        .order_by()
        .values("subject")
        .annotate(last=Max("id"))
        .values("last")
    )
    states = {
        subject: orjson.loads(body).get("state")
        for subject, body in LedgerRecord.objects.filter(pk__in=newest).values_list(
            "subject", "body"
        )
    }
    count, findings = 0, []
    for row in model._default_manager.order_by("pk").iterator(chunk_size=1000):
        count += 1
        if row.urn not in states:
            findings.append(_row_finding(row.urn, "没有账本记录", "has no ledger record"))
        elif states.pop(row.urn) != state_digest(row):
            findings.append(_row_finding(row.urn, "与账本不符", "does not agree with the ledger"))
    findings += [_row_finding(urn, "已被删除", "has been deleted") for urn in sorted(states)]
    return count, findings


def _row_finding(urn: str, zh: str, en: str) -> Finding:
    return Finding("row", urn, f"{urn} {zh}", f"{urn} {en}")
