"""Fixtures of the API's tests."""

import pytest
from tests.done import ClientFor, Done, client_of, do_main_job
from tests.personas import City


@pytest.fixture
def done(city: City) -> Done:
    """What the main job left behind."""
    return do_main_job(city)


@pytest.fixture
def client_for(db: None) -> ClientFor:
    """See `client_of`."""
    return client_of
