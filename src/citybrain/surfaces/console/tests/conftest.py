"""Fixtures of the console's tests."""

import pytest
from django.test import Client
from tests.personas import City

from citybrain.kernel.models import Account
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
    """A browser in which this person is signed in, without the slow check of the password."""
    client = Client()
    account = Account.objects.get(username=name)
    client.force_login(account, "django.contrib.auth.backends.ModelBackend")
    return client
