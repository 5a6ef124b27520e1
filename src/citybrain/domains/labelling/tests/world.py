"""One of everything, for tests that walk over every page."""

from dataclasses import dataclass

from tests.personas import City

from citybrain.domains.labelling.actions import projects, releases
from citybrain.domains.labelling.models import Annotation, Picture, Project, Task
from citybrain.domains.labelling.tests import make
from citybrain.kernel.models import Resource


@dataclass(frozen=True)
class World:
    """Projects of the transport commission; civil affairs is invited to them."""

    city: City
    project: Project
    disputed: Task
    own: Annotation
    boxes: Project
    box_task: Task
    picture: Picture
    spans: Project
    finished: Project
    dataset: Resource


CARD = releases.Card(
    licence="CC BY 4.0",
    purpose="训练工单分类模型",
    description_zh="热线工单分类数据集",
    description_en="Hotline cases with their class",
    origin="由两名标注人员标注的测试文本",
    limits="样本很少",
)


def released(city: City, code: str = "DS-1") -> tuple[Project, Resource]:
    """A finished project and its dataset version."""
    done = make.project(city)
    make.texts(done, city.su)
    for who in (city.mo, city.ci):
        for code_of in ("noise", "road", "water", "road"):
            make.chosen(done, who, code_of)
    projects.finish_project(acting_party=city.su, project_ref=done.ref)
    done.refresh_from_db()
    release = releases.make_release(
        acting_party=city.su,
        project_ref=done.ref,
        code=code,
        title_zh="热线工单分类数据集",
        title_en="Hotline dataset",
        card=CARD,
        train=50,
        validation=25,
    )
    return done, release.resource


def build_world(city: City) -> World:
    """Make it."""
    project = make.project(city)
    make.texts(project, city.su)
    first = make.chosen(project, city.mo, "noise")
    own = make.chosen(project, city.ci, "road")
    boxes = make.pictured(city, make.png(640, 400))
    box = {"x": 10.0, "y": 10.0, "width": 30.0, "height": 40.0, "label": "road"}
    drawn = make.said(boxes, city.ci, {"boxes": [box]})
    make.said(boxes, city.mo, {"boxes": [box | {"label": "water"}]})
    spans = make.project(city, "spans")
    make.texts(spans, city.su)
    make.said(spans, city.ci, {"spans": [{"start": 0, "end": 2, "label": "noise"}]})
    finished, dataset = released(city)
    return World(
        city=city,
        project=project,
        disputed=first.task,
        own=own,
        boxes=boxes,
        box_task=drawn.task,
        picture=Picture.objects.get(project=boxes),
        spans=spans,
        finished=finished,
        dataset=dataset,
    )
