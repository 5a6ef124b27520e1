"""The moves of a process that are open to the acting party."""

from collections.abc import Mapping
from typing import Any

from ninja import Schema
from pydantic import Field

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.issues import PROCESSES
from citybrain.kernel.actions.requests import OF_THE_AGREEMENT, PROCESS
from citybrain.kernel.models import Issue, Request
from citybrain.kernel.moves import sides_of


class MoveOut(Schema):
    """A move that the acting party can make now, and what it takes."""

    code: str
    zh: str
    en: str
    to: str
    needs: list[str] = Field(description="Inputs that must be given.")


def open_moves(record: Request | Issue, acting: Acting) -> list[dict[str, Any]]:
    """What the acting party can do with a request or problem, as the values of `MoveOut`."""
    running = PROCESS if isinstance(record, Request) else PROCESSES[record.type]
    return [
        {"code": one.code, "zh": one.zh, "en": one.en, "to": one.to, "needs": list(one.needs)}
        for one in running.moves(record.state, sides_of(acting, record))
        if isinstance(record, Issue) or one.code not in OF_THE_AGREEMENT
    ]


def acting_in(context: Mapping[str, Any] | None) -> Acting:
    """Who looks: the request's acting party, or the one that the command line names."""
    given = context or {}
    acting: Acting = given["acting"] if "acting" in given else given["request"].auth
    return acting
