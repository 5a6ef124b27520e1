"""The journal's record of a use, written straight down: the same bytes as `UseRecord.encode`."""

import orjson

from citybrain.gateway.quotas import Counter
from citybrain.gateway.refusals import Refusal
from citybrain.gateway.visit import Visit
from citybrain.kernel.kinds import Answer

_NOTHING = Answer(b"", units=0)


def encode_use(
    visit: Visit,
    answer: Answer | None,
    refusal: Refusal | None,
    taken: list[tuple[Counter, int]],
) -> bytes:
    """Members in the order of their names, as canonical JSON wants them."""
    grant = visit.grant
    given = answer if answer is not None and refusal is None else _NOTHING
    return orjson.dumps(
        {
            "agreement": grant.agreement if grant else 0,
            "at": int(visit.at * 1_000_000),
            "bytes": visit.sent if given is answer else 0,
            "consumer": grant.consumer if grant else 0,
            "duration_us": int(visit.seconds() * 1_000_000),
            "epsilon": visit.epsilon if given is answer else 0,
            "operand": refusal.operand if refusal else "",
            "outcome": refusal.outcome if refusal else "granted",
            "purpose": visit.purpose,
            "reason": refusal.reason if refusal else "",
            "request_id": visit.request_id,
            "resource": grant.resource if grant else 0,
            "rows": given.rows,
            "scenario": visit.scenario,
            "spent": [[counter.key, units] for counter, units in taken],
            "status": refusal.status if refusal else given.status,
            "subject": given.subject or "",
            "units": given.units,
            "v": 1,
        }
    )
