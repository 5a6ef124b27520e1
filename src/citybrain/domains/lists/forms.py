"""The forms of this app, and how a refusal finds its field."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from citybrain.domains.lists.models import Story
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.kernel.models import Party, Resource
from citybrain.ui.formats import is_chinese
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import party_name, purpose_choices

T = TypeVar("T")
SCORES = (
    (5, _("5 very satisfied")),
    (4, _("4 satisfied")),
    (3, _("3 fair")),
    (2, _("2 dissatisfied")),
    (1, _("1 very dissatisfied")),
)


class RatingForm(ConsoleForm):
    """好差评."""

    score = forms.TypedChoiceField(
        label=_("Rating"), choices=SCORES, coerce=int, widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("In words"), widget=area(), required=False, max_length=1000)


class DemandForm(ConsoleForm):
    """What is needed, why, in what shape."""

    title = forms.CharField(label=_("What is needed"), max_length=200)
    detail = forms.CharField(label=_("In more words"), widget=area(), required=False)
    items = forms.CharField(
        label=_("Wished items"),
        widget=area(5),
        required=False,
        help_text=_("One a line, such as the name of a column."),
    )
    cycle = forms.ChoiceField(
        label=_("Wished update cycle"),
        choices=[("", "—"), *Resource.UpdateCycle.choices],
        required=False,
    )
    basis = forms.CharField(label=_("Basis of use"), widget=area())
    purpose = forms.ChoiceField(label=_("Purpose"))
    scenario = forms.CharField(label=_("Scenario"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [("", "—"), *purpose_choices()]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the action takes."""
        return {**self.cleaned_data, "items": self.cleaned_data["items"].splitlines()}


class SupportForm(ConsoleForm):
    """For what another party needs the same."""

    words = forms.CharField(label=_("For what"), widget=area(2), required=False, max_length=1000)


class OfficeForm(ConsoleForm):
    """The office that should have it."""

    office = forms.ChoiceField(label=_("Office that should have it"))

    def __init__(self, *args: Any, but: Party, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Party.objects.filter(type=Party.Type.DEPARTMENT, active=True).exclude(pk=but.pk)
        choices = [("", "—"), *[(one.ref, party_name(one)) for one in rows]]
        self.fields["office"].choices = choices  # type: ignore[attr-defined]


class StoryForm(ConsoleForm):
    """A story in both languages."""

    headline_zh = forms.CharField(label=_("Headline in Chinese"), max_length=120)
    text_zh = forms.CharField(label=_("Story in Chinese"), widget=area(8))
    headline_en = forms.CharField(label=_("Headline in English"), max_length=160)
    text_en = forms.CharField(label=_("Story in English"), widget=area(8))
    expected_version = forms.IntegerField(required=False, widget=forms.HiddenInput)


def story_initial(story: Story | None) -> dict[str, Any]:
    """The form's first values."""
    if story is None:
        return {}
    names = ("headline_zh", "text_zh", "headline_en", "text_en")
    return {name: getattr(story, name) for name in names} | {"expected_version": story.version}


def attempt(form: forms.Form, work: Callable[[], T]) -> tuple[T | None, int]:
    """(result, 0), or (None, HTTP status) with the refusal's messages in the form."""
    try:
        return work(), 0
    except NotFound:
        raise
    except ActionError as error:
        placed = False
        for name, (zh, en) in error.fields.items():
            known = name if name in form.fields else None
            form.add_error(known, zh if is_chinese() else en)
            placed = placed or known is not None
        if not placed:
            form.add_error(None, error.text(get_language() or "zh-hans"))
        return None, error.status
