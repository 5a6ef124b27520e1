"""The form of a policy: what people enter, what they are told."""

import pytest

from citybrain.kernel.policy import Policy, PolicyFault
from citybrain.kernel.policy.form import form_from_policy, operand_fields, policy_from_form
from citybrain.kernel.policy.profile import OPERANDS


def value_of(data: dict) -> object:
    [clause] = list(policy_from_form(data).clauses())
    return clause.value


def test_every_operand_has_a_field_with_words_in_both_languages():
    fields = operand_fields()
    assert [one["code"] for one in fields] == ["action", *OPERANDS]
    for one in fields:
        assert all(
            one[f"{word}_{lang}"]
            for word in ("title", "help", "how", "mark")
            for lang in ("zh", "en")
        )
        assert one["names"] and one["widget"]


def test_an_empty_form_is_the_empty_policy():
    assert policy_from_form({}) == Policy()
    empty = {name: "" for field in operand_fields() for name in field["names"]}
    assert policy_from_form(empty) == Policy()


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ({"dateTime.until": "2027-01-01T00:00"}, "2026-12-31T16:00:00Z"),
        ({"price.value": "2.50"}, 250),
        ({"payment.value": "5000"}, 500_000),
        ({"rate.PT1M": "60"}, {"limit": 60, "per": "PT1M"}),
        ({"volume.bytes": "9"}, {"limit": 9, "metric": "bytes"}),
        (
            {"privacyBudget.total": "1", "privacyBudget.per_answer": "0.1"},
            {"total": "1", "per_answer": "0.1"},
        ),
        ({"fields.value": "name\n name \r\nage"}, ["age", "name"]),
        (
            {"rows.value": "区 = 370202，370203\nyear := 2024, -1"},
            {"year": [-1, 2024], "区": ["370202", "370203"]},
        ),
        ({"rows.value": 'a = "x, y", z'}, {"a": ["x, y", "z"]}),
        ({"consent.value": "on"}, True),
        (
            {"purpose.operator": "isAnyOf", "purpose.value": ["research", "credit"]},
            ["credit", "research"],
        ),
    ],
)
def test_what_people_enter_becomes_a_value(data: dict, value: object):
    assert value_of(data) == value


@pytest.mark.parametrize(
    ("name", "entered"),
    [
        ("count.value", "many"),
        ("count.value", "-1"),
        ("price.value", "1.234"),
        ("price.value", "NaN"),
        ("rate.PT1M", "1e3"),
        ("dateTime.from", "tomorrow"),
        ("rows.value", "no equals sign"),
        ("rows.value", "year := soon"),
        ("rows.value", 'a = "open'),
        ("retention.value", "a month"),
        ("privacyBudget.total", "1"),
        ("purpose.value", "mischief"),
        ("consent.value", "maybe"),
    ],
)
def test_a_faulty_field_is_named_in_both_languages(name: str, entered: str):
    with pytest.raises(PolicyFault) as caught:
        policy_from_form({name: entered})
    title = OPERANDS[name.split(".")[0]]
    zh, en = caught.value.fields[name]
    assert zh.startswith(title.title_zh)
    assert en.startswith(title.title_en)


def test_all_faulty_fields_are_named_at_once():
    with pytest.raises(PolicyFault) as caught:
        policy_from_form({"count.value": "x", "price.value": "y", "consent.value": "on"})
    assert set(caught.value.fields) == {"count.value", "price.value"}


def test_an_unknown_action_or_operator_is_refused():
    with pytest.raises(PolicyFault):
        policy_from_form({"action": "sell"})
    with pytest.raises(PolicyFault) as caught:
        policy_from_form({"purpose.operator": "lteq", "purpose.value": "research"})
    assert set(caught.value.fields) == {"purpose.value"}


def test_the_form_shows_beijing_time_and_yuan():
    shown = form_from_policy(
        policy_from_form({"dateTime.from": "2026-01-01T08:00", "price.value": "0.05"})
    )
    assert shown["dateTime.from"] == "2026-01-01T08:00:00"
    assert shown["price.value"] == "0.05"
