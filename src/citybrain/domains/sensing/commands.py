"""`sensing`: streams, readings and their store on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

AS = click.option(
    "--as", "who", metavar="USERNAME[:ROLE][@PARTY]", required=True, help="以谁的身份"
)


@click.group("sensing", help="Sensor readings: register, take in, ask, keep. 物联感知")
def sensing() -> None:
    """Subcommands follow."""


@contextmanager
def _writer() -> Iterator[Any]:
    """The store for writing, without tending. A running server has it already."""
    from citybrain.domains.sensing import stores
    from citybrain.engines.facts import StoreBusy

    try:
        facts = stores.open_writer(tend=False)
    except StoreBusy:
        raise click.ClickException(
            "服务进程正在使用读数存储（它会自行落盘、合并）；请先停止服务。"
            " A running server has the store and tends it by itself; stop it first."
        ) from None
    try:
        yield facts
    finally:
        stores.close_writer()


@sensing.command("register", help="Register streams from a CSV file. 登记数据流")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--resource", default="", help="Resource that they can be requested as. 资源编号")
@AS
def register(file: str, resource: str, who: str) -> None:
    """Columns: code, class, name_zh, name_en, district, longitude, latitude."""
    import csv
    from pathlib import Path

    from citybrain.domains.sensing import actions
    from citybrain.kernel.models import Resource
    from citybrain.kernel.queries.naming import acting_named

    with Path(file).open(encoding="utf-8-sig", newline="") as lines:
        wanted = [_wanted(row) for row in csv.DictReader(lines)]
    found = Resource.objects.filter(ref=resource).first() if resource else None
    if resource and found is None:
        raise click.ClickException(f"没有资源 no such resource: {resource}")
    made = actions.register_streams(acting_party=acting_named(who), wanted=wanted, resource=found)
    click.echo(f"登记 registered {len(made)}：{made[0].number}–{made[-1].number}")


def _wanted(row: dict[str, str]) -> Any:
    from citybrain.domains.sensing.actions import WantedStream

    try:
        longitude, latitude = (
            float(row[name]) if row.get(name) else None for name in ("longitude", "latitude")
        )
        return WantedStream(
            row["code"],
            row["class"],
            row["name_zh"],
            row.get("name_en") or "",
            row.get("district") or "",
            longitude,
            latitude,
        )
    except (KeyError, ValueError) as error:
        raise click.ClickException(f"{row.get('code')}: {error!r}") from None


@sensing.command("ingest", help="Take in CSV, NDJSON, Parquet or Arrow. 导入读数")
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@AS
def ingest(file: str, who: str) -> None:
    """May be repeated: what is known is not kept twice. Works beside a running server."""
    from pathlib import Path

    from citybrain.domains.sensing import loading
    from citybrain.engines.facts import BadReadings
    from citybrain.kernel.queries.naming import acting_named

    try:
        done = loading.load_file(acting_named(who), Path(file))
    except BadReadings as error:
        raise click.ClickException(str(error)) from None
    click.echo(
        f"保存 accepted {done.accepted} · 重复 repeated {done.repeated} · "
        f"隔离 quarantined {done.quarantined}"
    )
    for reason, count in done.reasons.items():
        click.echo(f"  {reason} {count}")


@sensing.command("query", help="SQL over readings, read-only, with limits. 查询读数")
@click.argument("sql")
@click.option("--most", type=click.IntRange(1, 1_000_000), default=1000, show_default=True)
@click.option("--seconds", type=click.FloatRange(0.1, 600), default=30.0, show_default=True)
@AS
def query(sql: str, most: int, seconds: float, who: str) -> None:
    """Tables: readings, hourly, daily, latest, streams."""
    import pyarrow
    import pyarrow.csv

    from citybrain.domains.sensing import stores
    from citybrain.engines.facts import QueryRefused
    from citybrain.kernel.acting import authorise
    from citybrain.kernel.queries.naming import acting_named

    authorise(acting_named(who), "readings.query")
    try:
        table = stores.snapshot().sql(sql, most=most, seconds=seconds)
    except QueryRefused as error:
        raise click.ClickException(str(error)) from None
    text = pyarrow.BufferOutputStream()
    pyarrow.csv.write_csv(table, text)
    click.echo(text.getvalue().to_pybytes().decode(), nl=False)


@sensing.command("latest", help="The latest reading of streams. 最新读数")
@click.argument("codes", nargs=-1)
@AS
def latest(codes: tuple[str, ...], who: str) -> None:
    """One line a stream; without codes all that one may see."""
    from citybrain.domains.sensing import queries, stores
    from citybrain.engines.facts.segments import times
    from citybrain.kernel.queries.naming import acting_named

    rows = queries.streams(acting_named(who))
    if codes:
        rows = rows.filter(code__in=codes)
    known = {one.number: one for one in rows}
    found = stores.snapshot().latest(list(known))
    instants = times(found.time).to_pylist()
    for number, at, result in zip(found.stream.tolist(), instants, found.result, strict=True):
        one = known[number]
        click.echo(f"{one.code} {at.isoformat()}Z {result:g} {one.stream_class.unit}")


@sensing.command("flush", help="Bring readings from memory into segments. 落盘")
def flush() -> None:
    """Print how many."""
    with _writer() as facts:
        click.echo(facts.flush())


@sensing.command("compact", help="Make one file of the many of a week. 合并数据段")
def compact() -> None:
    """Print how many parts were made."""
    with _writer() as facts:
        facts.flush()
        click.echo(facts.compact(everything=True))


@sensing.command("retain", help="Remove what its class keeps no longer. 按保存期限清理")
@click.option("--dry-run", is_flag=True, help="Only say what would go. 仅预览")
def retain(dry_run: bool) -> None:
    """One line a class that has a term."""
    from citybrain.domains.sensing.models import StreamClass

    terms = StreamClass.objects.exclude(retention_days=None)
    days = {one.number: one.retention_days for one in terms}
    with _writer() as facts:
        gone = facts.retain(days, dry_run=dry_run)
    for one in terms:
        word = "将删除 would remove" if dry_run else "删除 removed"
        click.echo(f"{one.code} {one.retention_days}d {word} {gone[one.number]}")


@sensing.command("verify", help="Check every file of the store. 校验")
def verify() -> None:
    """Name each fault; exit code 1 when there is one."""
    with _writer() as facts:
        faults = facts.verify()
        accepted, kept = facts.accepted, facts.snapshot().manifest
    for fault in faults:
        click.echo(f"{fault.name}: {fault.reason}")
    size = kept.bytes / max(kept.count, 1)
    click.echo(f"确认 acknowledged {accepted} · 段内 in segments {kept.count} · {size:.2f} B/条")
    if faults:
        raise click.exceptions.Exit(1)


@sensing.group("tokens", help="Tokens of devices. 设备令牌")
def tokens() -> None:
    """Subcommands follow."""


@tokens.command("issue", help="A new token, shown once. 申领")
@click.argument("label")
@click.option("--class", "classes", multiple=True, help="Only streams of this class. 类别")
@AS
def issue(label: str, classes: tuple[str, ...], who: str) -> None:
    """Print the token."""
    from citybrain.domains.sensing import actions
    from citybrain.kernel.queries.naming import acting_named

    acting = acting_named(who)
    _, text = actions.issue_device_token(
        acting_party=acting, party=acting.party, label=label, scope=classes
    )
    click.echo(text)


@tokens.command("list", help="Tokens of one's party. 一览")
@AS
def list_(who: str) -> None:
    """One line a token."""
    from citybrain.domains.sensing import queries
    from citybrain.kernel.queries.naming import acting_named

    for one in queries.device_tokens(acting_named(who)):
        state = "已吊销 revoked" if one.revoked_at else "有效 valid"
        click.echo(f"{one.ref} …{one.hint} {one.label} {','.join(one.scope) or '*'} {state}")


@tokens.command("revoke", help="Make a token worthless. 吊销")
@click.argument("ref")
@AS
def revoke(ref: str, who: str) -> None:
    """Print its label."""
    from citybrain.domains.sensing import actions
    from citybrain.kernel.queries.naming import acting_named

    done = actions.revoke_device_token(acting_party=acting_named(who), token_ref=ref)
    click.echo(done.label)


commands: list[click.Command] = [sensing]
