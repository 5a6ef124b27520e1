"""Parties, accounts, memberships, API keys, and who one is."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions import parties as actions
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import Account, Membership, Party
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.actions import create_api_key, revoke_api_key
from citybrain.surfaces.api.auth import acting_of, refuse_keys
from citybrain.surfaces.api.models import ApiKey
from citybrain.surfaces.api.paging import Held, Page, PageQuery, expected_of, page_of, tagged
from citybrain.surfaces.api.schemas import parties as out

router = Router(tags=["parties"])


@router.get("/me", response=out.Me)
def who_am_i(request: HttpRequest) -> Any:
    """For whom this request acts."""
    acting = acting_of(request)
    return {
        "account": acting.account,
        "role": acting.role,
        "party": acting.party,
        "reads_all": acting.reads_all,
    }


@router.get("/parties", response=Page[out.PartyOut])
def list_parties(request: HttpRequest, query: Query[out.PartyQuery]) -> Any:
    """The directory of parties."""
    return page_of(queries.parties_of(acting_of(request), query), query)


@router.post("/parties", response={201: out.PartyOut})
def register_party(request: HttpRequest, body: out.PartyIn) -> Party:
    """Register a party (bureau administrators)."""
    return actions.register_party(acting_party=acting_of(request), **body.model_dump())


@router.get("/parties/{ref}", response=out.PartyOut)
def get_party(request: HttpRequest, response: HttpResponse, ref: str) -> Party:
    """One party."""
    party = queries.party_named(ref)
    tagged(response, party)
    return party


@router.get("/accounts", response=Page[out.AccountOut])
def list_accounts(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """Accounts that act for one's own party; all for the bureau."""
    return page_of(queries.accounts(acting_of(request)), query)


@router.post("/accounts", response={201: out.AccountOut})
def create_account(request: HttpRequest, body: out.AccountIn) -> Account:
    """Create a sign-in (bureau administrators)."""
    return actions.create_account(acting_party=acting_of(request), **body.model_dump())


@router.get("/memberships", response=Page[out.MembershipOut])
def list_memberships(request: HttpRequest, query: Query[out.MembershipQuery]) -> Any:
    """Who acts for whom: of one's own party; all for the bureau."""
    return page_of(queries.memberships_of(acting_of(request), query), query)


@router.post("/memberships", response={201: out.MembershipOut})
def grant_membership(request: HttpRequest, body: out.MembershipIn) -> Membership:
    """Let a person act for a party in a role (bureau administrators)."""
    return actions.grant_membership(
        acting_party=acting_of(request),
        account=_account(queries.accounts(acting_of(request)), body.username),
        party=queries.party_named(body.party),
        role=body.role,
    )


def _account(found: QuerySet[Account], username: str) -> Account:
    account = found.filter(username=username).first()
    if account is None:
        raise NotFound("not-found", "找不到该账号。", "There is no such account.")
    return account


@router.get("/memberships/{ref}", response=out.MembershipOut)
def get_membership(request: HttpRequest, response: HttpResponse, ref: str) -> Membership:
    """One membership."""
    found = queries.memberships(acting_of(request))
    membership = visible.one(found, ref, "任职关系", "membership")
    tagged(response, membership)
    return membership


@router.post("/memberships/{ref}/end", response=out.MembershipOut)
def end_membership(request: HttpRequest, ref: str) -> Membership:
    """Stop a person from acting for a party (bureau administrators)."""
    with Held(Membership, ref, expected_of(request)):
        return actions.end_membership(acting_party=acting_of(request), membership_ref=ref)


@router.get("/api-keys", response=Page[out.ApiKeyOut])
def list_api_keys(request: HttpRequest, query: Query[PageQuery]) -> Any:
    """One's own keys; all for the bureau."""
    return page_of(queries.api_keys(acting_of(request)), query)


@router.post("/api-keys", response={201: out.NewApiKey})
def new_api_key(request: HttpRequest, body: out.ApiKeyIn) -> Any:
    """A key for the membership that acts, by session only; its secret is shown this once."""
    refuse_keys(request)
    key, secret = create_api_key(acting_party=acting_of(request), **body.model_dump())
    return {"key": key, "secret": secret}


@router.post("/api-keys/{ref}/revoke", response=out.ApiKeyOut)
def end_api_key(request: HttpRequest, ref: str) -> ApiKey:
    """Make a key worthless at once."""
    with Held(ApiKey, ref, expected_of(request)):
        return revoke_api_key(acting_party=acting_of(request), key_ref=ref)
