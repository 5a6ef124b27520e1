"""`agreement`: what both sides signed."""

from collections.abc import Callable
from typing import Any

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import accounts
from citybrain.kernel.actions import agreements as actions
from citybrain.kernel.models import Agreement
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.odrl import agreement_odrl
from citybrain.surfaces.api.schemas import accounting
from citybrain.surfaces.api.schemas import exchange as out
from citybrain.surfaces.cli.build import checked, list_command, show_command
from citybrain.surfaces.cli.failures import say
from citybrain.surfaces.cli.output import json_option, print_json, print_rows, show
from citybrain.surfaces.cli.person import as_option

COLUMNS = (
    ("ref", "编号", "Ref"),
    ("resource.title_zh", "资源", "Resource"),
    ("provider.name_zh", "提供方", "Provider"),
    ("consumer.name_zh", "使用方", "Consumer"),
    ("state", "状态", "State"),
    ("valid_until", "有效期至", "Until"),
)
TOKENS = (
    ("ref", "编号", "Ref"),
    ("label", "名称", "Label"),
    ("hint", "末四位", "Ends in"),
    ("revoked_at", "吊销时间", "Revoked"),
)


@click.group(help="What both sides signed. 协议")
def agreement() -> None:
    """Subcommands follow."""


list_command(agreement, out.AgreementQuery, queries.agreements_of, out.AgreementSummary, COLUMNS)
show_command(agreement, visible.agreements, out.AgreementOut, ("协议", "agreement"))


def _show(record: Agreement, as_json: bool) -> None:
    show(out.AgreementOut.model_validate(record), as_json)


def _tell_token(token: str) -> None:
    click.echo(say("令牌（仅显示这一次）：", "Token, shown this once: ") + token)


@agreement.command("countersign", help="Sign for the consumer. 使用方签署")
@click.argument("ref")
@click.option("--label", default="", help="Name of the first token. 令牌名称")
@as_option
@json_option
def countersign(ref: str, label: str, acting: Acting, as_json: bool) -> None:
    """Sign, show the agreement and its first token."""
    done, token = actions.countersign_agreement(acting_party=acting, agreement_ref=ref, label=label)
    shown = out.AgreementOut.model_validate(done)
    if as_json:
        print_json({"agreement": shown.model_dump(mode="json"), "token": token})
        return
    show(shown, False)
    _tell_token(token)


def _with_reasons(name: str, act: Callable[..., Agreement], help_text: str) -> None:
    @agreement.command(name, help=help_text)
    @click.argument("ref")
    @click.option("--reasons", required=True)
    @as_option
    @json_option
    def run(ref: str, reasons: str, acting: Acting, as_json: bool) -> None:
        _show(act(acting_party=acting, agreement_ref=ref, reasons=reasons), as_json)


_with_reasons("suspend", actions.suspend_agreement, "Stop it for the time being. 暂停")
_with_reasons("end", actions.end_agreement, "End it for good. 终止")


@agreement.command("resume", help="Let it go on. 恢复")
@click.argument("ref")
@as_option
@json_option
def resume(ref: str, acting: Acting, as_json: bool) -> None:
    """Resume and show it."""
    _show(actions.resume_agreement(acting_party=acting, agreement_ref=ref), as_json)


@agreement.command("tokens", help="Tokens, without their secrets. 令牌列表")
@click.argument("ref")
@as_option
@json_option
def tokens(ref: str, acting: Acting, as_json: bool) -> None:
    """Every token of an agreement."""
    rows = [out.TokenOut.model_validate(one) for one in queries.tokens_of(acting, ref)]
    if as_json:
        print_json([one.model_dump(mode="json") for one in rows])
    else:
        print_rows(rows, TOKENS)


@agreement.command("token", help="Issue a further token. 签发令牌")
@click.argument("ref")
@click.option("--label", default="")
@as_option
@json_option
def token(ref: str, label: str, acting: Acting, as_json: bool) -> None:
    """Show the new token, once."""
    made = actions.issue_token(acting_party=acting, agreement_ref=ref, label=label)
    if as_json:
        print_json({"token": made})
    else:
        _tell_token(made)


@agreement.command("revoke", help="Revoke a token. 吊销令牌")
@click.argument("token_ref")
@as_option
@json_option
def revoke(token_ref: str, acting: Acting, as_json: bool) -> None:
    """Make a token worthless."""
    done = actions.revoke_token(acting_party=acting, token_ref=token_ref)
    show(out.TokenOut.model_validate(done), as_json)


@agreement.command("pay", help="Record a payment, in fen. 登记付款")
@click.argument("ref")
@click.option("--amount-fen", type=int, required=True)
@click.option("--receipt", required=True)
@as_option
@json_option
def pay(ref: str, acting: Acting, as_json: bool, **given: Any) -> None:
    """Record that the consumer has paid."""
    form = checked(out.PaymentIn, given)
    made = accounts.record_payment(acting_party=acting, agreement_ref=ref, **form.model_dump())
    show(accounting.EntryOut.model_validate(made), as_json)


@agreement.command("odrl", help="The policy as ODRL JSON-LD. 导出ODRL")
@click.argument("ref")
@as_option
def odrl(ref: str, acting: Acting) -> None:
    """Print JSON-LD."""
    found = visible.one(visible.agreements(acting), ref, "协议", "agreement")
    print_json(agreement_odrl(found))
