"""Which ledger records a party may read: those about what it may see anyway.

Checkpoints and proofs are for everyone who is signed in, because they are hashes and
tell nothing; the text of a record may name parties and reasons.
"""

from collections.abc import Callable
from typing import Any

import orjson
from django.db.models import Q, QuerySet

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import AgreementToken, Consent, LedgerRecord
from citybrain.kernel.queries import ledger, visible
from citybrain.surfaces.api import queries


def _of_agreements(model: type[Any]) -> Callable[[Acting], QuerySet[Any]]:
    def found(acting: Acting) -> QuerySet[Any]:
        sides = Q(agreement__provider=acting.party) | Q(agreement__consumer=acting.party)
        return model.objects.filter(sides)

    return found


READABLE: dict[str, Callable[[Acting], QuerySet[Any]]] = {
    "resource": visible.resources,
    "offer": visible.offers,
    "request": visible.requests,
    "agreement": visible.agreements,
    "issue": visible.issues,
    "entry": visible.entries,
    "deadline": visible.deadlines,
    "membership": queries.memberships,
    "api-key": queries.api_keys,
    "token": _of_agreements(AgreementToken),
    "consent": _of_agreements(Consent),
}
OPEN = {"party", "scenario"}


def may_read(acting: Acting, record: LedgerRecord) -> bool:
    """Whether a record is about something that the acting party may see."""
    if acting.reads_all:
        return True
    if record.verb == "use":
        return visible.uses(acting).filter(ledger_index=record.index or 0).exists()
    if orjson.loads(record.body).get("party") == acting.party.urn:
        return True
    _, _, kind, ref = (record.subject.split(":") + [""] * 4)[:4]
    readable = READABLE.get(kind)
    return kind in OPEN or (readable is not None and readable(acting).filter(ref=ref).exists())


def record(acting: Acting, index: int) -> LedgerRecord:
    """The record at an index, if one may read it; otherwise it does not exist."""
    found = ledger.record_at(index)
    if not may_read(acting, found):
        raise NotFound("not-sealed", "账本中没有该序号。", "The ledger has no such index.")
    return found


def receipt(acting: Acting, name: str) -> dict[str, Any]:
    """The receipt of a record by its index, or of a use by its request id (8 signs or more)."""
    if name.isdecimal() and name.isascii() and len(name) < 8:
        return ledger.receipt(record(acting, int(name)).index or 0)
    try:
        return ledger.receipt(queries.use_named(acting, name).ledger_index)
    except NotFound:
        if not (name.isdecimal() and name.isascii() and len(name) < 19):
            raise
    return ledger.receipt(record(acting, int(name)).index or 0)
