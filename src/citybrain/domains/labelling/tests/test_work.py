"""The work: who gets what, what is taken in, what is settled."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from tests.personas import City

from citybrain.domains.labelling import comparing, queries
from citybrain.domains.labelling.actions import projects, work
from citybrain.domains.labelling.models import Annotation, Hold, Task
from citybrain.domains.labelling.tests import make
from citybrain.kernel import clock
from citybrain.kernel.audit import registered_models
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citybrain.kernel.models import LedgerRecord

pytestmark = pytest.mark.django_db


def test_two_annotators_get_each_task_once_and_a_third_gets_none(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su, "一", "二")
    for who in (city.mo, city.ci):
        assert [make.chosen(project, who, "noise").task.position for _ in range(2)] == [0, 1]
        assert make.taken(project, who) is None
    assert make.taken(project, city.su) is None
    assert set(project.tasks.values_list("state", flat=True)) == {"agreed"}


def test_a_task_that_is_held_is_given_again_to_its_holder_alone(city: City) -> None:
    project = make.project(city, annotators=1)
    make.texts(project, city.su, "一", "二")
    first = make.taken(project, city.mo)
    assert make.taken(project, city.mo) == first
    assert make.taken(project, city.ci) != first


def test_a_hold_ends_and_the_task_goes_to_somebody_else(city: City) -> None:
    project = make.project(city, annotators=1, hold_minutes=5)
    make.texts(project, city.su, "一")
    task = make.taken(project, city.mo)
    assert make.taken(project, city.ci) is None
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert make.taken(project, city.ci) == task
        late = make.said(project, city.mo, {"choices": ["road"]}, task)
        assert late.result == {"choices": ["road"]}
    task.refresh_from_db()
    assert (task.state, Hold.objects.filter(running=True).count()) == ("agreed", 1)


def test_the_same_handing_in_counts_once(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su, "一")
    task = make.taken(project, city.mo)
    given: dict[str, Any] = {
        "acting_party": city.mo,
        "project_ref": project.ref,
        "task_ref": task.ref,
        "client_id": "once-only-1",
    }
    first = work.submit(result={"choices": ["road"]}, **given)
    again = work.submit(result={"choices": ["noise"]}, **given)
    assert (again.pk, again.version, again.result) == (first.pk, 1, {"choices": ["road"]})
    assert LedgerRecord.objects.filter(subject=first.urn).count() == 1


def test_an_annotator_changes_his_own_until_it_is_settled(city: City) -> None:
    project = make.project(city)
    (task,) = make.texts(project, city.su, "一")
    make.chosen(project, city.mo, "road")
    make.chosen(project, city.ci, "noise")
    task.refresh_from_db()
    assert task.state == "disputed"
    make.said(project, city.ci, {"choices": ["road"]}, task)
    task.refresh_from_db()
    assert task.state == "agreed"
    give = {"acting_party": city.su, "project_ref": project.ref, "task_ref": task.ref}
    work.give_verdict(**give, result={"choices": ["water"]})
    with pytest.raises(Conflict):
        make.said(project, city.ci, {"choices": ["noise"]}, task)
    task.refresh_from_db()
    assert queries.result_of(task, project.type) == {"choices": ["water"]}


def test_nobody_hands_in_what_he_was_not_given(city: City) -> None:
    project = make.project(city)
    task, *_ = make.texts(project, city.su)
    for who, refusal in ((city.mo, NotFound), (city.zhao, NotFound), (city.lin, NotAllowed)):
        with pytest.raises(refusal):
            make.said(project, who, {"choices": ["road"]}, task)
    assert not Annotation.objects.exists()


def test_a_skipped_task_goes_on_and_comes_to_the_reviewer_when_all_skip(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su, "一")
    for number, who in enumerate((city.mo, city.ci)):
        task = make.taken(project, who)
        work.submit(
            acting_party=who,
            project_ref=project.ref,
            task_ref=task.ref,
            result=None,
            skipped="看不懂",
            client_id=f"skip-{number}-0000",
        )
    task.refresh_from_db()
    assert (task.state, task.taken) == ("skipped", 0)
    give = {"acting_party": city.su, "project_ref": project.ref, "task_ref": task.ref}
    with pytest.raises(Invalid):
        work.give_verdict(**give, dropped=True)
    work.give_verdict(**give, dropped=True, reasons="无法辨认")
    task.refresh_from_db()
    assert (task.state, queries.result_of(task, project.type)) == ("settled", None)


@pytest.mark.parametrize(
    ("type", "result"),
    [
        ("classification", {"choices": []}),
        ("classification", {"choices": ["noise", "road"]}),
        ("classification", {"choices": ["smoke"]}),
        ("classification", {"choices": [["noise"]]}),
        ("classification", "noise"),
        ("classification", None),
        ("spans", {"spans": [{"start": 0, "end": 99, "label": "noise"}]}),
        ("spans", {"spans": [{"start": 2, "end": 2, "label": "noise"}]}),
        ("spans", {"spans": [{"start": True, "end": 2, "label": "noise"}]}),
        (
            "spans",
            {
                "spans": [
                    {"start": 0, "end": 3, "label": "noise"},
                    {"start": 2, "end": 4, "label": "road"},
                ]
            },
        ),
        ("spans", {"spans": [{"start": 0, "end": 1, "label": "noise"}] * 600}),
    ],
)
def test_a_result_that_does_not_fit_is_refused_and_the_task_stays_held(
    city: City, type: str, result: Any
) -> None:
    project = make.project(city, type)
    make.texts(project, city.su)
    task = make.taken(project, city.mo)
    with pytest.raises(Invalid):
        make.said(project, city.mo, result, task)
    assert make.taken(project, city.mo) == task


@pytest.mark.parametrize(
    "box",
    [
        {"x": 90, "y": 0, "width": 20, "height": 10, "label": "road"},
        {"x": 0, "y": 0, "width": 0, "height": 10, "label": "road"},
        {"x": float("nan"), "y": 0, "width": 1, "height": 10, "label": "road"},
        {"x": "1", "y": 0, "width": 1, "height": 10, "label": "road"},
        {"x": 1, "y": 0, "width": 1, "height": 10},
    ],
)
def test_a_box_outside_the_picture_is_refused(city: City, box: dict[str, Any]) -> None:
    project = make.pictured(city)
    with pytest.raises(Invalid):
        make.said(project, city.mo, {"boxes": [box]})


def test_an_annotation_records_the_guideline_it_was_made_under(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su, "一", "二")
    first = make.chosen(project, city.mo, "road")
    projects.publish_guideline(acting_party=city.su, project_ref=project.ref, text="新规范")
    second = make.chosen(project, city.mo, "road")
    assert (first.guideline_number, second.guideline_number) == (1, 2)
    assert [one.text for one in project.guidelines.all()] == ["新规范", "按主要诉求选择一个标签。"]


def test_a_party_whose_invitation_ended_gets_nothing_more(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    make.chosen(project, city.ci, "road")
    projects.end_invitation(acting_party=city.su, project_ref=project.ref, party_ref=city.civil.ref)
    with pytest.raises(NotFound):
        make.taken(project, city.ci)
    assert not queries.projects(city.ci).exists()
    assert Annotation.objects.count() == 1


def test_a_finished_project_gives_nothing_out(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    projects.finish_project(acting_party=city.su, project_ref=project.ref)
    with pytest.raises(Conflict):
        make.taken(project, city.mo)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("labels", []),
        ("labels", [{"code": "a b"}]),
        ("labels", [{"code": "a"}, {"code": "a"}]),
        ("labels", [{"code": "a", "key": "x"}, {"code": "b", "key": "x"}]),
        ("labels", "a"),
        ("type", "video"),
        ("guideline", " "),
        ("annotators", 0),
        ("hold_minutes", 9999),
        ("title_en", ""),
    ],
)
def test_a_project_that_makes_no_sense_is_refused(city: City, field: str, value: Any) -> None:
    with pytest.raises(Invalid) as refusal:
        make.project(city, **{field: value})
    assert field in refusal.value.fields


def test_agreement_is_reckoned_over_what_both_have_labelled(city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    for code in ("noise", "road", "water", "noise"):
        make.chosen(project, city.mo, code)
    for code in ("noise", "road", "road"):
        make.chosen(project, city.ci, code)
    report = comparing.report(project)
    (pair,) = report.pairs
    assert (report.tasks, pair.tasks) == (3, 3)
    assert pair.kappa == pytest.approx(0.5) and report.alpha == pytest.approx(1 - 5 / 11)


def test_every_row_is_vouched_for_by_the_ledger(city: City) -> None:
    from citybrain.domains.labelling.tests.world import build_world
    from citybrain.kernel.audit import _rows_of

    world = build_world(city)
    work.give_verdict(
        acting_party=city.su,
        project_ref=world.project.ref,
        task_ref=world.disputed.ref,
        result={"choices": ["road"]},
    )
    own = [one for one in registered_models() if one.__module__.startswith("citybrain.domains.lab")]
    assert len(own) == 7
    for model in own:
        count, findings = _rows_of(model)
        assert count and not findings, (model, findings)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_never_get_the_same_place(city: City) -> None:
    """On SQLite writers wait for one another, on PostgreSQL the project's row is locked."""
    project = make.project(city, annotators=1)
    make.texts(project, city.su, *[f"文本{number}" for number in range(6)])
    start = threading.Barrier(2)
    got: dict[str, list[int]] = {"mo": [], "ci": []}
    faults: list[BaseException] = []

    def ask(name: str, who: Any) -> None:
        try:
            start.wait(10)
            while (task := make.taken(project, who)) is not None:
                got[name].append(task.position)
                make.said(project, who, {"choices": ["road"]}, task)
        except BaseException as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(name, getattr(city, name))) for name in got]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert not faults
    assert sorted(got["mo"] + got["ci"]) == list(range(6))
    assert Annotation.objects.count() == Task.objects.filter(state="agreed").count() == 6
