"""What a compiled policy needs to know of a call, and what it answers.

These are plain values: the gateway fills `CallFacts`, the compiled policy
answers with a `Refused` or with nothing, and the kinds obey the `Delivery`.
"""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class CallFacts:
    """One call as the policy sees it.

    `at` is Unix time in seconds; `recipient` a party URN; `output` one of the
    output forms of the kind ("json", "csv", "geojson", "file", "answer",
    "aggregate"); `consent` is True when the gateway has found a valid consent of
    the person for this agreement, None when it was not asked to look. `environment`
    is what the consumer declares. `paid` is True when the agreed prepayment is recorded.
    """

    at: float
    recipient: str
    recipient_type: str
    purpose: str | None = None
    scenario: str | None = None
    output: str | None = None
    environment: str | None = None
    consent: bool | None = None
    paid: bool | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a call is not served. `operand` names the clause, `reason` is a stable code."""

    reason: str
    operand: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit that is counted down.

    `metric` is "uses", "rows", "bytes" or "epsilon" (in millionths); `window` is
    "agreement" for the whole term or an ISO 8601 duration ("PT1M", "PT1H",
    "P1D", "P1M"), aligned to the calendar in Asia/Shanghai.
    """

    operand: str
    metric: str
    limit: int
    window: str = "agreement"


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the kind must do to the answer, because the policy says so.

    `fields`: the only fields that may leave, None for all. `rows`: column →
    allowed values, joined with "and". `min_cohort`: the smallest group that an
    aggregate may show. `epsilon`: the privacy loss of one aggregate answer
    (Laplace mechanism), None for exact answers. `watermark`: the text that the
    answer carries. `aggregate_only`: single rows never leave.
    """

    fields: frozenset[str] | None = None
    rows: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    min_cohort: int | None = None
    epsilon: float | None = None
    watermark: str | None = None
    aggregate_only: bool = False
