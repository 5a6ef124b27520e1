"""What the forms of every page share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def area(rows: int = 3) -> forms.Textarea:
    """A field of several lines."""
    return forms.Textarea(attrs={"rows": rows})


class ConsoleForm(forms.Form):
    """Labels without a colon, as the field component shows them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class MoveForm(ConsoleForm):
    """The reasons that some moves need."""

    reasons = forms.CharField(label=_("Reasons"), widget=area(), required=False)

    def __init__(self, *args: Any, needs_reasons: bool = False, label: str = "", **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["reasons"].required = needs_reasons
        if label:
            self.fields["reasons"].label = label
