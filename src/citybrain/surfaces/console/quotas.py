"""How much of each quota is used and left, counted from the sealed uses."""

import time
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from citybrain.kernel.models import Agreement, Use
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy import Quota, compile_policy, window_key
from citybrain.ui.formats import number
from citybrain.ui.labels import operand_name

SHANGHAI = ZoneInfo("Asia/Shanghai")
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Used:
    """One quota. `percent` is 0 to 100."""

    title: str
    window: str
    used: str
    limit: str
    left: str
    percent: int


def quotas_of(agreement: Agreement) -> list[Used]:
    """Every quota of the agreement's policy; one query for each window that they are counted in."""
    quotas = compile_policy(checked_policy(agreement.policy)).quotas
    spent = {window: _spent(agreement, window) for window in {one.window for one in quotas}}
    return [_used(one, spent[one.window][one.metric]) for one in quotas]


def _spent(agreement: Agreement, window: str) -> dict[str, int]:
    found = Use.objects.filter(agreement=agreement, outcome=Use.Outcome.GRANTED)
    if window != "agreement":
        found = found.filter(at__gte=_start(window))
    sums = found.order_by().aggregate(
        uses=Count("id"), rows=Sum("rows"), bytes=Sum("bytes"), epsilon=Sum("epsilon")
    )
    return {name: value or 0 for name, value in sums.items()}


def _start(window: str) -> datetime:
    """The first moment of the present window, in Asia/Shanghai."""
    key = window_key(window, time.time())
    padded = {7: "-01", 10: "", 13: ":00", 16: ""}[len(key)]
    return datetime.fromisoformat(key + padded).replace(tzinfo=SHANGHAI)


def _used(quota: Quota, spent: int) -> Used:
    scale = MILLION if quota.metric == "epsilon" else 1
    left = max(quota.limit - spent, 0)

    def shown(value: int) -> str:
        return number(value) if scale == 1 else f"{value / scale:.6g}"

    return Used(
        title=f"{operand_name(quota.operand)} · {_metrics().get(quota.metric, quota.metric)}",
        window=_windows().get(quota.window, quota.window),
        used=shown(min(spent, quota.limit)),
        limit=shown(quota.limit),
        left=shown(left),
        percent=min(100, round(100 * spent / quota.limit)) if quota.limit else 100,
    )


def _metrics() -> dict[str, str]:
    return {
        "uses": _("times"),
        "rows": _("rows"),
        "bytes": _("bytes"),
        "epsilon": _("privacy budget"),
    }


def _windows() -> dict[str, str]:
    return {
        "agreement": _("whole term"),
        "PT1M": _("this minute"),
        "PT1H": _("this hour"),
        "P1D": _("today"),
        "P1M": _("this month"),
    }
