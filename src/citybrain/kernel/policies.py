"""The kernel's way to policies: stored JSON in, checked `Policy` out, faults as `Invalid`."""

from datetime import UTC, datetime
from typing import Any

from citybrain.kernel.errors import Invalid
from citybrain.kernel.policy import Policy, PolicyFault, compile_policy, is_within


def checked_policy(stored: dict[str, Any]) -> Policy:
    """The policy of stored or received JSON. Raises `Invalid`, naming each faulty clause."""
    try:
        return Policy.parse(stored)
    except PolicyFault as fault:
        raise Invalid(
            "bad-policy",
            f"策略条款有误：{fault.zh}",
            f"The policy has a faulty clause: {fault.en}",
            fault.fields,
        ) from None


def within_offer(wanted: Policy, offered: Policy) -> None:
    """Raise `Invalid`, naming each clause in which the request goes beyond the offer."""
    violations = is_within(wanted, offered)
    if violations:
        raise Invalid(
            "beyond-offer",
            "申请的策略超出供给条件：" + "；".join(one.zh for one in violations),
            "The request goes beyond the offer: " + "; ".join(one.en for one in violations),
            {one.operand: (one.zh, one.en) for one in violations},
        )


def valid_window(policy: Policy) -> tuple[datetime | None, datetime | None]:
    """From when until when a policy allows use, as far as its time window says so."""
    start, end = compile_policy(policy).window
    return (
        datetime.fromtimestamp(start, UTC) if start is not None else None,
        datetime.fromtimestamp(end, UTC) if end is not None else None,
    )
