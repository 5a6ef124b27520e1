"""Writing to the ledger: one record for every write, in the same transaction.

A record waits without an index until the sealer puts it into the tree; until then
it is as durable as the write that it belongs to, because it commits with it.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import orjson

from citybrain.engines.ledger.canonical import canonical
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import LedgerRecord
from citybrain.kernel.models.base import Sealed

CHUNK = 500
"""Rows of one statement when many are written."""


def state_digest(record: Sealed) -> str:
    """SHA-256 (hex) of the record's sealed fields: what the audit compares the row with."""
    return hashlib.sha256(canonical(record.ledger_state())).hexdigest()


def write(
    verb: str, record: Sealed, acting: Acting | None, detail: dict[str, Any] | None = None
) -> LedgerRecord:
    """Leave the record of a write; call it last, when the row stands as it will be committed."""
    record.refresh_from_db()
    made = _record(verb, record, acting, detail)
    made.save()
    return made


def write_many(verb: str, records: Sequence[Sealed], acting: Acting | None) -> None:
    """Leave a record for each of many writes of one kind, in few statements."""
    for start in range(0, len(records), CHUNK):
        part = records[start : start + CHUNK]
        fresh = type(part[0])._default_manager.in_bulk([one.pk for one in part])
        LedgerRecord.objects.bulk_create(
            [_record(verb, fresh[one.pk], acting, None) for one in part]
        )


def _record(
    verb: str, record: Sealed, acting: Acting | None, detail: dict[str, Any] | None
) -> LedgerRecord:
    at = clock.now()
    body = {
        "v": 1,
        "at": int(at.timestamp() * 1_000_000),
        "verb": verb,
        "subject": record.urn,
        "party": acting.party.urn if acting else "system",
        "account": acting.account if acting else "system",
        "state": state_digest(record),
        "detail": detail or {},
    }
    return LedgerRecord(verb=verb, subject=record.urn, at=at, body=canonical(body).decode())


def follow(verb: str, record: Sealed, acting: Acting | None) -> None:
    """Write only if the row, as it stands in the database, is not what the ledger has last."""
    fresh = type(record)._default_manager.get(pk=record.pk)
    last = LedgerRecord.objects.filter(subject=record.urn).order_by("-id").first()
    if last is None or orjson.loads(last.body).get("state") != state_digest(fresh):
        write(verb, fresh, acting)
