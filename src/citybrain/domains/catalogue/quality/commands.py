"""`catalogue profile` and `catalogue check`: the quality of tables from the command line."""

from typing import Any

import click

AS = click.option(
    "--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份"
)


def _resource(acting: Any, named: str) -> Any:
    """A table by its reference or directory code."""
    from citybrain.domains.catalogue.quality import queries
    from citybrain.kernel.queries import visible

    found = visible.resources(acting).filter(code=named).first()
    return queries.table_resource(acting, found.ref if found else named)


@click.command("profile", help="Look at a table now, and print its score. 评估数据质量")
@click.argument("ref")
@AS
@click.option("--json", "as_json", is_flag=True, help="Everything that was found. 输出JSON")
def profile(ref: str, who: str, as_json: bool) -> None:
    """`REF`: reference or directory code. Exit code 1 when the source cannot be read."""
    import orjson

    from citybrain.domains.catalogue.models import Profile
    from citybrain.domains.catalogue.quality import jobs
    from citybrain.domains.catalogue.quality.actions import profiles
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    resource = _resource(acting, ref)
    done = jobs.run(profiles.ask_profile(acting_party=acting, resource_ref=resource.ref))
    if done.state != Profile.State.DONE:
        click.echo(f"{done.state} {done.reason_zh} {done.reason_en}", err=True)
        raise click.exceptions.Exit(1)
    click.echo(orjson.dumps(_whole(done), option=orjson.OPT_INDENT_2) if as_json else _told(done))


def _whole(done: Any) -> dict[str, Any]:
    names = ("ref", "rows", "digest", "overall", "scores", "columns", "checks", "found", "due_on")
    return {name: getattr(done, name) for name in names}


def _told(done: Any) -> str:
    from citybrain.domains.catalogue.quality.rules import dimension
    from citybrain.domains.catalogue.quality.shown import kind_name, percent

    lines = [f"{done.ref} · {done.rows:,} 行 rows · 总分 overall {percent(done.overall)}"]
    for code, score in done.scores.items():
        rule = dimension(code)
        value = percent(score) if score is not None else "未评价 not measured"
        lines.append(f"  {rule.zh} {rule.en}: {value}")
    for one in done.checks:
        if one["failing"]:
            lines.append(f"  ! {one['zh']} {one['en']}: {one['failing']:,} / {one['tested']:,}")
    for one in done.found:
        lines.append(f"  ? {one['column']}: {kind_name(one['kind'])} {one['confidence']}%")
    return "\n".join(lines)


@click.group("check", help="Checks that every profile runs. 质量检查")
def check() -> None:
    """Subcommands follow."""


@check.command("list", help="The checks of a table. 一览")
@click.argument("ref")
@AS
def list_(ref: str, who: str) -> None:
    """One line a check."""
    from citybrain.domains.catalogue.quality import queries, shown
    from citybrain.kernel.errors import NotFound
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    resource = _resource(acting, ref)
    if not queries.is_insider(acting, resource):
        raise NotFound("not-found", "找不到该数据表。", "There is no such table.")
    for one in shown.check_rows(resource, queries.latest(resource)):
        click.echo(f"{one.ref} {one.text} · {one.result}")


@check.command("add", help="Write a check. 添加检查")
@click.argument("ref")
@click.argument("rule")
@click.option("--column", default="", help="列")
@click.option("--set", "values", multiple=True, metavar="NAME=VALUE", help="list=a,b low=1 …")
@click.option("--note", default="", help="说明")
@AS
def add(ref: str, rule: str, column: str, values: tuple[str, ...], note: str, who: str) -> None:
    """Write it and print its reference."""
    from citybrain.domains.catalogue.quality.actions import decisions
    from citybrain.domains.catalogue.quality.importing import values_of
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    made = decisions.write_expectation(
        acting_party=acting,
        resource_ref=_resource(acting, ref).ref,
        rule=rule,
        column=column,
        values=values_of(dict(one.partition("=")[::2] for one in values)),
        note=note,
    )
    click.echo(made.ref)


@check.command("import", help="Checks from a CSV, JSON or TOML file, all or none. 导入检查")
@click.argument("ref")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@AS
def import_(ref: str, file: str, who: str) -> None:
    """Print how many were written, or every fault with the number of its check."""
    from pathlib import Path

    from citybrain.domains.catalogue.quality.actions import decisions
    from citybrain.domains.catalogue.quality.importing import read
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    made = decisions.import_expectations(
        acting_party=acting,
        resource_ref=_resource(acting, ref).ref,
        wanted=read(Path(file).name, Path(file).read_bytes()),
    )
    click.echo(f"{len(made)} 项检查 checks")


@check.command("drop", help="Run a check no more. 删除检查")
@click.argument("check_ref")
@AS
def drop(check_ref: str, who: str) -> None:
    """Drop it."""
    from citybrain.domains.catalogue.quality.actions import decisions
    from citybrain.kernel.queries.naming import acting_named

    decisions.drop_expectation(acting_party=acting_named(who), expectation_ref=check_ref)
    click.echo(check_ref)
