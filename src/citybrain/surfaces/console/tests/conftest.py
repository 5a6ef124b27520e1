"""Fixtures of the console's tests."""

import pytest
from django.test import Client
from tests.personas import PASSWORD, City

from citybrain.surfaces.console.tests.world import World, build_world


@pytest.fixture
def world(city: City) -> World:
    """One of everything."""
    return build_world(city)


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    """Tests do not collect static files."""
    settings.WHITENOISE_AUTOREFRESH = True


def client_of(name: str) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    assert client.post("/sign-in", {"username": name, "password": PASSWORD}).status_code == 302
    return client
