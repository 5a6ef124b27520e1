"""`lists` and `demand`: the lists as files, the demand list on the command line."""

import click

AS = click.option(
    "--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份"
)


@click.group("lists", help="The three lists as files. 三张清单")
def lists() -> None:
    """Subcommands follow."""


@lists.command("export", help="Write a list as Excel or Word. 导出清单")
@click.argument("name", type=click.Choice(["resources", "requests", "issues", "board"]))
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@AS
@click.option("--query", default="", help="Filters as in the page's address. 筛选条件")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
def export(name: str, file: str, who: str, query: str, language: str) -> None:
    """Print how many entries the file holds."""
    from pathlib import Path

    from django.core.exceptions import BadRequest
    from django.http import QueryDict
    from django.utils.translation import override

    from citybrain.domains.lists.export.files import save
    from citybrain.domains.lists.views.lists import asked
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    with override("en" if language == "en" else "zh-hans"):
        try:
            page = asked(acting, name, QueryDict(query).dict())
        except BadRequest as error:
            raise click.BadParameter(str(error), param_hint="--query") from None
        count = save(page, acting, Path(file))
    click.echo(f"{count} → {file}")


@lists.command("escalate", help="Pass on what is overdue now. 立即上报逾期事项")
def escalate() -> None:
    """Print how many clocks were passed on; the worker does the same on its own."""
    from citybrain.domains.lists.actions.escalations import escalate_due

    click.echo(f"上报督办 escalated: {escalate_due()}")


@click.group("demand", help="What is needed and nobody has. 共享需求")
def demand() -> None:
    """Subcommands follow."""


@demand.command("list", help="Open demands, or all. 需求清单")
@AS
@click.option("--all", "everything", is_flag=True, help="Closed ones too. 含已办结")
def list_(who: str, everything: bool) -> None:
    """One line a demand."""
    from citybrain.domains.lists.queries import visible
    from citybrain.kernel.queries.naming import acting_named

    rows = visible.demands(acting_named(who))
    for one in rows if everything else rows.filter(closed_at=None):
        supporters = one.supporters  # type: ignore[attr-defined]
        click.echo(f"{one.ref} {one.state} +{supporters} {one.party.name_zh} {one.title}")


@demand.command("file", help="File a demand. 提出需求")
@click.argument("title")
@AS
@click.option("--basis", required=True, help="依据")
@click.option("--purpose", required=True, help="Of the vocabulary of purposes. 用途代码")
@click.option("--item", "items", multiple=True, help="A wished item; again for more. 所需数据项")
@click.option("--cycle", default="", help="更新周期")
@click.option("--scenario", default="", help="应用场景")
@click.option("--detail", default="", help="具体说明")
def file(who: str, **given: object) -> None:
    """Print its reference and what may meet it already."""
    from citybrain.domains.lists.actions.matches import file_and_match
    from citybrain.kernel.queries.naming import acting_named

    made = file_and_match(acting_party=acting_named(who), **given)
    click.echo(f"{made.ref} {made.state}")
    for one in made.matches.select_related("resource"):
        terms = " ".join(one.terms)
        click.echo(f"  {one.resource.code} {one.resource.title_zh} {one.score / 10:.0f}% {terms}")


commands: list[click.Command] = [lists, demand]
