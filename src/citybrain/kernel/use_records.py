"""The journal's form of a use: what the gateway writes, the sealer seals, the audit compares."""

import builtins
from dataclasses import asdict, dataclass

import orjson


@dataclass(frozen=True, slots=True)
class UseRecord:
    """One call through the gateway.

    `at` is Unix time in microseconds. `agreement`, `resource` and `consumer` are primary
    keys (0 when unknown); `spent` lists [counter key, amount] for each quota that the use
    took from, so that leases can be reckoned after a crash. `subject` is a pseudonym.
    """

    at: int
    agreement: int
    resource: int
    consumer: int
    outcome: str
    status: int
    reason: str
    operand: str
    purpose: str
    scenario: str
    units: int
    rows: int
    bytes: int
    epsilon: int
    duration_us: int
    request_id: str
    subject: str
    spent: list[list[int]]

    def encode(self) -> "builtins.bytes":
        """Canonical JSON (sorted keys, no blanks, no floats): also the ledger's leaf."""
        return orjson.dumps(asdict(self) | {"v": 1}, option=orjson.OPT_SORT_KEYS)


def decode(payload: bytes) -> UseRecord:
    """The record of a journal payload. Raises `ValueError` for anything else."""
    values = orjson.loads(payload)
    if not isinstance(values, dict) or values.pop("v", None) != 1:
        raise ValueError("not a use record of version 1")
    try:
        return UseRecord(**values)
    except TypeError as error:
        raise ValueError(f"not a use record: {error}") from None
