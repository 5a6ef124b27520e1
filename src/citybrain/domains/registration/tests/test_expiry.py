"""Validity: reminders, renewal, expiry; what the platform does by itself; the figures."""

from datetime import UTC, date, datetime

import pytest
from tests.exchange import published
from tests.personas import City

from citybrain.domains.registration import duties
from citybrain.domains.registration.actions import drafts, registrations
from citybrain.domains.registration.logic import codes, validity
from citybrain.domains.registration.models import Application, Registration
from citybrain.domains.registration.tests import told
from citybrain.kernel import clock
from citybrain.kernel.errors import Conflict, NotAllowed
from citybrain.kernel.models import Deadline
from citybrain.kernel.report import report

State = Registration.State


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T10:00:00").replace(tzinfo=UTC)


def fresh(application: Application) -> Registration:
    return Registration.objects.get(pk=application.registration_id)


def renewed(city: City, done: Application, years: str = "3") -> Application:
    made = drafts.begin_again(
        acting_party=city.su, registration_ref=done.registration.ref, kind="renewal"
    )
    drafts.save_step(
        acting_party=city.su, application_ref=made.ref, step="grounds", answers={"years": years}
    )
    made = drafts.save_step(
        acting_party=city.su,
        application_ref=made.ref,
        step="undertaking",
        answers=told.ANSWERS["undertaking"],
    )
    return told.moved(made, city.su, "submit")


@pytest.mark.django_db
def test_the_holder_is_reminded_once_in_the_time_for_renewal(city: City) -> None:
    done = told.registered(city)
    with clock.at(at("2028-01-17")):
        assert duties.remind_of_expiry() == 0
    with clock.at(at("2028-01-18")):
        assert duties.remind_of_expiry() == 1
        assert duties.remind_of_expiry() == 0
    row = Deadline.objects.get(subject=fresh(done).urn, rule="registration-renewal")
    assert (row.party, str(row.due_on), row.state) == (city.transport, "2028-03-18", "open")


@pytest.mark.django_db
def test_a_renewal_goes_on_from_the_last_day_and_meets_the_reminder(city: City) -> None:
    done = told.registered(city)
    with clock.at(at("2028-01-10")), pytest.raises(Conflict, match="can be applied for from"):
        renewed(city, done)
    with clock.at(at("2028-02-01")):
        duties.remind_of_expiry()
        told.moved(renewed(city, done), city.lin, "accept", "grant")
    registration = fresh(done)
    assert str(registration.valid_to) == "2031-03-18"
    assert registration.reminded_on is None
    assert Deadline.objects.get(subject=registration.urn).state == "met"


@pytest.mark.django_db
def test_a_renewal_is_never_longer_than_the_rule_allows(city: City) -> None:
    done = told.registered(city)
    with clock.at(at("2028-02-01")):
        told.moved(renewed(city, done, years="30"), city.lin, "accept", "grant")
    assert str(fresh(done).valid_to) == "2031-03-18"


@pytest.mark.django_db
def test_what_is_over_expires_with_its_certificate(city: City) -> None:
    done = told.registered(city)
    with clock.at(at("2028-03-18")):
        assert duties.expire_what_is_over() == 0
    with clock.at(at("2028-03-19")):
        assert duties.day_round() >= 1
    registration = fresh(done)
    assert (registration.state, str(registration.ended_on)) == (State.EXPIRED, "2028-03-19")
    assert done.certificate.__class__.objects.get(pk=done.certificate.pk).state == "void"


@pytest.mark.django_db
def test_one_whose_renewal_was_applied_for_in_time_lives_until_it_is_decided(city: City) -> None:
    done = told.registered(city)
    with clock.at(at("2028-03-17")):
        made = renewed(city, done)
    with clock.at(at("2028-03-20")):
        assert duties.expire_what_is_over() == 0
        told.moved(made, city.lin, "decline", reasons="主体已变更")
        assert duties.expire_what_is_over() == 1


@pytest.mark.django_db
def test_the_platform_closes_a_notice_that_has_run_its_days(city: City) -> None:
    made = told.on_notice(city)
    with clock.at(told.later(told.START, 10)):
        assert duties.close_notices() == 0
    with clock.at(told.later(told.START, 11)):
        assert duties.close_notices() == 1
    made.refresh_from_db()
    assert made.state == "coding"
    waiting = Deadline.objects.get(subject=made.urn, rule="registration-coding")
    assert waiting.party == city.bureau


@pytest.mark.django_db
def test_a_registration_is_valid_no_longer_than_the_authorised_operation(city: City) -> None:
    done = told.registered(city, None, holding="authorised", authorised_until="2026-06-30")
    assert str(fresh(done).valid_to) == "2026-06-30"


@pytest.mark.django_db
def test_nobody_expires_what_is_valid_and_only_the_bureau_may(city: City) -> None:
    done = told.registered(city)
    ref = done.registration.ref
    with clock.at(at("2026-01-01")), pytest.raises(Conflict, match="not expired yet"):
        registrations.expire(acting_party=city.lin, registration_ref=ref)
    with pytest.raises(NotAllowed):
        registrations.expire(acting_party=city.su, registration_ref=ref)


@pytest.mark.django_db
def test_a_fresh_city_has_nothing_to_do_and_nothing_to_report(city: City) -> None:
    assert duties.day_round() == 0
    assert figures("2025H1") == {"registrations": 0, "registrations-national": 0}


@pytest.mark.django_db
def test_the_report_counts_what_was_registered_and_what_has_a_national_certificate(
    city: City,
) -> None:
    for number in range(17):
        done = told.registered(city, published(city, f"F-{number:02d}"))
        if number < 12:
            # The twelfth national certificate comes in the second half of the year.
            with clock.at(at("2025-04-01" if number < 11 else "2025-09-01")):
                registrations.set_national_number(
                    acting_party=city.lin,
                    registration_ref=done.registration.ref,
                    number=f"GJ-2025-{number}",
                )
    assert figures("2025H1") == {"registrations": 17, "registrations-national": 11}
    assert figures("2025") == {"registrations": 17, "registrations-national": 12}
    assert figures("2024H2") == {"registrations": 0, "registrations-national": 0}


def figures(period: str) -> dict[str, object]:
    found = report(period).figures
    return {one.code: one.value for one in found if one.code.startswith("registrations")}


@pytest.mark.parametrize(
    ("first", "years", "last"),
    [
        (date(2025, 3, 1), 3, date(2028, 2, 29)),
        (date(2024, 2, 29), 3, date(2027, 2, 28)),
        (date(2025, 1, 1), 1, date(2025, 12, 31)),
    ],
)
def test_the_last_day_is_the_day_before_the_anniversary(
    first: date, years: int, last: date
) -> None:
    assert validity.last_day(first, years, None) == last


def test_a_code_has_a_check_character() -> None:
    code = codes.code_of("370200", 2025, 17)
    assert codes.is_code(code)
    assert codes.number_in(code) == 17
    assert not codes.is_code(code.replace("000017", "000071"))
    assert not codes.is_code("370200-DJ-2025-17-X")
