"""On which side somebody stands to an application, and which moves its kind has."""

from citybrain.domains.registration.logic.rules import stands_on_notice
from citybrain.domains.registration.models import Application
from citybrain.kernel.acting import Acting
from citybrain.kernel.process import Move, process

PROCESS = process("registration")
OF_OBJECTIONS = frozenset({"object", "dismiss", "uphold"})
"""Moves that follow from objections and their answers."""


def sides_of(acting: Acting | None, application: Application) -> set[str]:
    """The sides of a party, or of the platform itself for None."""
    if acting is None:
        return {"system"}
    sides = set()
    if acting.may("registration.apply", application.applicant):
        sides.add("requester")
    if acting.may("registration.decide"):
        sides.add("bureau")
    return sides


def fits(kind: str, move: str) -> bool:
    """Whether a kind of application knows the move: some are granted without public notice."""
    if move == "pass":
        return stands_on_notice(kind)
    return move != "grant" or not stands_on_notice(kind)


def open_moves(application: Application, acting: Acting) -> list[Move]:
    """What the acting party can do now, but for what follows from objections."""
    found = PROCESS.moves(application.state, sides_of(acting, application))
    return [
        one for one in found if fits(application.kind, one.code) and one.code not in OF_OBJECTIONS
    ]
