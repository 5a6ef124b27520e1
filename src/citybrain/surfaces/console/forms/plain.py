"""The forms of fixed shape."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citybrain.kernel.models import Issue, Membership, Party
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import kind_choices, purpose_choices


class KindForm(ConsoleForm):
    """First question of a registration."""

    kind = forms.ChoiceField(label=_("Kind of resource"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kind_choices()  # type: ignore[attr-defined]


class OfferForm(ConsoleForm):
    """Titles of an offer; its policy has a form of its own."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=160)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)


class RequestForm(ConsoleForm):
    """What a request says beside its policy."""

    purpose = forms.ChoiceField(label=_("Purpose"))
    scenario_code = forms.CharField(
        label=_("Scenario"),
        max_length=60,
        required=False,
        help_text=_("Code of a registered scenario, if it serves one."),
    )
    basis = forms.CharField(
        label=_("Basis of use"),
        widget=area(),
        help_text=_("The law, duty or task that the use rests on."),
    )
    use_scope = forms.CharField(
        label=_("Scope of use"), widget=area(), help_text=_("Who uses it, in which business.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = purpose_choices()  # type: ignore[attr-defined]


class IssueForm(ConsoleForm):
    """A correction or a dispute."""

    type = forms.ChoiceField(label=_("Sort of problem"), choices=Issue.Type.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    detail = forms.CharField(label=_("What is wrong"), widget=area(5), max_length=20_000)
    row = forms.CharField(label=_("Row"), max_length=200, required=False)
    field = forms.CharField(label=_("Field"), max_length=200, required=False)
    is_ = forms.CharField(label=_("What it is now"), max_length=500, required=False)
    should_be = forms.CharField(label=_("What it should be"), max_length=500, required=False)

    def pointer(self) -> dict[str, str]:
        """Row and field, as far as they were given."""
        names = {"row": "row", "field": "field", "is_": "is", "should_be": "should_be"}
        given = {names[name]: self.cleaned_data.get(name, "") for name in names}
        return {name: value for name, value in given.items() if value}


class PartyForm(ConsoleForm):
    """A new party."""

    type = forms.ChoiceField(label=_("Type"), choices=Party.Type.choices)
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=160)
    code = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)


class AccountForm(ConsoleForm):
    """A new sign-in."""

    username = forms.CharField(label=_("User name"), max_length=150)
    display_name = forms.CharField(label=_("Name"), max_length=80, required=False)
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters of several sorts; the person should change it."),
    )


class MembershipForm(ConsoleForm):
    """Whom an account may act for, in which role."""

    party = forms.ChoiceField(label=_("Party"))
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices)

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = parties  # type: ignore[attr-defined]


class PaymentForm(ConsoleForm):
    """A payment that the provider has received."""

    amount = forms.DecimalField(
        label=_("Amount in yuan"), min_value=0, max_digits=15, decimal_places=2
    )
    receipt = forms.CharField(label=_("Receipt number"), max_length=60)
