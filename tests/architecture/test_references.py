"""The reference pages are made from the code; a page that lags behind fails here."""

import pytest

from citybrain.config import HOME
from citybrain.surfaces.cli import reference
from citybrain.surfaces.cli.commands import settings
from citybrain.surfaces.cli.root import citybrain


def test_every_setting_is_documented():
    assert (HOME / "docs" / "settings.md").read_text(encoding="utf-8") == settings.page(), (
        "run ./citybrain settings --markdown > docs/settings.md"
    )


def test_every_command_is_documented():
    assert (HOME / "docs" / "commands.md").read_text(encoding="utf-8") == reference.page(
        citybrain
    ), "run ./citybrain --markdown > docs/commands.md"


@pytest.mark.parametrize("name", ["settings.md", "commands.md"])
def test_the_reference_names_no_machine(name: str):
    text = (HOME / "docs" / name).read_text(encoding="utf-8")
    assert str(HOME) not in text
