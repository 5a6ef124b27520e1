"""For whom a command acts: `--as USERNAME[:ROLE][@PARTY]`.

Whoever may run commands on the machine may read its database anyway, so the machine's
operator is trusted: no password is asked. The ledger records the account that was named.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click
from django.db.models import Q

from citybrain.kernel.acting import Acting, acting_for
from citybrain.kernel.models import Membership
from citybrain.surfaces.cli.failures import say

F = TypeVar("F", bound=Callable[..., Any])


def acting_named(text: str) -> Acting:
    """The acting party of a name such as `su`, `su:steward` or `su:steward@REF`."""
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
    raise click.BadParameter(_none(text) if not rows else _several(rows))


def _none(text: str) -> str:
    return say(f"“{text}”不代表任何单位。", f"{text!r} acts for no party.")


def _several(rows: list[Membership]) -> str:
    names = ", ".join(f"{one.account.username}:{one.role}@{one.party.ref}" for one in rows)
    return say(f"请从中选定一个：{names}", f"Choose one of: {names}")


def _read(ctx: click.Context, parameter: click.Parameter, value: str) -> Acting:
    return acting_named(value)


def as_option(function: F) -> F:
    """Give a command `--as`; it receives `acting`."""
    option = click.option(
        "--as",
        "acting",
        metavar="USERNAME[:ROLE][@PARTY]",
        required=True,
        callback=_read,
        help="For whom to act. 以谁的身份",
    )
    return option(function)
