"""Fixtures of this app's tests."""

import pytest
from tests.personas import City

from citybrain.domains.lists.tests.world import World, build_world


@pytest.fixture
def world(city: City) -> World:
    """One of everything of this app."""
    return build_world(city)


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    """Tests do not collect static files."""
    settings.WHITENOISE_AUTOREFRESH = True
