"""Short ways for tests: a registration in each state, told through the real actions."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.exchange import published
from tests.personas import City

from citybrain.domains.registration.actions import drafts, moves, objections
from citybrain.domains.registration.models import Application, Objection
from citybrain.engines import calendar
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Deadline, Resource

START = datetime(2025, 3, 3, 2, 0, tzinfo=UTC)
ANSWERS: dict[str, dict[str, Any]] = {
    "basic": {
        "title": "公交线路基础信息",
        "data_type": "dataset",
        "field": "交通运输",
        "summary": "全市公交线路的走向与站点。",
        "holding": "holds",
        "update_cycle": "monthly",
        "coverage": "全市，2024年起",
    },
    "content": {
        "items": "线路名称 | 字符型 | 对外公布的名称\n首班时间 | 时间型\n站点数",
        "formats": "CSV、JSON",
        "rows": "1256",
        "megabytes": "3",
        "scenarios": "公众出行查询",
    },
    "agent": {"contact": "苏某（虚构）", "phone": "0532-00000000", "by_agent": False},
    "storage": {"place": "government-cloud", "medium": "database", "address": "政务云二区"},
    "undertaking": {
        "source": "履行公共交通管理职责产生",
        "processing": "按内部数据管理办法加工，操作留痕",
        "evidence": "CZ-2025-0001",
        "assessment": "self",
        "assessed_on": "2025-02-20",
        "conclusion": "风险可控",
        "promise_true": True,
        "promise_lawful": True,
        "promise_change": True,
    },
}


def later(moment: datetime, working_days: int) -> datetime:
    """The same hour so many working days later."""
    day = calendar.add_working_days(moment.date(), working_days).date
    return datetime.combine(day, moment.timetz())


def drafted(city: City, resource: Resource | None = None) -> Application:
    """A first application, not filled in."""
    chosen = resource or published(city)
    return drafts.begin_registration(acting_party=city.su, resource_ref=chosen.ref)


def filled_in(city: City, resource: Resource | None = None, **basic: Any) -> Application:
    """A first application that can be submitted."""
    return complete(drafted(city, resource), city.su, **basic)


def complete(application: Application, who: Acting, **basic: Any) -> Application:
    """Every page of the description filled in."""
    for step, answers in ANSWERS.items():
        given = answers | (basic if step == "basic" else {})
        application = drafts.save_step(
            acting_party=who, application_ref=application.ref, step=step, answers=given
        )
    return application


def moved(application: Application, who: Acting, *names: str, reasons: str = "") -> Application:
    for one in names:
        application = moves.move_application(
            acting_party=who,
            application_ref=application.ref,
            move=one,
            given={"reasons": reasons} if reasons else {},
        )
    return application


def on_notice(city: City, resource: Resource | None = None, **basic: Any) -> Application:
    """An application on public notice since `START`."""
    with clock.at(START):
        made = moved(filled_in(city, resource, **basic), city.su, "submit")
        return moved(made, city.lin, "accept", "pass")


def registered(city: City, resource: Resource | None = None, **basic: Any) -> Application:
    """A first application that ended in a code and a certificate, on 2025-03-19."""
    made = on_notice(city, resource, **basic)
    return coded(city, made)


def coded(city: City, application: Application) -> Application:
    """Close the notice on the day after its last one, and give the code."""
    due = Deadline.objects.get(subject=application.urn, rule="registration-notice").due_on
    with clock.at(datetime.combine(due + timedelta(days=2), START.timetz())):
        return moved(application, city.lin, "close-notice", "code")


def objected(application: Application, **changes: str) -> Objection:
    given = {
        "name": "海先生（虚构）",
        "contact": "13000000000",
        "reasons": "该数据由本公司采集，未经同意登记。",
    } | changes
    return objections.object_to_notice(acting_party=None, application_ref=application.ref, **given)
