"""Fixtures that every test shares; the people and parties are in tests/personas.py."""

import pytest
from tests.personas import City, build_city


@pytest.fixture
def city(db: None) -> City:
    """The test city: parties, people and their roles; nothing registered yet."""
    return build_city()
