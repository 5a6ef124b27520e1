"""Agreements: signatures, clauses, what is used and left, tokens, payments."""

import json
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Agreement, Entry, Use
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy.odrl import to_odrl
from citybrain.kernel.queries import visible
from citybrain.surfaces.console.forms.plain import PaymentForm
from citybrain.surfaces.console.quotas import quotas_of
from citybrain.surfaces.console.views.offers import clauses_of
from citybrain.ui.formats import shanghai
from citybrain.ui.forms import MoveForm
from citybrain.ui.history import (
    clocks_of,
    history_of,
    parties_by_urn,
    uses_by_day,
)
from citybrain.ui.labels import (
    kind_choices,
    localised,
    party_name,
    purpose_name,
    resource_title,
    tone,
)
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page
from citybrain.ui.shapes import Item
from citybrain.ui.subjects import account_names
from citybrain.ui.templatetags.ui import badge

AGREEMENTS = ListSpec(
    name="agreements",
    caption=lazy("Agreements"),
    columns=(
        Column(
            "resource",
            lazy("Resource"),
            lambda row: resource_title(row.resource),
            sort="resource__title_zh",
            link=lambda row: reverse("agreement", args=[row.ref]),
        ),
        Column(
            "provider",
            lazy("Provider"),
            lambda row: party_name(row.provider),
            sort="provider__name_zh",
        ),
        Column(
            "consumer",
            lazy("Consumer"),
            lambda row: party_name(row.consumer),
            sort="consumer__name_zh",
        ),
        Column("purpose", lazy("Purpose"), lambda row: purpose_name(row.purpose)),
        Column(
            "state",
            lazy("State"),
            lambda row: row.get_state_display(),
            cell=lambda row: badge(row.get_state_display(), tone(row.state)),
        ),
        Column("signed", lazy("Signed"), "signed_at", sort="signed_at"),
        Column("until", lazy("Valid until"), "valid_until", sort="valid_until"),
        Column("made", lazy("Drawn up"), "created_at", sort="created_at"),
    ),
    filters=(
        Filter("state", lazy("State"), "state", Agreement.State.choices),
        Filter("kind", lazy("Kind"), "resource__kind", kind_choices),
    ),
    search=(
        "resource__title_zh__icontains",
        "resource__title_en__icontains",
        "provider__name_zh__icontains",
        "consumer__name_zh__icontains",
        "consumer__name_en__icontains",
    ),
    search_hint=lazy("Resource, provider or consumer"),
    default_sort="-made",
    empty=lazy("There is no agreement yet. Agreements follow from requests that are agreed to."),
)


@page()
def index(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Agreements on either side."""
    return list_response(request, AGREEMENTS, visible.agreements(acting), "console/agreements.html")


def found(acting: Acting, ref: str) -> Agreement:
    """The agreement, if one may see it."""
    return visible.one(visible.agreements(acting), ref, "协议", "agreement")


@page()
def show(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One agreement."""
    return shown(request, acting, ref)


def shown(
    request: HttpRequest,
    acting: Acting,
    ref: str,
    status: int = 200,
    token: str = "",
    payment: PaymentForm | None = None,
) -> HttpResponseBase:
    """One agreement's page. `token` is shown this once; `payment` is a refused form."""
    record = found(acting, ref)
    uses = visible.uses(acting).filter(agreement=record)
    context = {
        "record": record,
        "tone": tone(record.state),
        "items": _items(record),
        "signatures": _signatures(record, acting),
        "clauses": clauses_of(record.policy),
        "quotas": quotas_of(record),
        "clocks": clocks_of(record.request.urn),
        "tokens": list(record.tokens.all()),
        "token": token,
        "entries": list(visible.entries(acting).filter(agreement=record)[:20]),
        "uses": uses.count(),
        "granted": uses.filter(outcome=Use.Outcome.GRANTED).count(),
        "history": history_of(record.urn, acting),
        "address": request.build_absolute_uri(f"/use/{record.resource.ref}"),
        "verification": record.resource.kind == "verification",
        "payment": payment or PaymentForm(auto_id="payment-%s"),
        "reasons": MoveForm(needs_reasons=True, auto_id="reasons-%s"),
        "saving": Entry.Type.SAVING,
        **_buttons(record, acting),
    }
    return render(request, "console/agreement.html", context, status=status)


def _buttons(record: Agreement, acting: Acting) -> dict[str, bool]:
    manages = acting.may("agreement.manage", record.provider)
    signs = acting.may("agreement.sign", record.consumer)
    signed = record.state in (Agreement.State.ACTIVE, Agreement.State.SUSPENDED)
    return {
        "may_sign": signs and record.state == Agreement.State.AWAITING,
        "may_suspend": manages and record.state == Agreement.State.ACTIVE,
        "may_resume": manages and record.state == Agreement.State.SUSPENDED,
        "may_end": (manages or signs) and record.state != Agreement.State.ENDED,
        "may_issue": acting.may("token.manage", record.consumer) and signed,
        "may_revoke": manages or acting.may("token.manage", record.consumer),
        "may_pay": manages,
    }


def _items(record: Agreement) -> list[Item]:
    scenario = record.scenario
    shown = [
        Item(
            _("Resource"),
            resource_title(record.resource),
            reverse("resource", args=[record.resource.ref]),
        ),
        Item(_("Provider"), party_name(record.provider)),
        Item(_("Consumer"), party_name(record.consumer)),
        Item(_("Purpose"), purpose_name(record.purpose)),
        Item(_("Scenario"), localised(scenario.title_zh, scenario.title_en) if scenario else ""),
        Item(
            _("Request"), _("the request behind it"), reverse("request", args=[record.request.ref])
        ),
        Item(_("Signed"), record.signed_at),
        Item(_("Valid from"), record.valid_from),
        Item(_("Valid until"), record.valid_until),
        Item(_("Reason of the state"), record.state_reason),
        Item(_("Digest of the policy"), record.policy_digest),
    ]
    return [one for one in shown if one.value not in ("", None)]


def _signatures(record: Agreement, acting: Acting) -> list[dict[str, Any]]:
    """Who signed, when and how; people are named to their own party and those who read all."""
    given = record.signatures
    parties = parties_by_urn([one["party"] for one in given])
    names = account_names(one["account"] for one in given)
    sides = {"provider": _("Provider"), "consumer": _("Consumer")}
    rows = []
    for one in given:
        party = parties.get(one["party"])
        own = party is not None and party.pk == acting.party.pk
        rows.append(
            {
                "side": sides.get(one["side"], one["side"]),
                "party": party_name(party),
                "person": names.get(one["account"], "") if own or acting.reads_all else "",
                "at": shanghai(datetime.fromisoformat(one["at"]), seconds=True),
                "algorithm": {"ed25519": "Ed25519", "sm2": "SM2"}.get(
                    one["algorithm"], one["algorithm"]
                ),
                "key": one["key"],
                "signature": one["signature"],
            }
        )
    return rows


@page()
def chart(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Uses under one agreement on the last 30 days."""
    return uses_by_day(visible.uses(acting).filter(agreement=found(acting, ref)))


@page()
def odrl(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The policy in the field's standard form (ODRL JSON-LD)."""
    record = found(acting, ref)
    document = to_odrl(
        checked_policy(record.policy),
        uid=record.urn,
        kind="Agreement",
        target=record.resource.urn,
        assigner=record.provider.urn,
        assignee=record.consumer.urn,
    )
    text = json.dumps(document, ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/ld+json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{record.ref}.jsonld"'
    return answer
