"""Who holds a request or a problem now: names for rows, conditions for lists."""

from collections.abc import Iterable

from django.db.models import Q

from citybrain.domains.lists.logic import holders as logic
from citybrain.domains.lists.models import Demand
from citybrain.domains.lists.rules import demand_process
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Issue, Party, Request
from citybrain.kernel.process import Process, process

Record = Request | Issue | Demand
ISSUE_TYPES = ("correction", "dispute")


def process_of(record: Record) -> Process:
    """The process that a record follows."""
    if isinstance(record, Demand):
        return demand_process()
    return process("request" if isinstance(record, Request) else record.type)


def held_by(record: Record) -> list[tuple[str, Party | None]]:
    """The sides that hold it with their parties; the bureau has none of its own here."""
    found = logic.holders(process_of(record), record.state)
    return [(side, _party(record, side)) for side in found]


def _party(record: Record, side: str) -> Party | None:
    if side == "bureau":
        return None
    if isinstance(record, Demand):
        return record.party if side == "requester" else record.office
    if side == "owner":
        return record.resource.owner
    return record.requester if isinstance(record, Request) else record.raised_by


def _in_states(side: str, processes: Iterable[str]) -> Q:
    """Rows of the processes' states that this side holds; problems are told apart by type."""
    found = Q(pk__in=())
    for code in processes:
        states = Q(state__in=logic.states_held_by(process(code), side))
        found |= states if code == "request" else states & Q(type=code)
    return found


def requests_held(side: str) -> Q:
    """Requests that this side holds."""
    return _in_states(side, ("request",))


def issues_held(side: str) -> Q:
    """Problems that this side holds."""
    return _in_states(side, ISSUE_TYPES)


def requests_held_by(acting: Acting) -> Q:
    """Requests that wait for the acting party's own move."""
    own = requests_held("owner") & Q(resource__owner=acting.party)
    own |= requests_held("requester") & Q(requester=acting.party)
    return own | requests_held("bureau") if acting.party.is_bureau else own


def issues_held_by(acting: Acting) -> Q:
    """Problems that wait for the acting party's own move."""
    own = issues_held("owner") & Q(resource__owner=acting.party)
    own |= issues_held("requester") & Q(raised_by=acting.party)
    return own | issues_held("bureau") if acting.party.is_bureau else own


def requests_in_hand() -> Q:
    """Submitted requests that somebody still holds."""
    rest = {"draft", *logic.states_at_rest(process("request"))}
    return ~Q(state__in=rest)
