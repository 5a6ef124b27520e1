"""`use` and `entry`: calls through the gateway, and the money that follows."""

from pathlib import Path
from typing import Any

import click
import httpx

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.accounts import settle_fees
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.schemas import accounting as out
from citybrain.surfaces.cli.build import checked, filter_options, list_command
from citybrain.surfaces.cli.failures import Failure, language, say
from citybrain.surfaces.cli.output import json_option, print_json, print_rows, show
from citybrain.surfaces.cli.person import as_option

USES = (
    ("at", "时间", "At"),
    ("request_id", "请求编号", "Request"),
    ("outcome", "结果", "Outcome"),
    ("reason", "原因", "Reason"),
    ("units", "计量", "Units"),
    ("rows", "行数", "Rows"),
    ("bytes", "字节", "Bytes"),
    ("ledger_index", "账本序号", "Leaf"),
)
DAYS = (
    ("day", "日期", "Day"),
    ("granted", "准予", "Granted"),
    ("refused", "拒绝", "Refused"),
    ("failed", "失败", "Failed"),
    ("units", "计量", "Units"),
    ("rows", "行数", "Rows"),
    ("bytes", "字节", "Bytes"),
)
ENTRIES = (
    ("day", "日期", "Day"),
    ("type", "类别", "Type"),
    ("party.name_zh", "单位", "Party"),
    ("counterparty.name_zh", "对方", "Counterparty"),
    ("amount_fen", "金额（分）", "Fen"),
)


@click.group(help="Calls through the gateway. 使用")
def use() -> None:
    """Subcommands follow."""


list_command(use, out.UseQuery, queries.uses_of, out.UseOut, USES)


@use.command("days", help="Uses by day. 按日统计")
@filter_options(out.UseFilter)
@as_option
@json_option
def days(acting: Acting, as_json: bool, **given: Any) -> None:
    """Counts and amounts of each day."""
    rows = queries.uses_by_day(acting, checked(out.UseFilter, given))
    shown = [out.UsesOfDay.model_validate(one).model_dump(mode="json") for one in rows]
    if as_json:
        print_json(shown)
    else:
        print_rows(shown, DAYS)


def gateway_options(function: Any) -> Any:
    """Where the gateway is and with which token to call it."""
    function = click.option(
        "--base", default="http://127.0.0.1:8000", show_default=True, help="Where it runs. 地址"
    )(function)
    function = click.option(
        "--token-file", type=click.File(encoding="utf-8"), help="File with the token. 令牌文件"
    )(function)
    return click.option("--token", help="Token of the agreement. 令牌")(function)


def _headers(token: str | None, token_file: Any) -> dict[str, str]:
    given = token_file.read().strip() if token_file else token
    if not given:
        raise click.UsageError("give --token or --token-file")
    tongue = "en" if language() == "en" else "zh-Hans"
    return {"Authorization": f"Bearer {given}", "Accept-Language": tongue}


def _pairs(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    pairs = [one.partition("=") for one in texts]
    if any(not separator for _, separator, _ in pairs):
        raise click.UsageError("--query takes NAME=VALUE")
    return [(name, value) for name, _, value in pairs]


@use.command("call", help="Use a resource through the gateway. 调用资源")
@click.argument("resource")
@click.option("--path", default="", help="What follows the resource. 子路径")
@click.option("--method", default="GET", show_default=True)
@click.option("--query", multiple=True, metavar="NAME=VALUE", help="Repeatable. 查询参数")
@click.option("--data", help="JSON to send; @FILE reads it from a file. 请求正文")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to. 输出")
@gateway_options
def call(
    resource: str,
    path: str,
    method: str,
    query: tuple[str, ...],
    data: str | None,
    output: Path | None,
    token: str | None,
    token_file: Any,
    base: str,
) -> None:
    """Call, print the answer; a refusal is told with its reason, exit code 1."""
    headers = _headers(token, token_file)
    body = _body(data)
    if body is not None:
        headers["Content-Type"] = "application/json"
        method = "POST" if method == "GET" else method
    address = f"{base.rstrip('/')}/use/{resource}" + (f"/{path.lstrip('/')}" if path else "")
    reply = _send(method, address, headers=headers, params=_pairs(query), content=body)
    if output:
        output.write_bytes(reply.content)
    else:
        click.echo(reply.content, nl=not reply.content.endswith(b"\n"))


@use.command("left", help="What the agreement allows and how much is left. 协议与余量")
@click.argument("resource")
@gateway_options
def left(resource: str, token: str | None, token_file: Any, base: str) -> None:
    """Who am I, and how much is left."""
    address = f"{base.rstrip('/')}/use/{resource}/agreement"
    print_json(_send("GET", address, headers=_headers(token, token_file)).json())


def _body(data: str | None) -> bytes | None:
    if data is None:
        return None
    if not data.startswith("@"):
        return data.encode()
    try:
        return Path(data[1:]).read_bytes()
    except OSError as error:
        raise click.UsageError(f"{data[1:]}: {error.strerror}") from None


def _send(method: str, address: str, **options: Any) -> httpx.Response:
    try:
        reply = httpx.request(method, address, timeout=60, trust_env=False, **options)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise Failure(
            say(f"无法连接网关 {address}：{error}", f"cannot reach the gateway {address}: {error}")
        ) from None
    if reply.status_code >= 400:
        raise Failure(_refusal(reply))
    return reply


def _refusal(reply: httpx.Response) -> str:
    try:
        problem = reply.json()
        return f"{problem['detail']} ({reply.status_code}, {problem['type']})"
    except (ValueError, KeyError, TypeError):
        return f"HTTP {reply.status_code}"


@click.group(help="Savings, fees, payments. 核算账目")
def entry() -> None:
    """Subcommands follow."""


list_command(entry, out.EntryQuery, queries.entries_of, out.EntryOut, ENTRIES)


@entry.command("savings", help="What reuse has saved, in fen. 节省财政资金")
@filter_options(out.EntryFilter)
@as_option
@json_option
def savings(acting: Acting, as_json: bool, **given: Any) -> None:
    """The sum, and by kind."""
    found = queries.savings(acting, checked(out.EntryFilter, given))
    show(out.Savings.model_validate(found), as_json)


@entry.command("settle", help="Book the fees of a finished day. 结算某日费用")
@click.argument("day")
@as_option
@json_option
def settle(day: str, acting: Acting, as_json: bool) -> None:
    """Settling a day again changes nothing."""
    form = checked(out.SettleIn, {"day": day})
    made = settle_fees(acting_party=acting, day=form.day)
    rows = [out.EntryOut.model_validate(one) for one in made]
    if as_json:
        print_json([one.model_dump(mode="json") for one in rows])
    else:
        print_rows(rows, ENTRIES)
