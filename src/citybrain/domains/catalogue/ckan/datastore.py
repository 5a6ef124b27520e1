"""`datastore_search`: rows in CKAN's shape, had as a governed use like any other.

What a client of CKAN sends is read into the query language of tables and handed to the
gateway's own door with the client's token; the door identifies, decides, meters and seals.
The answer is put back into CKAN's envelope.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from citybrain.domains.catalogue.ckan.errors import CkanError, forbidden, invalid, not_found
from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.obligations import allowed_columns
from citybrain.domains.catalogue.logic.query import DEFAULT_LIMIT, MAX_LIMIT
from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.gateway import http
from citybrain.gateway.gateway import Gateway
from citybrain.gateway.refusals import Refusal

PATHS = ("/api/3/action/datastore_search", "/api/action/datastore_search")
MOST_BODY = 1 << 20
TYPES = {"I": "int8", "N": "float8", "B": "float8", "F": "float8", "Y": "numeric"}
TYPES |= {"D": "date", "T": "timestamp", "L": "bool"}
"""Letter of an information item → type as PostgreSQL, and so CKAN, names it; else "text"."""
KNOWN = {"resource_id", "id", "filters", "q", "fields", "sort", "limit", "offset", "include_total"}
KNOWN |= {"records_format", "plain", "distinct", "language", "total_estimation_threshold"}
Parameters = Mapping[str, Any]


def query_of(given: Parameters) -> dict[str, list[str]]:
    """CKAN's parameters in the query language of tables. Raises `CkanError`."""
    strange = sorted(set(given) - KNOWN)
    if strange:
        raise invalid(strange[0], "Not known to this catalogue")
    if _yes(given.get("distinct", False)) or not _yes(given.get("plain", True)):
        raise invalid("distinct", "Distinct rows and full-text operators are not supported")
    query: dict[str, list[str]] = {}
    for name, value in _object(given, "filters").items():
        query[f"where.{name}"] = [_condition(value)]
    query |= _words(given.get("q"))
    if fields := _names(given.get("fields"), "fields"):
        query["select"] = [",".join(fields)]
    if sort := _names(given.get("sort"), "sort"):
        query["order"] = [",".join(_order(one) for one in sort)]
    query["limit"] = [str(min(_number(given, "limit", DEFAULT_LIMIT), MAX_LIMIT))]
    query["offset"] = [str(_number(given, "offset", 0))]
    if _yes(given.get("include_total", True)):
        query["count"] = ["exact"]
    return query


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() in {"true", "1", "yes", "on"}


def _object(given: Parameters, name: str) -> dict[str, Any]:
    value = given.get(name) or {}
    if isinstance(value, str):
        value = _parsed(value, name)
    if not isinstance(value, dict):
        raise invalid(name, "Must be an object of columns and values")
    return value


def _parsed(text: str, name: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise invalid(name, "Not JSON") from None


def _condition(value: Any) -> str:
    if isinstance(value, list):
        return f"in.({','.join(_quoted(_plain(one)) for one in value)})"
    return "is.null" if value is None else f"eq.{_plain(value)}"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise invalid("filters", "A value is a text, a number, or a list of these")
    return str(value)


def _words(value: Any) -> dict[str, list[str]]:
    """Words for all text columns, or an object of columns and a part of their text."""
    if not value:
        return {}
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = _parsed(value, "q")
    if isinstance(value, dict):
        return {f"where.{name}": [f"like.*{_plain(part)}*"] for name, part in value.items()}
    return {"q": [_plain(value)]}


def _names(value: Any, field: str) -> list[str]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value or [], list) or not all(isinstance(one, str) for one in value or []):
        raise invalid(field, "Must be a list of columns")
    return [one.strip().strip('"') for one in value or [] if one.strip()]


def _order(text: str) -> str:
    name, _, way = text.rpartition(" ")
    if way.lower() in {"asc", "desc"} and name:
        return f"{name.strip().strip(chr(34))}.{way.lower()}"
    return text


def _number(given: Parameters, name: str, default: int) -> int:
    text = str(given.get(name, default))
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise invalid(name, "Must be a natural number")
    return int(text)


def result_of(
    given: Parameters, query: dict[str, list[str]], body: bytes, allowed: list[Item]
) -> dict[str, Any]:
    """The gateway's answer in CKAN's shape; `allowed` are the columns of the agreement."""
    answer = orjson.loads(body)
    records: Any = answer["rows"]
    by_name = {one.name: one for one in allowed}
    wanted = query["select"][0].split(",") if "select" in query else list(by_name)
    items = [by_name[name] for name in wanted]
    told = {
        "resource_id": given.get("resource_id") or given.get("id"),
        "fields": [{"id": one.name, "type": TYPES.get(one.type, "text")} for one in items],
        "records": _formed(given.get("records_format", "objects"), records, wanted),
        "records_format": given.get("records_format", "objects"),
        "limit": int(query["limit"][0]),
        "offset": int(query["offset"][0]),
        "include_total": "count" in query,
    }
    if "total" in answer:
        told |= {"total": answer["total"], "total_was_estimated": False}
    return told


def _formed(form: Any, rows: list[dict[str, Any]], names: list[str]) -> Any:
    if form == "objects":
        return rows
    return [[row[name] for name in names] for row in rows]


class Datastore:
    """Answers `datastore_search` beside Django, because a use passes the gateway alone."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    async def start(self) -> None:
        """Nothing to prepare."""

    async def stop(self) -> None:
        """Nothing is held."""

    async def __call__(
        self, request_id: str, scope: http.Scope, receive: http.Receive, send: http.Send
    ) -> None:
        """One call of the action."""
        told: dict[str, Any] = {"help": f"{scope['path']}?help"}
        try:
            told |= {"success": True, "result": await self._result(request_id, scope, receive)}
            status = 200
        except CkanError as error:
            told |= {"success": False, "error": error.error}
            status = error.status
        headers = [
            (b"content-type", b"application/json;charset=utf-8"),
            (b"access-control-allow-origin", b"*"),
            (b"x-request-id", request_id.encode()),
        ]
        reply = http.Reply(status, orjson.dumps(told), headers)
        await http.send_reply(send, reply, scope["method"] == "HEAD")

    async def _result(
        self, request_id: str, scope: http.Scope, receive: http.Receive
    ) -> dict[str, Any]:
        headers = http.headers_of(scope)
        given = await _given(scope, headers, receive)
        ref = str(given.get("resource_id") or given.get("id") or "").partition("-")[0]
        if not ref.isascii() or not ref.isalnum():
            raise invalid("resource_id", "Missing value" if not ref else "No such resource")
        if given.get("records_format", "objects") not in {"objects", "lists"}:
            raise invalid("records_format", "Only objects and lists")
        token = _token(headers)
        if not token:
            raise forbidden(
                "数据须凭协议经网关使用。Rows take an agreement: ask for one on the platform and "
                f"send its token as the API key; the resource is /use/{ref}."
            )
        query = query_of(given)
        asked = _scope(scope, ref, query, token)
        caught = _Caught()
        await self.gateway.use((ref, ""), request_id, asked, _nothing, caught)
        if caught.status != 200:
            raise _refused(caught)
        return result_of(given, query, caught.body, await self._allowed(token))

    async def _allowed(self, token: str) -> list[Item]:
        """The columns, from the grant that the door has just used."""
        try:
            grant = await self.gateway.table.find(token.encode("latin-1", "replace"))
        except Refusal:
            raise not_found() from None
        metadata = grant.served.metadata if grant.served else None
        if not isinstance(metadata, TableBase) or grant.policy is None:
            raise not_found("This resource has no rows")
        return allowed_columns(metadata, grant.policy.delivery)


async def _given(
    scope: http.Scope, headers: dict[str, str], receive: http.Receive
) -> dict[str, Any]:
    if scope["method"] not in {"GET", "HEAD", "POST"}:
        raise CkanError(405, "Method Not Allowed", "Use GET or POST")
    try:
        query = http.query_of(scope)
        if scope["method"] != "POST":
            return {name: values[-1] for name, values in query.items()}
        body = await http.body_of(headers, "POST", receive, MOST_BODY)
    except Refusal as refusal:
        raise CkanError(refusal.status, "Bad Request", refusal.detail[True]) from None
    if headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        form = http.query_of({"query_string": body, "path": ""})
        return {name: values[-1] for name, values in form.items()}
    value = _parsed(body.decode("utf-8", "replace"), "body") if body.strip() else {}
    if not isinstance(value, dict):
        raise CkanError(400, "Bad Request", "JSON Error: the body must be an object")
    return value


def _token(headers: dict[str, str]) -> str:
    """CKAN's clients send the key alone, in either of two headers."""
    found = headers.get("authorization") or headers.get("x-ckan-api-key") or ""
    return found.removeprefix("Bearer ").strip()


def _scope(scope: http.Scope, ref: str, query: dict[str, list[str]], token: str) -> dict[str, Any]:
    kept = (b"accept-language", b"x-purpose", b"x-scenario", b"x-consent", b"x-environment")
    headers = [one for one in scope["headers"] if one[0] in kept]
    return {
        **scope,
        "method": "GET",
        "path": f"/use/{ref}",
        "query_string": urlencode(query, doseq=True).encode(),
        "headers": [*headers, (b"authorization", f"Bearer {token}".encode("latin-1", "replace"))],
    }


async def _nothing() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


class _Caught:
    """What the door sends, kept."""

    def __init__(self) -> None:
        self.status, self.body = 500, b""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
        else:
            self.body += message.get("body", b"")


def _refused(caught: _Caught) -> CkanError:
    """The door's problem under the name that CKAN's clients know for it."""
    problem = orjson.loads(caught.body)
    message = problem.get("detail") or problem.get("title") or ""
    reason = str(problem.get("type", "")).rpartition("/")[2]
    if caught.status in {401, 403}:
        return CkanError(caught.status, "Authorization Error", message, reason=reason)
    if caught.status == 404:
        return CkanError(404, "Not Found Error", message, reason=reason)
    if caught.status == 400:
        return CkanError(409, "Validation Error", message, query=[message], reason=reason)
    return CkanError(caught.status, "Service Unavailable", message, reason=reason)
