"""`resource`: what the city has."""

from typing import Any

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import relations
from citybrain.kernel.actions import resources as actions
from citybrain.kernel.kinds import all_kinds
from citybrain.kernel.models import Relation, Resource
from citybrain.kernel.queries import lineage, versions, visible
from citybrain.kernel.queries.suggest import other_ways
from citybrain.kernel.searching import fresh
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.paging import page_of
from citybrain.surfaces.api.schemas import resources as out
from citybrain.surfaces.api.schemas.directory import LineageOut, RelationOut, VersionSummary
from citybrain.surfaces.cli.build import (
    JsonFile,
    checked,
    list_command,
    show_command,
    values_of,
)
from citybrain.surfaces.cli.failures import say
from citybrain.surfaces.cli.output import json_option, print_json, print_rows, show
from citybrain.surfaces.cli.person import as_option

COLUMNS = (
    ("ref", "编号", "Ref"),
    ("code", "目录代码", "Code"),
    ("kind", "类型", "Kind"),
    ("title_zh", "名称", "Title"),
    ("owner.name_zh", "提供单位", "Owner"),
    ("share_type", "共享属性", "Sharing"),
    ("status", "状态", "Status"),
)


@click.group(help="What the city has. 资源")
def resource() -> None:
    """Subcommands follow."""


list_command(resource, out.ResourceQuery, queries.resources_of, out.ResourceSummary, COLUMNS)
show_command(resource, visible.resources, out.ResourceOut, ("资源", "resource"))


@resource.command("search", help="Search by words or code, best first. 检索资源")
@click.argument("words", nargs=-1, required=True)
@click.option("--size", type=click.IntRange(1, 200), default=20, show_default=True)
@as_option
@json_option
def search(words: tuple[str, ...], size: int, acting: Acting, as_json: bool) -> None:
    """The best matches; where nothing matches, other ways to ask."""
    query = checked(out.ResourceQuery, {"q": " ".join(words), "page_size": size})
    page = page_of(queries.resources_of(acting, query), query)
    context = {"acting": acting}
    rows = [out.ResourceFound.model_validate(one, context=context) for one in page["items"]]
    if as_json:
        print_json({**page, "items": [one.model_dump(mode="json") for one in rows]})
        return
    print_rows(rows, COLUMNS)
    click.echo(say(f"共 {page['count']} 条", f"{page['count']} in all"))
    ways = [] if rows else other_ways(acting, query.q)
    if ways:
        click.echo(say("可改用：", "Try: ") + " / ".join(ways))


@resource.command("reindex", help="Make the search index anew. 重建检索索引")
def reindex() -> None:
    """Needed only after a database was put back by hand: the index is a cache of it."""
    number = fresh.bring_level(fresh.shelf(), anew=True)
    click.echo(say(f"已编入 {number} 个资源", f"{number} resources indexed"))


_TEXTS = (
    *("title_zh", "title_en", "summary_zh", "summary_en", "share_scope", "share_basis"),
    *("open_conditions", "source_party", "district"),
    *("category_class", "category_item", "category_subject", "category_detail"),
)


def _listed(context: click.Context, option: click.Parameter, value: tuple[str, ...]) -> Any:
    """None when it was not given, so that a change leaves it; one empty text means none."""
    return [one for one in value if one] if value else None


def description_options(function: Any) -> Any:
    """The fields that an owner describes a resource by."""
    for name in reversed(_TEXTS):
        function = click.option("--" + name.replace("_", "-"), name)(function)
    choices = {
        "share_type": Resource.ShareType,
        "update_cycle": Resource.UpdateCycle,
        "grade": Resource.Grade,
        "open_type": Resource.OpenType,
        "format_class": Resource.FormatClass,
    }
    for name, enumeration in choices.items():
        flag = "--" + name.replace("_", "-")
        function = click.option(flag, name, type=values_of(enumeration))(function)
    function = click.option(
        "--related", multiple=True, callback=_listed, help="Code or ref; repeatable. 关联资源"
    )(function)
    return click.option("--metadata", type=JsonFile(), help="JSON or a file with it. 元数据")(
        function
    )


@resource.command("kinds", help="The kinds of resources and their metadata. 资源类型")
@click.argument("code", required=False)
@json_option
def kinds(code: str | None, as_json: bool) -> None:
    """All kinds, or one with the JSON Schema of its metadata."""
    rows = [out.KindOut.model_validate(one) for one in all_kinds() if code in (None, one.code)]
    if not rows:
        raise click.UsageError(f"no kind {code!r}")
    if as_json or code:
        print_json([one.model_dump(mode="json") for one in rows])
    else:
        print_rows(rows, (("code", "代码", "Code"), ("zh", "名称", "Name"), ("en", "", "English")))


@resource.command("register", help="Describe a resource as a draft. 登记资源")
@click.option("--code", required=True)
@click.option("--kind", required=True)
@description_options
@as_option
@json_option
def register(acting: Acting, as_json: bool, **given: Any) -> None:
    """Register and show it."""
    form = checked(out.ResourceIn, given)
    made = actions.register_resource(acting_party=acting, **form.model_dump())
    show(out.ResourceOut.model_validate(made, context={"acting": acting}), as_json)


@resource.command("change", help="Change description or metadata. 变更")
@click.argument("ref")
@description_options
@click.option("--reasons", help="Why. 变更原因")
@click.option("--expected-version", type=int)
@as_option
@json_option
def change(ref: str, acting: Acting, as_json: bool, **given: Any) -> None:
    """Change what is given."""
    form = checked(out.ResourceChange, given)
    changed = actions.change_resource(
        acting_party=acting, resource_ref=ref, **form.model_dump(exclude_none=True)
    )
    show(out.ResourceOut.model_validate(changed, context={"acting": acting}), as_json)


@resource.command("publish", help="Put it into the directory. 发布")
@click.argument("ref")
@as_option
@json_option
def publish(ref: str, acting: Acting, as_json: bool) -> None:
    """Publish and show it."""
    done = actions.publish_resource(acting_party=acting, resource_ref=ref)
    show(out.ResourceOut.model_validate(done, context={"acting": acting}), as_json)


@resource.command("withdraw", help="Take it out of the directory. 撤出")
@click.argument("ref")
@click.option("--reasons", required=True)
@as_option
@json_option
def withdraw(ref: str, reasons: str, acting: Acting, as_json: bool) -> None:
    """Withdraw and show it."""
    done = actions.withdraw_resource(acting_party=acting, resource_ref=ref, reasons=reasons)
    show(out.ResourceOut.model_validate(done, context={"acting": acting}), as_json)


VERSION_COLUMNS = (
    ("number", "版本", "Version"),
    ("at", "时间", "At"),
    ("verb", "操作", "Verb"),
    ("party.name_zh", "单位", "Party"),
    ("reasons", "理由", "Reasons"),
    ("changed", "变更字段", "Fields"),
)


@resource.command("versions", help="Every version and what changed. 版本与变更")
@click.argument("ref")
@as_option
@json_option
def list_versions(ref: str, acting: Acting, as_json: bool) -> None:
    """A table of versions, or JSON with each field before and after."""
    record = visible.one(visible.resources(acting), ref, "资源", "resource")
    found = [VersionSummary.of(one) for one in versions.of(acting, record)]
    rows = [VersionSummary.model_validate(one).model_dump(mode="json") for one in found]
    if as_json:
        print_json(rows)
        return
    told = [{**one, "changed": ", ".join(c["field"] for c in one["changes"])} for one in rows]
    print_rows(told, VERSION_COLUMNS)


@resource.command("lineage", help="What it comes from, what came of it. 血缘")
@click.argument("ref")
@click.option("--depth", type=click.IntRange(1, 4), default=2, show_default=True)
@as_option
def show_lineage(ref: str, depth: int, acting: Acting) -> None:
    """As JSON."""
    record = visible.one(visible.resources(acting), ref, "资源", "resource")
    found = LineageOut.of(lineage.around(acting, record, depth))
    print_json(LineageOut.model_validate(found).model_dump(mode="json"))


@resource.command("relate", help="State that REF is derived from, part of, or replaces. 登记关系")
@click.argument("ref")
@click.argument("type", type=values_of(Relation.Type))
@click.argument("target")
@click.option("--note", default="")
@as_option
@json_option
def relate(ref: str, type: str, target: str, note: str, acting: Acting, as_json: bool) -> None:
    """State it and show it."""
    made = relations.state_relation(
        acting_party=acting, source_ref=ref, type=type, target=target, note=note
    )
    show(RelationOut.model_validate(made), as_json)


@resource.command("unrelate", help="Take a relation back. 撤销关系")
@click.argument("relation_ref")
@as_option
@json_option
def unrelate(relation_ref: str, acting: Acting, as_json: bool) -> None:
    """End it and show it."""
    done = relations.end_relation(acting_party=acting, relation_ref=relation_ref)
    show(RelationOut.model_validate(done), as_json)
