"""Who holds a record (当前办理方): the sides that can lead it on from its state.

A process definition says for each move who may make it. What takes a record back or ends it
for every clock (`cancels = ["*"]`), and what only prolongs a clock, does not lead on.
"""

from citybrain.kernel.process import Move, Process

AT_REST = {"request": frozenset({"delivered", "suspended"})}
"""States in which nobody owes anybody a move, though some may still be made."""
GIVEN = {
    ("demand", "open"): "bureau",
    ("demand", "assigned"): "owner",
    ("demand", "matched"): "requester",
}
"""A demand may be refused or assigned at any time; who should move is the plan of its process."""
STANDS_FOR = {"system": "requester"}
"""The system moves a request on when its requester countersigns the agreement."""
ORDER = ("requester", "owner", "bureau")


def holders(process: Process, state: str) -> tuple[str, ...]:
    """The sides that hold a record in this state, in the order of `ORDER`; none at its end.

    The bureau may often step in for a side; it holds only what nobody else can lead on.
    """
    if state in AT_REST.get(process.code, ()) or process.state(state).terminal:
        return ()
    if (process.code, state) in GIVEN:
        return (GIVEN[process.code, state],)
    sides = {
        side
        for move in process.all_moves
        if state in move.origins and leads_on(move, state)
        for side in _sides(move)
    }
    return tuple(one for one in ORDER if one in sides - _stepping_in(sides))


def leads_on(move: Move, state: str) -> bool:
    """Whether a move brings the record nearer to its end."""
    return "*" not in move.cancels and not move.extends and move.to != state


def _sides(move: Move) -> set[str]:
    named = {one.partition(":")[0] for one in move.who}
    return {STANDS_FOR.get(one, one) for one in named}


def _stepping_in(sides: set[str]) -> set[str]:
    return {"bureau"} if len(sides) > 1 else set()


def states_held_by(process: Process, side: str) -> frozenset[str]:
    """The states in which this side holds a record."""
    return frozenset(code for code in process.states if side in holders(process, code))


def states_at_rest(process: Process) -> frozenset[str]:
    """The states in which nobody holds a record."""
    return frozenset(code for code in process.states if not holders(process, code))
