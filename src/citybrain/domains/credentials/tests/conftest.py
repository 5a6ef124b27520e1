"""Tests do not collect static files."""

import pytest


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    settings.WHITENOISE_AUTOREFRESH = True
