"""Who may not, over the API routes of every domain: see `tests.routes.ApiRow`."""

from typing import Any

import pytest
from django.test import Client

from citybrain.kernel.models import LedgerRecord
from tests.done import client_of
from tests.personas import City
from tests.routes import OPEN, ApiRow
from tests.suites import suites

SUITES = {name: one for name, one in suites().items() if hasattr(one, "API")}


@pytest.fixture(params=sorted(SUITES))
def suite(request) -> Any:
    return SUITES[request.param]


@pytest.fixture
def world(suite, city: City) -> Any:
    return suite.build_world(city)


def ask(client: Client, route: str, row: ApiRow, world: Any) -> Any:
    method, address = route.split(" ")[0].lower(), row.address(route, world)
    if method == "get":
        return client.get(address)
    body = row.filled(world)
    return getattr(client, method)(address, data=body, content_type="application/json")


def wrong(suite, world, client: Client, of: str) -> list[tuple[str, int, bytes]]:
    found = []
    for route, row in suite.API.items():
        before = LedgerRecord.objects.count()
        answer = ask(client, route, row, world)
        expected = getattr(row, of)
        allowed = {200, 201, 202} if expected == OPEN else {expected}
        left = answer.status_code >= 400 and LedgerRecord.objects.count() != before
        if answer.status_code not in allowed or left:
            found.append((route, answer.status_code, answer.content[:200]))
    return found


@pytest.mark.django_db
def test_an_anonymous_caller_gets_401_from_every_route(suite, world) -> None:
    client = Client(raise_request_exception=False)
    for route, row in suite.API.items():
        assert ask(client, route, row, world).status_code == 401, route


@pytest.mark.django_db
def test_a_stranger_sees_and_does_only_what_is_open_to_all(suite, world, city: City) -> None:
    assert not wrong(suite, world, client_of(city.zhao), "stranger")


@pytest.mark.django_db
def test_the_auditor_reads_and_writes_nothing(suite, world, city: City) -> None:
    assert not wrong(suite, world, client_of(city.an), "auditor")
