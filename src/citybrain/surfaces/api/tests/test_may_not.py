"""Who may not: one row for every route of the API. A route without a row fails here.

For each route: the body that a member of the right party would send; `stranger` is what
Zhao gets, who has to do with nothing; `auditor` is what An gets, who reads all and
writes nothing. Anonymous callers get 401 everywhere.
Domains keep the rows of their routes in `tests/routes.py` (tests/pages/test_api_may_not.py).
"""

from typing import Any, NamedTuple

from django.test import Client
from tests.done import ClientFor, Done, places
from tests.exchange import POLICY, published
from tests.personas import City
from tests.suites import suites

from citybrain.kernel.models import LedgerRecord
from citybrain.surfaces.api.main import api

OPEN, EMPTY, REFUSED, GONE = "open", "empty", 403, 404
"""`open`: everyone signed in may read it; `empty`: an answer without this record."""
WHY: dict[str, Any] = {"reasons": "测试"}
OFFER = {"resource": "{resource}", "title_zh": "甲", "title_en": "A", "policy": POLICY}
ASKING = {"purpose": "public-service", "basis": "甲", "use_scope": "乙"}
RESOURCE = {
    "code": "T-9",
    "kind": "echo",
    "metadata": {"text": "a"},
    "title_zh": "甲",
    "title_en": "A",
    "share_type": "unconditional",
    "update_cycle": "daily",
}
PARTY = {"type": "person", "name_zh": "某人", "name_en": "Someone"}
GRANT = {"username": "mo", "party": "{party}", "role": "member"}


class Row(NamedTuple):
    stranger: Any
    auditor: Any
    body: Any = None


LABELLING = {
    "title_zh": "zhao",
    "title_en": "zhao",
    "type": "classification",
    "labels": [{"code": "a"}, {"code": "b"}],
    "guideline": "zhao",
}
SAID = {"client_id": "program-0001", "result": {"choices": ["noise"]}}
ROWS: dict[str, Row] = {
    "GET /me": Row(OPEN, OPEN),
    "GET /parties": Row(OPEN, OPEN),
    "POST /parties": Row(REFUSED, REFUSED, PARTY),
    "GET /parties/{ref}": Row(OPEN, OPEN),
    "GET /accounts": Row(EMPTY, OPEN),
    "POST /accounts": Row(REFUSED, REFUSED, {"username": "new", "password": "Kite-over-1-Sea"}),
    "GET /memberships": Row(EMPTY, OPEN),
    "POST /memberships": Row(GONE, REFUSED, GRANT),
    "GET /memberships/{ref}": Row(GONE, OPEN),
    "POST /memberships/{ref}/end": Row(REFUSED, REFUSED),
    "GET /api-keys": Row(EMPTY, OPEN),
    "POST /api-keys": Row(REFUSED, REFUSED, {"label": "own"}),
    "POST /api-keys/{ref}/revoke": Row(REFUSED, REFUSED),
    "GET /kinds": Row(OPEN, OPEN),
    "GET /kinds/{code}": Row(OPEN, OPEN),
    "GET /resources": Row(OPEN, OPEN),
    "GET /resources/suggest": Row(OPEN, OPEN),
    "POST /resources": Row(OPEN, REFUSED, RESOURCE),
    "GET /resources/{ref}": Row(OPEN, OPEN),
    "PATCH /resources/{ref}": Row(REFUSED, REFUSED, {"title_zh": "乙"}),
    "POST /resources/{ref}/publish": Row(REFUSED, REFUSED),
    "POST /resources/{ref}/withdraw": Row(REFUSED, REFUSED, WHY),
    "GET /offers": Row(OPEN, OPEN),
    "POST /offers": Row(REFUSED, REFUSED, OFFER),
    "GET /offers/{ref}": Row(OPEN, OPEN),
    "POST /offers/{ref}/withdraw": Row(REFUSED, REFUSED),
    "GET /scenarios": Row(OPEN, OPEN),
    "POST /scenarios": Row(
        REFUSED,
        REFUSED,
        {
            "code": "other",
            "title_zh": "甲",
            "title_en": "A",
            "purpose": "public-service",
            "owner": "{party}",
        },
    ),
    "GET /scenarios/{code}": Row(OPEN, OPEN),
    "GET /requests": Row(EMPTY, OPEN),
    "POST /requests": Row(OPEN, REFUSED, {"offer": "{offer}", **ASKING}),
    "GET /requests/{ref}": Row(GONE, OPEN),
    "PUT /requests/{ref}": Row(REFUSED, REFUSED, ASKING),
    "POST /requests/{ref}/moves/{move}": Row(REFUSED, REFUSED, WHY),
    "GET /agreements": Row(EMPTY, OPEN),
    "GET /agreements/{ref}": Row(GONE, OPEN),
    "GET /agreements/{ref}/odrl": Row(GONE, OPEN),
    "POST /agreements/{ref}/countersign": Row(REFUSED, REFUSED),
    "POST /agreements/{ref}/suspend": Row(REFUSED, REFUSED, WHY),
    "POST /agreements/{ref}/resume": Row(REFUSED, REFUSED),
    "POST /agreements/{ref}/end": Row(REFUSED, REFUSED, WHY),
    "GET /agreements/{ref}/tokens": Row(GONE, OPEN),
    "POST /agreements/{ref}/tokens": Row(REFUSED, REFUSED),
    "POST /tokens/{ref}/revoke": Row(REFUSED, REFUSED),
    "POST /agreements/{ref}/payments": Row(REFUSED, REFUSED, {"amount_fen": 1, "receipt": "R-2"}),
    "GET /agreements/{ref}/consents": Row(GONE, OPEN),
    "POST /agreements/{ref}/consents": Row(REFUSED, REFUSED, {"subject": "cd" * 32}),
    "POST /consents/{ref}/withdraw": Row(REFUSED, REFUSED),
    "GET /uses": Row(EMPTY, OPEN),
    "GET /uses/stats": Row(EMPTY, OPEN),
    "GET /uses/{request_id}": Row(GONE, OPEN),
    "GET /entries": Row(EMPTY, OPEN),
    "GET /entries/savings": Row(OPEN, OPEN),
    "POST /entries/settle": Row(REFUSED, REFUSED, {"day": "2025-01-02"}),
    "GET /entries/{ref}": Row(GONE, OPEN),
    "GET /issues": Row(EMPTY, OPEN),
    "POST /issues": Row(
        OPEN,
        REFUSED,
        {"type": "correction", "resource": "{resource}", "title": "甲", "detail": "乙"},
    ),
    "GET /issues/{ref}": Row(GONE, OPEN),
    "POST /issues/{ref}/moves/{move}": Row(REFUSED, REFUSED, WHY),
    "GET /deadlines": Row(EMPTY, OPEN),
    "GET /lists": Row(OPEN, OPEN),
    "GET /lists/capabilities": Row(OPEN, OPEN),
    "GET /lists/requests": Row(EMPTY, EMPTY),
    "GET /lists/problems": Row(EMPTY, OPEN),
    "GET /ledger/checkpoint": Row(OPEN, OPEN),
    "GET /ledger/records/{index}": Row(GONE, OPEN),
    "GET /ledger/proof/inclusion": Row(OPEN, OPEN),
    "GET /ledger/proof/consistency": Row(OPEN, OPEN),
    "GET /ledger/receipts/{name}": Row(GONE, OPEN),
    "GET /reports/{period}": Row(REFUSED, OPEN),
    "GET /labelling/projects": Row(EMPTY, OPEN),
    "POST /labelling/projects": Row(OPEN, REFUSED, LABELLING),
    "GET /labelling/projects/{ref}": Row(GONE, OPEN),
    "GET /labelling/projects/{ref}/progress": Row(GONE, OPEN),
    "GET /labelling/projects/{ref}/tasks": Row(GONE, REFUSED),
    "POST /labelling/projects/{ref}/tasks": Row(GONE, REFUSED, {"tasks": [{"text": "乙"}]}),
    "POST /labelling/projects/{ref}/next": Row(GONE, REFUSED),
    "POST /labelling/projects/{ref}/tasks/{task}/annotation": Row(GONE, REFUSED, SAID),
    "GET /labelling/projects/{ref}/export/{form}": Row(GONE, REFUSED),
}
QUERIES = {
    "GET /ledger/proof/inclusion": "?index=0",
    "GET /ledger/proof/consistency": "?old=1",
}


def routes() -> list[str]:
    """Every route of the API as "METHOD /path"."""
    return sorted(
        f"{method} {bound.prefix}{path}".replace("//", "/")
        for bound in api._get_bound_routers()
        for path, view in bound.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    )


def address(route: str, done: Done) -> str:
    """The route with the names of the records of the main job filled in."""
    path = route.split(" ")[1]
    for name, value in places(path, done).items():
        path = path.replace("{" + name + "}", value)
    return "/api/v1" + path + QUERIES.get(route, "")


def filled(body: Any, done: Done) -> Any:
    """A body with the references filled in."""
    if isinstance(body, dict):
        return {name: filled(value, done) for name, value in body.items()}
    if isinstance(body, str) and body.startswith("{"):
        return done.names[body.strip("{}")]
    return body


def ask(client: Client, route: str, done: Done) -> Any:
    method = route.split(" ")[0].lower()
    body = filled(ROWS[route].body, done)
    if method == "get":
        return client.get(address(route, done))
    data = "" if body is None else body
    return getattr(client, method)(address(route, done), data=data, content_type="application/json")


def test_every_route_has_a_row():
    elsewhere = [route for one in suites().values() for route in getattr(one, "API", {})]
    assert sorted([*ROWS, *elsewhere]) == routes()


def test_an_anonymous_caller_gets_401_from_every_route(done: Done):
    client = Client(raise_request_exception=False)
    for route in sorted(ROWS):
        answer = ask(client, route, done)
        assert answer.status_code == 401, (route, answer.content)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def check(route: str, expected: Any, answer: Any) -> None:
    if expected in (OPEN, EMPTY):
        assert answer.status_code in (200, 201), (route, answer.content)
    else:
        assert answer.status_code == expected, (route, answer.content)
    if expected == EMPTY:
        rows = answer.json()
        rows = rows["items"] if isinstance(rows, dict) else rows
        assert all("zhao" in str(row) for row in rows), (route, rows)


def test_a_stranger_sees_and_does_only_what_is_open_to_all(
    city: City, done: Done, client_for: ClientFor
):
    client = client_for(city.zhao)
    for route in sorted(ROWS):
        before = LedgerRecord.objects.count()
        answer = ask(client, route, done)
        check(route, ROWS[route].stranger, answer)
        if answer.status_code >= 400:
            assert LedgerRecord.objects.count() == before, f"{route} left a record"


def test_the_auditor_reads_all_and_writes_nothing(city: City, done: Done, client_for: ClientFor):
    client = client_for(city.an)
    for route in sorted(ROWS):
        check(route, ROWS[route].auditor, ask(client, route, done))


def test_where_the_source_lies_is_for_its_owner_and_the_bureau(city: City, client_for: ClientFor):
    resource = published(city)
    address = f"/api/v1/resources/{resource.ref}"
    for person in (city.su, city.mo, city.lin, city.an):
        shown = client_for(person).get(address).json()
        assert shown["metadata"] == {"text": "hello"} and shown["facts"] == {"length": 5}
    for person in (city.ci, city.ye, city.zhao):
        shown = client_for(person).get(address).json()
        assert shown["metadata"] == {} and shown["facts"] == {"length": 5}
