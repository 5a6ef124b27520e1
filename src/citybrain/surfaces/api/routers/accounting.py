"""Uses and the money that follows."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions.accounts import settle_fees
from citybrain.kernel.models import Entry, Use
from citybrain.kernel.queries import visible
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.paging import Page, page_of, tagged
from citybrain.surfaces.api.schemas import accounting as out

router = Router(tags=["accounting"])


@router.get("/uses", response=Page[out.UseOut])
def list_uses(request: HttpRequest, query: Query[out.UseQuery]) -> Any:
    """Calls by one's party and of its resources; refusals are uses too."""
    return page_of(queries.uses_of(acting_of(request), query), query)


@router.get("/uses/stats", response=list[out.UsesOfDay])
def count_uses(request: HttpRequest, query: Query[out.UseFilter]) -> Any:
    """Uses by day, newest first, 400 days at most."""
    return queries.uses_by_day(acting_of(request), query)


@router.get("/uses/{request_id}", response=out.UseOut)
def get_use(request: HttpRequest, request_id: str) -> Use:
    """One use by the request id that its answer carried."""
    return queries.use_named(acting_of(request), request_id)


@router.get("/entries", response=Page[out.EntryOut])
def list_entries(request: HttpRequest, query: Query[out.EntryQuery]) -> Any:
    """Savings, fees and payments on either side."""
    return page_of(queries.entries_of(acting_of(request), query), query)


@router.get("/entries/savings", response=out.Savings)
def sum_savings(request: HttpRequest, query: Query[out.EntryFilter]) -> Any:
    """节省财政资金: what reuse has saved, in fen."""
    return queries.savings(acting_of(request), query)


@router.post("/entries/settle", response=list[out.EntryOut])
def settle(request: HttpRequest, body: out.SettleIn) -> list[Entry]:
    """Book the fees of a finished day (bureau administrators)."""
    return settle_fees(acting_party=acting_of(request), day=body.day)


@router.get("/entries/{ref}", response=out.EntryOut)
def get_entry(request: HttpRequest, response: HttpResponse, ref: str) -> Entry:
    """One entry with what it is based on."""
    entry = visible.one(visible.entries(acting_of(request)), ref, "账目", "entry")
    tagged(response, entry)
    return entry
