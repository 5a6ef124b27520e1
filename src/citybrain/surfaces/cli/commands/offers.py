"""`offer` and `scenario`: who may use a resource and how; why it is used."""

from typing import Any

import click

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import resources as actions
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.schemas import resources as out
from citybrain.surfaces.cli.build import JsonFile, checked, list_command, show_command
from citybrain.surfaces.cli.output import json_option, show
from citybrain.surfaces.cli.person import as_option

OFFERS = (
    ("ref", "编号", "Ref"),
    ("resource.title_zh", "资源", "Resource"),
    ("title_zh", "名称", "Title"),
    ("owner.name_zh", "提供单位", "Owner"),
    ("status", "状态", "Status"),
)
SCENARIOS = (
    ("code", "代码", "Code"),
    ("title_zh", "名称", "Title"),
    ("purpose", "用途", "Purpose"),
    ("owner.name_zh", "单位", "Owner"),
)


@click.group(help="Who may use a resource, and how. 供给条件")
def offer() -> None:
    """Subcommands follow."""


list_command(offer, out.OfferQuery, queries.offers_of, out.OfferSummary, OFFERS)
show_command(offer, visible.offers, out.OfferOut, ("供给条件", "offer"))


@offer.command("make", help="Offer a published resource under a policy. 发布供给条件")
@click.argument("resource")
@click.option("--title-zh", required=True)
@click.option("--title-en", required=True)
@click.option("--policy", type=JsonFile(), required=True, help="JSON or a file with it. 策略")
@as_option
@json_option
def make(resource: str, acting: Acting, as_json: bool, **given: Any) -> None:
    """Make an offer and show its clauses."""
    form = checked(out.OfferIn, {"resource": resource, **given})
    made = actions.make_offer(
        acting_party=acting, resource_ref=form.resource, **form.model_dump(exclude={"resource"})
    )
    show(out.OfferOut.model_validate(made), as_json)


@offer.command("withdraw", help="Take an offer back. 撤回")
@click.argument("ref")
@as_option
@json_option
def withdraw(ref: str, acting: Acting, as_json: bool) -> None:
    """Withdraw and show it."""
    done = actions.withdraw_offer(acting_party=acting, offer_ref=ref)
    show(out.OfferOut.model_validate(done), as_json)


@click.group(help="Why resources are used. 场景")
def scenario() -> None:
    """Subcommands follow."""


list_command(scenario, out.ScenarioQuery, queries.scenarios_of, out.ScenarioOut, SCENARIOS)


@scenario.command("register", help="Register a scenario. 登记场景")
@click.argument("code")
@click.option("--title-zh", required=True)
@click.option("--title-en", required=True)
@click.option("--purpose", required=True)
@click.option("--owner", help="Reference of a party; by default one's own. 单位")
@as_option
@json_option
def register(acting: Acting, as_json: bool, **given: Any) -> None:
    """Register and show it."""
    form = checked(out.ScenarioIn, given)
    owner = queries.party_named(form.owner) if form.owner else acting.party
    made = actions.register_scenario(
        acting_party=acting, owner=owner, **form.model_dump(exclude={"owner"})
    )
    show(out.ScenarioOut.model_validate(made), as_json)
