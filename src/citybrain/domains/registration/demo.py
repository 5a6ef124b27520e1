"""The registration's part of the demo city: resources registered, on notice, expired, refused.

The offices' answers are invented and say so where a person would be named; the moves go
through the real actions at pretended times.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from citybrain.domains.registration.actions import drafts, moves, objections, registrations
from citybrain.domains.registration.models import Application, Registration
from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Deadline, Resource

ActingFor = Callable[[str], Acting]
LAST_RENEWAL_DAYS = 40
"""Days that the soon expiring registration still has."""


@dataclass(frozen=True, slots=True)
class Told:
    """One resource, who registers it, when, and what is said of it."""

    code: str
    office: str
    day: date
    field: str
    scenarios: str
    national: str = ""
    authorised_until: str = ""


PAST = (
    Told("metro-stations", "transport", date(2025, 3, 10), "交通运输", "公众出行查询、站点周边服务",
         "GJ-DEMO-2025-000101"),
    Told("streets", "civil-affairs", date(2025, 3, 17), "民政", "地址标准化、网格治理",
         "GJ-DEMO-2025-000102"),
    Told("industries", "market", date(2025, 4, 7), "市场监管", "经营范围规范、就业统计",
         "GJ-DEMO-2025-000103"),
    Told("ports", "port", date(2025, 4, 14), "海洋与港口", "多式联运分析"),
)  # fmt: skip
SOON = Told("districts", "approval", date(2025, 5, 12), "自然资源", "规划底图")
GONE = Told("sea-level", "port", date(2025, 5, 19), "海洋与港口", "滨海道路防潮设计")
REFUSED = Told("industries-file", "market", date(2025, 6, 3), "市场监管", "专业设置研究")
NOTICED = Told("service-items", "approval", date(2025, 1, 1), "政务服务", "办事指南、事项比对")
DISPUTED = Told("survival-register", "civil-affairs", date(2025, 1, 1), "民政", "养老负担统计")
WAITING = Told("sun-times", "approval", date(2025, 1, 1), "气象", "路灯开关计划")


def start() -> None:
    """Nothing runs beside the platform for registrations."""


def build(acting_for: ActingFor, registered_at: datetime) -> list[Resource]:
    """Tell the registrations once; a second call finds them told."""
    if Registration.objects.exists():
        return []
    administrator = acting_for("administrator")
    for one in PAST:
        _registered(one, acting_for(one.office), administrator)
    _soon_over(acting_for(SOON.office), administrator)
    _cancelled(acting_for(GONE.office), administrator)
    _refused(acting_for(REFUSED.office), administrator)
    _present(acting_for, administrator)
    return [one.resource for one in Registration.objects.select_related("resource")]


def _answers(told: Told, resource: Resource) -> dict[str, dict[str, Any]]:
    authorised = bool(told.authorised_until)
    return {
        "basic": {
            "title": resource.title_zh,
            "data_type": "interface" if resource.kind in ("api", "verification") else "dataset",
            "field": told.field,
            "summary": resource.summary_zh or resource.title_zh,
            "holding": "authorised" if authorised else "holds",
            "authorised_until": told.authorised_until,
            "update_cycle": resource.update_cycle,
            "coverage": "全市",
        },
        "content": {
            "items": _items(resource),
            "formats": "CSV、JSON",
            "rows": str(resource.facts.get("rows") or 1),
            "scenarios": told.scenarios,
        },
        "agent": {"contact": "联系人（虚构）", "phone": "0532-00000000"},
        "storage": {"place": "government-cloud", "medium": "database", "address": "政务云（虚构）"},
        "undertaking": {
            "source": "履行法定职责过程中产生和整理",
            "processing": "按本单位数据管理制度加工，全程留痕",
            "evidence": f"CZ-{told.code}",
            "assessment": "self",
            "assessed_on": "2025-01-02",
            "conclusion": "风险可控，不含国家秘密和未脱敏的个人信息",
            "promise_true": True,
            "promise_lawful": True,
            "promise_change": True,
        },
    }


def _items(resource: Resource) -> str:
    found = resource.metadata.get("columns") or resource.metadata.get("items") or []
    names = [str(one.get("title_zh") or one.get("name")) for one in found if isinstance(one, dict)]
    return "\n".join(names[:40]) or resource.title_zh


def _submitted(told: Told, steward: Acting, at: datetime) -> Application:
    resource = Resource.objects.get(code=told.code)
    with clock.at(at):
        made = drafts.begin_registration(acting_party=steward, resource_ref=resource.ref)
        for step, answers in _answers(told, resource).items():
            drafts.save_step(
                acting_party=steward, application_ref=made.ref, step=step, answers=answers
            )
        return _moved(made, steward, at, "submit")


def _moved(
    made: Application, who: Acting, at: datetime, *names: str, reasons: str = ""
) -> Application:
    with clock.at(at):
        for name in names:
            made = moves.move_application(
                acting_party=who,
                application_ref=made.ref,
                move=name,
                given={"reasons": reasons} if reasons else {},
            )
    return made


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC)


def _days_on(at: datetime, working_days: int) -> datetime:
    return _morning(calendar.add_working_days(at.date(), working_days).date)


def _on_notice(told: Told, steward: Acting, administrator: Acting) -> Application:
    at = _morning(told.day)
    made = _submitted(told, steward, at)
    made = _moved(made, administrator, _days_on(at, 1), "accept")
    return _moved(made, administrator, _days_on(at, 4), "pass")


def _registered(told: Told, steward: Acting, administrator: Acting) -> Registration:
    made = _on_notice(told, steward, administrator)
    due = Deadline.objects.get(subject=made.urn, rule="registration-notice").due_on
    after = _days_on(_morning(due), 1)
    registration = _moved(made, administrator, after, "close-notice", "code").registration
    if told.national:
        with clock.at(after + timedelta(days=9)):
            registrations.set_national_number(
                acting_party=administrator,
                registration_ref=registration.ref,
                number=told.national,
            )
    return registration


def _soon_over(steward: Acting, administrator: Acting) -> None:
    """One that ends with its authorised operation, within the time for renewal."""
    last = clock.today() + timedelta(days=LAST_RENEWAL_DAYS)
    _registered(replace(SOON, authorised_until=str(last)), steward, administrator)


def _cancelled(steward: Acting, administrator: Acting) -> None:
    registration = _registered(GONE, steward, administrator)
    at = _morning(date(2025, 12, 1))
    with clock.at(at):
        made = drafts.begin_again(
            acting_party=steward, registration_ref=registration.ref, kind="cancellation"
        )
        drafts.save_step(
            acting_party=steward,
            application_ref=made.ref,
            step="grounds",
            answers={"case": "lost", "reasons": "观测站迁移，原序列不再维护（虚构）"},
        )
    _moved(made, steward, at, "submit")
    _moved(made, administrator, _days_on(at, 2), "accept", "grant")


def _refused(steward: Acting, administrator: Acting) -> None:
    at = _morning(REFUSED.day)
    made = _submitted(REFUSED, steward, at)
    made = _moved(
        made, administrator, _days_on(at, 2), "supplement", reasons="请补充存证编号的出具单位"
    )
    made = _moved(made, steward, _days_on(at, 3), "submit")
    made = _moved(made, administrator, _days_on(at, 4), "accept")
    _moved(
        made,
        administrator,
        _days_on(at, 10),
        "reject",
        reasons="与“国民经济行业分类”内容重复，请以变更登记办理",
    )


def _present(acting_for: ActingFor, administrator: Acting) -> None:
    """What waits today: one on public notice, one with an objection, one to be accepted."""
    day = _working_days_ago(clock.today(), 8)
    _on_notice(replace(NOTICED, day=day), acting_for(NOTICED.office), administrator)
    disputed = replace(DISPUTED, day=day)
    made = _on_notice(disputed, acting_for(DISPUTED.office), administrator)
    with clock.at(_days_on(_morning(day), 6)):
        objections.object_to_notice(
            acting_party=None,
            application_ref=made.ref,
            name="海岸数据有限公司（虚构）",
            contact="0532-00000001",
            reasons="登记说明中的数据来源与公开目录所载不一致，请核查。",
        )
    _submitted(WAITING, acting_for(WAITING.office), clock.now())


def _working_days_ago(today: date, days: int) -> date:
    back = today
    while days:
        back -= timedelta(days=1)
        days -= calendar.is_working_day(back)
    return back
