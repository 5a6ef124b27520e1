"""`catalogue`: the directory out to other programs and in from them."""

from typing import Any

import click

from citybrain.domains.catalogue.quality.commands import check, profile


@click.group("catalogue", help="Export and import the directory. 目录的导出与导入")
def catalogue() -> None:
    """Subcommands follow."""


@catalogue.command("export", help="The published directory as a file. 导出目录")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["xlsx", "csv", "ttl", "jsonld", "rdf"]),
    help="Without it: by the name of the file. 格式",
)
@click.option(
    "--base",
    default="http://127.0.0.1:8000",
    show_default=True,
    help="Address of the platform, for the identifiers in DCAT. 平台地址",
)
def export(file: str, form: str | None, base: str) -> None:
    """Write the file; a file that is there is replaced when all is written."""
    from pathlib import Path

    from citybrain.domains.catalogue.exchange import files

    path = Path(file)
    count = files.export(path, files.form_of(path, form), base)
    click.echo(f"{count} → {path}")


@catalogue.command("template", help="An empty Excel file to fill in. 导入模板")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
def template(file: str) -> None:
    """Write the template."""
    from pathlib import Path

    from citybrain.domains.catalogue.exchange import files

    files.template(Path(file))
    click.echo(file)


@catalogue.command("import", help="Register what a file describes, all or nothing. 导入目录")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份")
@click.option("--publish", is_flag=True, help="Publish what is new. 同时发布")
@click.option("--change", is_flag=True, help="Change what is known already. 更新已有条目")
@click.option("--update-cycle", default="", help="Where the source says none. 缺省更新周期")
@click.option("--prefix", default="", help="Before the codes of another catalogue. 代码前缀")
@click.option("--source", default="", help="Address of the other catalogue. 来源目录地址")
def import_(file: str, who: str, publish: bool, change: bool, **defaults: str) -> None:
    """Print what was done, or every fault with its place."""
    from pathlib import Path

    from citybrain.domains.catalogue.exchange import importing
    from citybrain.kernel.queries.naming import acting_named

    options = importing.Options(publish, change, importing.Defaults(**defaults))
    done = importing.import_file(acting_named(who), Path(file), options)
    click.echo(f"新增 new {done.new} · 变更 changed {done.changed} · 未变 same {done.same}")


@catalogue.group("harvest", help="Take other catalogues in, again and again. 采集其他目录")
def harvest() -> None:
    """Subcommands follow."""


@harvest.command("add", help="Have a catalogue taken in for one's own office. 添加来源")
@click.argument("type", type=click.Choice(["ckan", "dcat"]))
@click.argument("url")
@click.option("--title", required=True, help="名称")
@click.option("--every-hours", type=int, default=24, show_default=True, help="间隔小时数")
@click.option("--prefix", default="", help="Before its codes. 代码前缀")
@click.option("--update-cycle", default="", help="Where it says none. 缺省更新周期")
@click.option("--publish", is_flag=True, help="Publish what comes. 直接发布")
@click.option("--private-network", is_flag=True, help="It may lie in one. 允许内网地址")
@click.option("--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份")
def harvest_add(who: str, **given: object) -> None:
    """Add and print its reference."""
    from citybrain.domains.catalogue.harvest import actions
    from citybrain.kernel.queries.naming import acting_named

    source = actions.add_source(acting_party=acting_named(who), **given)  # type: ignore[arg-type]
    click.echo(source.ref)


@harvest.command("list", help="Sources and their last runs. 来源一览")
def harvest_list() -> None:
    """One line a source."""
    from citybrain.domains.catalogue.models import HarvestSource

    for one in HarvestSource.objects.filter(dropped_at=None):
        click.echo(f"{one.ref} {one.type} {one.url} {one.title}")
        last = one.runs.first()
        if last is not None:
            click.echo(f"  {_told(last)}")


@harvest.command("run", help="Harvest one source now. 立即采集")
@click.argument("ref")
@click.option("--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份")
def harvest_run(ref: str, who: str) -> None:
    """Run and print the report; a peer that failed ends with exit code 1."""
    from citybrain.domains.catalogue.harvest import runs
    from citybrain.kernel.queries.naming import acting_named

    done = runs.run(acting_named(who), runs.source_named(ref))
    click.echo(_told(done))
    for one in done.refused:
        click.echo(f"  {one['entry']} {one['zh']} {one['en']}")
    if done.outcome != "done":
        raise click.exceptions.Exit(1)


@harvest.command("switch", help="Let a source run when it is due, or not. 启用或停用")
@click.argument("ref")
@click.argument("to", type=click.Choice(["on", "off"]))
@click.option("--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份")
def harvest_switch(ref: str, to: str, who: str) -> None:
    """Switch it."""
    from citybrain.domains.catalogue.harvest import actions
    from citybrain.kernel.queries.naming import acting_named

    actions.switch_source(acting_party=acting_named(who), source_ref=ref, active=to == "on")


@harvest.command("drop", help="Never harvest a source again; its entries stay. 删除来源")
@click.argument("ref")
@click.option("--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份")
def harvest_drop(ref: str, who: str) -> None:
    """Drop it."""
    from citybrain.domains.catalogue.harvest import actions
    from citybrain.kernel.queries.naming import acting_named

    actions.drop_source(acting_party=acting_named(who), source_ref=ref)


@harvest.command("due", help="Harvest now what is due; the worker does it too. 采集到期来源")
def harvest_due() -> None:
    """One line a run."""
    from citybrain.domains.catalogue.harvest import runs

    for done in runs.run_due():
        click.echo(f"{done.source.ref} {_told(done)}")


def _told(run: Any) -> str:
    counts = f"新增 new {run.new} · 变更 changed {run.changed} · 未变 same {run.same}"
    counts += f" · 消失 gone {run.gone} · 拒绝 refused {len(run.refused)}"
    failed = f"失败 failed {run.reason} {run.detail}"
    return f"{run.started_at:%Y-%m-%d %H:%M} {counts if run.outcome == 'done' else failed}"


catalogue.add_command(profile)
catalogue.add_command(check)
commands: list[click.Command] = [catalogue]
