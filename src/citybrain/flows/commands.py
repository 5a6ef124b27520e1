"""`scenario`: packs on the command line, from the first file to the stored version."""

from collections.abc import Iterable
from typing import Any

import click


@click.group("scenario", help="Scenario packs: write, check, test, hand on. 场景包")
def scenario() -> None:
    """Subcommands follow."""


def _fail(faults: Iterable[Any]) -> None:
    for one in faults:
        click.echo(f"{one.place}  {one.zh}  {one.en}", err=True)
    raise click.exceptions.Exit(1)


def _pack(name: str) -> Any:
    """The pack of a folder; its faults end the command."""
    from citybrain.flows.faults import FaultyError
    from citybrain.flows.packs import read_folder
    from citybrain.flows.shipped import folder_of

    folder = folder_of(name)
    if not folder.is_dir():
        raise click.ClickException(f"没有文件夹 {name}。 There is no folder {name}.")
    try:
        return read_folder(folder)
    except FaultyError as error:
        _fail(error.faults)


@scenario.command("new", help="A folder to write on from. 新建")
@click.argument("code")
@click.option("--to", default=".", show_default=True, help="Where the folder is made. 位置")
def new(code: str, to: str) -> None:
    """Make the folder; it must not be there yet."""
    import re
    from pathlib import Path

    from citybrain.flows.skeleton import files_for

    if not re.fullmatch(r"[a-z][a-z0-9-]{0,59}", code):
        raise click.ClickException(
            "代码须由小写字母、数字和连字符组成。 Use small letters, digits and hyphens."
        )
    folder = Path(to) / code
    if folder.exists():
        raise click.ClickException(f"{folder} 已存在。 It exists already.")
    for name, text in files_for(code).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    click.echo(str(folder))


@scenario.command("check", help="Find what is wrong: file, line, what to do. 检查")
@click.argument("folder")
@click.option("--agreements", is_flag=True, help="Also ask for agreements. 同时检查协议")
def check(folder: str, agreements: bool) -> None:
    """One line a fault; exit code 1 when there is one."""
    from citybrain.flows import packs
    from citybrain.flows.queries import bound_names

    pack = _pack(folder)
    bound = bound_names(pack.scenario.code) if agreements else None
    faults = packs.check(pack, bound)
    if faults:
        _fail(faults)
    click.echo(f"{pack.scenario.code} {pack.scenario.version} 无误 sound  {pack.digest[:16]}")


@scenario.command("test", help="Run the examples. 运行样例")
@click.argument("folder")
def test(folder: str) -> None:
    """One line an example; exit code 1 when one comes to something else."""
    from citybrain.flows.machine import try_example

    pack = _pack(folder)
    failed = 0
    for one in pack.examples:
        trial = try_example(pack, one.content)
        wrong = trial.mismatches(one.content)
        failed += bool(wrong)
        words = "不符 fails" if wrong else "通过 passes"
        click.echo(f"{words}  {one.file}  {one.content.title.zh}  {one.content.title.en}")
        for what, expected, found in wrong:
            click.echo(f"    {what}: 应为 expected {expected}, 实为 found {found}")
        if wrong and trial.problem:
            click.echo(f"    {trial.problem[0]}  {trial.problem[1]}")
    click.echo(f"{len(pack.examples) - failed} / {len(pack.examples)}")
    if failed or not pack.examples:
        raise click.exceptions.Exit(1)


@scenario.command("run", help="Try it with answers of one's own; nothing is stored. 试运行")
@click.argument("folder")
@click.option("--input", "given", type=click.File(), help="An example's file. 样例文件")
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="语言")
def run(folder: str, given: Any, language: str) -> None:
    """Ask for what is not given: answers of resources, decisions of people, events."""
    from citybrain.flows.trying import ask_for, told

    pack = _pack(folder)
    example = ask_for(pack, given.read() if given else None, language)
    for line in told(pack, example, language):
        click.echo(line)


@scenario.command("pack", help="One file to hand on, with its digest. 打包")
@click.argument("folder")
@click.argument("file", type=click.Path(dir_okay=False, writable=True))
def pack_(folder: str, file: str) -> None:
    """Refuse a pack with faults; print the digest."""
    from pathlib import Path

    from citybrain.flows import packs
    from citybrain.flows.packs.archive import write_zip

    pack = _pack(folder)
    faults = packs.check(pack)
    if faults:
        _fail(faults)
    Path(file).write_bytes(write_zip(pack.files))
    click.echo(f"{pack.digest}  {file}")


@scenario.command("import", help="Store a folder or zip as a draft. 导入")
@click.argument("source", type=click.Path(exists=True))
@click.option("--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份")
@click.option("--activate", is_flag=True, help="Also bring it into use. 同时启用")
@click.option("--note", default="", help="What changed. 变更说明")
def import_(source: str, who: str, activate: bool, note: str) -> None:
    """Print the reference, number and digest of the version."""
    from pathlib import Path

    from citybrain.flows.actions import packs
    from citybrain.flows.faults import FaultyError
    from citybrain.flows.packs.archive import read_zip
    from citybrain.flows.packs.pack import folder_files
    from citybrain.kernel.queries.naming import acting_named

    path = Path(source)
    try:
        files = folder_files(path) if path.is_dir() else read_zip(path.read_bytes())
    except FaultyError as error:
        _fail(error.faults)
    acting = acting_named(who)
    version = packs.import_pack(acting_party=acting, files=files, note=note)
    if activate:
        version = packs.activate_pack(acting_party=acting, version_ref=version.ref)
    click.echo(f"{version.ref}  {version.code} {version.number}  {version.state}  {version.digest}")


commands: list[click.Command] = [scenario]
