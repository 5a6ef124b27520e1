"""Who may open what, over every address there is."""

import pytest
from django.test import Client
from django.urls import reverse

from citybrain.surfaces.console.tests.conftest import client_of
from citybrain.surfaces.console.tests.routes import EVERYONE, ROUTES
from citybrain.surfaces.console.tests.world import World
from citybrain.surfaces.console.urls import urlpatterns

TESTED = {name: row for name, row in ROUTES.items() if not row.sealed}
ANSWERED = {200, 302, 409, 422}
REFUSED = {403, 404}


def asked(client: Client, name: str, world: World):
    row = ROUTES[name]
    url = row.address(world)
    return client.post(url) if row.post else client.get(url)


def test_every_address_has_a_row_in_the_table() -> None:
    assert {one.name for one in urlpatterns} == set(ROUTES)


@pytest.mark.django_db
def test_nobody_gets_in_without_signing_in(world: World) -> None:
    for name in TESTED:
        answer = asked(Client(), name, world)
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(reverse("sign-in")), name


@pytest.mark.django_db
@pytest.mark.parametrize("person", sorted(EVERYONE))
def test_each_person_sees_what_the_table_says_and_nothing_else(world: World, person: str) -> None:
    client = client_of(person)
    wrong = []
    for name, row in TESTED.items():
        if row.post:
            continue
        status = asked(client, name, world).status_code
        allowed = person in row.readers
        if (status == 200) != allowed or (not allowed and status not in REFUSED):
            wrong.append((name, status))
    assert not wrong


@pytest.mark.django_db
@pytest.mark.parametrize("person", sorted(EVERYONE))
def test_each_person_may_press_what_the_table_says_and_nothing_else(
    world: World, person: str
) -> None:
    client = client_of(person)
    wrong = []
    for name, row in TESTED.items():
        if not row.post:
            continue
        status = asked(client, name, world).status_code
        expected = ANSWERED if person in row.readers else REFUSED
        if status not in expected:
            wrong.append((name, status))
    assert not wrong


@pytest.mark.django_db
def test_the_auditor_writes_nothing_anywhere(world: World) -> None:
    client = client_of("an")
    for name, row in TESTED.items():
        answer = client.post(row.address(world))
        assert answer.status_code in {403, 404, 405} or name == "password", (
            name,
            answer.status_code,
        )


@pytest.mark.django_db
def test_a_person_without_membership_is_told_whom_to_ask(world: World) -> None:
    world.membership.active = False
    world.membership.save()
    answer = client_of("mo").get("/")
    assert answer.status_code == 403
    assert "数据局管理员" in answer.content.decode()
