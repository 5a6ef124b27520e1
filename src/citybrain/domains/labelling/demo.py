"""Labelling's part of the demo city: real service items, labelled by two offices and released.

The two annotators' answers follow rules of key words in different orders, so that they disagree
where people would: is "enquiry about a grant" an enquiry or a grant?
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from citybrain.domains.labelling.actions import projects, releases, tasks, work
from citybrain.domains.labelling.models import Project, Task
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import resources
from citybrain.kernel.models import Resource

FILE = Path(__file__).parent / "data" / "service_items.csv"
CODE = "service-item-classes"
TITLE_ZH, TITLE_EN = "政务服务事项分类数据集", "Service items by what is asked for"
LABELS = [
    {"code": "permit", "zh": "许可审批", "en": "Permit", "key": "1"},
    {"code": "filing", "zh": "登记备案", "en": "Filing", "key": "2"},
    {"code": "benefit", "zh": "补贴救助", "en": "Benefit", "key": "3"},
    {"code": "enquiry", "zh": "查询咨询", "en": "Enquiry", "key": "4"},
    {"code": "other", "zh": "其他服务", "en": "Other", "key": "5"},
]
WORDS = {
    "permit": ("许可", "审批", "核发", "审核", "批准"),
    "filing": ("备案", "登记", "注册", "证明", "认定", "变更"),
    "benefit": ("补贴", "补助", "资助", "救助", "津贴", "助学金", "奖励"),
    "enquiry": ("查询", "咨询", "信息"),
}
FIRST = ("benefit", "permit", "filing", "enquiry")
SECOND = ("enquiry", "filing", "permit", "benefit")
GUIDELINE = """按办事人的主要诉求选择一个标签。

许可审批：不经批准不得从事的事项。登记备案：办理登记、备案、注册或开具证明。
补贴救助：申请钱款或减免。查询咨询：只了解情况，不产生办理结果。都不符合时选“其他服务”。"""
CARD = releases.Card(
    licence="Apache-2.0",
    purpose="训练和评测政务服务事项分类模型",
    description_zh="24个真实政务服务事项名称及其诉求类别，由两个部门标注，分歧经复核裁定。",
    description_en="Names of 24 real service items with what is asked for; two offices labelled "
    "them, a reviewer settled where they disagreed.",
    origin="事项名称取自 github.com/v-luobo/zwfw（四川省广安区）；标注为演示。",
    limits="规模很小，标注由规则生成，仅用于演示。",
)
TERMS = {
    "action": "use",
    "constraints": [
        {
            "operand": "purpose",
            "operator": "isAnyOf",
            "value": ["research", "administration", "public-service"],
        },
        {"operand": "rate", "operator": "lteq", "value": {"limit": 60, "per": "PT1M"}},
    ],
}


def start() -> None:
    """Nothing runs beside the platform."""


def build(acting_for: Callable[[str], Acting], registered_at: datetime) -> list[Resource]:
    """The labelled dataset, as of `registered_at`; does nothing twice."""
    known = Resource.objects.filter(code=CODE).first()
    if known is not None:
        return [known]
    owner = acting_for("approval")
    with clock.at(registered_at):
        project = _project(owner, [acting_for("civil-affairs"), acting_for("market")])
    with clock.at(registered_at + timedelta(days=2)):
        _annotate(project, acting_for("civil-affairs"), FIRST)
        _annotate(project, acting_for("market"), SECOND)
    with clock.at(registered_at + timedelta(days=3)):
        _settle(project, owner)
        return [_release(project, owner)]


def _project(owner: Acting, annotators: Sequence[Acting]) -> Project:
    project = projects.create_project(
        acting_party=owner,
        title_zh="政务服务事项诉求分类",
        title_en="What service items are asked for",
        type=Project.Type.CLASSIFICATION,
        labels=LABELS,
        guideline=GUIDELINE,
    )
    for one in annotators:
        projects.invite(acting_party=owner, project_ref=project.ref, party_ref=one.party.ref)
    with FILE.open("rb") as file:
        tasks.import_tasks(acting_party=owner, project_ref=project.ref, file=file, name=FILE.name)
    return project


def _class_of(text: str, order: Sequence[str]) -> str:
    return next((code for code in order if any(word in text for word in WORDS[code])), "other")


def _annotate(project: Project, who: Acting, order: Sequence[str]) -> None:
    while (task := work.take_task(acting_party=who, project_ref=project.ref)) is not None:
        work.submit(
            acting_party=who,
            project_ref=project.ref,
            task_ref=task.ref,
            result={"choices": [_class_of(task.data["text"], order)]},
            client_id=f"demo-{task.ref}",
            seconds=6 + len(task.data["text"]) % 9,
        )


def _settle(project: Project, owner: Acting) -> None:
    for task in project.tasks.filter(state=Task.State.DISPUTED):
        work.give_verdict(
            acting_party=owner,
            project_ref=project.ref,
            task_ref=task.ref,
            result={"choices": [_class_of(task.data["text"], SECOND)]},
            reasons="按规范，只了解情况的归查询咨询，其余看办理结果。",
        )
    projects.finish_project(acting_party=owner, project_ref=project.ref)


def _release(project: Project, owner: Acting) -> Resource:
    made = releases.make_release(
        acting_party=owner,
        project_ref=project.ref,
        code=CODE,
        title_zh=TITLE_ZH,
        title_en=TITLE_EN,
        card=CARD,
        train=60,
        validation=20,
    )
    resource = resources.publish_resource(acting_party=owner, resource_ref=made.resource.ref)
    resources.make_offer(
        acting_party=owner,
        resource_ref=resource.ref,
        title_zh="模型训练使用",
        title_en="For training models",
        policy=TERMS,
    )
    return resource
