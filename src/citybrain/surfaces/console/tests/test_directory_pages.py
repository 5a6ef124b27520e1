"""Versions and lineage of a resource, as people see them."""

import pytest
from django.urls import reverse
from tests import exchange
from tests.personas import City

from citybrain.kernel.actions import relations, resources
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Relation, Resource, ResourceVersion
from citybrain.surfaces.console.tests.conftest import client_of
from citybrain.surfaces.console.tests.test_pages import DESCRIPTION
from citybrain.surfaces.console.tests.world import World

pytestmark = pytest.mark.django_db
ITEM = {"name": "line", "title_zh": "线路", "title_en": "Line", "type": "C", "sensitive": False}
LONG = "全市公交线路，含首末班车时间、票价、途经站点和运营单位，每月更新一次。"


def table(city: City, **more: object) -> Resource:
    """An entry with information items, so that items can change."""
    return resources.register_resource(
        acting_party=city.su,
        code="T-9",
        kind="external",
        metadata={"landing_page": "https://a.example/x", "items": [ITEM]},
        title_zh="公交",
        title_en="Buses",
        share_type="unconditional",
        update_cycle="monthly",
        summary_zh=LONG,
        **more,
    )


def page(person: str, name: str, *path: str, language: str = "") -> str:
    client = client_of(person)
    if language:
        client.cookies["django_language"] = language
    return client.get(reverse(name, args=path)).content.decode()


def changed(city: City) -> Resource:
    made = table(city)
    resources.publish_resource(acting_party=city.su, resource_ref=made.ref)
    items = [ITEM | {"title_zh": "线路编号"}, ITEM | {"name": "fare", "title_zh": "票价"}]
    return resources.change_resource(
        acting_party=city.su,
        resource_ref=made.ref,
        reasons="机构改革",
        summary_zh=LONG.replace("每月", "每周"),
        share_type="none",
        share_basis="《测绘法》第四十七条",
        metadata={"landing_page": "https://a.example/x", "items": items},
    )


def test_a_change_is_a_version_with_what_differs_within_texts_and_items(city: City) -> None:
    made = changed(city)
    assert [one.number for one in made.versions.all()] == [3, 2, 1]
    found = page("su", "resource-versions", made.ref)
    assert "<del>月</del>" in found and "<ins>周</ins>" in found
    assert "机构改革" in found and "不予共享" in found
    assert "信息项 line" in found and "<ins>编号</ins>" in found
    assert "信息项 fare" in found
    assert "数源单位" not in found


def test_the_page_is_in_english_too(city: City) -> None:
    found = page("su", "resource-versions", changed(city).ref, language="en")
    assert "Changes of version 3" in found and "Column line" in found and "Not shared" in found


def test_strangers_see_published_versions_alone_and_no_owners_fields(city: City) -> None:
    made = exchange.echo_resource(city)
    resources.publish_resource(acting_party=city.su, resource_ref=made.ref)
    resources.change_resource(
        acting_party=city.su, resource_ref=made.ref, metadata={"text": "very secret"}
    )
    assert "very secret" in page("su", "resource-versions", made.ref)
    theirs = page("ci", "resource-versions", made.ref)
    assert "very secret" not in theirs and "hello" not in theirs
    assert "版本 2" in theirs and "版本 1 " not in theirs
    answer = client_of("ci").get(f"/api/v1/resources/{made.ref}/versions").json()
    assert [(one["number"], one["changes"]) for one in answer] == [(3, []), (2, [])]
    assert client_of("ci").get(f"/api/v1/resources/{made.ref}/versions/1").status_code == 404
    mine = client_of("su").get(f"/api/v1/resources/{made.ref}/versions/3").json()
    assert mine["changes"] == [
        {"field": "metadata.text", "before": "hello", "after": "very secret"}
    ]
    assert mine["snapshot"]["metadata"] == {"text": "very secret"}


def test_what_was_registered_before_versions_were_kept_loses_nothing(city: City) -> None:
    made = exchange.echo_resource(city)
    ResourceVersion.objects.all().delete()
    resources.change_resource(acting_party=city.su, resource_ref=made.ref, title_zh="新名")
    assert list(made.versions.values_list("number", "verb")) == [
        (2, "resource.change"),
        (1, "resource.found"),
    ]
    assert "<ins>新名</ins>" in page("su", "resource-versions", made.ref)


def test_relations_make_no_circle_and_only_the_owner_states_them(city: City) -> None:
    one, two, three = (exchange.echo_resource(city, f"T-{n}") for n in (1, 2, 3))
    for source, target in ((one, two), (two, three)):
        relations.state_relation(
            acting_party=city.su, source_ref=source.ref, target=target.code, type="part-of"
        )
    with pytest.raises(Invalid):
        relations.state_relation(
            acting_party=city.su, source_ref=three.ref, target="T-1", type="part-of"
        )
    for wrong in ("T-3", "nothing"):
        with pytest.raises(Invalid):
            relations.state_relation(
                acting_party=city.su, source_ref=three.ref, target=wrong, type="replaces"
            )
    with pytest.raises(Conflict):
        relations.state_relation(
            acting_party=city.su, source_ref=one.ref, target="T-2", type="part-of"
        )
    with pytest.raises(NotAllowed):
        relations.state_relation(
            acting_party=city.ci, source_ref=one.ref, target="T-2", type="replaces"
        )
    made = relations.state_relation(
        acting_party=city.su, source_ref=three.ref, target="T-1", type="derived-from"
    )
    relations.end_relation(acting_party=city.su, relation_ref=made.ref)
    with pytest.raises(Conflict):
        relations.end_relation(acting_party=city.su, relation_ref=made.ref)


def test_the_drawing_shows_both_ends_and_nothing_that_one_may_not_see(city: City) -> None:
    middle = exchange.echo_resource(city, "T-1", title_zh="中间")
    resources.publish_resource(acting_party=city.su, resource_ref=middle.ref)
    origin = exchange.echo_resource(city, "T-2", title_zh="来源")
    resources.publish_resource(acting_party=city.su, resource_ref=origin.ref)
    hidden = exchange.echo_resource(city, "T-3", title_zh="未发布")
    client = client_of("su")
    url = reverse("resource-lineage", args=[middle.ref])
    assert client.post(url, {"type": "derived-from", "target": "T-2", "note": "汇总"}).url == url
    refused = client.post(url, {"type": "derived-from", "target": "T-404"})
    assert refused.status_code == 422 and "T-404" in refused.content.decode()
    relations.state_relation(
        acting_party=city.su, source_ref=hidden.ref, target="T-1", type="part-of"
    )
    mine, theirs = (
        page("su", "resource-lineage", middle.ref),
        page("ci", "resource-lineage", middle.ref),
    )
    for found in (mine, theirs):
        assert "来源" in found and "汇总" in found and "<svg" in found
    assert "未发布" in mine and "未发布" not in theirs
    assert "中间" in page("ci", "resource-lineage", origin.ref)
    told = client_of("ci").get(f"/api/v1/resources/{middle.ref}/lineage").json()
    assert [one["code"] for one in told["resources"]] == ["T-2", "T-1"]
    assert client_of("ci").post(url, {"type": "replaces", "target": "T-2"}).status_code == 403


def test_only_so_many_steps_are_drawn_as_were_asked_for(city: City) -> None:
    for number in range(6):
        exchange.echo_resource(city, f"T-{number}", title_zh=f"第{number}步资源")
    for number in range(5):
        relations.state_relation(
            acting_party=city.su,
            source_ref=Resource.objects.get(code=f"T-{number}").ref,
            target=f"T-{number + 1}",
            type="derived-from",
        )
    first = Resource.objects.get(code="T-0")
    url = reverse("resource-lineage", args=[first.ref])
    shown = client_of("su").get(url).content.decode()
    assert "第2步资源" in shown and "第3步资源" not in shown
    assert "第4步资源" in client_of("su").get(url + "?depth=99").content.decode()
    assert "第5步资源" not in client_of("su").get(url + "?depth=99").content.decode()
    assert Relation.objects.count() == 5


def test_the_form_takes_the_elements_of_the_guide_and_the_page_shows_them(
    world: World,
) -> None:
    given = {
        **DESCRIPTION,
        "metadata.text": "hello",
        "category_class": "1",
        "category_item": "03",
        "source_party": world.city.civil.ref,
        "open_type": "conditional",
        "open_conditions": "仅限科研",
        "format_class": "database",
        "related": f"{world.resource.code}\n",
    }
    client = client_of("su")
    answer = client.post("/resources/new?kind=echo", {**given, "open_conditions": ""})
    assert answer.status_code == 422
    assert "有条件开放须列明开放条件" in answer.content.decode()
    assert client.post("/resources/new?kind=echo", given).status_code == 302
    made = Resource.objects.get(code="T-0100")
    page = client.get(reverse("resource", args=[made.ref])).content.decode()
    for word in ("03 自然资源和空间地理", world.city.civil.name_zh, "仅限科研", "数据库"):
        assert word in page
    assert reverse("resource", args=[world.resource.ref]) in page
    form = client.get(reverse("resource-change", args=[made.ref])).content.decode()
    assert f'<option value="{world.city.civil.ref}" selected>' in form
    assert f"{world.resource.code}</textarea>" in form
