"""The forms of the quality pages."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citybrain.domains.catalogue.models import Expectation
from citybrain.domains.catalogue.quality.actions.decisions import LONGEST_REASON, SHORTEST_REASON
from citybrain.domains.catalogue.quality.expecting import KEYS
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Resource
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import localised


class ReasonsForm(ConsoleForm):
    """Why a preview is opened unmasked, or a proposal declined."""

    reasons = forms.CharField(
        label=_("Reasons"), widget=area(2), min_length=SHORTEST_REASON, max_length=LONGEST_REASON
    )


class CheckForm(ConsoleForm):
    """A check; which of the values count depends on the rule."""

    rule = forms.ChoiceField(label=_("Check"), choices=Expectation.Rule.choices)
    column = forms.ChoiceField(label=_("Column"), required=False)
    list = forms.CharField(
        label=_("Allowed values"),
        help_text=_("For “one of a list”: one value a line."),
        widget=area(3),
        required=False,
        max_length=200_000,
    )
    low = forms.CharField(
        label=_("At least"),
        help_text=_("For “between” and the number of rows."),
        required=False,
        max_length=60,
    )
    high = forms.CharField(label=_("At most"), required=False, max_length=60)
    pattern = forms.CharField(
        label=_("Pattern"),
        help_text=_("For “matches”: a regular expression (RE2) for the whole value."),
        required=False,
        max_length=500,
    )
    resource = forms.CharField(
        label=_("Directory code of the other resource"),
        help_text=_("For references: one's own office's table, or one open to all."),
        required=False,
        max_length=40,
    )
    ref_column = forms.CharField(label=_("Column there"), required=False, max_length=64)
    days = forms.CharField(
        label=_("Days"),
        help_text=_("For “recent enough”: the newest date is no older."),
        required=False,
        max_length=4,
    )
    note = forms.CharField(label=_("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, resource: Resource, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items = resource.metadata.get("items", [])
        shown = [
            (one["name"], f"{localised(one['title_zh'], one['title_en'])} ({one['name']})")
            for one in items
        ]
        self.fields["column"].choices = [("", _("the whole table")), *shown]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """The values that the chosen rule knows."""
        data = self.cleaned_data
        given: dict[str, Any] = {
            "list": [one.strip() for one in data["list"].splitlines() if one.strip()],
            "column": data["ref_column"],
        }
        given |= {name: data[name] for name in ("low", "high", "pattern", "resource", "days")}
        return {name: one for name, one in given.items() if name in KEYS[data["rule"]] and one}

    def show(self, error: ActionError) -> None:
        """Put a refusal at the fields that it is about."""
        language = get_language() or "zh-hans"
        place = 1 if language.startswith("en") else 0
        for name, words in error.fields.items():
            self.add_error(name if name in self.fields else None, words[place])
        if not error.fields:
            self.add_error(None, error.text(language))
