"""An agreement as ODRL JSON-LD, for machines that speak the standard."""

from typing import Any

from citybrain.kernel.models import Agreement
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy.odrl import to_odrl


def agreement_odrl(agreement: Agreement) -> dict[str, Any]:
    """The frozen policy with its parties and target named by URN."""
    return to_odrl(
        checked_policy(agreement.policy),
        uid=agreement.urn,
        kind="Agreement",
        target=agreement.resource.urn,
        assigner=agreement.provider.urn,
        assignee=agreement.consumer.urn,
    )
