"""Words for what packs and runs know by code."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.flows.faults import Fault
from citybrain.flows.packs import Pack

KINDS = {
    "service": lazy("Service item"),
    "one-thing": lazy("One thing"),
    "no-proof": lazy("No proof"),
    "city-run": lazy("City operation"),
    "model": lazy("Model application"),
    "data": lazy("Data application"),
}
STEPS = {
    "ask": lazy("Ask"),
    "decide": lazy("Decide"),
    "use": lazy("Use a resource"),
    "human": lazy("A person"),
    "wait": lazy("Wait"),
    "issue": lazy("Issue"),
    "notify": lazy("Notify"),
    "branch": lazy("Branch"),
    "each": lazy("For each"),
    "end": lazy("End"),
}
HITS = {
    "U": lazy("exactly one rule applies"),
    "F": lazy("the first rule that applies counts"),
    "A": lazy("several rules may apply and agree"),
    "P": lazy("the most important result counts"),
    "C": lazy("all results are gathered"),
    "C+": lazy("the results are added up"),
    "C<": lazy("the least result counts"),
    "C>": lazy("the greatest result counts"),
    "C#": lazy("the rules that apply are counted"),
}
METHODS = {
    "cancelled": lazy("cancelled"),
    "e-licence": lazy("electronic licence"),
    "shared-data": lazy("shared data"),
    "commitment": lazy("written commitment"),
    "cross-check": lazy("checked between offices"),
}
TONES = {
    "draft": "info",
    "active": "good",
    "retired": "neutral",
    "running": "info",
    "asking": "warn",
    "using": "info",
    "human": "warn",
    "waiting": "info",
    "each": "info",
    "stuck": "bad",
    "ended": "good",
    "cancelled": "neutral",
    "queued": "info",
    "sent": "good",
    "failed": "bad",
}


def language() -> str:
    """The reader's language as packs know it."""
    return "en" if (get_language() or "zh").startswith("en") else "zh"


def text(pack: Pack, key: str) -> str:
    """A text of the pack in the reader's language."""
    return pack.text(key, language())


def fault_text(fault: Fault) -> str:
    """What is wrong, in the reader's language."""
    return fault.zh if language() == "zh" else fault.en


def words(zh: str, en: str) -> str:
    """The one in the reader's language."""
    return zh if language() == "zh" else en


def shown(pack: Pack, name: str, value: Any) -> str:
    """A field's value for people."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ("、" if language() == "zh" else ", ").join(shown(pack, name, one) for one in value)
    return pack.texts[language()].get(f"values.{name}.{value}", str(value))


def field_title(pack: Pack, name: str) -> str:
    """A field's label; its name where the pack has none, as for outputs of tables."""
    return pack.texts[language()].get(f"fields.{name}", name)
