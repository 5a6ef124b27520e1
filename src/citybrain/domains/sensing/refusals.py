"""Why a batch is refused at the door, in both languages."""

from typing import NamedTuple

from citybrain.gateway.refusals import Refusal


class Words(NamedTuple):
    """A status, a title and what to do next."""

    status: int
    zh: str
    en: str
    next_zh: str
    next_en: str


WORDS = {
    "method-not-allowed": Words(
        405, "不支持的请求方法", "The method is not allowed", "请使用 POST。", "Use POST."
    ),
    "token-missing": Words(
        401,
        "缺少设备令牌",
        "The device token is missing",
        "请在 Authorization 头中提供设备令牌：Bearer cbd_…",
        "Send the device token in Authorization: Bearer cbd_…",
    ),
    "token-unknown": Words(
        401,
        "设备令牌无效",
        "The device token is not valid",
        "令牌不存在或已吊销，请向数据流所属部门的数据专员申领。",
        "It does not exist or was revoked; ask the steward of the streams' owner for one.",
    ),
    "body-too-large": Words(
        413,
        "批次过大",
        "The batch is too large",
        "每批最多64 MiB，请分批提交。",
        "At most 64 MiB a batch; send it in parts.",
    ),
    "bad-batch": Words(
        422, "批次无法解析", "The batch cannot be read", "未保存任何读数。", "Nothing was kept."
    ),
    "lagging": Words(
        429,
        "写入排队过长",
        "Too much is waiting",
        "未保存任何读数，请稍后重发整批。",
        "Nothing was kept; send the whole batch again in a moment.",
    ),
    "store-failed": Words(
        503,
        "暂时无法保存读数",
        "Readings cannot be kept now",
        "请稍后重发整批；重复的读数会被识别。",
        "Send the whole batch again later; what was kept already is recognised.",
    ),
}


def refusal(reason: str, detail: str = "", **headers: str) -> Refusal:
    """A refusal of the table; `headers` with underscores for hyphens."""
    one = WORDS[reason]
    words = (f"{one.next_zh}{detail}", f"{one.next_en} {detail}".strip())
    found = Refusal(reason, one.status, (one.zh, one.en), words)
    found.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return found
