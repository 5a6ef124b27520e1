"""The lists' part of the demo city: demands, ratings, stories and escalations, told through the
real actions at a pretended time. What is said in them is invented."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from citybrain.domains.lists.actions import demands, matches, ratings, stories
from citybrain.domains.lists.actions.escalations import escalate_due
from citybrain.domains.lists.models import Demand, Match, Story
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting, acting_for
from citybrain.kernel.models import Issue, Membership, Party, Request, Resource

# who, what, items, basis, purpose, scenario, days after the registration or (negative) before now
DEMANDS: list[tuple[str, str, list[str], str, str, str, int]] = [
    ("approval", "街道名称与代码", ["街道名称", "所属区市"], "办件地址标准化工作需要",
     "government-service", "政务服务办件", 40),
    ("education", "地铁车站位置与线路", ["车站名称", "线路", "经纬度"], "学校周边交通安全管理职责",
     "public-service", "学校周边出行提示", -25),
    ("social-security", "养老机构空余床位", ["机构名称", "空余床位数", "更新日期"],
     "养老服务补贴发放职责", "public-service", "长者入住一件事", -16),
    ("transport", "中小学上下学时间", ["学校名称", "上学时间", "放学时间"],
     "公交线网调整职责", "city-planning", "公交定制专线", -9),
    ("market", "企业月度用电量", ["企业名称", "月份", "用电量"], "市场主体活跃度监测",
     "statistics", "市场主体活跃度分析", -2),
]  # fmt: skip
STORIES = {
    "metro-stations": (
        "一张车站表，多个窗口共用",
        "One table of stations for many counters",
        "教育、政务服务等部门过去各自收集地铁车站信息，口径不一。"
        "现在统一使用交通运输部门登记的车站表，车站有变动时各处同时更新。",
        "Offices used to collect stations on their own and disagreed. They now use the table "
        "that the transport bureau keeps, and a change reaches all of them at once.",
    ),
    "streets": (
        "办件地址有了统一的街道名称",
        "One spelling of every street for all applications",
        "市场监管、教育、政务服务部门依据同一份街道名录核对地址，减少重复校对。",
        "Market regulation, education and government service check addresses against one "
        "register of streets instead of three.",
    ),
}
RATED = 9
SCORES = (5, 5, 4, 5, 3, 4, 5, 5, 2)
WORDS = {5: "答复及时，字段说明清楚", 4: "答复及时", 3: "可用，希望补充更新说明", 2: "答复偏慢"}


def start() -> None:
    """Nothing runs beside the platform."""


def build(acting_for_hint: Callable[[str], Acting], registered_at: datetime) -> None:
    """Demands and stories, once; the history of requests comes after it."""
    if Demand.objects.exists():
        return
    for who, title, items, basis, purpose, scenario, days in DEMANDS:
        after = registered_at if days > 0 else clock.now()
        with clock.at(after + timedelta(days=days)):
            _file(acting_for_hint(who), title, items, basis, purpose, scenario)
    _assigned(acting_for_hint, "养老机构空余床位", "civil-affairs")
    _assigned(acting_for_hint, "中小学上下学时间", "education")
    _supported(acting_for_hint)
    for code, texts in STORIES.items():
        _told(code, texts, code == "metro-stations", acting_for_hint("administrator"))


def _file(
    acting: Acting, title: str, items: list[str], basis: str, purpose: str, scenario: str
) -> None:
    demand = matches.file_and_match(
        acting_party=acting,
        title=title,
        items=items,
        basis=basis,
        purpose=purpose,
        scenario=scenario,
        cycle=Resource.UpdateCycle.MONTHLY,
    )
    best = demand.matches.filter(resource__code="streets", state=Match.State.PROPOSED).first()
    if best:
        with clock.at(clock.now() + timedelta(days=2)):
            demands.accept_match(acting_party=acting, match_ref=best.ref)


def _assigned(acting_for_hint: Callable[[str], Acting], title: str, office: str) -> None:
    demand = Demand.objects.get(title=title)
    with clock.at(demand.created_at + timedelta(days=1)):
        demands.assign_demand(
            acting_party=acting_for_hint("administrator"),
            demand_ref=demand.ref,
            office_ref=acting_for_hint(office).party.ref,
        )


def _supported(acting_for_hint: Callable[[str], Acting]) -> None:
    demand = Demand.objects.get(title="养老机构空余床位")
    for who, words in (("approval", "长者入住一件事联办"), ("market", "养老机构登记核对")):
        with clock.at(demand.created_at + timedelta(days=2)):
            demands.support_demand(
                acting_party=acting_for_hint(who), demand_ref=demand.ref, words=words
            )


def _told(code: str, texts: tuple[str, ...], featured: bool, bureau: Acting) -> None:
    resource = Resource.objects.filter(code=code).select_related("owner").first()
    owner = steward_of(resource.owner) if resource else None
    if resource is None or owner is None:
        return
    names = ("headline_zh", "headline_en", "text_zh", "text_en")
    given: dict[str, Any] = {"acting_party": owner, "resource_ref": resource.ref}
    stories.write_story(**given | dict(zip(names, texts, strict=True)))
    stories.show_story(**given)
    if featured:
        stories.feature_story(acting_party=bureau, resource_ref=resource.ref)


def steward_of(party: Party) -> Acting | None:
    """Whoever acts as this party's steward."""
    rows = Membership.objects.filter(party=party, role=Membership.Role.STEWARD, active=True)
    found = rows.select_related("party", "account").first()
    return acting_for(found) if found else None


def finish() -> None:
    """After the history of requests: ratings of what was answered, and what is overdue."""
    if not Story.objects.exists():
        return
    rated = Request.objects.filter(decided_at__isnull=False, rating=None).order_by("pk")
    for request, score in zip(rated[:RATED], SCORES, strict=False):
        asker = steward_of(request.requester)
        at = (request.decided_at or clock.now()) + timedelta(days=3)
        if asker is None or at > clock.now():
            continue
        with clock.at(at):
            ratings.rate(
                acting_party=asker, request_ref=request.ref, score=score, words=WORDS[score]
            )
    _rate_problems()
    escalate_due()


def _rate_problems() -> None:
    for issue in Issue.objects.filter(state="closed", rating=None).select_related("raised_by"):
        raiser = steward_of(issue.raised_by)
        if raiser and issue.closed_at:
            with clock.at(issue.closed_at + timedelta(days=1)):
                ratings.rate(
                    acting_party=raiser, issue_ref=issue.ref, score=4, words="说明了不予更正的理由"
                )
