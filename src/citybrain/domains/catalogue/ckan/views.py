"""`/api/3/action/NAME` (and without the 3): CKAN's envelope around the answers."""

from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from citybrain.domains.catalogue.ckan.answers import ANSWERS, WRITING, Asked
from citybrain.domains.catalogue.ckan.errors import CkanError, forbidden


# Nothing is written and no session is read, so there is nothing that a forged call could do.
@csrf_exempt
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Answer one action, by GET with a query string or by POST with JSON or a form."""
    base = request.build_absolute_uri("/").rstrip("/")
    told: dict[str, Any] = {"help": f"{base}/api/3/action/help_show?name={name}"}
    try:
        answer = _answer_of(name)
        told |= {"success": True, "result": answer(Asked(_given(request), base))}
        status = 200
    except CkanError as error:
        told |= {"success": False, "error": error.error}
        status = error.status
    response = HttpResponse(orjson.dumps(told), "application/json;charset=utf-8", status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _answer_of(name: str) -> Any:
    if name in ANSWERS:
        return ANSWERS[name]
    if name.endswith(WRITING):
        raise forbidden("This API is for reading: register resources on the platform")
    raise CkanError(400, "Bad Request", f"Action name not known: {name}")


def _given(request: HttpRequest) -> dict[str, Any]:
    if request.method in {"GET", "HEAD"}:
        return request.GET.dict()
    if request.method != "POST":
        raise CkanError(405, "Method Not Allowed", "Use GET or POST")
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        form = request.POST.dict()
        if form or request.content_type == "multipart/form-data":
            return form
    return _json(request)


def _json(request: HttpRequest) -> dict[str, Any]:
    try:
        body = request.body
        value = orjson.loads(body) if body.strip() else {}
    except RequestDataTooBig:
        raise CkanError(413, "Bad Request", "The body is too large") from None
    except orjson.JSONDecodeError:
        raise CkanError(400, "Bad Request", "JSON Error: the body is not JSON") from None
    if not isinstance(value, dict):
        raise CkanError(400, "Bad Request", "JSON Error: the body must be an object")
    return value
