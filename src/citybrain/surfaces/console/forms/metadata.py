"""The metadata form: fields, groups and tables out of a kind's schema, and metadata out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from citybrain.kernel.kinds import Kind
from citybrain.surfaces.console.forms import schema as s
from citybrain.surfaces.console.forms.words import value_label

PREFIX = "metadata."
"""Before every field's name, as the action names the fields that it finds faulty."""


@dataclass(slots=True)
class Group:
    """What the template shows together: fields, or the rows of a table, or alternatives."""

    title: str
    names: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    variant: str = ""
    """`<chooser's name>=<value>`: shown while this alternative is chosen."""
    anchor: str = ""


class MetadataForm(forms.Form):
    """Reads and shows the metadata of one kind. `data` is the POST; `stored` what is known."""

    def __init__(
        self, kind: Kind, data: Mapping[str, Any] | None, stored: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, label_suffix="")
        self.root = kind.schema.model_json_schema()
        self.groups: list[Group] = [Group("")]
        self._lists: dict[str, list[s.Node]] = {}
        self._counts: dict[str, int] = {}
        self._filled: dict[str, list[int]] = {}
        self.tops = list(s.nodes(self.root, self.root, PREFIX))
        for node in self.tops:
            if self.groups[-1].title:
                self.groups.append(Group(""))
            self._add(node, (stored or {}).get(node.name.removeprefix(PREFIX)), self.groups[-1])

    def _add(self, node: s.Node, stored: Any, group: Group) -> None:
        if node.sort == "fixed":
            return
        if node.sort == "object":
            inner = Group(node.label)
            self.groups.append(inner)
            for one in s.nodes(node.schema, self.root, f"{node.name}."):
                self._add(one, _part(stored, one), inner)
        elif node.sort == "either":
            self._add_either(node, stored)
        elif node.sort == "rows":
            self._add_rows(node, stored or [])
        else:
            self.fields[node.name] = made = s.field_of(node)
            initial = node.schema.get("default") if stored is None else stored
            made.initial = s.shown(node, initial)
            group.names.append(node.name)

    def _add_either(self, node: s.Node, stored: Any) -> None:
        choices = s.variants(node, self.root)
        named = [(code, value_label(code)) for code in choices]
        empty = [] if node.required else [("", value_label(""))]
        chooser = forms.ChoiceField(
            choices=[*empty, *named], label=node.label, help_text=node.help, required=node.required
        )
        chooser.widget.attrs["data-chooses"] = node.name
        chooser.initial = _variant(choices, stored)
        self.fields[node.name] = chooser
        self.groups.append(Group(node.label, [node.name]))
        for code, plain in choices.items():
            group = Group(value_label(code), variant=f"{node.name}={code}")
            self.groups.append(group)
            known = stored if chooser.initial == code else None
            for one in s.nodes(plain, self.root, f"{node.name}.{code}."):
                self._add(one, _part(known, one), group)
                if one.name in self.fields:
                    self.fields[one.name].required = False

    def _add_rows(self, node: s.Node, stored: list[Any]) -> None:
        inner = list(s.nodes(node.schema["items"], self.root, ""))
        self._lists[node.name] = inner
        asked = str(self.data.get(f"{node.name}.count", "")) if self.is_bound else ""
        known = asked.isascii() and asked.isdigit() and len(asked) < 6
        count = int(asked) if known else len(stored) + s.SPARE_ROWS
        if self.is_bound and self.data.get("more") == node.name:
            count += s.SPARE_ROWS
        self._counts[node.name] = count = min(count, s.MAX_ROWS)
        group = Group(node.label, heads=[one.label for one in inner], anchor=node.name)
        self.groups.append(group)
        self.fields[node.name] = forms.Field(required=False, label=node.label)
        for number in range(count):
            row = stored[number] if number < len(stored) else {}
            group.rows.append([self._cell(node, number, one, row) for one in inner])

    def _cell(self, node: s.Node, number: int, one: s.Node, row: Mapping[str, Any]) -> str:
        name = f"{node.name}.{number}.{one.name}"
        made = s.field_of(one, in_row=True)
        made.initial = s.shown(one, row.get(one.name, "" if not row else None))
        made.label = f"{one.label} {number + 1}"
        made.help_text = ""
        self.fields[name] = made
        return name

    def input_of(self, name: str) -> str:
        """The input that a fault belongs to: the schema counts the filled rows only."""
        for table, numbers in self._filled.items():
            number, _dot, column = name.removeprefix(f"{table}.").partition(".")
            known = {str(one) for one in range(len(numbers))}
            if name.startswith(f"{table}.") and number in known:
                return f"{table}.{numbers[int(number)]}.{column}"
        return name

    @property
    def wants_more(self) -> bool:
        """True when the button for more rows was pressed: nothing is to be saved."""
        return bool(self.data.get("more"))

    def metadata(self) -> dict[str, Any]:
        """What was entered, without what was left empty; call it on a valid form."""
        return self._read(self.tops)

    def _read(self, nodes: list[s.Node]) -> dict[str, Any]:
        found = {}
        for node in nodes:
            value = self._value(node)
            if value is not None:
                found[node.name.rpartition(".")[2]] = value
        return found

    def _value(self, node: s.Node) -> Any:
        if node.sort == "fixed":
            return node.schema["const"]
        if node.sort == "object":
            return self._read(list(s.nodes(node.schema, self.root, f"{node.name}."))) or None
        if node.sort == "either":
            chosen = self.cleaned_data.get(node.name)
            plain = s.variants(node, self.root).get(chosen or "")
            prefix = f"{node.name}.{chosen}."
            return self._read(list(s.nodes(plain, self.root, prefix))) if plain else None
        if node.sort == "rows":
            return self._rows(node) or None
        return s.without_empty(node, self.cleaned_data.get(node.name))

    def _rows(self, node: s.Node) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        self._filled[node.name] = []
        for number in range(self._counts[node.name]):
            values = {
                one.name: s.without_empty(
                    one, self.cleaned_data.get(f"{node.name}.{number}.{one.name}")
                )
                for one in self._lists[node.name]
            }
            if any(value not in (None, False) for value in values.values()):
                self._filled[node.name].append(number)
                rows.append({name: value for name, value in values.items() if value is not None})
        return rows


def _part(stored: Any, node: s.Node) -> Any:
    return stored.get(node.name.rpartition(".")[2]) if isinstance(stored, Mapping) else None


def _variant(choices: Mapping[str, s.Schema], stored: Any) -> str:
    """Which alternative a stored value is: by its `type`, else by the fields that it has."""
    if not isinstance(stored, Mapping):
        return ""
    if stored.get("type") in choices:
        return str(stored["type"])
    for code, plain in choices.items():
        if set(stored) <= set(plain.get("properties", {})):
            return code
    return ""
