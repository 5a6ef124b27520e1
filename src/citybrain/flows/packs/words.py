"""Texts: which a pack needs in both languages, and how values are put into messages."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from citybrain.flows.faults import Fault
from citybrain.flows.packs.model import Ask, End, Human, Issue, Notify
from citybrain.flows.packs.pack import Pack

_PLACE = re.compile(r"\{([A-Za-z_][\w.]*)\}", re.ASCII)
RUN_WORDS = frozenset({"number", "today"})
"""What messages may name beside the fields: the run's number and the day."""


def needed(pack: Pack) -> dict[str, str]:
    """Key of a text → who needs it (in English, for the fault)."""
    found: dict[str, str] = {}
    for step in pack.flow.steps:
        found[f"steps.{step.id}"] = f"step {step.id}"
        if isinstance(step, Ask | Human):
            found |= {f"fields.{name}": f"step {step.id}" for name in step.fields}
        if isinstance(step, Human):
            found |= {f"outcomes.{one.code}": f"step {step.id}" for one in step.outcomes}
        elif isinstance(step, Notify):
            found[f"messages.{step.message}"] = f"step {step.id}"
        elif isinstance(step, Issue):
            found[f"documents.{step.document}.title"] = f"step {step.id}"
            found[f"documents.{step.document}.body"] = f"step {step.id}"
        elif isinstance(step, End):
            found[f"results.{step.result}"] = f"step {step.id}"
    for code in pack.raw_tables:
        found[f"tables.{code}"] = f"table {code}"
    for name, one in pack.fields.items():
        found.setdefault(f"fields.{name}", f"field {name}")
        found |= {f"values.{name}.{value}": f"field {name}" for value in one.allowed or ()}
    found |= {control.group: "ui.json" for control in pack.controls if control.group}
    return found


def missing(pack: Pack) -> Iterator[Fault]:
    """Texts that are missing in a language, and places in texts that name no field."""
    wanted = needed(pack)
    for language in ("zh", "en"):
        file, texts = f"texts.{language}.yaml", pack.texts[language]
        for key, who in sorted(wanted.items()):
            if key not in texts:
                zh, en = f"缺少文本“{key}”（{who}）。", f"The text {key!r} is missing ({who})."
                yield Fault(file, 0, "text-missing", zh, en)
        for key, text in texts.items():
            yield from _odd_places(pack, file, key, text)


def _odd_places(pack: Pack, file: str, key: str, text: str) -> Iterator[Fault]:
    if not key.startswith(("messages.", "documents.")):
        return
    for name in _PLACE.findall(text):
        if name not in pack.fields and name not in RUN_WORDS:
            line = pack.documents[file].line(tuple(key.split(".")))
            zh, en = f"文本中的“{{{name}}}”不是字段。", f"“{{{name}}}” in the text is no field."
            yield Fault(file, line, "text-place", zh, en)


def filled(pack: Pack, key: str, language: str, data: Mapping[str, Any]) -> str:
    """A text with the values of the fields; a dash for what is missing."""

    def value(match: re.Match[str]) -> str:
        found = data.get(match[1])
        if found is None:
            return "—"
        if isinstance(found, bool):
            words = {"zh": ("是", "否"), "en": ("yes", "no")}[language]
            return words[0] if found else words[1]
        if isinstance(found, list):
            parts = (_word(pack, match[1], one, language) for one in found)
            return ("、" if language == "zh" else ", ").join(parts)
        return _word(pack, match[1], found, language)

    return _PLACE.sub(value, pack.text(key, language))


def _word(pack: Pack, name: str, value: Any, language: str) -> str:
    return pack.texts[language].get(f"values.{name}.{value}", str(value))
