"""Forms made from the steps, and the few fixed ones. What is accepted, the actions decide."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from citybrain.domains.registration.logic.fields import Field, Step, line_of
from citybrain.kernel.errors import ActionError
from citybrain.ui.forms import ConsoleForm, area
from citybrain.ui.labels import localised


def step_form(step: Step, answers: Mapping[str, Any], posted: Any = None) -> ConsoleForm:
    """The page of a step with what was answered so far; nothing is refused here."""
    form = ConsoleForm(posted, initial={one.name: _shown(one, answers) for one in step.fields})
    for one in step.fields:
        form.fields[one.name] = _field(one)
    return form


def answers_in(step: Step, posted: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, for the action."""
    return {one.name: posted.get(one.name, "") for one in step.fields}


def _shown(one: Field, answers: Mapping[str, Any]) -> Any:
    value = answers.get(one.name)
    if one.sort == "lines":
        return "\n".join(map(line_of, value or []))
    return value


def _field(one: Field) -> forms.Field:
    """A field that shows whether it is needed; the action says what is wrong with it."""
    needed = one.required and one.needed_if is None
    about: dict[str, Any] = {"label": one.title, "help_text": one.help}
    if one.sort == "choice":
        field: forms.Field = forms.ChoiceField(choices=[("", "—"), *one.choices], **about)
    elif one.sort == "yes":
        field = forms.BooleanField(**about)
    elif one.sort in ("area", "lines"):
        field = forms.CharField(widget=area(8 if one.sort == "lines" else 3), **about)
    elif one.sort == "date":
        field = forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **about)
    elif one.sort == "number":
        field = forms.CharField(widget=forms.TextInput(attrs={"inputmode": "numeric"}), **about)
    else:
        field = forms.CharField(**about)
    field.required = needed
    field.widget.is_required = False
    return field


def show_faults(form: forms.Form, error: ActionError) -> None:
    """Put each message of an action's refusal beside its field; others above the form."""
    form.full_clean()
    form.errors.clear()
    placed = False
    for name, texts in error.fields.items():
        if name in form.fields:
            form.add_error(name, str(localised(*texts)))
            placed = True
    if not placed:
        form.add_error(None, str(localised(error.zh, error.en)))


class NationalForm(ConsoleForm):
    """The number of the national certificate."""

    number = forms.CharField(label=_("National certificate number"), max_length=60)
    issued_on = forms.DateField(
        label=_("Issued on"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )


class AnswerForm(ConsoleForm):
    """The answer to an objection, which is published."""

    reasons = forms.CharField(
        label=_("Answer"),
        widget=area(),
        help_text=_("The answer is shown to the public; leave personal data out."),
    )


class ObjectionForm(ConsoleForm):
    """An objection under real name."""

    name = forms.CharField(
        label=_("Your real name, or your unit's"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact = forms.CharField(label=_("Telephone or e-mail"), max_length=120)
    reasons = forms.CharField(label=_("Why you object"), widget=area(5), max_length=4000)
    evidence = forms.CharField(
        label=_("Evidence"),
        widget=area(),
        max_length=4000,
        required=False,
        help_text=_("What shows it: documents, numbers, where they can be seen."),
    )


class VerifyForm(ConsoleForm):
    """A certificate to be checked."""

    file = forms.FileField(label=_("Certificate (PDF or JSON)"))
