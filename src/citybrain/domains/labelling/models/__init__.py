"""Tables of labelling: projects and what belongs to them, tasks, annotations, verdicts."""

from citybrain.domains.labelling.models.projects import (
    Batch,
    Guideline,
    Invitation,
    Picture,
    Project,
    Release,
)
from citybrain.domains.labelling.models.work import Annotation, Hold, Task, Verdict

__all__ = [
    "Annotation",
    "Batch",
    "Guideline",
    "Hold",
    "Invitation",
    "Picture",
    "Project",
    "Release",
    "Task",
    "Verdict",
]
