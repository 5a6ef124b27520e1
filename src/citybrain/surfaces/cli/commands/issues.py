"""`issue` and `deadline`: what is wrong and what is due."""

from typing import Any

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import issues as actions
from citybrain.kernel.models import Issue
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.schemas import accounting as out
from citybrain.surfaces.cli.build import (
    JsonFile,
    checked,
    list_command,
    show_command,
    values_of,
)
from citybrain.surfaces.cli.commands.requests import given_option, inputs
from citybrain.surfaces.cli.output import json_option, show
from citybrain.surfaces.cli.person import as_option

ISSUES = (
    ("ref", "编号", "Ref"),
    ("type", "类别", "Type"),
    ("resource.title_zh", "资源", "Resource"),
    ("raised_by.name_zh", "提出单位", "Raised by"),
    ("title", "标题", "Title"),
    ("state", "状态", "State"),
)
DEADLINES = (
    ("due_on", "截止日", "Due"),
    ("party.name_zh", "责任单位", "Party"),
    ("rule", "规则", "Rule"),
    ("subject", "事项", "Subject"),
    ("state", "状态", "State"),
    ("provisional", "日历未公布", "Provisional"),
)


@click.group(help="What is wrong. 问题")
def issue() -> None:
    """Subcommands follow."""


list_command(issue, out.IssueQuery, queries.issues_of, out.IssueSummary, ISSUES)
show_command(issue, visible.issues, out.IssueOut, ("问题", "problem"))


def _show(record: Issue, acting: Acting, as_json: bool) -> None:
    show(out.IssueOut.model_validate(record, context={"acting": acting}), as_json)


@issue.command("raise", help="Say what is wrong. 提出问题")
@click.argument("resource")
@click.option("--type", type=values_of(Issue.Type), required=True)
@click.option("--title", required=True)
@click.option("--detail", required=True)
@click.option("--request", help="The request that a dispute is about. 相关申请")
@click.option("--pointer", type=JsonFile(), help="row, field, is, should_be. 具体位置")
@as_option
@json_option
def raise_(acting: Acting, as_json: bool, **given: Any) -> None:
    """Raise and show it."""
    form = checked(out.IssueIn, given)
    made = actions.raise_issue(
        acting_party=acting,
        resource_ref=form.resource,
        request_ref=form.request,
        **form.model_dump(exclude={"resource", "request"}),
    )
    _show(made, acting, as_json)


@issue.command("move", help="Make a move of its process. 办理")
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
    """Make the move and show where the problem stands."""
    done = actions.move_issue(
        acting_party=acting,
        issue_ref=ref,
        move=move,
        given=inputs(reasons, given),
        expected_version=expected_version,
    )
    _show(done, acting, as_json)


@click.group(help="What is due. 时限")
def deadline() -> None:
    """Subcommands follow."""


list_command(deadline, out.DeadlineQuery, queries.deadlines_of, out.DeadlineOut, DEADLINES)
