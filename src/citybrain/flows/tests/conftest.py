"""What tests of flows share."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings

from citybrain.flows import uses


@pytest.fixture
def door() -> Iterator[None]:
    """The gateway in this process begins with empty journals and is closed after the test."""
    folders = [settings.CITYBRAIN.data_dir / name for name in ("journal", "outbox")]
    for one in folders:
        shutil.rmtree(one, ignore_errors=True)
    yield
    uses.close()
    for one in folders:
        shutil.rmtree(one, ignore_errors=True)
