"""Why a call ends without its answer: one exception for the gateway's, policies' and kinds'."""

from dataclasses import dataclass, field

from citybrain.gateway.problems import PROBLEMS, problem
from citybrain.kernel.kinds import ServeError
from citybrain.kernel.policy import Quota, Refused


@dataclass(slots=True)
class Refusal(Exception):  # noqa: N818 - says what it is
    """`outcome` is "refused", or "failed" when nobody forbade it but it could not be done."""

    reason: str
    status: int
    title: tuple[str, str]
    detail: tuple[str, str]
    operand: str = ""
    clause: tuple[str, str] | None = None
    outcome: str = "refused"
    headers: dict[str, str] = field(default_factory=dict)

    def body(self, english: bool, request_id: str) -> bytes:
        """The problem in the reader's language."""
        return problem(
            self.reason,
            self.status,
            self.title[english],
            self.detail[english],
            request_id,
            operand=self.operand,
            clause=self.clause[english] if self.clause else "",
        )


def known(reason: str, **headers: str) -> Refusal:
    """A refusal of the gateway's own table; `headers` with underscores for hyphens."""
    one = PROBLEMS[reason]
    refusal = Refusal(reason, one.status, (one.zh, one.en), (one.next_zh, one.next_en))
    refusal.outcome = "failed" if one.status >= 500 else "refused"
    refusal.headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return refusal


def by_policy(refused: Refused) -> Refusal:
    """A clause of the policy forbids it."""
    clause = (refused.zh, refused.en)
    titles = ("协议条款不允许", "A clause of the agreement does not allow it")
    return Refusal(refused.reason, 403, titles, clause, refused.operand, clause)


def by_quota(quota: Quota, retry_after: int | None) -> Refusal:
    """A quota is spent; `retry_after` is in seconds when its window ends by itself."""
    headers = {} if retry_after is None else {"retry_after": str(retry_after)}
    refusal = known("quota-spent", **headers)
    refusal.operand = quota.operand
    whole = quota.window == "agreement"
    unit = QUOTA_UNITS[quota.metric]
    refusal.clause = (
        f"{'协议期内' if whole else quota.window} 最多 {quota.limit} {unit[0]}",
        f"At most {quota.limit} {unit[1]} {'in all' if whole else 'per ' + quota.window}",
    )
    return refusal


QUOTA_UNITS = {
    "uses": ("次", "uses"),
    "rows": ("行", "rows"),
    "bytes": ("字节", "bytes"),
    "epsilon": ("×10⁻⁶ 隐私预算", "millionths of privacy budget"),
}


def by_kind(error: ServeError) -> Refusal:
    """The kind could not answer, in its own words."""
    titles = (
        ("请求无法处理", "The call cannot be served")
        if error.status < 500
        else ("数据源出错", "The source failed")
    )
    status = error.status if 400 <= error.status <= 599 and error.status != 500 else 502
    words = (error.detail_zh, error.detail_en)
    return Refusal(error.reason[:60], status, titles, words, outcome="failed")
