"""Whatever the description allows, and what it forbids: no 5xx, and only described answers.

Schemathesis makes the requests from the running description, valid and invalid ones; about
half of them are about records that exist, so that they get past "not found".
"""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from citybrain.surfaces.api.actions import create_api_key
from tests.done import Done, places
from tests.personas import City

EXAMPLES = 6
"""Requests of each mode for each operation; the whole test takes some twenty seconds."""
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture
def open_connection(db: None) -> Iterator[None]:
    """Requests must not close the connection that holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def schema(open_connection: None) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def checker(operation: Any, mode: GenerationMode, done: Done, keys: list[str]) -> Any:
    """The check of one operation, to be called without arguments."""
    label = f"{operation.method.upper()} {operation.path}"

    @SETTINGS
    @hypothesis.given(
        case=operation.as_strategy(generation_mode=mode),
        known=st.booleans(),
        secret=st.sampled_from(keys),
    )
    def check(case: Any, known: bool, secret: str) -> None:
        if known and case.path_parameters:
            names = places(operation.path.removeprefix("/api/v1"), done)
            case.path_parameters = {
                name: names.get(name, value) for name, value in case.path_parameters.items()
            }
        # A bad host name is answered before any address is looked at, in plain HTML.
        case.headers = {k: v for k, v in (case.headers or {}).items() if k.lower() != "host"}
        answer = case.call(headers={"Authorization": f"Bearer {secret}"})
        told = (label, case.as_curl_command(), answer.text)
        assert answer.status_code < 500, told
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"], told

    return check


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_nothing_that_is_sent_breaks_the_api(
    mode: GenerationMode, schema: schemathesis.BaseSchema, city: City, done: Done
):
    keys = [create_api_key(acting_party=one)[1] for one in (city.su, city.ci, city.lin)]
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    for operation in operations:
        checker(operation, mode, done, keys)()
