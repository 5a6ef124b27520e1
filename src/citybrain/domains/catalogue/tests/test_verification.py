"""The kind verification: the survival-status check (生存状态核验)."""

import asyncio
import hashlib
import hmac
import json
import time

import pytest

from citybrain.domains.catalogue.logic.subjects import is_wellformed
from citybrain.domains.catalogue.tests.conftest import SECRET, World
from citybrain.domains.catalogue.tests.test_table import item
from citybrain.engines.codes.identity import check_character
from citybrain.kernel.kinds import PolicyRefusal, ServeError
from citybrain.kernel.policy.decision import Delivery

# Worked examples of GB 11643-1999; they belong to nobody here.
ALIVE, DEAD, ABSENT = "11010519491231002X", "440524188001010014", "370202199003071233"
TWICE = "37020219900307" + "999"
TWICE += check_character(TWICE)
CSV = f"""id,name,district,status
{ALIVE},甲,370202,alive
{DEAD},乙,370203,deceased
{TWICE},丙,370202,alive
{TWICE},丙,370202,deceased
"""
ITEMS = [item("id", sensitive=True), item("name"), item("district"), item("status")]


@pytest.fixture
def survival(world: World):
    world.write("p.csv", CSV)
    return world.resource("verification", metadata())


def metadata(**more):
    return {
        "source": {"type": "file", "path": "p.csv", "format": "csv"},
        "items": ITEMS,
        "subject_column": "id",
        "match_columns": ["name"],
        "statement": {"column": "status", "operator": "eq", "value": "alive"},
        "question_zh": "该人是否健在？",
        "question_en": "Is this person alive?",
        **more,
    }


def ask(world, resource, body, delivery=None):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return world.use(resource, method="POST", body=raw, delivery=delivery)


@pytest.mark.parametrize(
    ("subject", "name", "expected"),
    [
        (ALIVE, "甲", "yes"),
        (ALIVE.lower(), " 甲 ", "yes"),
        (ALIVE, "乙", "unknown"),
        (DEAD, "乙", "no"),
        (ABSENT, "丁", "unknown"),
        (TWICE, "丙", "unknown"),
    ],
)
def test_it_answers_yes_no_or_unknown(world, survival, subject, name, expected):
    answer = ask(world, survival, {"subject": subject, "match": {"name": name}})
    told = json.loads(answer.body)
    assert told["answer"] == expected
    assert told["question"]["zh"] == "该人是否健在？"
    assert told["checked_at"] == "2023-11-15T06:13:20+08:00"
    assert set(told) == {"answer", "question", "checked_at"}


def test_the_journal_gets_a_pseudonym_and_the_answer_no_number(world, survival):
    answer = ask(world, survival, {"subject": ALIVE, "match": {"name": "甲"}})
    assert answer.subject == hmac.new(SECRET, ALIVE.encode(), hashlib.sha256).hexdigest()
    assert ALIVE.encode() not in answer.body


@pytest.mark.parametrize(
    "body",
    [
        {"subject": "370202199003071234", "match": {"name": "甲"}},
        {"subject": "37020219901307123X", "match": {"name": "甲"}},
        {"subject": ALIVE},
        {"subject": ALIVE, "match": {"name": 1}},
        {"subject": ALIVE, "match": {"name": "甲", "status": "alive"}},
        {"subject": None},
        {"subjects": []},
        {"subjects": [1]},
        {"subjects": [{"subject": ALIVE, "match": {"name": "甲"}}] * 1001},
        [],
        {},
        "x",
    ],
)
def test_a_malformed_question_is_a_422_that_repeats_no_number(world, survival, body):
    with pytest.raises(ServeError) as error:
        ask(world, survival, body)
    assert error.value.status == 422
    assert "3702" not in error.value.detail_en and ALIVE not in error.value.detail_en


def test_what_is_not_json_is_told(world, survival):
    with pytest.raises(ServeError) as error:
        ask(world, survival, b"{\xff")
    assert error.value.reason == "malformed-json"


def test_a_batch_answers_in_order_and_counts_every_subject(world, survival):
    asked = [{"subject": s, "match": {"name": n}} for s, n in ((ALIVE, "甲"), (DEAD, "乙"))]
    answer = ask(world, survival, {"subjects": asked * 500})
    assert json.loads(answer.body)["answers"] == ["yes", "no"] * 500
    assert answer.units == 1000 and len(answer.subject) == 64
    with pytest.raises(ServeError, match="Number 2 "):
        ask(world, survival, {"subjects": [asked[0], {"subject": "1"}]})


def test_the_policys_rows_hold_for_the_answer_too(world, survival):
    delivery = Delivery(rows={"district": ("370203",)}, watermark="某局")
    told = json.loads(
        ask(world, survival, {"subject": ALIVE, "match": {"name": "甲"}}, delivery).body
    )
    assert told["answer"] == "unknown" and told["_watermark"] == "某局"


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(min_cohort=5),
        Delivery(epsilon=1.0),
        Delivery(aggregate_only=True),
        Delivery(fields=frozenset({"question"})),
    ],
)
def test_a_policy_that_it_cannot_obey_is_a_refusal(world, survival, delivery):
    with pytest.raises(PolicyRefusal):
        ask(world, survival, {"subject": ALIVE, "match": {"name": "甲"}}, delivery)


def test_a_changed_table_changes_the_answer(world, survival, monkeypatch):
    from citybrain.domains.catalogue.serving import verification

    monkeypatch.setattr(verification, "FRESH_SECONDS", -1.0)
    question = {"subject": ALIVE, "match": {"name": "甲"}}
    assert json.loads(ask(world, survival, question).body)["answer"] == "yes"
    world.write("p.csv", CSV.replace("alive", "deceased"))
    assert json.loads(ask(world, survival, question).body)["answer"] == "no"


def test_firms_are_checked_by_their_own_rule():
    for code in ("91350100M000100Y43", "91440300708461136T", "91110102MAD55U9H0F"):
        assert is_wellformed("uscc", code)
    assert not is_wellformed("uscc", "91350100M000100YI3")
    assert not is_wellformed("identity", "３70202199003071233")


def test_ten_thousand_answers_take_less_than_three_seconds(world, survival):
    body = json.dumps({"subject": ALIVE, "match": {"name": "甲"}}).encode()

    async def many() -> None:
        for _ in range(10_000):
            await world.start(survival, method="POST", body=body)

    began = time.perf_counter()
    asyncio.run(many())
    assert time.perf_counter() - began < 3
