"""The demo city's past: requests of invented people, moved through the real actions at a
pretended time, so that lists, clocks, savings and report have something to say."""

from datetime import UTC, datetime, timedelta

from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.actions import agreements, issues, requests
from citybrain.kernel.models import Issue, Offer, Request, Resource
from citybrain.surfaces.demo.city import DemoCity

REGISTERED = datetime(2025, 1, 6, 2, 0, tzinfo=UTC)

# resource, requester, day of submission, purpose, what for, outcome
PAST = [
    ("metro-stations", "education", "2025-01-13", "public-service", "学校周边公共交通查询"),
    ("metro-stations", "approval", "2025-01-20", "government-service", "政务大厅交通指引"),
    ("streets", "market", "2025-02-10", "administration", "市场主体住所标准化"),
    ("streets", "education", "2025-02-17", "education-service", "学区划分核对"),
    ("streets", "approval", "2025-02-24", "government-service", "办件地址标准化"),
    ("districts", "transport", "2025-03-03", "city-planning", "线网规划底图"),
    ("districts", "port", "2025-03-10", "environment-protection", "近岸海域管理底图"),
    ("industries", "approval", "2025-03-17", "administrative-approval", "经营范围登记"),
    ("industries", "social-security", "2025-03-24", "statistics", "就业行业统计"),
    ("industries-file", "education", "2025-04-07", "research", "专业设置研究"),
    ("service-items", "market", "2025-04-14", "government-service", "事项清单比对"),
    ("service-items", "civil-affairs", "2025-04-21", "government-service", "民政事项梳理"),
    ("ports", "transport", "2025-05-06", "traffic-management", "多式联运枢纽分析"),
    ("sea-level", "transport", "2025-05-12", "city-planning", "滨海道路防潮设计"),
    ("sun-times", "transport", "2025-05-19", "urban-governance", "路灯开关计划"),
    ("survival-register", "social-security", "2025-06-03", "statistics", "养老负担统计"),
    ("sun-times", "education", "2025-06-09", "education-service", "冬季作息安排"),
    ("ports", "market", "2026-02-09", "administration", "口岸企业监管"),
    ("sea-level", "education", "2026-04-13", "research", "海洋课程"),
]
REFUSED = [
    ("survival-register", "education", "2025-04-28", "research", "个人明细研究",
     "申请用途超出共享范围，可改为申请统计结果"),
]  # fmt: skip
WAITING_DAYS = 3
OVERDUE_DAYS = 14


def tell(city: DemoCity) -> None:
    """Write the past once; a second call finds it written."""
    if Request.objects.exists():
        return
    for code, party, day, purpose, scope in PAST:
        _agreed(city, code, party, _morning(day), purpose, scope)
    for code, party, day, purpose, scope, reasons in REFUSED:
        _refused(city, code, party, _morning(day), purpose, scope, reasons)
    _present(city)
    _problems(city)


def _morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T01:30:00+00:00")


def _submit(
    city: DemoCity, code: str, party: str, at: datetime, purpose: str, scope: str
) -> Request:
    offer = Offer.objects.get(resource__code=code)
    with clock.at(at):
        draft = requests.draft_request(
            acting_party=city.steward_of(party),
            offer_ref=offer.ref,
            purpose=purpose,
            basis="部门职责规定",
            use_scope=scope,
        )
        return requests.move_request(
            acting_party=city.steward_of(party), request_ref=draft.ref, move="submit"
        )


def _owner_moves(request: Request, city: DemoCity, at: datetime, *moves: str, **given: str) -> None:
    owner = next(
        one
        for one in city.people.values()
        if one.party.pk == request.resource.owner_id and one.role == "steward"
    )
    with clock.at(at):
        for move in moves:
            requests.move_request(
                acting_party=owner, request_ref=request.ref, move=move, given=given
            )


def _agreed(city: DemoCity, code: str, party: str, at: datetime, purpose: str, scope: str) -> None:
    request = _submit(city, code, party, at, purpose, scope)
    _owner_moves(request, city, at + timedelta(hours=5), "accept", "review", "agree")
    with clock.at(at + timedelta(days=1)):
        agreements.countersign_agreement(
            acting_party=city.steward_of(party), agreement_ref=request.agreement.ref
        )


def _refused(
    city: DemoCity, code: str, party: str, at: datetime, purpose: str, scope: str, reasons: str
) -> None:
    request = _submit(city, code, party, at, "statistics", scope)
    _owner_moves(request, city, at + timedelta(days=2), "accept", "review")
    _owner_moves(request, city, at + timedelta(days=3), "refuse", reasons=reasons)


def _present(city: DemoCity) -> None:
    """What waits today: one new, one in review, one overdue, one to be supplemented."""
    now = clock.now()
    _submit(city, "metro-stations", "social-security", now, "public-service", "参保服务网点指引")
    late = _working_days_ago(now, OVERDUE_DAYS)
    overdue = _submit(city, "survival-register", "approval", late, "statistics", "高龄津贴测算")
    _owner_moves(overdue, city, late + timedelta(hours=3), "accept", "review")
    recent = _working_days_ago(now, WAITING_DAYS)
    back = _submit(city, "survival-register", "market", recent, "statistics", "银发经济分析")
    _owner_moves(back, city, recent + timedelta(hours=3), "supplement", reasons="请补充依据文号")
    review = _submit(city, "survival-register", "transport", recent, "statistics", "敬老卡客流测算")
    _owner_moves(review, city, recent + timedelta(hours=4), "accept", "review")


def _working_days_ago(now: datetime, days: int) -> datetime:
    back = now
    while days:
        back -= timedelta(days=1)
        days -= calendar.is_working_day(back.date())
    return back


def _problems(city: DemoCity) -> None:
    metro = Resource.objects.get(code="metro-stations")
    owner = city.steward_of("transport")
    asker = city.steward_of("education")
    with clock.at(_morning("2025-03-05")):
        done = issues.raise_issue(
            acting_party=asker,
            type=Issue.Type.CORRECTION,
            resource_ref=metro.ref,
            title="换乘站缺少站序",
            detail="换乘站在第二条线路上没有站序，无法画出完整线路。",
            pointer={"field": "order", "is": "（空）", "should_be": "该站在线路上的次序"},
        )
    with clock.at(_morning("2025-03-07")):
        for move in ("accept", "verify"):
            issues.move_issue(acting_party=owner, issue_ref=done.ref, move=move)
        issues.move_issue(
            acting_party=owner,
            issue_ref=done.ref,
            move="decline",
            given={"reasons": "来源对每座车站只列一次，站序无从考证，不予猜测"},
        )
    with clock.at(_morning("2025-03-10")):
        issues.move_issue(acting_party=asker, issue_ref=done.ref, move="close")
    issues.raise_issue(
        acting_party=city.steward_of("market"),
        type=Issue.Type.CORRECTION,
        resource_ref=Resource.objects.get(code="streets").ref,
        title="街道名称与民政公告不一致",
        detail="请核对一处街道更名后的名称。",
        pointer={"field": "name"},
    )
