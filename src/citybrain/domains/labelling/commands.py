"""`labelling`: tasks in, work out, progress, agreement, dataset versions, verification."""

from typing import Any

import click

as_option = click.option(
    "--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份"
)


def _project(who: str, ref: str) -> tuple[Any, Any]:
    from citybrain.domains.labelling import queries
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    return acting, queries.project(acting, ref)


@click.group("labelling", help="Datasets for AI and labelling. 数据集与数据标注")
def labelling() -> None:
    """Subcommands follow."""


@labelling.command("list", help="Projects that one takes part in. 标注项目一览")
@as_option
def list_(who: str) -> None:
    """One line a project."""
    from citybrain.domains.labelling import queries
    from citybrain.kernel.queries.naming import acting_named

    for one in queries.projects(acting_named(who)):
        click.echo(f"{one.ref} {one.type} {one.state} {one.title_zh} {one.title_en}")


@labelling.command("import", help="Bring the tasks of a file in, all or none. 导入任务")
@click.argument("project")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "jsonl", "labelstudio"]),
    help="Without it: by the name of the file. 格式",
)
@as_option
def import_(project: str, file: str, form: str | None, who: str) -> None:
    """Print what was taken in, or the line or task at fault."""
    from pathlib import Path

    from citybrain.domains.labelling.actions import tasks

    acting, found = _project(who, project)
    with Path(file).open("rb") as opened:
        taken = tasks.import_tasks(
            acting_party=acting, project_ref=found.ref, file=opened, name=file, form=form or ""
        )
    told = f"新增 new {taken.new} · 已有 known {taken.known}"
    click.echo(f"{told} · 标注 annotations {taken.annotations}")


@labelling.command("export", help="A project as a file. 导出项目")
@click.argument("project")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
@click.option(
    "--format",
    "form",
    type=click.Choice(["labelstudio", "jsonl", "coco", "conll"]),
    default="labelstudio",
    show_default=True,
    help="coco: boxes; conll: spans. 格式",
)
@as_option
def export(project: str, file: str, form: str, who: str) -> None:
    """Write the file; one that is there is replaced when all is written."""
    from pathlib import Path

    from citybrain.domains.labelling.exchange.outgoing import form_for
    from citybrain.domains.labelling.permissions import MANAGE
    from citybrain.kernel.acting import authorise

    acting, found = _project(who, project)
    authorise(acting, MANAGE, found.owner)
    path = Path(file)
    aside = path.with_name(f".{path.name}.part")
    with aside.open("wb") as opened:
        for part in form_for(found, form).write(found):
            opened.write(part)
    aside.replace(path)
    click.echo(str(path))


@labelling.command("progress", help="Tasks by their states. 项目进度")
@click.argument("project")
@as_option
def progress(project: str, who: str) -> None:
    """One line a state."""
    from citybrain.domains.labelling import queries

    _acting, found = _project(who, project)
    for name, count in queries.progress(found).items():
        click.echo(f"{name} {count}")


@labelling.command("agreement", help="How far annotators agree. 标注一致性")
@click.argument("project")
@as_option
def agreement(project: str, who: str) -> None:
    """One line a pair of annotators, and alpha."""
    from citybrain.domains.labelling import comparing
    from citybrain.domains.labelling.permissions import REVIEW
    from citybrain.kernel.acting import authorise

    acting, found = _project(who, project)
    authorise(acting, REVIEW, found.owner)
    report = comparing.report(found)
    if report.alpha is not None:
        click.echo(f"alpha {report.alpha:.3f} ({report.tasks} 个任务 tasks)")
    measures = (("kappa", "kappa"), ("f1", "F1"), ("mean_iou", "IoU"))
    for pair in report.pairs:
        told = [
            f"{name} {getattr(pair, code):.3f}"
            for code, name in measures
            if getattr(pair, code) is not None
        ]
        click.echo(f"{pair.first} – {pair.second} · {pair.tasks} · {' · '.join(told)}")


@labelling.command("release", help="Make a dataset version of a finished project. 生成数据集版本")
@click.argument("project")
@click.option("--code", required=True, help="Directory code. 目录代码")
@click.option("--title-zh", required=True, help="标题")
@click.option("--title-en", required=True, help="标题（英文）")
@click.option("--description-zh", required=True, help="内容说明")
@click.option("--description-en", default="", help="内容说明（英文）")
@click.option("--licence", required=True, help="许可")
@click.option("--purpose", required=True, help="预期用途")
@click.option("--origin", required=True, help="来源与采集")
@click.option("--limits", default="", help="已知局限")
@click.option("--personal-data", is_flag=True, help="含个人信息")
@click.option("--train", type=int, default=80, show_default=True, help="%")
@click.option("--validation", type=int, default=10, show_default=True, help="%")
@click.option("--seed", type=int, default=1, show_default=True, help="划分种子")
@as_option
def release(project: str, who: str, **given: Any) -> None:
    """Print the draft resource's reference and the digest of the manifest."""
    from citybrain.domains.labelling.actions import releases

    acting, found = _project(who, project)
    card = releases.Card(**{name: given.pop(name) for name in releases.Card.__slots__})
    made = releases.make_release(acting_party=acting, project_ref=found.ref, card=card, **given)
    click.echo(f"{made.resource.ref} {made.digest}")


@labelling.command("manifest", help="Seal a folder as a dataset version. 生成数据集清单")
@click.argument("folder", type=click.Path(exists=True, file_okay=False))
@click.option("--licence", required=True, help="许可")
@click.option("--purpose", required=True, help="预期用途")
@click.option("--source", "sources", multiple=True, help="What it derives from: URN. 来源")
@click.option("--records", help="JSON lines with `id`, to be split. 待划分的文件")
@click.option("--train", type=int, default=80, show_default=True, help="%")
@click.option("--validation", type=int, default=10, show_default=True, help="%")
@click.option("--seed", type=int, default=1, show_default=True, help="划分种子")
def manifest(
    folder: str, licence: str, purpose: str, sources: tuple[str, ...], records: str, **shares: int
) -> None:
    """Write manifest.json and print its digest, which the metadata of the resource take."""
    from citybrain.domains.labelling.serving import sealing

    made = sealing.seal_folder(folder, licence, purpose, sources, records, shares)
    click.echo(made.digest())


@labelling.command("verify", help="Name what differs from what is registered. 校验")
@click.argument("ref")
@as_option
def verify(ref: str, who: str) -> None:
    """REF: a dataset (files against its manifest) or a project (tasks against their batches).

    Ends with exit code 1 when something differs.
    """
    from citybrain.domains.labelling import verifying
    from citybrain.kernel.queries.naming import acting_named

    wrong = verifying.differences(acting_named(who), ref)
    for line in wrong:
        click.echo(line)
    if wrong:
        raise click.exceptions.Exit(1)
    click.echo("一致 as registered")


commands: list[click.Command] = [labelling]
