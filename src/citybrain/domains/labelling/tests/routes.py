"""Every address of datasets and labelling with who may open it (see `tests.routes`)."""

from tests.routes import BUREAU, EVERYONE, OWNER, Row, at

from citybrain.domains.labelling.tests.world import build_world

__all__ = ["NOT_PAGES", "ROUTES", "build_world"]
ANNOTATORS = frozenset({"su", "mo", "ci"})
MEMBERS = BUREAU | ANNOTATORS
STEWARDS = frozenset({"su", "ci", "zhao"})
NOT_PAGES = {"dataset-card", "labelling-export", "labelling-picture"}

ROUTES: dict[str, Row] = {
    "datasets": Row(EVERYONE, at("datasets")),
    "resource-dataset": Row(BUREAU | {"su", "mo"}, at("resource-dataset", "dataset.ref")),
    "dataset-card": Row(BUREAU | {"su", "mo"}, at("dataset-card", "dataset.ref")),
    "labelling-projects": Row(EVERYONE, at("labelling-projects")),
    "labelling-project-create": Row(STEWARDS, at("labelling-project-create"), 403),
    "labelling-project": Row(MEMBERS, at("labelling-project", "project.ref")),
    "labelling-guideline": Row(OWNER, at("labelling-guideline", "project.ref")),
    "labelling-invite": Row(OWNER, at("labelling-invite", "project.ref"), post=True),
    "labelling-uninvite": Row(
        OWNER, at("labelling-uninvite", "project.ref", "city.civil.ref"), post=True
    ),
    "labelling-finish": Row(OWNER, at("labelling-finish", "spans.ref"), post=True),
    "labelling-reopen": Row(OWNER, at("labelling-reopen", "finished.ref"), post=True),
    "labelling-import": Row(OWNER, at("labelling-import", "boxes.ref")),
    "labelling-export": Row(OWNER, at("labelling-export", "project.ref", "=labelstudio")),
    "labelling-release": Row(OWNER, at("labelling-release", "finished.ref")),
    "labelling-agreement": Row(OWNER, at("labelling-agreement", "project.ref")),
    "labelling-tasks": Row(OWNER, at("labelling-tasks", "project.ref")),
    "labelling-task": Row(OWNER, at("labelling-task", "boxes.ref", "box_task.ref")),
    "labelling-work": Row(ANNOTATORS, at("labelling-work", "project.ref")),
    "labelling-next": Row(ANNOTATORS, at("labelling-next", "project.ref"), post=True),
    "labelling-submit": Row(ANNOTATORS, at("labelling-submit", "project.ref"), post=True),
    "labelling-mine": Row(ANNOTATORS, at("labelling-mine", "project.ref")),
    "labelling-own": Row(
        frozenset({"ci", "mo"}), at("labelling-own", "project.ref", "own.task.ref")
    ),
    "labelling-picture": Row(MEMBERS, at("labelling-picture", "boxes.ref", "picture.sha256")),
}
