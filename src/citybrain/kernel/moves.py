"""Between the actions and the process interpreter: who acts on which side, which error it is."""

from collections.abc import Mapping

from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Issue, Party, Request
from citybrain.kernel.process import (
    MissingInput,
    Move,
    Process,
    WrongState,
)
from citybrain.kernel.process import (
    NotAllowed as NotYourMove,
)


def sides_of(acting: Acting, record: Request | Issue) -> set[str]:
    """The sides on which a party stands to a record, alone and with its role.

    For example {"owner", "owner:steward"}; the bureau's administrators are "bureau" too.
    """
    requester: Party = record.requester if isinstance(record, Request) else record.raised_by
    sides = set()
    if acting.party.pk == requester.pk:
        sides.add("requester")
    if acting.party.pk == record.resource.owner_id:
        sides.add("owner")
    if acting.party.is_bureau and acting.role == Role.ADMINISTRATOR:
        sides.add("bureau")
    if acting.role == Role.AUDITOR:
        return set()
    return sides | {f"{side}:{acting.role}" for side in sides}


def move_of(
    process: Process, state: str, move: str, sides: set[str], given: Mapping[str, str]
) -> Move:
    """The move, when it is allowed here and now; otherwise the action's error for it."""
    try:
        return process.check(state, move, sides, dict(given))
    except WrongState as error:
        raise Conflict("wrong-state", error.zh, error.en) from None
    except NotYourMove as error:
        raise NotAllowed("not-your-move", error.zh, error.en) from None
    except MissingInput as error:
        raise Invalid(
            "input-missing", error.zh, error.en, {"reasons": (error.zh, error.en)}
        ) from None
