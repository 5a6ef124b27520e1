"""The policy form: one group of inputs an operand of the closed profile."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from citybrain.kernel.errors import Invalid
from citybrain.kernel.policy import OPERANDS, Policy, PolicyFault
from citybrain.kernel.policy.form import form_from_policy, operand_fields, policy_from_form
from citybrain.kernel.policy.values import ANYONE
from citybrain.ui.labels import localised

OPERAND_FIELDS = operand_fields()
SHARED_ENFORCEMENT = {"gateway": "gateway", "delivery": "delivery", "consumer": "word"}
"""The profile's points of enforcement → the marks of the clause component."""


@dataclass(frozen=True, slots=True)
class OperandGroup:
    """One operand's inputs, with its mark and what the mark means for it."""

    code: str
    title: str
    help: str
    how: str
    mark: str
    enforcement: str
    names: list[str]
    filled: bool


class PolicyForm(forms.Form):
    """All operands; what is left empty is no clause."""

    def __init__(self, data: QueryDict | None = None, policy: Policy | None = None) -> None:
        initial = form_from_policy(policy) if policy else {}
        super().__init__(data, initial=_for_widgets(initial), label_suffix="")
        for one in OPERAND_FIELDS:
            for name in one["names"]:
                self.fields[name] = _field(one, name)

    def policy(self) -> Policy:
        """The policy that was entered. Raises `Invalid`, naming each faulty input."""
        given = {name: self.data.getlist(name) for name in self.fields}  # type: ignore[attr-defined]
        try:
            return policy_from_form(given)
        except PolicyFault as fault:
            raise Invalid(
                "bad-policy",
                f"策略条款有误：{fault.zh}",
                f"The policy has a faulty clause: {fault.en}",
                fault.fields,
            ) from None

    def groups(self) -> Iterator[OperandGroup]:
        """The operands in the profile's order."""
        for one in OPERAND_FIELDS:
            yield OperandGroup(
                code=one["code"],
                title=localised(one["title_zh"], one["title_en"]),
                help=localised(one["help_zh"], one["help_en"]),
                how=localised(one["how_zh"], one["how_en"]),
                mark=localised(one["mark_zh"], one["mark_en"]),
                enforcement=SHARED_ENFORCEMENT[one["enforced"]],
                names=one["names"],
                filled=any(self._filled(name) for name in one["names"]),
            )

    def _filled(self, name: str) -> bool:
        """Whether an input holds something; the choice of operator alone says nothing."""
        if name.endswith(".operator"):
            return False
        return bool(self[name].value()) or bool(self.errors.get(name) if self.is_bound else None)


def clause_place(name: str) -> str:
    """Where the message of a faulty clause goes: "constraints.2" is no input's name."""
    return name if name.partition(".")[0] in OPERANDS or name == "action" else ""


def _for_widgets(values: Mapping[str, Any]) -> dict[str, Any]:
    """Lists stay lists for check boxes; for text areas they become lines."""
    shown = dict(values)
    for one in OPERAND_FIELDS:
        for name in one["names"]:
            if one["widget"] in ("lines", "rows") and isinstance(shown.get(name), list):
                shown[name] = "\n".join(shown[name])
            elif one["widget"] == "choices" and isinstance(shown.get(name), str):
                shown[name] = shown[name] if name.endswith("operator") else [shown[name]]
    return shown


def _field(one: Mapping[str, Any], name: str) -> forms.Field:
    if name.endswith(".operator"):
        return forms.ChoiceField(
            choices=_operators(one, name), label=_("Comparison"), required=False
        )
    part = name.partition(".")[2]
    named = {row["code"]: localised(row["zh"], row["en"]) for row in one["parts"]}
    title = localised(one["title_zh"], one["title_en"])
    label = f"{title} · {named[part]}" if part in named else title
    choices = [(row["code"], localised(row["zh"], row["en"])) for row in one["choices"]]
    if one["code"] == "onwardTransfer":
        choices.insert(0, (ANYONE, _("anyone")))
    return _makers(one["widget"], choices, label)


def _operators(one: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    """All of an operand's operators; of a time window those of its end."""
    found = [(row["code"], localised(row["zh"], row["en"])) for row in one["operators"]]
    if ".from." in name:
        return [pair for pair in found if pair[0].startswith("g")]
    return [pair for pair in found if pair[0].startswith("l")] if ".until." in name else found


def _makers(widget: str, choices: list[tuple[str, str]], label: str) -> forms.Field:
    if widget == "select":
        return forms.ChoiceField(choices=choices, label=label, required=False)
    if widget == "choices" and choices:
        boxes = forms.CheckboxSelectMultiple()
        return forms.MultipleChoiceField(choices=choices, label=label, widget=boxes, required=False)
    if widget == "checkbox":
        return forms.BooleanField(label=label, required=False)
    help_text, control = _control(widget)
    return forms.CharField(label=label, required=False, widget=control, help_text=help_text)


def _control(widget: str) -> tuple[str, forms.Widget]:
    area = forms.Textarea(attrs={"rows": 3})
    return {
        "lines": (_("One on each line."), area),
        "rows": (_("One column on each line, such as: district = 370202, 370203"), area),
        "window": (
            _("Beijing time"),
            forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
        ),
        "number": ("", forms.NumberInput(attrs={"min": 1})),
        "limits": ("", forms.NumberInput(attrs={"min": 1})),
        "money": (_("in yuan, such as 0.50"), forms.TextInput(attrs={"inputmode": "decimal"})),
        "decimals": ("", forms.TextInput(attrs={"inputmode": "decimal"})),
        "duration": (_("such as P30D for 30 days, P1Y for a year"), forms.TextInput()),
    }.get(widget, ("", forms.TextInput()))
