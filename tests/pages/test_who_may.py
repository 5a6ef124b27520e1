"""Who may open what, over every address there is: the console's and every domain's."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.personas import City
from tests.routes import EVERYONE, Row
from tests.suites import client_of, page_names, suites

SUITES = suites()
ANSWERED = {200, 302, 409, 422}
REFUSED = {403, 404}


@pytest.fixture(autouse=True)
def plain_static(settings) -> None:
    """Tests do not collect static files."""
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(params=sorted(SUITES))
def suite(request) -> Any:
    return SUITES[request.param]


@pytest.fixture
def world(suite, city: City) -> Any:
    return suite.build_world(city)


def rows_of(suite) -> dict[str, Row]:
    return {name: row for name, row in suite.ROUTES.items() if not row.sealed}


def asked(client: Client, row: Row, world: Any):
    url = row.address(world)
    return client.post(url) if row.post else client.get(url)


def test_every_page_has_a_row_in_a_table() -> None:
    listed = [name for one in SUITES.values() for name in one.ROUTES]
    assert len(listed) == len(set(listed))
    assert page_names() - set(listed) == set()


@pytest.mark.django_db
def test_nobody_gets_in_without_signing_in(suite, world) -> None:
    for name, row in rows_of(suite).items():
        answer = asked(Client(), row, world)
        if row.public:
            assert answer.status_code in ANSWERED, name
            continue
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("sign-in")), name


@pytest.mark.django_db
@pytest.mark.parametrize("person", sorted(EVERYONE))
def test_each_person_sees_what_the_table_says_and_nothing_else(suite, world, person: str) -> None:
    client = client_of(person)
    wrong = []
    for name, row in rows_of(suite).items():
        if row.post:
            continue
        status = asked(client, row, world).status_code
        allowed = person in row.readers
        if (status == 200) != allowed or (not allowed and status not in REFUSED):
            wrong.append((name, status))
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("person", sorted(EVERYONE))
def test_each_person_may_press_what_the_table_says_and_nothing_else(
    suite, world, person: str
) -> None:
    client = client_of(person)
    wrong = []
    for name, row in rows_of(suite).items():
        if not row.post:
            continue
        status = asked(client, row, world).status_code
        expected = ANSWERED if person in row.readers else REFUSED
        if status not in expected:
            wrong.append((name, status))
    assert not wrong


@pytest.mark.django_db
def test_the_auditor_writes_nothing_anywhere(suite, world) -> None:
    client = client_of("an")
    for name, row in rows_of(suite).items():
        if row.public:
            continue
        answer = client.post(row.address(world))
        assert answer.status_code in {403, 404, 405} or name == "password", (
            name,
            answer.status_code,
        )


@pytest.mark.django_db
def test_a_person_without_membership_is_told_whom_to_ask(city: City) -> None:
    world = SUITES["console"].build_world(city)
    world.membership.active = False
    world.membership.save()
    answer = client_of("mo").get("/")
    assert answer.status_code == 403
    assert "数据局管理员" in answer.content.decode()
