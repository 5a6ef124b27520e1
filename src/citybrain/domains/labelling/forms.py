"""Forms of the labelling pages."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citybrain.domains.labelling.logic import labels as label_sets
from citybrain.domains.labelling.models import Project
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Party
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import localised, party_name


def shown_faults(form: forms.Form, error: ActionError) -> int:
    """Put the refusal into the form; its HTTP status."""
    english = (get_language() or "zh-hans").startswith("en")
    for name, texts in error.fields.items():
        form.add_error(name if name in form.fields else None, texts[english])
    if not error.fields:
        form.add_error(None, error.text(get_language() or "zh-hans"))
    return error.status


class ProjectForm(ConsoleForm):
    """A new project."""

    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=160)
    title_en = forms.CharField(label=_("Title (English)"), max_length=200)
    type = forms.ChoiceField(label=_("Type of labels"), choices=Project.Type.choices)
    several = forms.BooleanField(
        label=_("Several labels for one text"),
        help_text=_("For text classification only."),
        required=False,
    )
    labels = forms.CharField(
        label=_("Labels"),
        widget=area(6),
        help_text=_(
            "One a line: code | Chinese | English | key. All but the code may be left out. "
            "Pairs: leave it empty for “left, right, neither”."
        ),
        required=False,
    )
    guideline = forms.CharField(
        label=_("Guideline"),
        widget=area(8),
        help_text=_("How to label, with examples. Each annotation records its version."),
    )
    annotators = forms.IntegerField(
        label=_("Annotators for each task"), min_value=1, max_value=9, initial=2
    )
    hold_minutes = forms.IntegerField(
        label=_("Minutes a task is kept for its annotator"),
        min_value=1,
        max_value=1440,
        initial=30,
    )

    def clean_labels(self) -> list[dict[str, str]]:
        """The lines as labels; faults are told by their line."""
        text = self.cleaned_data["labels"]
        if not text.strip() and self.data.get("type") == Project.Type.PAIRS:
            return label_sets.PAIR_LABELS["comparison"]
        try:
            found = label_sets.parse(text)
        except ValueError as error:
            raise forms.ValidationError(localised(*error.args)) from None
        wrong = label_sets.fault(found)
        if wrong:
            raise forms.ValidationError(localised(*wrong))
        return found


class GuidelineForm(ConsoleForm):
    """The next version of a guideline."""

    text = forms.CharField(label=_("Guideline"), widget=area(14))


class InviteForm(ConsoleForm):
    """Another party."""

    party = forms.ChoiceField(label=_("Party to invite"))

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        invited = project.invitations.filter(active=True).values("party")
        rows = Party.objects.filter(active=True).exclude(pk=project.owner_id)
        rows = rows.exclude(pk__in=invited).order_by("id")
        field = self.fields["party"]
        field.choices = [(one.ref, party_name(one)) for one in rows]  # type: ignore[attr-defined]


class ManyFiles(forms.ClearableFileInput):
    """A choice of several files."""

    allow_multiple_selected = True


class ImportForm(ConsoleForm):
    """A file of tasks."""

    file = forms.FileField(
        label=_("File of tasks"),
        help_text=_("CSV with a heading line, JSON Lines, or Label Studio's JSON, in UTF-8."),
    )


class PicturesForm(ConsoleForm):
    """Pictures, one task each."""

    pictures = forms.FileField(
        label=_("Pictures"),
        widget=ManyFiles(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_("PNG, JPEG or WebP, at most 20 MB each."),
    )


class ReleaseForm(ConsoleForm):
    """What a dataset version needs beside the project's records."""

    code = forms.CharField(label=_("Directory code"), max_length=40)
    title_zh = forms.CharField(label=_("Title (Chinese)"), max_length=200)
    title_en = forms.CharField(label=_("Title (English)"), max_length=240)
    description_zh = forms.CharField(label=_("What it is (Chinese)"), widget=area())
    description_en = forms.CharField(label=_("What it is (English)"), widget=area())
    licence = forms.CharField(label=_("Licence"), max_length=500)
    purpose = forms.CharField(label=_("Intended use"), widget=area(2), max_length=1000)
    origin = forms.CharField(label=_("Source and collection"), widget=area(2), max_length=1000)
    limits = forms.CharField(
        label=_("Known limits"), widget=area(2), max_length=2000, required=False
    )
    personal_data = forms.BooleanField(label=_("Holds personal data"), required=False)
    train = forms.IntegerField(label=_("Train (%)"), min_value=0, max_value=100, initial=80)
    validation = forms.IntegerField(
        label=_("Validation (%)"), min_value=0, max_value=100, initial=10
    )
    seed = forms.IntegerField(
        label=_("Seed of the splits"),
        min_value=0,
        max_value=2**31,
        initial=1,
        help_text=_("The same seed puts the same task into the same split in every version."),
    )

    def clean(self) -> dict[str, Any]:
        """Shares that fit into a whole."""
        data = super().clean() or {}
        if (data.get("train") or 0) + (data.get("validation") or 0) > 100:
            raise forms.ValidationError(_("The splits together are more than 100%."))
        return data
