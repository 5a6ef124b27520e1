"""What no database keeps is refused in words, whichever surface it came through."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from tests import exchange
from tests.personas import City

from citybrain.kernel.actions import issues, parties, resources
from citybrain.kernel.errors import ActionError, Conflict, Invalid
from citybrain.kernel.models import Party, Resource, Scenario


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "x" * 201])
def test_a_text_that_cannot_be_kept_is_named(city: City, text: str):
    resource = exchange.published(city)
    with pytest.raises(Invalid):
        exchange.echo_resource(city, "T-2", title_zh=text)
    with pytest.raises(Invalid) as refusal:
        issues.raise_issue(
            acting_party=city.ci,
            type="correction",
            resource_ref=resource.ref,
            title="错误",
            detail="甲",
            pointer={"field": text if len(text) < 200 else 2**70},
        )
    assert list(refusal.value.fields) == ["pointer"]


def test_a_name_that_is_too_long_is_named_on_both_databases(city: City):
    with pytest.raises(Invalid) as refusal:
        parties.register_party(
            acting_party=city.lin, type="person", name_zh="某" * 121, name_en="S"
        )
    assert list(refusal.value.fields) == ["name_zh"]


def test_json_that_is_nested_too_deep_is_refused(city: City):
    resource = exchange.published(city)
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    with pytest.raises(Invalid):
        issues.raise_issue(
            acting_party=city.ci,
            type="correction",
            resource_ref=resource.ref,
            title="错误",
            detail="甲",
            pointer={"is": deep},
        )


def together(work: Any) -> list[str]:
    """What became of four who did it at the same moment."""

    def one(number: int) -> str:
        try:
            work(number)
        except ActionError as error:
            return type(error).__name__
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        return sorted(pool.map(one, range(4)))


ONE_WINS = ["Conflict", "Conflict", "Conflict", "done"]


@pytest.mark.django_db(transaction=True)
def test_of_those_who_register_one_code_at_once_one_wins_and_the_others_are_told(city: City):
    assert together(lambda number: exchange.echo_resource(city, "T-SAME")) == ONE_WINS
    assert Resource.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_those_who_register_one_scenario_or_account_at_once_one_wins(city: City):
    def scenario(number: int) -> None:
        resources.register_scenario(
            acting_party=city.su,
            owner=city.transport,
            code="same",
            title_zh="甲",
            title_en="A",
            purpose="public-service",
        )

    def account(number: int) -> None:
        parties.create_account(acting_party=city.lin, username="same", password="Kite-over-1-Sea")

    assert together(scenario) == ONE_WINS and Scenario.objects.count() == 1
    assert together(account) == ONE_WINS


def test_a_unique_constraint_that_an_action_meets_is_a_conflict(city: City, monkeypatch):
    """Whatever the look before the write had missed."""
    monkeypatch.setattr(parties, "_check_code", lambda code: None)
    given = {"acting_party": city.lin, "type": "enterprise", "name_zh": "甲", "name_en": "A"}
    parties.register_party(**given, code="91370200MA3CGQ5X0N")
    with pytest.raises(Conflict):
        parties.register_party(**given, code="91370200MA3CGQ5X0N")
    assert Party.objects.filter(code="91370200MA3CGQ5X0N").count() == 1
