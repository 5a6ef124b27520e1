"""Agreements, their tokens, payments and consents."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions import accounts
from citybrain.kernel.actions import agreements as actions
from citybrain.kernel.models import Agreement, AgreementToken, Consent, Entry
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.odrl import agreement_odrl
from citybrain.surfaces.api.paging import Held, Page, PageQuery, expected_of, page_of, tagged
from citybrain.surfaces.api.schemas import exchange as out
from citybrain.surfaces.api.schemas.accounting import EntryOut
from citybrain.surfaces.api.schemas.common import Object, Reasons, Seen

router = Router(tags=["agreements"])


@router.get("/agreements", response=Page[out.AgreementSummary])
def list_agreements(request: HttpRequest, query: Query[out.AgreementQuery]) -> Any:
    """Agreements that one's party is a side of."""
    return page_of(queries.agreements_of(acting_of(request), query), query)


def _one(request: HttpRequest, ref: str) -> Agreement:
    return visible.one(visible.agreements(acting_of(request)), ref, "协议", "agreement")


@router.get("/agreements/{ref}", response=out.AgreementOut)
def get_agreement(request: HttpRequest, response: HttpResponse, ref: str) -> Agreement:
    """One agreement: its clauses in both languages, and who enforces each."""
    agreement = _one(request, ref)
    tagged(response, agreement)
    return agreement


@router.post("/agreements/{ref}/countersign", response=out.Countersigned)
def countersign(request: HttpRequest, ref: str, body: out.CountersignIn | None = None) -> Any:
    """The consumer signs; the first token is shown this once."""
    given = body or out.CountersignIn()
    with Held(Agreement, ref, expected_of(request, given.expected_version)):
        agreement, token = actions.countersign_agreement(
            acting_party=acting_of(request), agreement_ref=ref, label=given.label
        )
    return {"agreement": agreement, "token": token}


@router.post("/agreements/{ref}/suspend", response=out.AgreementOut)
def suspend(request: HttpRequest, ref: str, body: Reasons) -> Agreement:
    """Stop an agreement for the time being."""
    with Held(Agreement, ref, expected_of(request, body.expected_version)):
        return actions.suspend_agreement(
            acting_party=acting_of(request), agreement_ref=ref, reasons=body.reasons
        )


@router.post("/agreements/{ref}/resume", response=out.AgreementOut)
def resume(request: HttpRequest, ref: str, body: Seen | None = None) -> Agreement:
    """Let a suspended agreement go on."""
    with Held(Agreement, ref, expected_of(request, body.expected_version if body else None)):
        return actions.resume_agreement(acting_party=acting_of(request), agreement_ref=ref)


@router.post("/agreements/{ref}/end", response=out.AgreementOut)
def end(request: HttpRequest, ref: str, body: Reasons) -> Agreement:
    """End an agreement for good."""
    with Held(Agreement, ref, expected_of(request, body.expected_version)):
        return actions.end_agreement(
            acting_party=acting_of(request), agreement_ref=ref, reasons=body.reasons
        )


@router.get("/agreements/{ref}/tokens", response=Page[out.TokenOut])
def list_tokens(request: HttpRequest, ref: str, query: Query[PageQuery]) -> Any:
    """The tokens of an agreement, without their secrets."""
    return page_of(queries.tokens_of(acting_of(request), ref), query)


@router.post("/agreements/{ref}/tokens", response={201: out.NewToken})
def issue_token(request: HttpRequest, ref: str, body: out.TokenIn | None = None) -> Any:
    """A further token, shown this once."""
    label = body.label if body else ""
    token = actions.issue_token(acting_party=acting_of(request), agreement_ref=ref, label=label)
    return {"token": token}


@router.post("/tokens/{ref}/revoke", response=out.TokenOut)
def revoke_token(request: HttpRequest, ref: str) -> AgreementToken:
    """Make a token worthless within a second."""
    with Held(AgreementToken, ref, expected_of(request)):
        return actions.revoke_token(acting_party=acting_of(request), token_ref=ref)


@router.post("/agreements/{ref}/payments", response={201: EntryOut})
def record_payment(request: HttpRequest, ref: str, body: out.PaymentIn) -> Entry:
    """Record that the consumer has paid; a receipt number counts once."""
    return accounts.record_payment(
        acting_party=acting_of(request), agreement_ref=ref, **body.model_dump()
    )


@router.get("/agreements/{ref}/consents", response=Page[out.ConsentOut])
def list_consents(request: HttpRequest, ref: str, query: Query[PageQuery]) -> Any:
    """Consents under an agreement, by pseudonym."""
    return page_of(queries.consents_of(acting_of(request), ref), query)


@router.post("/agreements/{ref}/consents", response={201: out.ConsentOut})
def record_consent(request: HttpRequest, ref: str, body: out.ConsentIn) -> Consent:
    """Record that a person consents to the uses of an agreement."""
    return actions.record_consent(
        acting_party=acting_of(request), agreement_ref=ref, **body.model_dump()
    )


@router.post("/consents/{ref}/withdraw", response=out.ConsentOut)
def withdraw_consent(request: HttpRequest, ref: str) -> Consent:
    """Take a consent back; uses that need it are refused from then on."""
    with Held(Consent, ref, expected_of(request)):
        return actions.withdraw_consent(acting_party=acting_of(request), consent_ref=ref)


@router.get("/agreements/{ref}/odrl", response=Object)
def get_odrl(request: HttpRequest, ref: str) -> HttpResponse:
    """The frozen policy as ODRL JSON-LD."""
    body = orjson.dumps(agreement_odrl(_one(request, ref)))
    return HttpResponse(body, content_type="application/ld+json")
