"""Every policy survives storage, ODRL, JSON text and the form unchanged."""

import json

from hypothesis import given, settings

from citybrain.kernel.policy import Policy, clauses, compile_policy, is_within
from citybrain.kernel.policy.form import form_from_policy, operand_fields, policy_from_form
from citybrain.kernel.policy.odrl import from_odrl, to_odrl
from citybrain.kernel.policy.tests.strategies import policies

PARTIES = {"target": "urn:citybrain:resource:r", "assigner": "urn:citybrain:party:a"}


@given(policies())
@settings(max_examples=100, deadline=None)
def test_a_policy_survives_storage_with_its_digest(policy: Policy):
    again = Policy.parse(json.loads(json.dumps(policy.canonical())))
    assert again == policy
    assert again.digest() == policy.digest()


@given(policies())
@settings(max_examples=150, deadline=None)
def test_a_policy_survives_odrl(policy: Policy):
    document = to_odrl(policy, uid="urn:citybrain:offer:o", kind="Offer", **PARTIES)
    assert from_odrl(json.loads(json.dumps(document))) == policy


@given(policies())
@settings(max_examples=150, deadline=None)
def test_a_policy_survives_the_form(policy: Policy):
    assert policy_from_form(form_from_policy(policy)) == policy


@given(policies())
@settings(max_examples=60, deadline=None)
def test_the_form_shows_a_policy_in_the_inputs_that_it_declares(policy: Policy):
    names = {name for field in operand_fields() for name in field["names"]}
    assert set(form_from_policy(policy)) <= names


@given(policies())
@settings(max_examples=80, deadline=None)
def test_a_policy_is_within_itself_compiles_and_reads_as_clauses(policy: Policy):
    assert is_within(policy, policy) == []
    assert compile_policy(policy).allowed_outputs
    for lang in ("zh", "en"):
        words = clauses(policy, lang)
        assert [one.number for one in words] == list(range(1, len(words) + 1))
        assert len(words) == 1 + len(list(policy.clauses()))
