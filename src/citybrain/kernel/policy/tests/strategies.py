"""Valid policies of the profile, drawn clause by clause."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from citybrain.kernel.policy import Policy, PolicyFault
from citybrain.kernel.policy.profile import LIST_OPERATORS, OPERANDS, RULES, Operand
from citybrain.kernel.policy.values import METRICS, PERIODS
from citybrain.kernel.policy.vocabulary import ACTIONS

LIMITS = st.integers(min_value=1, max_value=10**9)
WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=12
).filter(str.strip)
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
PARTIES = CODES.map(lambda code: f"urn:citybrain:party:{code}")
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(microsecond=0).isoformat()
)
EPSILONS = st.tuples(st.integers(1, 10**6), st.integers(0, 10**6)).map(
    lambda pair: {
        "per_answer": f"{pair[0] / 10**6:.6f}",
        "total": f"{(pair[0] + pair[1]) / 10**6:.6f}",
    }
)
SINGLE: dict[str, st.SearchStrategy[Any]] = {
    "codes": CODES,
    "parties": PARTIES,
    "names": WORDS,
    "instant": INSTANTS,
    "integer": LIMITS.map(lambda number: number + 1),
    "rate": st.fixed_dictionaries({"limit": LIMITS, "per": st.sampled_from(list(PERIODS))}),
    "volume": st.fixed_dictionaries({"limit": LIMITS, "metric": st.sampled_from(list(METRICS))}),
    "rows": st.dictionaries(
        WORDS.map(str.strip),
        st.lists(WORDS | st.integers(-999, 9999), min_size=1, max_size=4),
        min_size=1,
        max_size=3,
    ),
    "epsilon": EPSILONS,
    "agreed": st.just(True),
    "fen": LIMITS,
    "text": WORDS,
    "duration": st.sampled_from(["PT72H", "P1D", "P30D", "P6M", "P12M", "P1Y", "P3Y"]),
}


def values(operand: Operand, operator: str) -> st.SearchStrategy[Any]:
    if operand.value == "transfer" and operator == "eq":
        return st.just("anyone")
    known = operand.value in SINGLE
    one = SINGLE[operand.value] if known else st.sampled_from(list(operand.terms))
    if operator in LIST_OPERATORS and operand.value != "rows":
        return st.lists(one, min_size=1, max_size=4)
    return one


@st.composite
def clauses(draw: st.DrawFn, operand: Operand) -> dict[str, Any]:
    operator = draw(st.sampled_from(list(operand.operators)))
    return {
        "operand": operand.code,
        "operator": operator,
        "value": draw(values(operand, operator)),
    }


@st.composite
def stored_policies(draw: st.DrawFn) -> dict[str, Any]:
    """JSON of a policy, mostly valid: some draws contradict themselves."""
    stored: dict[str, Any] = {"action": draw(st.sampled_from(list(ACTIONS)))}
    chosen = draw(st.lists(st.sampled_from(list(OPERANDS)), unique=True, max_size=9))
    for code in chosen:
        place = RULES[OPERANDS[code].rule]
        stored.setdefault(place, []).append(draw(clauses(OPERANDS[code])))
    return stored


def _parsed(stored: dict[str, Any]) -> Policy | None:
    try:
        return Policy.parse(stored)
    except PolicyFault as fault:
        if [one.path for one in fault.faults] == ["constraints"]:
            return None
        raise


def policies() -> st.SearchStrategy[Policy]:
    """Valid policies; the few that contradict themselves are left out."""
    return stored_policies().map(_parsed).filter(lambda policy: policy is not None)


def later(instant: str, seconds: int) -> str:
    return (datetime.fromisoformat(instant) + timedelta(seconds=seconds)).isoformat()
