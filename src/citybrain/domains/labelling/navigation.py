"""What datasets and labelling add to the pages."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.ui.navigation import add_page, add_tab, add_verbs


def _is_dataset(_acting: Acting, resource: Any) -> bool:
    return bool(resource.kind == "dataset")


add_page("elements", "datasets", lazy("Datasets"), "stack-2", order=30)
add_page("elements", "labelling-projects", lazy("Labelling projects"), "tag", order=31)
add_tab("resource", "resource-dataset", lazy("Dataset"), order=30, shown=_is_dataset)
add_verbs(
    {
        "labelling_project.create": lazy("Labelling project started"),
        "labelling_project.change": lazy("Labelling project changed"),
        "labelling_project.finish": lazy("Labelling project finished"),
        "labelling_project.reopen": lazy("Labelling project reopened"),
        "labelling_guideline.publish": lazy("Guideline put in force"),
        "labelling_invitation.send": lazy("Party invited to annotate"),
        "labelling_invitation.end": lazy("Invitation taken back"),
        "labelling_task.import": lazy("Tasks brought in"),
        "labelling_annotation.submit": lazy("Annotation handed in"),
        "labelling_annotation.change": lazy("Annotation changed"),
        "labelling_annotation.import": lazy("Annotation imported"),
        "labelling_verdict.give": lazy("Disagreement settled"),
        "labelling_verdict.import": lazy("Settled label imported"),
        "labelling_release.make": lazy("Dataset version made"),
    }
)
