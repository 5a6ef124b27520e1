"""The one way in for readings, whichever door they came through.

    look through (registry, range, clock, step) → put aside what is wrong, with its reason →
    the store's journal → answer

`Outcome` counts every reading of the batch exactly once.
"""

import hashlib
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from django.db import transaction

from citybrain.domains.sensing import stores
from citybrain.domains.sensing.logic import checks
from citybrain.domains.sensing.logic.checks import Sender
from citybrain.domains.sensing.models import Quarantined
from citybrain.domains.sensing.registry import Registry
from citybrain.engines.facts import BadReadings, Facts, Receipt, Rows, Snapshot, loose
from citybrain.kernel import ledger

ANYBODY = Sender(None)
MOST_ASIDE = 200_000
"""Readings in one row of the quarantine table."""
Run = Callable[..., Awaitable[Any]]


class Incoming(NamedTuple):
    """A batch as a door has read it. `codes` stands beside the rows when streams were named
    by code: those that are not known have the number -1."""

    rows: Rows
    codes: Sequence[str] | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a batch: each reading was accepted, repeated or quarantined."""

    accepted: int
    repeated: int
    quarantined: int
    reasons: dict[str, int] = field(default_factory=dict)


class Aside(NamedTuple):
    """Readings that are put aside for one reason."""

    reason: str
    incoming: Incoming


class Sifted(NamedTuple):
    """A batch that was looked through."""

    good: Rows
    aside: list[Aside]


def columns(registry: Registry, given: dict[str, Any]) -> Incoming:
    """A batch from columns by name; `stream` holds numbers or codes. Raises `BadReadings`."""
    missing = sorted({"stream", "time", "result"} - given.keys())
    strange = sorted(given.keys() - {"stream", "time", "result", "quality", "sequence"})
    if missing or strange:
        raise BadReadings(f"columns missing: {missing}, not known: {strange}")
    stream, codes = given["stream"], None
    if len(stream) and isinstance(stream[0], str):
        codes = [str(one) for one in stream]
        stream = np.fromiter((registry.codes.get(one, -1) for one in codes), np.int32, len(codes))
    rows = loose(
        stream, given["time"], given["result"], given.get("quality"), given.get("sequence")
    )
    return Incoming(rows, codes)


class Intake:
    """For one process; several threads and one event loop may use it."""

    def __init__(self, registry: Registry | None = None) -> None:
        self.registry = registry or Registry()
        self._runs = checks.Runs()
        self._lock = threading.Lock()

    def refresh(self, facts: Facts | None) -> None:
        """Look for new streams and tokens, and make the store know the streams."""
        if facts is None:
            self.registry.refresh()
            return
        self.registry.refresh(
            lambda new: facts.define(new.stream, new.group, new.decimals, new.keeping)
        )

    async def accept(
        self, facts: Facts, sifted: "Sifted", sender: Sender, source: str, run: Run
    ) -> Outcome:
        """Take a batch in that was looked through; returns when all of it is on disk, in the
        store or aside.

        `run` calls a function in a thread that may use the database. Raises what
        `Facts.append` raises; then the whole batch may be sent again.
        """
        if sifted.aside:
            await run(put_aside, sifted.aside, sender.party, source)
        receipt = await facts.append(sifted.good) if sifted.good.size else Receipt(0)
        return _outcome(receipt, sifted.aside)

    def accept_blocking(
        self, appender: stores.Appender, incoming: Incoming, sender: Sender, source: str
    ) -> Outcome:
        """Look a batch through and take it in; for threads that may use the database."""
        sifted = self.sift(incoming, sender, stores.snapshot)
        if sifted.aside:
            put_aside(sifted.aside, sender.party, source)
        receipt = appender.append_blocking(sifted.good) if sifted.good.size else Receipt(0)
        return _outcome(receipt, sifted.aside)

    def sift(self, incoming: Incoming, sender: Sender, known: Callable[[], Snapshot]) -> "Sifted":
        """What can be kept, and what is put aside. `known` gives latest values when a check
        needs them."""
        limits, rows = self.registry.limits, incoming.rows
        look = checks.first_look(rows, limits, sender, int(time.time() * 1e6))
        aside = [Aside(reason, _part(incoming, mask)) for reason, mask in look.aside]
        if look.good is not None:
            incoming = _part(incoming, look.good)
            rows = incoming.rows
        if not rows.size:
            return Sifted(rows, aside)
        if not np.isnan(limits.step[rows.stream]).all():
            rows = self._without_steps(incoming, aside, known)
        with self._lock:
            return Sifted(checks.mark_stuck(rows, limits, self._runs), aside)

    def keepable(self, incoming: Incoming) -> Rows:
        """The rows that the store can keep, whatever the checks say of them."""
        rows, known = incoming.rows, self.registry.limits.known
        inside = (rows.stream >= 0) & (rows.stream < len(known))
        fits = inside & known[np.where(inside, rows.stream, 0)] & np.isfinite(rows.result)
        return rows.take(fits & (rows.time >= checks.FIRST_TIME) & (rows.time < checks.LAST_TIME))

    def has_unknown(self, incoming: Incoming) -> bool:
        """Whether a stream is not in the registry: it may be newer than our last look."""
        known, stream = self.registry.limits.known, incoming.rows.stream
        if not len(stream):
            return False
        if int(stream.min()) < 0 or int(stream.max()) >= len(known):
            return True
        return not known[stream].all()

    def named_again(self, incoming: Incoming) -> Incoming:
        """The batch with the numbers that its codes have now."""
        if incoming.codes is None:
            return incoming
        numbers = [self.registry.codes.get(one, -1) for one in incoming.codes]
        return incoming._replace(rows=incoming.rows._replace(stream=np.array(numbers, np.int32)))

    def _without_steps(
        self, incoming: Incoming, aside: list[Aside], known: Callable[[], Snapshot]
    ) -> Rows:
        latest = known().latest(np.unique(incoming.rows.stream).tolist())
        far = checks.second_look(incoming.rows, self.registry.limits, latest)
        if far is None or not far.any():
            return incoming.rows
        aside.append(Aside("step", _part(incoming, far)))
        return incoming.rows.take(~far)


def _part(incoming: Incoming, mask: Any) -> Incoming:
    codes = incoming.codes
    if codes is not None:
        codes = [codes[one] for one in np.flatnonzero(mask).tolist()]
    return Incoming(incoming.rows.take(mask), codes)


def _outcome(receipt: Receipt, aside: Sequence[Aside]) -> Outcome:
    reasons: Counter[str] = Counter()
    for one in aside:
        reasons[one.reason] += one.incoming.rows.size
    return Outcome(receipt.accepted, receipt.repeated, reasons.total(), dict(reasons))


def put_aside(aside: Sequence[Aside], party: int | None, source: str) -> None:
    """Keep readings with the reason why they were not taken; each row leaves its record."""
    made = [
        _row(reason, _slice(incoming, start), party, source)
        for reason, incoming in aside
        for start in range(0, incoming.rows.size, MOST_ASIDE)
    ]
    with transaction.atomic():
        Quarantined.objects.bulk_create(made)
        ledger.write_many("quarantine.keep", made, None)


def _slice(incoming: Incoming, start: int) -> Incoming:
    some = slice(start, start + MOST_ASIDE)
    codes = None if incoming.codes is None else incoming.codes[some]
    return Incoming(incoming.rows.take(some), codes)


def _row(reason: str, incoming: Incoming, party: int | None, source: str) -> Quarantined:
    data = packed(incoming)
    rows = incoming.rows
    names = incoming.codes or [str(one) for one in np.unique(rows.stream)[:20].tolist()]
    return Quarantined(
        party_id=party,
        source=source[:120],
        reason=reason,
        count=rows.size,
        streams=", ".join(dict.fromkeys(name[:60] for name in names[:20]))[:200],
        first_time=_instant(rows.time.min()),
        last_time=_instant(rows.time.max()),
        digest=hashlib.sha256(data).hexdigest(),
        columns=data,
    )


def _instant(time: Any) -> int | None:
    """The time, None where it is so wrong that no record could hold it."""
    return int(time) if checks.FIRST_TIME <= time < checks.LAST_TIME else None


def packed(incoming: Incoming) -> bytes:
    """The columns as an Arrow IPC stream."""
    rows = incoming.rows
    codes = pa.nulls(rows.size, pa.string()) if incoming.codes is None else incoming.codes
    table = pa.table({"code": pa.array(codes, pa.string()), **rows._asdict()})
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    data: bytes = sink.getvalue().to_pybytes()
    return data


def unpacked(data: bytes) -> pa.Table:
    """What was put aside, as it came: stream, time, result, quality, sequence, code."""
    return pa.ipc.open_stream(pa.py_buffer(bytes(data))).read_all()
