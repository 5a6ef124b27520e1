"""What a process is: states, moves, who may move what, and the clocks that moves touch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from citybrain.engines.law import Rule


class ProcessError(ValueError):
    """A definition that cannot be trusted; the message names the file and the row."""


class _Refusal(Exception):  # noqa: N818 - no error, a decision
    """A move that cannot be made; `zh` and `en` say what can."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class NotAllowed(_Refusal):
    """The side may not make this move; the message says who may."""


class WrongState(_Refusal):
    """The move does not start from the present state; the message says which do."""


class MissingInput(_Refusal):
    """The move needs an input, such as reasons."""


SIDES = {
    "requester": ("申请方", "the requesting side"),
    "owner": ("数据提供方", "the owner"),
    "bureau": ("数据局", "the data bureau"),
    "public": ("社会公众", "the public"),
    "system": ("系统", "the system"),
}
ROLES = {
    "steward": ("数据专员", "its steward"),
    "member": ("人员", "its member"),
    "enterprise_member": ("企业人员", "its enterprise member"),
}
INPUTS = {"reasons": ("理由", "the reasons")}


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """A clock to be started: `days` in `unit`, for the party on `side`."""

    code: str
    zh: str
    en: str
    days: int
    unit: str
    side: str
    source: str
    status: str

    @classmethod
    def of(cls, rule: Rule) -> "DeadlineRule":
        """The clock that a row of `law/deadlines.toml` describes."""
        if not isinstance(rule.value, int) or rule.unit not in ("working_day", "calendar_day"):
            raise ProcessError(f"rule {rule.code!r}: a deadline is a whole number of days")
        return cls(
            rule.code, rule.zh, rule.en, rule.value, rule.unit, rule.side, rule.source, rule.status
        )


@dataclass(frozen=True, slots=True)
class State:
    """One state; a terminal one has no way out."""

    code: str
    zh: str
    en: str
    initial: bool = False
    terminal: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """One move. `who` lists sides, or sides with a role ("owner:steward")."""

    code: str
    zh: str
    en: str
    origins: tuple[str, ...]
    to: str
    who: frozenset[str]
    needs: tuple[str, ...] = ()
    meets: tuple[str, ...] = ()
    cancels: tuple[str, ...] = ()
    pauses: bool = False
    resumes: bool = False
    extends: Mapping[str, DeadlineRule] = field(default_factory=dict)
    """Running clock → the clock that goes on from its due day."""
    starts: tuple[DeadlineRule, ...] = ()
    starts_by: Mapping[str, Mapping[str, tuple[DeadlineRule, ...]]] = field(default_factory=dict)

    def deadlines(self, context: Mapping[str, str]) -> list[DeadlineRule]:
        """The clocks that this move starts; some depend on `context` (such as share_type)."""
        rules = list(self.starts)
        for name, by_value in self.starts_by.items():
            rules += by_value.get(context.get(name, ""), ())
        return rules

    def who_zh(self) -> str:
        """Who may make it, in Chinese."""
        return "或".join(sorted(_side(one, 0) for one in self.who))

    def who_en(self) -> str:
        """Who may make it, in English."""
        return " or ".join(sorted(_side(one, 1) for one in self.who))


def _side(text: str, language: int) -> str:
    side, _, role = text.partition(":")
    if not role:
        return SIDES[side][language]
    joined = (SIDES[side][language], ROLES[role][language])
    return "".join(joined) if language == 0 else f"{joined[0]} ({joined[1]})"


@dataclass(frozen=True, slots=True)
class Process:
    """A checked definition. `starts` are the clocks that run from the initial state on."""

    code: str
    zh: str
    en: str
    states: Mapping[str, State]
    all_moves: tuple[Move, ...]
    starts: tuple[DeadlineRule, ...] = ()

    @property
    def initial(self) -> str:
        """The code of the state in which everything begins."""
        return next(state.code for state in self.states.values() if state.initial)

    def state(self, code: str) -> State:
        """The state of a code. Raises `KeyError`."""
        return self.states[code]

    def moves(self, state: str, sides: set[str]) -> list[Move]:
        """What may be done from a state by somebody on these sides."""
        return [move for move in self.all_moves if state in move.origins and move.who & sides]

    def check(self, state: str, code: str, sides: set[str], given: Mapping[str, str]) -> Move:
        """The move, if it may be made here, by these sides, with this input."""
        named = [move for move in self.all_moves if move.code == code]
        here = next((move for move in named if state in move.origins), None)
        if here is None:
            raise self._wrong_state(state, code, named, sides)
        if not here.who & sides:
            raise NotAllowed(
                f"“{here.zh}”须由{here.who_zh()}办理。",
                f"“{here.en}” is for {here.who_en()} to do.",
            )
        missing = [name for name in here.needs if not given.get(name)]
        if missing:
            raise MissingInput(
                "请填写" + "、".join(INPUTS[name][0] for name in missing) + "。",
                "Give " + ", ".join(INPUTS[name][1] for name in missing) + ".",
            )
        return here

    def _wrong_state(self, state: str, code: str, named: list[Move], sides: set[str]) -> WrongState:
        now = self.states[state]
        possible = self.moves(state, sides)
        zh = "、".join(f"“{move.zh}”" for move in possible) or "无"
        en = ", ".join(f"“{move.en}”" for move in possible) or "nothing"
        title_zh = named[0].zh if named else code
        title_en = named[0].en if named else code
        return WrongState(
            f"当前状态为“{now.zh}”，不能“{title_zh}”；您可以办理：{zh}。",
            f"The state is “{now.en}”, so “{title_en}” cannot be done; you can do: {en}.",
        )
