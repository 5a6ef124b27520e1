"""The way of an application: who, when, once, and not before its time."""

from datetime import timedelta

import pytest
from tests.exchange import published
from tests.personas import City

from citybrain.domains.registration.actions import drafts, moves, objections, registrations
from citybrain.domains.registration.models import Application, Certificate, Objection, Registration
from citybrain.domains.registration.tests import told
from citybrain.kernel import clock
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citybrain.kernel.models import Deadline

pytestmark = pytest.mark.django_db
State = Registration.State


def clocks(application: Application) -> dict[str, Deadline]:
    return {one.rule: one for one in Deadline.objects.filter(subject=application.urn)}


def test_a_registration_goes_from_draft_to_certificate(city: City) -> None:
    done = told.registered(city)
    registration = done.registration
    assert done.state == "done"
    assert registration.state == State.VALID
    assert registration.code == "370200-DJ-2025-000001-4"
    assert str(registration.valid_from) == "2025-03-19"
    assert str(registration.valid_to) == "2028-03-18"
    assert done.certificate.number == "370200-DJ-2025-000001-4/1"


def test_each_clock_runs_the_days_of_its_rule(city: City) -> None:
    with clock.at(told.START):
        made = told.moved(told.filled_in(city), city.su, "submit")
        assert str(clocks(made)["registration-acceptance"].due_on) == "2025-03-06"
        told.moved(made, city.lin, "accept")
        assert str(clocks(made)["registration-review"].due_on) == "2025-03-31"
        told.moved(made, city.lin, "pass")
    found = clocks(made)
    assert found["registration-acceptance"].state == "met"
    assert found["registration-review"].state == "met"
    assert str(found["registration-notice"].due_on) == "2025-03-17"


def test_no_code_is_given_before_the_notice_is_over(city: City) -> None:
    made = told.on_notice(city)
    with pytest.raises(Conflict, match="cannot be done"):
        told.moved(made, city.lin, "code")
    with clock.at(told.later(told.START, 10)), pytest.raises(Conflict, match="runs to 2025-03-17"):
        told.moved(made, city.lin, "close-notice")
    with clock.at(told.later(told.START, 11)):
        assert told.moved(made, city.lin, "close-notice", "code").state == "done"


def test_what_is_missing_is_told_once(city: City) -> None:
    with clock.at(told.START):
        made = told.moved(told.filled_in(city), city.su, "submit")
        told.moved(made, city.lin, "supplement", reasons="请补充存证材料")
        made = told.moved(made, city.su, "submit")
        with pytest.raises(Conflict) as refused:
            told.moved(made, city.lin, "supplement", reasons="还要补充")
        assert refused.value.reason == "told-once"
        assert told.moved(made, city.lin, "decline", reasons="材料不齐").state == "rejected"
    made.registration.refresh_from_db()
    assert made.registration.state == State.ENDED


def test_an_incomplete_application_is_not_submitted_and_each_gap_is_named(city: City) -> None:
    made = told.drafted(city)
    with pytest.raises(Invalid) as refused:
        told.moved(made, city.su, "submit")
    assert {"basic.data_type", "content.formats", "undertaking.promise_true"} <= set(
        refused.value.fields
    )
    made.refresh_from_db()
    assert made.state == "draft"


def test_a_half_filled_page_is_kept_for_later_but_not_taken_as_complete(city: City) -> None:
    made = told.drafted(city)
    given = {"title": "公交线路", "holding": "authorised"}
    saved = drafts.save_step(
        acting_party=city.su, application_ref=made.ref, step="basic", answers=given, complete=False
    )
    assert saved.content["basic"]["title"] == "公交线路"
    with pytest.raises(Invalid) as refused:
        drafts.save_step(
            acting_party=city.su, application_ref=made.ref, step="basic", answers=given
        )
    assert "authorised_until" in refused.value.fields


@pytest.mark.parametrize(
    ("step", "answers", "field"),
    [
        ("basic", {"data_type": "planet"}, "data_type"),
        ("basic", {"authorised_until": "tomorrow"}, "authorised_until"),
        ("basic", {"title": "长" * 101}, "title"),
        ("basic", {"colour": "red"}, "colour"),
        ("content", {"rows": "-1"}, "rows"),
        ("content", {"rows": "１２"}, "rows"),
        ("content", {"items": "| 字符型"}, "items"),
        ("content", {"items": "\n".join(f"项{n}" for n in range(501))}, "items"),
        ("agent", {"by_agent": "on"}, "agent"),
    ],
)
def test_a_bad_answer_is_named_and_nothing_is_kept(
    city: City, step: str, answers: dict[str, str], field: str
) -> None:
    made = told.filled_in(city)
    before = made.content
    with pytest.raises(Invalid) as refused:
        drafts.save_step(
            acting_party=city.su,
            application_ref=made.ref,
            step=step,
            answers=told.ANSWERS[step] | answers,
        )
    assert field in refused.value.fields
    made.refresh_from_db()
    assert made.content == before


def test_only_the_owner_begins_and_nobody_begins_twice(city: City) -> None:
    resource = published(city)
    with pytest.raises(NotAllowed):
        drafts.begin_registration(acting_party=city.ci, resource_ref=resource.ref)
    told.drafted(city, resource)
    with pytest.raises(Conflict, match="already"):
        told.drafted(city, resource)


def test_a_withdrawn_first_application_leaves_the_resource_free(city: City) -> None:
    resource = published(city)
    told.moved(told.drafted(city, resource), city.su, "withdraw")
    assert told.drafted(city, resource).state == "draft"


@pytest.mark.parametrize("who", ["su", "mo", "an", "ci"])
def test_only_the_bureau_decides(city: City, who: str) -> None:
    with clock.at(told.START):
        made = told.moved(told.filled_in(city), city.su, "submit")
    with pytest.raises((NotAllowed, NotFound)):
        told.moved(made, getattr(city, who), "accept")


def test_a_repeated_and_an_outdated_press_are_refused(city: City) -> None:
    with clock.at(told.START):
        made = told.moved(told.filled_in(city), city.su, "submit")
        version = made.version
        told.moved(made, city.lin, "accept")
        with pytest.raises(Conflict):
            told.moved(made, city.lin, "accept")
        with pytest.raises(Conflict, match="changed this record meanwhile"):
            moves.move_application(
                acting_party=city.lin,
                application_ref=made.ref,
                move="pass",
                expected_version=version,
            )


def test_codes_go_up_and_are_never_given_twice(city: City) -> None:
    codes = [told.registered(city, published(city, f"C-{n}")).registration.code for n in range(3)]
    assert [one and one[10:21] for one in codes] == ["2025-000001", "2025-000002", "2025-000003"]


def test_an_objection_stops_the_notice_and_its_dismissal_lets_it_go_on(city: City) -> None:
    made = told.on_notice(city)
    with clock.at(told.later(told.START, 4)):
        first, second = told.objected(made), told.objected(made, name="另一人（虚构）")
        made.refresh_from_db()
        assert made.state == "objection"
        assert clocks(made)["registration-notice"].state == "paused"
    with clock.at(told.later(told.START, 14)):
        _answer(city, first, upheld=False)
        made.refresh_from_db()
        assert made.state == "objection"
        _answer(city, second, upheld=False)
    made.refresh_from_db()
    assert made.state == "notice"
    running = clocks(made)["registration-notice"]
    assert running.due_on == told.later(told.START, 20).date()


def test_an_upheld_objection_ends_the_application(city: City) -> None:
    made = told.on_notice(city)
    with clock.at(told.later(told.START, 2)):
        first, second = told.objected(made), told.objected(made)
        _answer(city, first, upheld=True)
    made.refresh_from_db()
    second.refresh_from_db()
    assert (made.state, second.state) == ("rejected", Objection.State.UPHELD)
    assert made.registration.state == State.ENDED
    with pytest.raises(Conflict, match="answered"):
        _answer(city, second, upheld=False)


def _answer(city: City, objection: Objection, upheld: bool) -> None:
    objections.answer_objection(
        acting_party=city.lin, objection_ref=objection.ref, upheld=upheld, answer="已核查"
    )


def test_an_objection_needs_a_name_reasons_and_a_running_notice(city: City) -> None:
    made = told.on_notice(city)
    with pytest.raises(Conflict, match="notice is over"):
        told.objected(made)
    with clock.at(told.START), pytest.raises(Invalid) as refused:
        told.objected(made, name=" ", contact="1", reasons="不行")
    assert set(refused.value.fields) == {"name", "contact", "reasons"}


def test_the_national_number_is_noted_by_the_bureau_and_belongs_to_one(city: City) -> None:
    one = told.registered(city, published(city, "N-1")).registration
    two = told.registered(city, published(city, "N-2")).registration
    noted = registrations.set_national_number(
        acting_party=city.lin, registration_ref=one.ref, number=" GJ-2025-1 "
    )
    assert noted.national_number == "GJ-2025-1"
    with pytest.raises(Conflict, match="bears this number"):
        registrations.set_national_number(
            acting_party=city.lin, registration_ref=two.ref, number="GJ-2025-1"
        )
    with pytest.raises(NotAllowed):
        registrations.set_national_number(
            acting_party=city.su, registration_ref=two.ref, number="GJ-2025-2"
        )


def test_a_change_makes_a_second_certificate_and_supersedes_the_first(city: City) -> None:
    done = told.registered(city)
    start = told.START + timedelta(days=90)
    with clock.at(start):
        made = drafts.begin_again(
            acting_party=city.su, registration_ref=done.registration.ref, kind="change"
        )
        told.complete(made, city.su, title="公交线路与站点信息")
        made = drafts.save_step(
            acting_party=city.su,
            application_ref=made.ref,
            step="grounds",
            answers={"reasons": "增加站点信息"},
        )
        made = told.moved(made, city.su, "submit")
        with pytest.raises(Conflict, match="public notice first"):
            told.moved(told.moved(made, city.lin, "accept"), city.lin, "grant")
        made = told.moved(made, city.lin, "pass")
    told.coded(city, made)
    registration = Registration.objects.get(pk=done.registration_id)
    assert registration.title == "公交线路与站点信息"
    assert str(registration.valid_to) == "2028-03-18"
    states = dict(registration.certificates.values_list("number", "state"))
    assert states == {f"{registration.code}/1": "superseded", f"{registration.code}/2": "current"}


def test_a_stranger_may_ask_for_a_correction_and_sees_no_contact(city: City) -> None:
    done = told.registered(city)
    made = drafts.begin_again(
        acting_party=city.ci, registration_ref=done.registration.ref, kind="correction"
    )
    assert made.applicant == city.civil
    assert "contact" not in made.content["agent"]
    with pytest.raises(NotAllowed):
        drafts.begin_again(
            acting_party=city.ci, registration_ref=done.registration.ref, kind="change"
        )


def test_a_cancellation_voids_the_certificate(city: City) -> None:
    done = told.registered(city)
    made = again(city, done, "cancellation", {"case": "lost", "reasons": "系统停用"})
    told.moved(told.moved(made, city.su, "submit"), city.lin, "accept", "grant")
    registration = Registration.objects.get(pk=done.registration_id)
    assert (registration.state, registration.end_case) == (State.CANCELLED, "lost")
    assert Certificate.objects.get(registration=registration).state == "void"


def again(city: City, done: Application, kind: str, grounds: dict[str, str]) -> Application:
    made = drafts.begin_again(
        acting_party=city.su, registration_ref=done.registration.ref, kind=kind
    )
    return drafts.save_step(
        acting_party=city.su, application_ref=made.ref, step="grounds", answers=grounds
    )
