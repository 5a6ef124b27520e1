"""`seal`, `audit`, `ledger`: what proves it all."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from citybrain.kernel import audit as auditing
from citybrain.kernel import sealing
from citybrain.kernel.acting import Acting
from citybrain.kernel.queries import ledger as queries
from citybrain.surfaces.api import ledger_reading
from citybrain.surfaces.api.schemas import proof as out
from citybrain.surfaces.cli.failures import Failure, language, say
from citybrain.surfaces.cli.output import json_option, print_json, show
from citybrain.surfaces.cli.person import as_option


@click.command(help="Seal what waits into the ledger. 封存待入账记录")
@json_option
def seal(as_json: bool) -> None:
    """Seal until nothing waits."""
    done = sealing.seal_all()
    if as_json:
        print_json(asdict(done))
        return
    click.echo(
        say(
            f"已封存 {done.actions} 条操作、{done.uses} 次使用，账本大小 {done.size}",
            f"sealed {done.actions} actions and {done.uses} uses; the ledger has {done.size}",
        )
    )


@click.command(help="Compare every record with the ledger. 核对全部记录与账本")
@json_option
def audit(as_json: bool) -> None:
    """Exit code 1 and each finding when something does not agree."""
    done = auditing.audit()
    if as_json:
        print_json(asdict(done))
    else:
        _tell(done)
    if done.findings:
        count = len(done.findings)
        raise Failure(say(f"{count} 处不一致", f"{count} disagreements"))


def _tell(done: auditing.Audit) -> None:
    click.echo(
        say(
            f"已核对账本记录 {done.records}、使用 {done.uses}、数据行 {done.rows}、"
            f"检查点 {done.checkpoints}",
            f"compared {done.records} ledger records, {done.uses} uses, {done.rows} rows, "
            f"{done.checkpoints} checkpoints",
        )
    )
    for one in done.findings:
        click.echo(one.en if language() == "en" else one.zh)
    if not done.findings:
        click.echo(say("全部一致", "all agree"))


@click.group(help="Checkpoints, proofs, receipts. 账本")
def ledger() -> None:
    """Subcommands follow."""


@ledger.command("checkpoint", help="The newest signed checkpoint. 最新检查点")
@json_option
def checkpoint(as_json: bool) -> None:
    """The C2SP note, or its parts as JSON."""
    newest = queries.latest_checkpoint()
    if newest is None:
        raise Failure(say("账本尚无检查点。", "Nothing has been sealed yet."))
    if as_json:
        show(out.CheckpointOut.model_validate(newest), True)
    else:
        click.echo(newest.text, nl=False)


@ledger.command("record", help="A sealed record. 账本记录")
@click.argument("index", type=click.IntRange(min=0))
@as_option
@json_option
def record(index: int, acting: Acting, as_json: bool) -> None:
    """The record at a leaf."""
    found = ledger_reading.record(acting, index)
    show(out.LedgerRecordOut.model_validate(found), as_json)


@ledger.command("inclusion", help="Prove that a leaf is in the tree. 存在证明")
@click.argument("index", type=click.IntRange(min=0))
@click.option("--size", type=click.IntRange(min=1), help="Tree size; default: the newest. 大小")
def inclusion(index: int, size: int | None) -> None:
    """The proof as JSON."""
    print_json(queries.inclusion(index, size))


@ledger.command("consistency", help="Prove that nothing was rewritten. 一致性证明")
@click.argument("old", type=click.IntRange(min=1))
@click.argument("new", type=click.IntRange(min=1), required=False)
def consistency(old: int, new: int | None) -> None:
    """The proof as JSON."""
    print_json(queries.consistency(old, new))


@ledger.command("receipt", help="A receipt for tools/verify.py. 出具凭据")
@click.argument("name")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to. 输出")
@as_option
def receipt(name: str, output: Path | None, acting: Acting) -> None:
    """Of a record by its index, or of a use by its request id."""
    made: dict[str, Any] = ledger_reading.receipt(acting, name)
    if output is None:
        print_json(made)
        return
    with click.open_file(str(output), "w", encoding="utf-8") as file:
        click.echo(_text(made), file=file)


def _text(value: dict[str, Any]) -> str:
    import json

    return json.dumps(value, ensure_ascii=False, indent=2)
