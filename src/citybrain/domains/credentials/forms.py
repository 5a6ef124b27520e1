"""Forms of the licences. What is accepted, the actions decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from citybrain.domains.credentials.models import LicenceType
from citybrain.kernel.errors import ActionError
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import localised

DAY = {"type": "date"}


def show_faults(form: forms.Form, error: ActionError) -> None:
    """Put each message of a refusal beside its field; others above the form."""
    form.full_clean()
    form.errors.clear()
    for name, texts in error.fields.items():
        said = str(localised(*texts))
        if name in form.fields:
            form.add_error(name, said)
        else:
            form.add_error(None, f"{name}: {said}")
    if not error.fields:
        form.add_error(None, str(localised(error.zh, error.en)))


class TypeForm(ConsoleForm):
    """A new type of licence."""

    code = forms.CharField(
        label=_("Type code"),
        max_length=21,
        help_text=_("Credit code of the ministry in charge and 3 characters (GB/T 36904)."),
    )
    name_zh = forms.CharField(label=_("Name (Chinese)"), max_length=120)
    name_en = forms.CharField(label=_("Name (English)"), max_length=160)
    issuer_code = forms.CharField(
        label=_("Credit code of the issuing office"), max_length=18, required=False
    )
    holder_kind = forms.ChoiceField(label=_("Kind of holder"), choices=LicenceType.Holder.choices)
    months = forms.IntegerField(
        label=_("Validity in months"),
        initial=0,
        min_value=0,
        max_value=1200,
        help_text=_("0: for as long as it is not revoked."),
    )
    claims = forms.CharField(
        label=_("Claims, one a line"),
        widget=area(6),
        required=False,
        help_text=_(
            "name, Chinese title, English title, type (text, date, number, yes-no), then "
            "“optional” and “shown” where they apply; parts divided by commas."
        ),
    )

    def clean_claims(self) -> list[dict[str, Any]]:
        """The lines as claims."""
        lines = [one for one in self.cleaned_data["claims"].splitlines() if one.strip()]
        return [self._claim(one) for one in lines]

    def _claim(self, line: str) -> dict[str, Any]:
        parts = [one.strip() for one in line.replace("，", ",").split(",")]
        if len(parts) < 3:
            raise forms.ValidationError(_now("A claim has a name and two titles."))
        marks = set(parts[4:])
        if marks - {"optional", "shown"}:
            raise forms.ValidationError(_now("Only “optional” and “shown” may follow the type."))
        return {
            "name": parts[0],
            "zh": parts[1],
            "en": parts[2],
            "type": parts[3] if len(parts) > 3 else "text",
            "required": "optional" not in marks,
            "hidden": "shown" not in marks,
        }


def claim_fields(type: LicenceType) -> dict[str, forms.Field]:
    """A field for each claim of a type; the action says what is wrong with it."""
    made: dict[str, forms.Field] = {}
    for one in type.claims:
        label = localised(one["zh"], one["en"])
        if one["type"] == "yes-no":
            choices = [("", "—"), ("yes", _("Yes")), ("no", _("No"))]
            field: forms.Field = forms.ChoiceField(label=label, choices=choices)
        elif one["type"] == "date":
            field = forms.CharField(label=label, widget=forms.DateInput(attrs=DAY))
        else:
            field = forms.CharField(label=label, max_length=500)
        field.required = one["required"]
        made[one["name"]] = field
    return made


class IssueForm(ConsoleForm):
    """One licence of a type."""

    holder_name = forms.CharField(label=_("Holder"), max_length=120)
    holder_number = forms.CharField(
        label=_("Number of the holder"),
        max_length=20,
        help_text=_("Citizen number or credit code; kept as a digest and in masked form."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, type: LicenceType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [one["name"] for one in type.claims]
        self.fields.update(claim_fields(type))

    def given(self) -> dict[str, Any]:
        """What `issue_licence` takes."""
        return {
            "holder_name": self.cleaned_data["holder_name"],
            "holder_number": self.cleaned_data["holder_number"],
            "claims": {one: self.cleaned_data[one] for one in self.names if self.cleaned_data[one]},
        }


class ReplaceForm(ConsoleForm):
    """The next edition of a licence."""

    holder_name = forms.CharField(label=_("Holder"), max_length=120)
    reasons = forms.CharField(label=_("Reasons"), max_length=1000)

    def __init__(self, *args: Any, type: LicenceType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = [one["name"] for one in type.claims]
        self.fields.update(claim_fields(type))

    def given(self) -> dict[str, Any]:
        """What `replace_licence` takes."""
        return {
            "holder_name": self.cleaned_data["holder_name"],
            "reasons": self.cleaned_data["reasons"],
            "claims": {one: self.cleaned_data[one] for one in self.names if self.cleaned_data[one]},
        }


class BulkForm(ConsoleForm):
    """A file of licences."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns holder_name, holder_number and one for each claim, by its name."),
    )


class VerifyForm(ConsoleForm):
    """What somebody holds, to be checked."""

    code = forms.CharField(
        label=_("What the QR code holds, or a credential"),
        widget=area(5),
        required=False,
        max_length=64 * 1024,
    )
    file = forms.FileField(label=_("Or a text file with it"), required=False)
