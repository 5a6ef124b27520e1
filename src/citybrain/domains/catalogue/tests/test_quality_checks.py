"""Checks that people write: the vocabulary, what they count, the problem that they open."""

import os
import time
from datetime import UTC, datetime

import pytest
from tests.suites import client_of

from citybrain.domains.catalogue.models import Expectation
from citybrain.domains.catalogue.quality.actions import decisions
from citybrain.domains.catalogue.quality.importing import read
from citybrain.domains.catalogue.tests import quality_world
from citybrain.domains.catalogue.tests.test_quality_profile import path_of
from citybrain.kernel.actions import issues
from citybrain.kernel.actions.resources import change_resource
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Deadline, Issue

pytestmark = pytest.mark.django_db
CONTENT = "id,code,day,amount\n1,A1,2025-01-01,5\n2,A2,2025-06-30,\n2,b3,2030-01-01,99\n"
TYPES = {"id": "I", "code": "C", "day": "D", "amount": "N"}


@pytest.fixture
def table(city):
    return quality_world.table(city, "Q-1", CONTENT, TYPES)


@pytest.mark.parametrize(
    ("rule", "column", "values", "failing", "tested"),
    [
        ("not_null", "amount", {}, 1, 3),
        ("unique", "id", {}, 1, 3),
        ("in_list", "id", {"list": ["1", "2"]}, 0, 3),
        ("in_list", "code", {"list": ["A1"]}, 2, 3),
        ("between", "amount", {"low": "0", "high": "10"}, 1, 2),
        ("between", "day", {"high": "2025-12-31"}, 1, 3),
        ("matches", "code", {"pattern": "[A-Z][0-9]"}, 1, 3),
        ("row_count", "", {"low": "4"}, 1, 1),
        ("row_count", "", {"high": "3"}, 0, 1),
        ("freshness", "day", {"days": "3660"}, 0, 1),
        ("freshness", "day", {"days": "1"}, 1, 1),
        ("freshness", "", {"days": "1"}, 0, 1),
    ],
)
def test_each_check_counts_its_failing_rows(city, table, rule, column, values, failing, tested):
    quality_world.check(city, table, rule, column, **values)
    done = quality_world.profiled(table)
    result = next(one for one in done.checks if one["expectation"])
    assert (result["failing"], result["tested"]) == (failing, tested), done.reason_en


def test_a_table_whose_content_is_old_is_not_fresh(city, table):
    quality_world.check(city, table, "freshness", days="10")
    old = datetime(2025, 1, 1, tzinfo=UTC).timestamp()
    os.utime(path_of(table), (old, old))
    result = next(one for one in quality_world.profiled(table).checks if one["expectation"])
    assert (result["failing"], result["examples"]) == (1, ["2025-01-01"])


def test_a_reference_looks_into_another_table_of_ones_own(city, table):
    quality_world.table(city, "Q-2", "key\nA1\nA2\n", {"key": "C"})
    quality_world.check(city, table, "refers_to", "code", resource="Q-2", column="key")
    result = next(one for one in quality_world.profiled(table).checks if one["expectation"])
    assert (result["failing"], result["examples"]) == (1, ["#3: b3"])


def test_a_reference_reaches_into_no_protected_table_of_another_office(city, table):
    other = quality_world.table(city, "Q-2", "key\nA1\n", {"key": "C"})
    for owner, code in ((city.health, "Q-2"), (city.health, "none")):
        other.owner = owner
        other.save()
        with pytest.raises(Invalid) as refused:
            quality_world.check(city, table, "refers_to", "code", resource=code, column="key")
        assert "resource" in refused.value.fields


@pytest.mark.parametrize(
    ("rule", "column", "values", "field"),
    [
        ("select", "id", {}, "rule"),
        ("unique", "nothing", {}, "column"),
        ("unique", "", {}, "column"),
        ("unique", 'id"; DROP TABLE seen; --', {}, "column"),
        ("in_list", "id", {"list": []}, "list"),
        ("in_list", "id", {"list": ["x"]}, "list"),
        ("in_list", "id", {"list": "1"}, "list"),
        ("between", "amount", {}, "low"),
        ("between", "amount", {"low": "0); DROP TABLE seen"}, "low"),
        ("matches", "code", {"pattern": "("}, "pattern"),
        ("matches", "code", {"pattern": r"(a)\1"}, "pattern"),
        ("matches", "code", {"pattern": "x" * 501}, "pattern"),
        ("row_count", "", {"low": "-1"}, "low"),
        ("freshness", "code", {"days": "1"}, "column"),
        ("freshness", "day", {"days": "9" * 5000}, "days"),
        ("not_null", "id", {"sql": "1=1"}, "values"),
        ("refers_to", "code", {"resource": "Q-2"}, "column"),
    ],
)
def test_a_faulty_check_is_refused_at_its_field(city, table, rule, column, values, field):
    with pytest.raises(Invalid) as refused:
        quality_world.check(city, table, rule, column, **values)
    assert set(refused.value.fields) == {field}
    assert not Expectation.objects.exists()


def test_values_are_bound_and_never_become_sql(city, table):
    quality_world.check(city, table, "in_list", "code", list=["A1') OR 1=1 --", "A2"])
    result = next(one for one in quality_world.profiled(table).checks if one["expectation"])
    assert result["failing"] == 2


def test_an_endless_pattern_takes_no_time(city):
    bomb = quality_world.table(city, "Q-9", "a\n" + "a" * 50_000 + "!\n", {"a": "C"})
    quality_world.check(city, bomb, "matches", "a", pattern="(a+)+$")
    begun = time.monotonic()
    assert quality_world.profiled(bomb).state == "done"
    assert time.monotonic() - begun < 5


def test_a_failing_check_opens_one_problem_and_closes_it_when_it_passes_again(city, table):
    held = quality_world.check(city, table, "unique", "id")
    quality_world.profiled(table)
    issue = Issue.objects.get()
    held.refresh_from_db()
    assert held.issue == issue and issue.raised_by == city.transport
    assert issue.pointer == {"field": "id"}
    assert Deadline.objects.filter(subject=issue.urn, state="open").count() == 1
    quality_world.profiled(table)
    assert Issue.objects.count() == 1, "not again while it is open"
    path_of(table).write_text(CONTENT.replace("2,b3", "3,b3"))
    quality_world.profiled(table)
    issue.refresh_from_db()
    assert issue.state == "closed" and "已通过" in issue.answer
    assert not Deadline.objects.filter(subject=issue.urn, state="open").exists()
    path_of(table).write_text(CONTENT)
    quality_world.profiled(table)
    assert Issue.objects.filter(closed_at=None).count() == 1, "a new one when it fails anew"


def test_a_problem_that_the_owner_has_moved_on_is_closed_from_where_it_stands(city, table):
    quality_world.check(city, table, "unique", "id")
    quality_world.profiled(table)
    issue = Issue.objects.get()
    issues.move_issue(acting_party=city.su, issue_ref=issue.ref, move="accept")
    path_of(table).write_text(CONTENT.replace("2,b3", "3,b3"))
    quality_world.profiled(table)
    issue.refresh_from_db()
    assert issue.closed_at


def test_a_dropped_check_runs_no_more_and_closes_its_problem(city, table):
    held = quality_world.check(city, table, "unique", "id")
    quality_world.profiled(table)
    decisions.drop_expectation(acting_party=city.su, expectation_ref=held.ref)
    assert Issue.objects.get().closed_at
    with pytest.raises(Conflict):
        decisions.drop_expectation(acting_party=city.su, expectation_ref=held.ref)
    done = quality_world.profiled(table)
    assert not [one for one in done.checks if one["expectation"]]


def test_a_check_whose_column_has_gone_fails_and_says_so(city, table):
    quality_world.check(city, table, "unique", "amount")
    changed = table.metadata | {"items": table.metadata["items"][:3]}
    change_resource(acting_party=city.su, resource_ref=table.ref, metadata=changed)
    done = quality_world.profiled(table)
    assert next(one for one in done.checks if one["expectation"])["code"] == "expect-gone"
    assert Issue.objects.get().title.startswith("检查无法执行")


def test_examples_of_protected_columns_are_masked(city):
    persons = quality_world.persons(city)
    quality_world.check(city, persons, "matches", "identity", pattern="none")
    result = next(one for one in quality_world.profiled(persons).checks if one["expectation"])
    assert result["examples"] and all("********" in one for one in result["examples"])
    assert "********" in Issue.objects.get().detail


def test_only_the_owners_steward_writes_checks(city, table):
    for person in (city.mo, city.ci, city.lin):
        with pytest.raises(NotAllowed):
            decisions.write_expectation(
                acting_party=person, resource_ref=table.ref, rule="unique", column="id"
            )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "rule,column,list,low\nunique,id,,\nin_list,code,A1|A2,\nrow_count,,,1\n"),
        (
            "a.json",
            '[{"rule":"unique","column":"id"},{"rule":"row_count","values":{"low":"1"}},'
            '{"rule":"in_list","column":"code","values":{"list":["A1"]}}]',
        ),
        (
            "a.toml",
            '[[check]]\nrule="unique"\ncolumn="id"\n[[check]]\nrule="row_count"\n'
            'values={low="1"}\n[[check]]\nrule="not_null"\ncolumn="code"\n',
        ),
    ],
)
def test_checks_come_from_files(city, table, name, content):
    made = decisions.import_expectations(
        acting_party=city.su, resource_ref=table.ref, wanted=read(name, content.encode())
    )
    assert len(made) == 3


def test_a_file_with_a_fault_imports_nothing_and_names_each(city, table):
    wanted = [{"rule": "unique", "column": "id"}, {"rule": "unique", "column": "x"}, {"a": 1}]
    with pytest.raises(Invalid) as refused:
        decisions.import_expectations(acting_party=city.su, resource_ref=table.ref, wanted=wanted)
    assert set(refused.value.fields) == {"2.column", "3"}
    assert not Expectation.objects.exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", b""),
        ("a.json", b"{"),
        ("a.json", b'{"rule": 1}'),
        ("a.csv", b"\xff\xfe"),
        ("a.csv", b"rule\na,b\n"),
        ("a.json", b" " * (1024 * 1024 + 1)),
    ],
)
def test_an_unreadable_file_is_refused(name, content):
    with pytest.raises(Invalid):
        read(name, content)


def test_a_check_is_written_in_the_form_with_faults_at_their_fields(city, table, settings):
    settings.WHITENOISE_AUTOREFRESH = True
    browser = client_of("su")
    url = f"/resources/{table.ref}/quality/checks/new"
    answer = browser.post(url, {"rule": "in_list", "column": "id", "list": "a\nb"})
    assert answer.status_code == 422 and "应为整数" in answer.content.decode()
    answer = browser.post(url, {"rule": "in_list", "column": "id", "list": "1\n2\n"})
    assert answer.status_code == 302
    assert Expectation.objects.get().values == {"list": ["1", "2"]}
    assert browser.post(url, {"rule": "in_list", "column": "id", "list": "1\n2"}).status_code == 409
