"""Components of the labelling pages: `{% load labelling %}`."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain.domains.labelling.models import Project, Task
from citybrain.domains.labelling.views.words import name_of
from citybrain.ui.labels import localised

register = template.Library()


@register.simple_tag
def formname(form: Any) -> str:
    """A format's name."""
    return str(localised(form.zh, form.en))


@register.inclusion_tag("labelling/keyhelp.html")
def keyhelp(type: str) -> dict[str, Any]:
    """The keys of a work page."""
    rows = [(["1", "2", "…"], _("Choose or apply a label"))]
    if type == "spans":
        rows += [
            (["←", "→"], _("Move through the text; with Ctrl by words")),
            (["Shift+←", "Shift+→"], _("Select; with Ctrl by words")),
            (["Delete"], _("Remove the mark at the cursor")),
        ]
    if type == "boxes":
        rows += [
            (["N"], _("A new box in the middle")),
            (["←", "→", "↑", "↓"], _("Move the box; with Shift resize it, with Ctrl finely")),
            (["Delete"], _("Remove the box")),
        ]
    if type == "pairs":
        rows += [(["←", "→"], _("Left, right"))]
    rows += [
        (["Enter"], _("Hand in")),
        (["Ctrl+Z"], _("Undo")),
        (["P"], _("Back to the last one")),
        (["S"], _("Skip")),
    ]
    return {"rows": rows}


@register.inclusion_tag("labelling/taskview.html")
def taskview(project: Project, task: Task, result: dict[str, Any] | None) -> dict[str, Any]:
    """A task with what was said about it, to read."""
    colours = {one["code"]: one["colour"] for one in project.labels}
    shown: dict[str, Any] = {"type": project.type, "data": task.data}
    if project.type == Project.Type.SPANS:
        shown["parts"] = _parts(project, task.data["text"], (result or {}).get("spans", []))
    if project.type == Project.Type.BOXES:
        shown["picture"] = reverse("labelling-picture", args=[project.ref, task.data["image"]])
        shown["boxes"] = [
            {
                "box": " ".join(str(one[side]) for side in ("x", "y", "width", "height")),
                "colour": colours.get(one["label"], ""),
                "name": name_of(project, one["label"]),
                "words": ", ".join(f"{one[side]:.1f}%" for side in ("x", "y", "width", "height")),
            }
            for one in (result or {}).get("boxes", [])
        ]
    return shown


def _parts(project: Project, text: str, spans: list[dict[str, Any]]) -> list[dict[str, str]]:
    colours = {one["code"]: one["colour"] for one in project.labels}
    parts, at = [], 0
    for one in spans:
        parts.append({"text": text[at : one["start"]]})
        parts.append(
            {
                "text": text[one["start"] : one["end"]],
                "name": name_of(project, one["label"]),
                "colour": colours.get(one["label"], ""),
            }
        )
        at = one["end"]
    return [*parts, {"text": text[at:]}]
