"""The same button pressed by several at once: one wins, and no two get the same."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from tests.exchange import published
from tests.personas import City

from citybrain.domains.registration import duties
from citybrain.domains.registration.actions import drafts
from citybrain.domains.registration.models import (
    Application,
    Certificate,
    Objection,
    Registration,
)
from citybrain.domains.registration.tests import told
from citybrain.kernel import clock
from citybrain.kernel.audit import audit
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Deadline
from citybrain.kernel.sealing import seal_all

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = told.later(told.START, 11)


def together(moment: datetime, *works: Callable[[], Any]) -> list[str]:
    """What became of each, all pressed at the same moment."""

    def one(work: Callable[[], Any]) -> str:
        try:
            with clock.at(moment):
                work()
        except ActionError as error:
            return error.reason
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return sorted(pool.map(one, works))


def to_be_coded(city: City, code: str) -> Application:
    made = told.on_notice(city, published(city, code))
    with clock.at(AFTER):
        return told.moved(made, city.lin, "close-notice")


def test_three_who_code_at_once_give_one_code(city: City) -> None:
    made = to_be_coded(city, "T-1")

    def press() -> None:
        told.moved(made, city.lin, "code")

    assert together(AFTER, press, press, press) == ["done", "wrong-state", "wrong-state"]
    assert Certificate.objects.count() == 1


def test_two_applications_coded_at_once_get_two_codes(city: City) -> None:
    works = [to_be_coded(city, f"T-{n}") for n in range(3)]
    pressed = [lambda one=one: told.moved(one, city.lin, "code") for one in works]
    assert together(AFTER, *pressed) == ["done", "done", "done"]
    codes = set(Registration.objects.values_list("code", flat=True))
    assert len(codes) == 3 and None not in codes
    seal_all()
    assert audit().findings == ()


def test_two_who_begin_at_once_begin_one_registration(city: City) -> None:
    resource = published(city)

    def begin() -> None:
        drafts.begin_registration(acting_party=city.su, resource_ref=resource.ref)

    done = together(told.START, begin, begin)
    assert done.count("done") == 1
    assert Registration.objects.count() == Application.objects.count() == 1


def test_objections_sent_at_once_are_all_kept_and_pause_the_notice_once(city: City) -> None:
    made = told.on_notice(city)

    def send() -> None:
        told.objected(made)

    moment = told.START + timedelta(days=1)
    assert together(moment, send, send, send) == ["done", "done", "done"]
    assert Objection.objects.count() == 3
    running = Deadline.objects.get(subject=made.urn, rule="registration-notice")
    assert running.state == Deadline.State.PAUSED


def test_the_worker_and_the_bureau_close_a_notice_once(city: City) -> None:
    made = told.on_notice(city)

    def press() -> None:
        told.moved(made, city.lin, "close-notice")

    done = together(AFTER, press, duties.close_notices)
    assert done in (["done", "done"], ["done", "wrong-state"])
    assert Deadline.objects.filter(subject=made.urn, rule="registration-coding").count() == 1
