"""Fixtures of the console's tests."""

import pytest
from tests.personas import City
from tests.suites import client_of

from citybrain.surfaces.console.tests.world import World, build_world

__all__ = ["client_of"]


@pytest.fixture
def world(city: City) -> World:
    """One of everything."""
    return build_world(city)


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    """Tests do not collect static files."""
    settings.WHITENOISE_AUTOREFRESH = True
