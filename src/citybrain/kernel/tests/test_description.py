"""Elements of the 2017 guide: what is checked, and what the ledger seals of them."""

import pytest
from tests import exchange
from tests.personas import City

from citybrain.kernel import classes
from citybrain.kernel.actions import resources
from citybrain.kernel.audit import audit
from citybrain.kernel.errors import Invalid
from citybrain.kernel.models import Resource
from citybrain.kernel.sealing import seal_all

GUIDE = {
    "category_class": "1",
    "category_item": "03",
    "category_subject": "001",
    "category_detail": "12A",
    "open_type": "conditional",
    "open_conditions": "科研机构凭项目立项书申请",
    "format_class": "database",
}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"category_class": "9"}, "category_class"),
        ({"category_item": "01"}, "category_class"),
        ({"category_class": "1", "category_subject": "001"}, "category_item"),
        ({"category_class": "1", "category_item": "1"}, "category_item"),
        ({"category_class": "1", "category_item": "０１"}, "category_item"),
        ({"open_type": "conditional"}, "open_conditions"),
        ({"open_type": "perhaps"}, "open_type"),
        ({"format_class": "paper"}, "format_class"),
        ({"source_party": "nobody"}, "source_party"),
        ({"related": ["no-such-code"]}, "related"),
        ({"related": ["T-0001"]}, "related"),
        ({"related": [str(number) for number in range(101)]}, "related"),
        ({"share_type": "none", "share_basis": ""}, "share_basis"),
        ({"share_type": "conditional", "share_scope": " "}, "share_scope"),
    ],
)
def test_what_the_guide_or_the_decree_forbids_is_refused_at_its_field(
    city: City, given: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        exchange.echo_resource(city, **given)
    assert field in refused.value.fields
    assert not Resource.objects.exists()


def test_the_source_office_is_kept_only_where_it_is_another(city: City) -> None:
    first = exchange.echo_resource(city, source_party=city.civil.ref)
    assert first.source_party == city.civil
    second = exchange.echo_resource(city, "T-2", source_party=city.transport.ref)
    assert second.source_party is None


def test_related_resources_are_named_by_code_or_reference_and_kept_as_codes(city: City) -> None:
    first = exchange.echo_resource(city)
    second = exchange.echo_resource(city, "T-2")
    third = exchange.echo_resource(city, "T-3", related=[second.ref, "T-0001", "T-0001"])
    assert third.related == ["T-2", "T-0001"]
    assert first.related == []


def test_another_offices_draft_cannot_be_related_to(city: City) -> None:
    exchange.echo_resource(city)
    with pytest.raises(Invalid) as refused:
        resources.register_resource(
            acting_party=city.ci,
            code="C-1",
            kind="echo",
            metadata={"text": "x"},
            title_zh="甲",
            title_en="A",
            share_type="unconditional",
            update_cycle="daily",
            related=["T-0001"],
        )
    assert "related" in refused.value.fields


def test_a_relation_outlives_the_publication_of_what_it_names(city: City) -> None:
    other = resources.register_resource(
        acting_party=city.ci,
        code="C-1",
        kind="echo",
        metadata={"text": "x"},
        title_zh="甲",
        title_en="A",
        share_type="unconditional",
        update_cycle="daily",
    )
    resources.publish_resource(acting_party=city.ci, resource_ref=other.ref)
    mine = exchange.echo_resource(city, related=["C-1"])
    resources.withdraw_resource(acting_party=city.ci, resource_ref=other.ref, reasons="停")
    changed = resources.change_resource(
        acting_party=city.su, resource_ref=mine.ref, related=["C-1"], title_zh="新"
    )
    assert changed.related == ["C-1"]


def test_what_was_sealed_before_the_guides_elements_existed_still_agrees(city: City) -> None:
    made = exchange.echo_resource(city)
    assert not set(GUIDE) & set(made.ledger_state())
    seal_all()
    assert audit().findings == ()


def test_the_audit_finds_an_element_that_was_filled_behind_the_ledgers_back(city: City) -> None:
    made = exchange.echo_resource(city, **GUIDE)
    seal_all()
    assert audit().findings == ()
    Resource.objects.filter(pk=made.pk).update(open_type="unconditional")
    assert [one.where for one in audit().findings] == [made.urn]
    Resource.objects.filter(pk=made.pk).update(open_type="conditional", category_detail="")
    assert [one.where for one in audit().findings] == [made.urn]


def test_the_classes_of_the_guide_have_names_source_and_status() -> None:
    assert classes.named("1", "03") == ("自然资源和空间地理", "Natural resources and space")
    assert classes.named("3", "77") == ("77", "77")
    assert all(rule.source and rule.status for rule in classes.table().values())
    assert classes.of_code("1030011201") == ("1", "03", "001")
    assert classes.of_code("T-0001") == ("", "", "")
