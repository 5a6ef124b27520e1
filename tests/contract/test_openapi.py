"""The API's description is a promise to programs: a change of it must be meant."""

from citybrain.surfaces.cli.commands.api import SNAPSHOT, description


def test_the_description_is_the_one_that_was_agreed():
    assert description() == SNAPSHOT.read_text(encoding="utf-8"), (
        "the API has changed; if that is meant, run ./citybrain api snapshot and commit "
        "tests/contract/openapi.json with it"
    )
