"""Short ways for tests to projects, tasks and annotations."""

import io
import itertools
import json
import struct
import zlib
from typing import Any

from tests.personas import City

from citybrain.domains.labelling.actions import projects, tasks, work
from citybrain.domains.labelling.models import Annotation, Project, Task
from citybrain.kernel.acting import Acting

_numbers = itertools.count()
LABELS = [
    {"code": "noise", "zh": "噪声", "en": "Noise"},
    {"code": "road", "zh": "道路", "en": "Road"},
    {"code": "water", "zh": "供水", "en": "Water"},
]
TEXTS = ("半夜工地噪声扰民", "路面有一个坑", "小区停水三天", "公交站牌倒了")


def project(city: City, type: str = "classification", **changes: Any) -> Project:
    """A project of the transport commission to which civil affairs is invited."""
    given: dict[str, Any] = {
        "title_zh": "热线工单分类",
        "title_en": "Hotline cases",
        "type": type,
        "labels": LABELS,
        "guideline": "按主要诉求选择一个标签。",
    } | changes
    made = projects.create_project(acting_party=city.su, **given)
    projects.invite(acting_party=city.su, project_ref=made.ref, party_ref=city.civil.ref)
    return made


def pairs(city: City, **changes: Any) -> Project:
    labels = [{"code": code, "zh": code, "en": code} for code in ("left", "right", "tie")]
    return project(city, "pairs", labels=labels, **changes)


def fed(made: Project, who: Acting, rows: list[dict[str, Any]]) -> list[Task]:
    """Tasks with these data."""
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    file = io.BytesIO(lines.encode())
    tasks.import_tasks(acting_party=who, project_ref=made.ref, file=file, name="t.jsonl")
    return list(made.tasks.order_by("position"))


def texts(made: Project, who: Acting, *found: str) -> list[Task]:
    return fed(made, who, [{"text": one} for one in found or TEXTS])


def taken(made: Project, who: Acting) -> Task | None:
    return work.take_task(acting_party=who, project_ref=made.ref)


def said(made: Project, who: Acting, result: Any, task: Task | None = None) -> Annotation:
    """Take the next task (or change `task`) and hand the result in."""
    chosen = task or taken(made, who)
    assert chosen is not None
    return work.submit(
        acting_party=who,
        project_ref=made.ref,
        task_ref=chosen.ref,
        result=result,
        client_id=f"test-{next(_numbers):06d}",
        seconds=3,
    )


def chosen(made: Project, who: Acting, *codes: str) -> Annotation:
    return said(made, who, {"choices": list(codes)})


def png(width: int = 8, height: int = 6, colour: tuple[int, int, int] = (40, 90, 160)) -> bytes:
    """A true PNG of one colour."""
    row = b"\x00" + bytes(colour) * width
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    made = b"\x89PNG\r\n\x1a\n"
    for name, data in parts:
        made += struct.pack(">I", len(data)) + name + data
        made += struct.pack(">I", zlib.crc32(name + data))
    return made


def pictured(city: City, *pictures: bytes) -> Project:
    """A project of boxes with its pictures."""
    made = project(city, "boxes")
    files = [(f"p{number}.png", data) for number, data in enumerate(pictures or (png(),))]
    tasks.upload_pictures(acting_party=city.su, project_ref=made.ref, files=files)
    return made
