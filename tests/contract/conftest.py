"""Fixtures of the contract tests."""

import pytest

from tests.done import Done, do_main_job
from tests.personas import City


@pytest.fixture
def done(city: City) -> Done:
    """What the main job left behind."""
    return do_main_job(city)
