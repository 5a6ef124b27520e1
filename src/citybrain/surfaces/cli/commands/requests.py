"""`request`: who asks for what."""

from typing import Any

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import requests as actions
from citybrain.kernel.models import Request
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.schemas import exchange as out
from citybrain.surfaces.cli.build import JsonFile, checked, list_command, show_command
from citybrain.surfaces.cli.output import json_option, show
from citybrain.surfaces.cli.person import as_option

COLUMNS = (
    ("ref", "编号", "Ref"),
    ("resource.title_zh", "资源", "Resource"),
    ("requester.name_zh", "申请单位", "Requester"),
    ("purpose", "用途", "Purpose"),
    ("state", "状态", "State"),
)


@click.group(help="Who asks for what. 申请")
def request() -> None:
    """Subcommands follow."""


list_command(request, out.RequestQuery, queries.requests_of, out.RequestSummary, COLUMNS)
show_command(request, visible.requests, out.RequestOut, ("申请", "request"))


def content_options(function: Any) -> Any:
    """What a request says."""
    function = click.option("--policy", type=JsonFile(), help="JSON or file. 所需策略")(function)
    function = click.option("--scenario", help="Code of a scenario. 场景代码")(function)
    for name in ("--use-scope", "--basis", "--purpose"):
        function = click.option(name, required=True)(function)
    return function


def given_option(function: Any) -> Any:
    """Inputs of a move."""
    return click.option(
        "--given", multiple=True, metavar="NAME=VALUE", help="Further inputs of the move. 其他输入"
    )(function)


def inputs(reasons: str, given: tuple[str, ...]) -> dict[str, str]:
    """The inputs of a move as given on the command line."""
    pairs = [one.partition("=") for one in given]
    if any(not separator for _, separator, _ in pairs):
        raise click.UsageError("--given takes NAME=VALUE")
    named = {name: value for name, _, value in pairs}
    return {**named, **({"reasons": reasons} if reasons else {})}


def _show(record: Request, acting: Acting, as_json: bool) -> None:
    show(out.RequestOut.model_validate(record, context={"acting": acting}), as_json)


@request.command("draft", help="Draft a request for an offer. 起草申请")
@click.argument("offer")
@content_options
@as_option
@json_option
def draft(acting: Acting, as_json: bool, **given: Any) -> None:
    """Draft and show it."""
    form = checked(out.RequestIn, given)
    made = actions.draft_request(
        acting_party=acting,
        offer_ref=form.offer,
        scenario_code=form.scenario,
        **form.model_dump(exclude={"offer", "scenario"}),
    )
    _show(made, acting, as_json)


@request.command("change", help="Change a draft. 修改申请")
@click.argument("ref")
@content_options
@click.option("--expected-version", type=int)
@as_option
@json_option
def change(ref: str, acting: Acting, as_json: bool, **given: Any) -> None:
    """Change and show it."""
    form = checked(out.RequestChange, given)
    done = actions.change_request(
        acting_party=acting,
        request_ref=ref,
        scenario_code=form.scenario,
        **form.model_dump(exclude={"scenario"}),
    )
    _show(done, acting, as_json)


@request.command("move", help="Submit, accept, supplement, agree, refuse … 办理")
@click.argument("ref")
@click.argument("move")
@click.option("--reasons", default="")
@given_option
@click.option("--expected-version", type=int)
@as_option
@json_option
def move(
    ref: str,
    move: str,
    reasons: str,
    given: tuple[str, ...],
    expected_version: int | None,
    acting: Acting,
    as_json: bool,
) -> None:
    """Make a move of the process and show where the request stands."""
    done = actions.move_request(
        acting_party=acting,
        request_ref=ref,
        move=move,
        given=inputs(reasons, given),
        expected_version=expected_version,
    )
    _show(done, acting, as_json)
