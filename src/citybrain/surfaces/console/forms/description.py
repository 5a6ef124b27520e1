"""The form of what every resource says of itself."""

import re
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.actions.description import DESCRIPTION
from citybrain.kernel.classes import classes
from citybrain.kernel.models import Party, Resource
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import district_choices, localised, party_name


def _to_choose(of: type[TextChoices]) -> list[tuple[str, Any]]:
    """Choices with none made yet: what the law asks to decide is never decided by default."""
    return [("", "—"), *of.choices]


class DescriptionForm(ConsoleForm):
    """What every resource says of itself, whatever its kind (目录基本信息)."""

    code = forms.CharField(
        label=_("Directory code"),
        max_length=40,
        help_text=_("Unique in the city, such as 370200-JT-0001. It cannot be changed later."),
    )
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200)
    title_en = forms.CharField(label=_("Title in English"), max_length=240)
    summary_zh = forms.CharField(label=_("Summary in Chinese"), widget=area(), required=False)
    summary_en = forms.CharField(label=_("Summary in English"), widget=area(), required=False)
    category_class = forms.ChoiceField(
        label=_("Class"), required=False, help_text=_("Class of the compilation guide of 2017.")
    )
    category_item = forms.CharField(
        label=_("Class item"), max_length=2, required=False, help_text=_("2 digits, such as 01.")
    )
    category_subject = forms.CharField(
        label=_("Class subject"), max_length=3, required=False, help_text=_("3 digits.")
    )
    category_detail = forms.CharField(
        label=_("Class detail"), max_length=20, required=False, help_text=_("Digits or letters.")
    )
    source_party = forms.ChoiceField(
        label=_("Source office"),
        required=False,
        help_text=_("The office that collects the data first."),
    )
    share_type = forms.ChoiceField(label=_("Sharing"), choices=_to_choose(Resource.ShareType))
    share_scope = forms.CharField(
        label=_("Scope and use"),
        widget=area(),
        required=False,
        help_text=_("Needed when it is shared on conditions."),
    )
    share_basis = forms.CharField(
        label=_("Legal basis"),
        widget=area(),
        required=False,
        help_text=_("Needed when it is not shared: the law, regulation or decision that says so."),
    )
    open_type = forms.ChoiceField(
        label=_("Open attribute"),
        choices=_to_choose(Resource.OpenType),
        required=False,
        help_text=_("Whether the public may have it."),
    )
    open_conditions = forms.CharField(
        label=_("Conditions of opening"),
        widget=area(),
        required=False,
        help_text=_("Needed when it is open on conditions."),
    )
    update_cycle = forms.ChoiceField(
        label=_("Update cycle"), choices=_to_choose(Resource.UpdateCycle)
    )
    grade = forms.ChoiceField(
        label=_("Grade"), choices=Resource.Grade.choices, initial=Resource.Grade.INTERNAL
    )
    format_class = forms.ChoiceField(
        label=_("Format class"), choices=_to_choose(Resource.FormatClass), required=False
    )
    district = forms.ChoiceField(label=_("District"), required=False)
    related = forms.CharField(
        label=_("Related resources"),
        widget=area(),
        required=False,
        help_text=_("Directory codes, one on each line."),
    )

    def __init__(
        self, *args: Any, fixed_code: bool = False, source: Party | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._offer("district", [("", _("Whole city")), *district_choices()])
        named = [(code, f"{code} {localised(*names)}") for code, names in classes().items()]
        self._offer("category_class", [("", "—"), *named])
        self._offer("source_party", [("", _("The provider itself")), *_offices(source)])
        if fixed_code:
            del self.fields["code"]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_related(self) -> list[str]:
        """One code on each line, or parted by semicolons."""
        return [one for one in re.split(r"[;；\s]+", self.cleaned_data["related"]) if one]


def initial_of(resource: Resource) -> dict[str, Any]:
    """What the form shows of a resource that is to be changed."""
    stored = {name: getattr(resource, name) for name in DESCRIPTION}
    source = resource.source_party
    return stored | {
        "source_party": source.ref if source else "",
        "related": "\n".join(resource.related),
    }


def _offices(chosen: Party | None) -> list[tuple[str, str]]:
    """Departments that act, and the one that was chosen before."""
    found = Party.objects.filter(type=Party.Type.DEPARTMENT, active=True)
    rows = [*found, *([chosen] if chosen and chosen not in found else [])]
    return [(one.ref, party_name(one)) for one in rows]
