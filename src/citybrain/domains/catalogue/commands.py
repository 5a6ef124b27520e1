"""`catalogue`: the directory out to other programs and in from them."""

import click


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


commands: list[click.Command] = [catalogue]
