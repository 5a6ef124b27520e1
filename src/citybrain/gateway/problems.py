"""Every problem that the gateway itself can answer with (RFC 9457), in one table.

Besides these there are the refusals of a policy clause (`kernel/policy/refusals.py`, status
403) and the reasons of the kinds (`ServeError`), which bring their own words. The `type` of a
problem is `urn:citybrain:problem:<reason>` and stays the same for good; docs/problems.md
lists them all.
"""

from typing import Any, Final, NamedTuple

import orjson

TYPE: Final = "urn:citybrain:problem:"
CONTENT_TYPE: Final = "application/problem+json"


class Problem(NamedTuple):
    """Status, title, and what to do next, in Chinese and English."""

    status: int
    zh: str
    en: str
    next_zh: str
    next_en: str


PROBLEMS: Final[dict[str, Problem]] = {
    # who and what
    "not-found": Problem(
        404,
        "没有此地址",
        "There is nothing at this address",
        "请使用 /use/{资源编号} 或 /use/{资源编号}/agreement。",
        "Use /use/{resource} or /use/{resource}/agreement.",
    ),
    "token-missing": Problem(
        401,
        "缺少令牌",
        "The token is missing",
        "请在 Authorization 头中以 Bearer 方式提供协议令牌。",
        "Send the agreement's token as a bearer token in the Authorization header.",
    ),
    "token-unknown": Problem(
        401,
        "令牌无效",
        "The token is unknown",
        "请核对令牌；如已遗失，请在协议页面另发新令牌。",
        "Check the token; if it is lost, issue a new one on the agreement's page.",
    ),
    "token-revoked": Problem(
        401,
        "令牌已吊销",
        "The token has been revoked",
        "请在协议页面另发新令牌。",
        "Issue a new token on the agreement's page.",
    ),
    "other-resource": Problem(
        403,
        "令牌不属于此资源",
        "The token belongs to another resource",
        "请使用针对该资源所签协议的令牌。",
        "Use a token of an agreement about this resource.",
    ),
    "agreement-awaiting": Problem(
        403,
        "协议尚未签署",
        "The agreement has not been signed by both sides",
        "请先由申请方签署协议。",
        "The requesting party must sign it first.",
    ),
    "agreement-suspended": Problem(
        403,
        "协议已暂停",
        "The agreement is suspended",
        "请联系提供方了解暂停原因。",
        "Ask the provider for the reasons.",
    ),
    "agreement-ended": Problem(
        403,
        "协议已终止",
        "The agreement has ended",
        "如仍需使用，请重新申请。",
        "Make a new request if you still need the resource.",
    ),
    "resource-withdrawn": Problem(
        403,
        "资源已撤回",
        "The resource has been withdrawn",
        "请联系提供方。",
        "Ask the provider.",
    ),
    # the call
    "quota-spent": Problem(
        429,
        "额度已用完",
        "The quota is spent",
        "请查看 /use/{资源编号}/agreement 中的剩余额度。",
        "See what is left at /use/{resource}/agreement.",
    ),
    "consent-unknown": Problem(
        403,
        "未找到有效的同意",
        "No valid consent was found",
        "请在 X-Consent 头中提供该协议下仍然有效的同意编号。",
        "Send the reference of a valid consent under this agreement in X-Consent.",
    ),
    "method-not-allowed": Problem(
        405,
        "不支持的请求方法",
        "The method is not allowed",
        "只支持 GET、HEAD、POST。",
        "Use GET, HEAD or POST.",
    ),
    "bad-header": Problem(
        400,
        "请求头有误",
        "A header is malformed",
        "X-Purpose、X-Scenario、X-Environment、X-Consent 只能含可见的 ASCII 字符，且不得过长。",
        "X-Purpose, X-Scenario, X-Environment and X-Consent take short, visible ASCII only.",
    ),
    "bad-query": Problem(
        400,
        "查询参数有误",
        "The query is malformed",
        "查询参数须为百分号编码的 UTF-8，最多 1000 项。",
        "The query must be percent-encoded UTF-8 of at most 1000 fields.",
    ),
    "uri-too-long": Problem(
        414,
        "地址过长",
        "The address is too long",
        "请缩短地址，或改用 POST。",
        "Shorten it, or use POST.",
    ),
    "length-required": Problem(
        411,
        "缺少长度",
        "The length is missing",
        "POST 请求须带 Content-Length，或分块发送。",
        "A POST needs Content-Length, or chunks.",
    ),
    "body-too-large": Problem(
        413, "请求体过大", "The body is too large", "请分批提交。", "Send it in parts."
    ),
    # the platform
    "kind-unavailable": Problem(
        503,
        "该资源暂不可用",
        "The resource cannot be served now",
        "其类型未安装或元数据有误，请告知平台管理员请求编号。",
        "Its kind is not installed or its metadata are wrong; tell the operator the request id.",
    ),
    "kind-failed": Problem(
        502,
        "资源提供出错",
        "The resource could not be served",
        "请稍后重试；如仍出错，请告知平台管理员请求编号。",
        "Try again later; if it goes on, tell the operator the request id.",
    ),
    "serve-timeout": Problem(
        504,
        "资源响应超时",
        "The resource did not answer in time",
        "请缩小查询范围或稍后重试。",
        "Ask for less, or try again later.",
    ),
    "cannot-record-use": Problem(
        503,
        "无法记录本次使用",
        "The use cannot be recorded",
        "未交付任何数据，请稍后重试。",
        "Nothing was delivered; try again later.",
    ),
    "cannot-verify-agreement": Problem(
        503,
        "暂时无法核实协议",
        "The agreement cannot be verified now",
        "未交付任何数据，请稍后重试。",
        "Nothing was delivered; try again later.",
    ),
    "cannot-count-quota": Problem(
        503,
        "暂时无法核减额度",
        "The quota cannot be counted now",
        "未交付任何数据，请稍后重试。",
        "Nothing was delivered; try again later.",
    ),
    "stopping": Problem(
        503, "服务正在停止", "The service is stopping", "请稍后重试。", "Try again in a moment."
    ),
}


def problem(
    reason: str, status: int, title: str, detail: str, request_id: str, **more: Any
) -> bytes:
    """The problem's JSON; empty members of `more` are left out."""
    members = {
        "type": TYPE + reason,
        "title": title,
        "status": status,
        "detail": detail,
        "instance": f"urn:citybrain:use:{request_id}",
    }
    return orjson.dumps(members | {name: value for name, value in more.items() if value})
