import copy
import tomllib

import pytest

from citybrain.kernel.process import (
    DEADLINES,
    MissingInput,
    NotAllowed,
    ProcessError,
    WrongState,
    all_processes,
    mermaid,
    parse,
    process,
)
from citybrain.kernel.process.load import HERE


@pytest.fixture
def definition():
    return tomllib.loads((HERE / "definitions" / "request.toml").read_text())


def test_all_shipped_definitions_are_sound():
    assert [one.code for one in all_processes()] == [
        "correction",
        "dispute",
        "registration",
        "request",
    ]


def test_a_request_starts_the_clock_of_its_share_type():
    submit = process("request").check("draft", "submit", {"requester:steward"}, {})
    assert [rule.code for rule in submit.deadlines({"share_type": "conditional"})] == [
        "reply-conditional"
    ]
    assert [rule.days for rule in submit.deadlines({"share_type": "unconditional"})] == [1]


def test_the_wrong_side_is_told_who_may():
    with pytest.raises(NotAllowed) as refusal:
        process("request").check("review", "agree", {"requester", "requester:steward"}, {})
    assert "数据提供方" in refusal.value.zh


def test_the_wrong_state_is_told_what_is_possible():
    with pytest.raises(WrongState) as refusal:
        process("request").check("draft", "agree", {"requester:steward"}, {})
    assert "提交" in refusal.value.zh and "Submit" in refusal.value.en


def test_an_unknown_move_is_refused_without_a_crash():
    with pytest.raises(WrongState):
        process("request").check("draft", "no-such-move", {"requester:steward"}, {})


def test_a_refusal_needs_reasons():
    with pytest.raises(MissingInput):
        process("request").check("review", "refuse", {"owner:steward"}, {"reasons": ""})


def spoil(definition, change):
    data = copy.deepcopy(definition)
    change(data)
    return data


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d["move"][0].update(to="nowhere"), "unknown state 'nowhere'"),
        (lambda d: d["move"][0].update(who=["stranger"]), "unknown side"),
        (lambda d: d["move"][0].update(starts=["no-rule"]), "no-rule"),
        (lambda d: d["move"][0].update({"from": ["ended"]}), "terminal state 'ended'"),
        (lambda d: d["move"][0].update(colour="red"), "unknown keys colour"),
        (lambda d: d["move"].pop(2), "cannot be reached"),
        (lambda d: d["state"][1].update(initial=True), "exactly one initial"),
        (lambda d: d["move"].append(dict(d["move"][0])), "two moves 'submit'"),
        (lambda d: d["move"][0].update(needs=["money"]), "unknown input"),
    ],
)
def test_a_faulty_definition_is_refused_with_the_row(definition, change, words):
    with pytest.raises(ProcessError, match=words):
        parse(spoil(definition, change), DEADLINES, "request.toml")


def test_the_diagram_shows_every_state():
    text = mermaid(process("request"))
    assert all(state in text for state in process("request").states)
