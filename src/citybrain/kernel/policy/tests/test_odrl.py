"""ODRL documents: what is written, which shapes are read, what is refused."""

from copy import deepcopy
from typing import Any

import pytest

from citybrain.kernel.policy import Policy, PolicyFault
from citybrain.kernel.policy.odrl import from_odrl, to_odrl

FULL = "http://www.w3.org/ns/odrl/2/"
OWN = "urn:citybrain:odrl:profile:"
POLICY = Policy.parse(
    {
        "action": "read",
        "constraints": [
            {"operand": "purpose", "operator": "eq", "value": "research"},
            {"operand": "count", "operator": "lteq", "value": 9},
            {"operand": "rate", "operator": "lteq", "value": {"limit": 6, "per": "PT1M"}},
        ],
        "duties": [{"operand": "payment", "operator": "eq", "value": 5000}],
        "prohibitions": [{"operand": "onwardTransfer", "operator": "eq", "value": "anyone"}],
    }
)


def document() -> dict[str, Any]:
    return to_odrl(
        POLICY,
        uid="urn:citybrain:agreement:1",
        kind="Agreement",
        target="urn:citybrain:resource:1",
        assigner="urn:citybrain:party:a",
        assignee="urn:citybrain:party:b",
    )


def test_a_document_names_profile_parties_and_rules():
    written = document()
    assert written["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert written["@type"] == "Agreement"
    assert written["profile"] == OWN + "1"
    [permission] = written["permission"]
    assert permission["action"] == "read"
    assert permission["assignee"] == "urn:citybrain:party:b"
    assert [one["leftOperand"] for one in permission["constraint"]] == [
        "purpose",
        "count",
        "citybrain:rate",
    ]
    assert permission["duty"][0]["action"] == "compensate"
    assert permission["duty"][0]["constraint"][0]["unit"] == "citybrain:fen"
    assert written["prohibition"][0]["action"] == "distribute"


def test_an_agreement_needs_an_assignee():
    with pytest.raises(ValueError, match="assignee"):
        to_odrl(POLICY, uid="u", kind="Agreement", target="t", assigner="a")


def test_single_objects_prefixes_and_full_names_are_read():
    written = document()
    permission = written["permission"][0]
    permission["constraint"][0] |= {
        "leftOperand": {"@id": FULL + "purpose"},
        "operator": "odrl:eq",
        "rightOperand": {"@value": "research"},
    }
    permission["constraint"][2]["leftOperand"] = OWN + "rate"
    permission["action"] = [{"@id": "odrl:read"}]
    permission["duty"] = permission["duty"][0]
    written["permission"] = permission
    written["prohibition"] = written["prohibition"][0]
    written["odrl:uid"] = written.pop("uid")
    written["type"] = written.pop("@type")
    assert from_odrl(written) == POLICY


def test_expanded_names_and_one_element_lists_are_read():
    written = document()
    [permission] = written["permission"]
    expanded = {FULL + key: value for key, value in permission.items()}
    expanded[FULL + "constraint"] = [
        {FULL + key: [value] for key, value in one.items()} for one in permission["constraint"]
    ]
    again = {
        "@type": [FULL + "Agreement"],
        FULL + "profile": [{"@id": OWN + "1"}],
        FULL + "permission": [expanded],
        FULL + "prohibition": written["prohibition"],
    }
    assert from_odrl([again]) == POLICY


def changed(*path: Any, value: Any) -> dict[str, Any]:
    written = deepcopy(document())
    place: Any = written
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return written


CONSTRAINT = ("permission", 0, "constraint", 0)


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        (changed("profile", value="urn:other"), "profile"),
        (changed("obligation", value=[]), ""),
        (changed("@type", value="Ticket"), "@type"),
        (changed("permission", value=[]), "permission"),
        (changed("permission", 0, "action", value="odrl:sell"), "permission.action"),
        (changed("permission", 0, "action", value="aggregate"), "permission.action"),
        (changed("permission", 0, "remedy", value=[]), "permission"),
        (changed(*CONSTRAINT, "leftOperand", value="spatial"), "permission.constraint.0"),
        (changed(*CONSTRAINT, "leftOperand", value="rate"), "permission.constraint.0"),
        (changed(*CONSTRAINT, "operator", value="lteq"), "permission.constraint.0"),
        (changed(*CONSTRAINT, "and", value=[]), "permission.constraint.0"),
        (changed(*CONSTRAINT, "unit", value="citybrain:fen"), "permission.constraint.0"),
        (changed(*CONSTRAINT, "rightOperand", value=[]), "permission.constraint.0"),
        (changed("permission", 0, "duty", 0, "action", value="delete"), "permission.duty.0"),
        (changed("permission", 0, "duty", 0, "constraint", value=[]), "permission.duty.0"),
        (
            changed("permission", 0, "duty", 0, "constraint", 0, "unit", value="EUR"),
            "permission.duty.0",
        ),
        (changed("prohibition", 0, "target", value="urn:other"), "prohibition.0"),
        (None, ""),
        ("offer", ""),
    ],
)
def test_whatever_the_profile_does_not_know_is_refused_at_its_place(wrong: Any, place: str):
    with pytest.raises(PolicyFault) as caught:
        from_odrl(wrong)
    [fault] = caught.value.faults
    assert fault.path.startswith(place)
    assert fault.zh and fault.en


def test_a_wrong_value_is_refused_by_the_policy_itself():
    with pytest.raises(PolicyFault, match="purpose"):
        from_odrl(changed(*CONSTRAINT, "rightOperand", value="mischief"))
