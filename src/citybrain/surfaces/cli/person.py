"""For whom a command acts: `--as USERNAME[:ROLE][@PARTY]`.

Whoever may run commands on the machine may read its database anyway, so the machine's
operator is trusted: no password is asked. The ledger records the account that was named.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import Invalid
from citybrain.kernel.queries.naming import acting_named
from citybrain.surfaces.cli.failures import say

F = TypeVar("F", bound=Callable[..., Any])


def _read(ctx: click.Context, parameter: click.Parameter, value: str) -> Acting:
    try:
        return acting_named(value)
    except Invalid as error:
        raise click.BadParameter(say(error.zh, error.en)) from None


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
