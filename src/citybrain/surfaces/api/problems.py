"""Errors to programs: RFC 9457 problem details, in the reader's language."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig
from django.db import DataError, IntegrityError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from citybrain.kernel.errors import ActionError, Conflict, Invalid

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TITLES: dict[int, tuple[str, str]] = {
    400: ("请求有误", "Bad request"),
    401: ("需要身份验证", "Authentication required"),
    403: ("没有权限", "Not allowed"),
    404: ("找不到", "Not found"),
    405: ("不支持该方法", "Method not allowed"),
    409: ("状态冲突", "Conflict"),
    412: ("版本已变更", "Changed meanwhile"),
    413: ("内容过大", "Too large"),
    415: ("不支持该内容类型", "Unsupported media type"),
    422: ("内容不可接受", "Unprocessable content"),
    500: ("服务器内部错误", "Internal error"),
}


class RefusalError(ActionError):
    """A refusal of the API itself, before any action runs."""

    def __init__(self, status: int, reason: str, zh: str, en: str) -> None:
        super().__init__(reason, zh, en)
        self.status = status


class MalformedError(RefusalError):
    """What was sent is not what the protocol asks for."""

    def __init__(self, reason: str, zh: str, en: str) -> None:
        super().__init__(400, reason, zh, en)


def language_of(request: HttpRequest) -> str:
    """ "en" when the reader prefers English; Chinese otherwise."""
    header = request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:500].lower()
    for code, quality in parse_accept_lang_header(header):
        if quality > 0 and code.split("-")[0] in ("zh", "en"):
            return "en" if code.startswith("en") else "zh-hans"
    return "zh-hans"


def problem(request: HttpRequest, error: ActionError, status: int | None = None) -> HttpResponse:
    """The response for a refusal."""
    language = language_of(request)
    english = language == "en"
    code = status or error.status
    body: dict[str, Any] = {
        "type": f"urn:citybrain:problem:{error.reason}",
        "title": TITLES.get(code, TITLES[400])[english],
        "status": code,
        "detail": error.text(language),
    }
    if error.fields:
        body["errors"] = {name: words[english] for name, words in error.fields.items()}
    response = HttpResponse(orjson.dumps(body, default=str), status=code, content_type=MEDIA_TYPE)
    response["Content-Language"] = "en" if english else "zh-Hans"
    if code == 401:
        response["WWW-Authenticate"] = 'Bearer realm="citybrain"'
    return response


def _refused(request: HttpRequest, error: ActionError) -> HttpResponse:
    by_header = error.reason == "changed-meanwhile" and "If-Match" in request.headers
    return problem(request, error, 412 if by_header else None)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, ActionError):
        return problem(request, cause)
    if error.status_code == 401:
        return problem(request, unauthenticated())
    if error.status_code == 400:
        return problem(request, unreadable())
    return problem(request, RefusalError(error.status_code, "http-error", str(error), str(error)))


def unauthenticated() -> RefusalError:
    """Nobody in particular asks."""
    return RefusalError(
        401,
        "not-authenticated",
        "请登录，或在 Authorization 头中提供有效的接口密钥。",
        "Sign in, or give a valid API key in the Authorization header.",
    )


def unreadable() -> MalformedError:
    """The body is no JSON."""
    return MalformedError(
        "unreadable-body", "请求正文不是有效的JSON。", "The request body is not valid JSON."
    )


def not_found() -> RefusalError:
    """No such route."""
    return RefusalError(404, "no-such-route", "没有该接口地址。", "The API has no such address.")


def _validation(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {_place(one): (str(one.get("msg", "")),) * 2 for one in error.errors}
    return problem(
        request,
        Invalid("bad-input", "请更正标出的字段。", "Correct the marked fields.", _pairs(fields)),
    )


def _pairs(fields: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, str]]:
    return {name: (words[0], words[1]) for name, words in fields.items()}


def _place(one: Mapping[str, Any]) -> str:
    """Where a fault lies: `query.page`, `title_zh`, `policy.permission`.

    The name of the single body parameter is left out, because the sender never sees it.
    """
    loc = [str(part) for part in one.get("loc", ())]
    if loc[:1] == ["body"]:
        loc = loc[2:] if len(loc) > 2 else ["body"]
    return ".".join(loc) or "body"


def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return problem(request, not_found())


def _too_large(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(
        request, RefusalError(413, "too-large", "请求正文过大。", "The request body is too large.")
    )


def _cut_off(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, unreadable())


def _race(request: HttpRequest, error: IntegrityError) -> HttpResponse:
    """Two asked for the same unique thing at once; the database let one through."""
    log.warning("write refused by a constraint", error=str(error))
    return problem(
        request,
        Conflict(
            "already-exists",
            "同样的记录刚被他人写入，请刷新后重试。",
            "Somebody has just written the same; reload and try again.",
        ),
    )


def _bad_value(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("value refused by the database", error=str(error))
    return problem(
        request,
        Invalid(
            "bad-value", "有字段超出可接受的范围。", "A value is out of the range that can be kept."
        ),
    )


def _unexpected(request: HttpRequest, error: Exception) -> HttpResponse:
    request_id = str(getattr(request, "id", ""))
    log.exception("unexpected error", request_id=request_id, path=request.path)
    return problem(
        request,
        RefusalError(
            500,
            "internal-error",
            f"服务器内部错误，请联系管理员并提供编号 {request_id}。",
            f"Something went wrong here; tell the administrator this number: {request_id}",
        ),
    )


def install(api: NinjaAPI) -> None:
    """Answer every exception with a problem."""
    handlers: dict[type[Exception], Any] = {
        Exception: _unexpected,
        ActionError: _refused,
        HttpError: _http,
        ValidationError: _validation,
        Http404: _missing,
        RequestDataTooBig: _too_large,
        UnreadablePostError: _cut_off,
        IntegrityError: _race,
        DataError: _bad_value,
        OverflowError: _bad_value,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)
