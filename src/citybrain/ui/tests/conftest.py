"""The design system is tested by itself: no floor's context processors or middleware."""

from typing import Any

import pytest

from citybrain.ui.tests import settings_for_tests as own


@pytest.fixture(autouse=True)
def _alone(settings: Any) -> None:
    settings.TEMPLATES = own.TEMPLATES
    settings.MIDDLEWARE = own.MIDDLEWARE
    settings.CONTENT_SECURITY_POLICY = own.CONTENT_SECURITY_POLICY
