"""The table of problems, the refusals of policies, and docs/problems.md agree."""

import orjson
import pytest

from citybrain.config import HOME
from citybrain.gateway.problems import PROBLEMS
from citybrain.gateway.refusals import known
from citybrain.kernel.policy.refusals import REASONS

PAGE = HOME / "docs" / "problems.md"


def rows() -> dict[str, list[str]]:
    """Reason → the other cells of its row."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {one[0].strip("`"): one[1:] for one in cells}


def test_the_page_lists_every_problem_with_its_words():
    written = rows()
    for reason, one in PROBLEMS.items():
        assert written[reason] == [str(one.status), one.zh, one.en, one.next_zh, one.next_en]


def test_the_page_lists_every_refusal_of_a_clause():
    written = rows()
    for operand, (reason, zh, en) in REASONS.items():
        assert written[reason][0] == "403", operand
        assert zh.rstrip("。") in written[reason][1]
        assert en.rstrip(".") in written[reason][2]


def test_the_page_lists_nothing_else():
    policy = {reason for reason, _, _ in REASONS.values()} | {"action-not-agreed", "not-agreed"}
    assert rows().keys() == PROBLEMS.keys() | policy


@pytest.mark.parametrize("reason", PROBLEMS)
@pytest.mark.parametrize("english", [False, True])
def test_a_problem_has_its_members_in_the_readers_language(reason: str, english: bool):
    told = orjson.loads(known(reason).body(english, "r-1"))
    one = PROBLEMS[reason]
    assert told == {
        "type": f"urn:citybrain:problem:{reason}",
        "title": one.en if english else one.zh,
        "status": one.status,
        "detail": one.next_en if english else one.next_zh,
        "instance": "urn:citybrain:use:r-1",
    }
