"""What labels, tasks and results are called on pages."""

from typing import Any

from django.utils.translation import gettext as _

from citybrain.domains.labelling.models import Project
from citybrain.ui.labels import localised

SHORT = 80


def labels_of(project: Project) -> list[dict[str, Any]]:
    """The labels with their names in the reader's language."""
    return [
        {
            "code": one["code"],
            "name": localised(one["zh"], one["en"]),
            "colour": one["colour"],
            "key": one["key"],
        }
        for one in project.labels
    ]


def name_of(project: Project, code: str) -> str:
    """A label's name; its code when the project has no such label."""
    found = next((one for one in project.labels if one["code"] == code), None)
    return str(localised(found["zh"], found["en"])) if found else code


def short(data: dict[str, Any]) -> str:
    """The beginning of what a task shows."""
    text = data.get("text") or data.get("name") or data.get("left") or data.get("image") or ""
    text = str(text)
    return text if len(text) <= SHORT else text[:SHORT] + "…"


def said(project: Project, result: dict[str, Any], skipped: str = "") -> str:
    """A result in words."""
    if skipped:
        return _("skipped: %(reason)s") % {"reason": skipped}
    if not result:
        return "—"
    if project.type == Project.Type.CLASSIFICATION:
        return "、".join(name_of(project, one) for one in result["choices"])
    if project.type == Project.Type.PAIRS:
        return name_of(project, result["choice"])
    counted: dict[str, int] = {}
    for one in result[project.type]:
        counted[one["label"]] = counted.get(one["label"], 0) + 1
    parts = [f"{name_of(project, code)} × {times}" for code, times in counted.items()]
    return "、".join(parts) or _("nothing marked")
