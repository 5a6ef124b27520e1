"""Whatever is done in whatever order, the store answers as the model does."""

import pytest

from citybrain.engines.facts import Follower
from citybrain.engines.facts.tests.model import Players, compare


@pytest.mark.parametrize("seed", range(2))
def test_after_any_sequence_of_acts_every_question_is_answered_as_by_the_model(tmp_path, seed):
    players = Players(tmp_path, seed)
    for number in range(26):
        players.step()
        if number % 13 == 12:
            players.compare()
    players.facts.flush()
    players.compare()
    players.facts.close()


def test_a_follower_sees_the_same_after_every_act(tmp_path):
    players = Players(tmp_path, 99)
    with Follower(tmp_path) as follower:
        for number in range(26):
            players.step()
            if number % 8 == 7:
                compare(follower.snapshot(), players.model)
    players.facts.close()
