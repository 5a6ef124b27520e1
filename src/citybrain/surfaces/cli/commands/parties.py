"""`party` and `account`: who there is, and who acts for whom."""

from typing import Any

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import parties as actions
from citybrain.kernel.founding import found_bureau
from citybrain.kernel.models import Account, Membership, Party
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.schemas import parties as out
from citybrain.surfaces.cli.build import checked, list_command, show_command, values_of
from citybrain.surfaces.cli.failures import Failure, say
from citybrain.surfaces.cli.output import json_option, show
from citybrain.surfaces.cli.person import as_option

PARTIES = (
    ("ref", "编号", "Ref"),
    ("name_zh", "名称", "Name"),
    ("name_en", "英文名称", "English"),
    ("type", "类型", "Type"),
    ("code", "统一社会信用代码", "Code"),
)
MEMBERSHIPS = (
    ("ref", "编号", "Ref"),
    ("username", "用户名", "User"),
    ("display_name", "姓名", "Name"),
    ("party.name_zh", "单位", "Party"),
    ("role", "角色", "Role"),
    ("active", "有效", "Active"),
)


@click.group(help="Departments, enterprises, persons. 单位")
def party() -> None:
    """Subcommands follow."""


list_command(party, out.PartyQuery, queries.parties_of, out.PartyOut, PARTIES)
show_command(party, lambda acting: Party.objects.all(), out.PartyOut, ("单位", "party"))


@party.command("register", help="Register a party. 登记单位")
@click.option("--type", type=values_of(Party.Type), required=True)
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--code", help="Unified social credit code. 统一社会信用代码")
@as_option
@json_option
def register(acting: Acting, as_json: bool, **given: Any) -> None:
    """Register and show it."""
    form = checked(out.PartyIn, given)
    made = actions.register_party(acting_party=acting, **form.model_dump())
    show(out.PartyOut.model_validate(made), as_json)


@click.group(help="Sign-ins and roles. 账号与角色")
def account() -> None:
    """Subcommands follow."""


list_command(account, out.MembershipQuery, queries.memberships_of, out.MembershipOut, MEMBERSHIPS)


def password_option(function: Any) -> Any:
    """Asked for at the terminal when left out, so that it stays out of the history."""
    return click.option(
        "--password",
        prompt=True,
        hide_input=True,
        confirmation_prompt=True,
        help="Asked for when left out. 密码",
    )(function)


@account.command("found", help="Begin: the bureau and its first administrator. 初始化数据局")
@click.argument("username")
@click.option("--name-zh", default="大数据发展管理局", show_default=True)
@click.option("--name-en", default="Big Data Bureau", show_default=True)
@password_option
@json_option
def found(as_json: bool, **given: str) -> None:
    """Possible once, on an installation without an administrator."""
    show(out.MembershipOut.model_validate(found_bureau(**given)), as_json)


@account.command("create", help="Create a sign-in. 创建账号")
@click.argument("username")
@click.option("--display-name", default="")
@password_option
@as_option
@json_option
def create(acting: Acting, as_json: bool, **given: Any) -> None:
    """Create and show it."""
    form = checked(out.AccountIn, given)
    made = actions.create_account(acting_party=acting, **form.model_dump())
    show(out.AccountOut.model_validate(made), as_json)


@account.command("grant", help="Let a person act for a party. 授予角色")
@click.argument("username")
@click.argument("party_ref")
@click.argument("role", type=values_of(Membership.Role))
@as_option
@json_option
def grant(username: str, party_ref: str, role: str, acting: Acting, as_json: bool) -> None:
    """Grant and show it."""
    person = Account.objects.filter(username=username).first()
    if person is None:
        raise Failure(say(f"没有账号“{username}”。", f"There is no account {username!r}."))
    made = actions.grant_membership(
        acting_party=acting, account=person, party=queries.party_named(party_ref), role=role
    )
    show(out.MembershipOut.model_validate(made), as_json)


@account.command("end", help="Stop a person from acting for a party. 终止任职")
@click.argument("membership_ref")
@as_option
@json_option
def end(membership_ref: str, acting: Acting, as_json: bool) -> None:
    """End and show it."""
    done = actions.end_membership(acting_party=acting, membership_ref=membership_ref)
    show(out.MembershipOut.model_validate(done), as_json)
