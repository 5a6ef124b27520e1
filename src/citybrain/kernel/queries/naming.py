"""From what a person types to what is meant."""

from django.db.models import Q

from citybrain.kernel.acting import Acting, acting_for
from citybrain.kernel.errors import Invalid
from citybrain.kernel.models import Membership


def acting_named(text: str) -> Acting:
    """The acting party of a name such as `su`, `su:steward` or `su:steward@PARTY`.

    PARTY is a reference or a unified social credit code. Raises `Invalid` when the name
    stands for none, or for several (the text lists them).
    """
    head, _, party = text.partition("@")
    username, _, role = head.partition(":")
    found = Membership.objects.select_related("account", "party").filter(
        account__username=username, active=True
    )
    if role:
        found = found.filter(role=role)
    if party:
        found = found.filter(Q(party__ref=party) | Q(party__code=party))
    rows = list(found.order_by("id"))
    if len(rows) == 1:
        return acting_for(rows[0])
    if not rows:
        raise Invalid("no-such-person", f"“{text}”不代表任何单位。", f"{text!r} acts for no party.")
    names = ", ".join(f"{one.account.username}:{one.role}@{one.party.ref}" for one in rows)
    raise Invalid("several-meant", f"请从中选定一个：{names}", f"Choose one of: {names}")
