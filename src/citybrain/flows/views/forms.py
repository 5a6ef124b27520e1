"""Forms of the flows' pages: uploads, and a form made of a pack's contract."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citybrain.flows.packs import Pack
from citybrain.flows.packs.archive import LARGEST_ZIP
from citybrain.flows.packs.contract import Property
from citybrain.flows.wording import field_title, shown
from citybrain.ui.forms import ConsoleForm, area


class UploadForm(ConsoleForm):
    """A zip, and what changed."""

    file = forms.FileField(label=_("Zip of the pack"), max_length=200)
    note = forms.CharField(label=_("What changed"), required=False, max_length=300)

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > LARGEST_ZIP:
            raise forms.ValidationError(_("The file is too large."))
        return file


YES_NO = (("", "—"), ("true", _("yes")), ("false", _("no")))


class ContractForm(ConsoleForm):
    """Fields of a pack's contract; `data` gives what was filled in, typed as the contract says.

    Nothing is required here: which fields must be given depends on the others, and the run
    waits for those that are missing.
    """

    def __init__(self, pack: Pack, names: list[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pack = pack
        for name in names:
            self.fields[name] = _field(pack, name, pack.contract.properties[name])

    def given(self) -> dict[str, Any]:
        """Name → JSON value of every field that was filled in."""
        found: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            if value in ("", None, []):
                continue
            found[name] = _json(self.pack.contract.properties[name], value)
        return found


def _json(one: Property, value: Any) -> Any:
    kind = one.field.type
    if kind == "boolean":
        return value == "true"
    if kind == "number":
        return int(value) if value == int(value) else float(value)
    if kind == "date":
        return value.isoformat()
    if kind == "list" and isinstance(value, str):
        return [line.strip() for line in value.splitlines() if line.strip()]
    return value


def _field(pack: Pack, name: str, one: Property) -> forms.Field:
    label, kind = field_title(pack, name), one.field.type
    common: dict[str, Any] = {"label": label, "required": False}
    if kind == "boolean":
        return forms.ChoiceField(choices=YES_NO, **common)
    if kind == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if kind == "number":
        low, high = one.field.low, one.field.high
        places = 0 if one.field.is_integer else 6
        return forms.DecimalField(
            min_value=low, max_value=high, decimal_places=places, max_digits=18, **common
        )
    if kind == "list":
        return _list(pack, name, one, common)
    if one.field.allowed:
        choices = [("", "—"), *((v, shown(pack, name, v)) for v in one.field.allowed)]
        return forms.ChoiceField(choices=choices, **common)
    longest = one.schema.get("maxLength", 2000)
    widget = area() if longest > 200 else forms.TextInput()
    return forms.CharField(max_length=longest, widget=widget, **common)


def _list(pack: Pack, name: str, one: Property, common: dict[str, Any]) -> forms.Field:
    allowed = one.schema["items"].get("enum")
    if not allowed:
        return forms.CharField(widget=area(), help_text=_("One a line."), **common)
    choices = [(value, shown(pack, name, value)) for value in allowed]
    boxes = forms.CheckboxSelectMultiple()
    return forms.MultipleChoiceField(choices=choices, widget=boxes, **common)
