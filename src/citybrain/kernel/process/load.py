"""Reading `definitions/*.toml`; everything that could go wrong later is refused here."""

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from citybrain.engines.law import RuleTable, UnknownRuleError, load
from citybrain.kernel.process.model import (
    INPUTS,
    ROLES,
    SIDES,
    DeadlineRule,
    Move,
    Process,
    ProcessError,
    State,
)

HERE = Path(__file__).parent
DEADLINES: RuleTable = load(HERE.parent / "law" / "deadlines.toml")
MOVE_KEYS = {
    "code", "zh", "en", "from", "to", "who", "needs", "meets", "cancels", "pauses", "resumes",
    "starts", "starts_by", "extends",
}  # fmt: skip


@cache
def process(code: str) -> Process:
    """The process with this code. Raises `ProcessError` for a faulty definition."""
    path = HERE / "definitions" / f"{code}.toml"
    return parse(tomllib.loads(path.read_text(encoding="utf-8")), DEADLINES, path.name)


def parse(data: Mapping[str, Any], deadlines: RuleTable, where: str) -> Process:
    """A process from the data of a definition file, checked against the rules that it names."""
    states = _states(data.get("state", []), where)
    sides = set(data.get("sides", ()))
    if not sides or sides - set(SIDES):
        raise ProcessError(f"{where}: unknown or no sides: {sorted(sides - set(SIDES))}")
    moves = tuple(
        _move(row, states, sides, deadlines, f"{where}, move {number} ({row.get('code')})")
        for number, row in enumerate(data.get("move", []), start=1)
    )
    found = Process(
        data["code"],
        data["zh"],
        data["en"],
        states,
        moves,
        _rules(data.get("starts", ()), deadlines, where),
    )
    _check_ways(found, where)
    return found


def _states(rows: list[dict[str, Any]], where: str) -> dict[str, State]:
    states: dict[str, State] = {}
    for row in rows:
        try:
            state = State(**row)
        except TypeError as error:
            raise ProcessError(f"{where}, state {row.get('code')}: {error}") from None
        if state.code in states:
            raise ProcessError(f"{where}: state {state.code!r} stands there twice")
        states[state.code] = state
    if sum(state.initial for state in states.values()) != 1:
        raise ProcessError(f"{where}: there must be exactly one initial state")
    return states


def _move(
    row: dict[str, Any],
    states: Mapping[str, State],
    sides: set[str],
    deadlines: RuleTable,
    where: str,
) -> Move:
    unknown = sorted(set(row) - MOVE_KEYS)
    if unknown:
        raise ProcessError(f"{where}: unknown keys {', '.join(unknown)}")
    for state in (*row["from"], row["to"]):
        if state not in states:
            raise ProcessError(f"{where}: unknown state {state!r}")
    closed = [state for state in row["from"] if states[state].terminal]
    if closed:
        raise ProcessError(f"{where}: leads out of the terminal state {closed[0]!r}")
    _check_who(row["who"], sides, where)
    if set(row.get("needs", ())) - set(INPUTS):
        raise ProcessError(f"{where}: unknown input in needs")
    for name in ("meets", "cancels"):
        _rules((code for code in row.get(name, ()) if code != "*"), deadlines, where)
    return Move(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        origins=tuple(row["from"]),
        to=row["to"],
        who=frozenset(row["who"]),
        needs=tuple(row.get("needs", ())),
        meets=tuple(row.get("meets", ())),
        cancels=tuple(row.get("cancels", ())),
        pauses=row.get("pauses", False),
        resumes=row.get("resumes", False),
        extends={
            old: _rules([new], deadlines, where)[0] for old, new in row.get("extends", {}).items()
        },
        starts=_rules(row.get("starts", ()), deadlines, where),
        starts_by={
            name: {value: _rules(codes, deadlines, where) for value, codes in by_value.items()}
            for name, by_value in row.get("starts_by", {}).items()
        },
    )


def _check_who(who: list[str], sides: set[str], where: str) -> None:
    for one in who:
        side, _, role = one.partition(":")
        if side not in sides or (role and role not in ROLES):
            raise ProcessError(f"{where}: unknown side or role {one!r}")
    if not who:
        raise ProcessError(f"{where}: nobody may make this move")


def _rules(codes: Iterable[str], deadlines: RuleTable, where: str) -> tuple[DeadlineRule, ...]:
    try:
        return tuple(DeadlineRule.of(deadlines[code]) for code in codes)
    except UnknownRuleError as error:
        raise ProcessError(f"{where}: {error}") from None


def _check_ways(found: Process, where: str) -> None:
    """Every state can be reached, every other than a terminal one can be left."""
    reached = {found.initial}
    while True:
        more = {move.to for move in found.all_moves if reached & set(move.origins)} - reached
        if not more:
            break
        reached |= more
    lost = sorted(set(found.states) - reached)
    if lost:
        raise ProcessError(f"{where}: state {lost[0]!r} cannot be reached")
    left = {origin for move in found.all_moves for origin in move.origins}
    stuck = sorted(
        state.code
        for state in found.states.values()
        if not state.terminal and state.code not in left
    )
    if stuck:
        raise ProcessError(f"{where}: state {stuck[0]!r} cannot be left and is not terminal")
    _check_unique(found, where)


def _check_unique(found: Process, where: str) -> None:
    seen = set()
    for move in found.all_moves:
        for origin in move.origins:
            if (move.code, origin) in seen:
                raise ProcessError(f"{where}: two moves {move.code!r} from {origin!r}")
            seen.add((move.code, origin))


def all_processes() -> list[Process]:
    """Every process that has a definition."""
    return [process(path.stem) for path in sorted((HERE / "definitions").glob("*.toml"))]


def mermaid(found: Process) -> str:
    """The state diagram as Mermaid text, for the docs."""
    lines = ["stateDiagram-v2", f"    [*] --> {found.initial}"]
    for move in found.all_moves:
        lines += [f"    {origin} --> {move.to}: {move.code}" for origin in move.origins]
    lines += [f"    {state.code} --> [*]" for state in found.states.values() if state.terminal]
    return "\n".join(lines)
