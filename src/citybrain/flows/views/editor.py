"""Editing tables and texts in the browser: what is saved is a new draft, never the version."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import yaml
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from citybrain.flows.actions.packs import edit_pack
from citybrain.flows.decisions import build, write_csv, write_dmn
from citybrain.flows.decisions.csv_file import output_text
from citybrain.flows.decisions.model import RawRule, RawTable
from citybrain.flows.faults import FaultyError
from citybrain.flows.models import PackVersion
from citybrain.flows.packs import Pack
from citybrain.flows.versions import pack_of
from citybrain.flows.views.packs import found
from citybrain.flows.wording import fault_text
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.errors import ActionError, NotFound
from citybrain.ui.pages import page, text

BLANK_ROWS = 3
MOST_CELLS = 900
"""Django takes 1,000 fields of a form; larger tables are edited as files."""


@page("GET", "POST")
def edit_table(request: HttpRequest, acting: Acting, ref: str, table: str) -> HttpResponseBase:
    """A decision table as a grid of cells."""
    version = found(acting, ref)
    authorise(acting, "pack.manage", version.owner)
    pack = pack_of(version)
    if table not in pack.raw_tables:
        raise NotFound("not-found", "找不到该决策表。", "There is no such table.")
    raw, status = pack.raw_tables[table], 200
    problems: list[str] = []
    if request.method == "POST":
        raw = _posted(raw, request.POST)
        done, problems, status = _saved(acting, version, pack, raw, request.POST.get("note", ""))
        if done is not None:
            messages.success(request, _("Saved as a draft. It is not in use yet."))
            return redirect("scenario", done.ref)
    width = 1 + len(raw.inputs) + len(raw.outputs) + len(raw.notes)
    context = {
        "pack": version,
        "table": raw,
        "outputs": [output_text(one) for one in raw.outputs],
        "rows": _grid(raw),
        "problems": problems,
        "note": request.POST.get("note", ""),
        "too_large": width * (len(raw.rules) + BLANK_ROWS) > MOST_CELLS,
    }
    return render(request, "flows/edit_table.html", context, status=status)


def _grid(raw: RawTable) -> list[list[tuple[str, str, str]]]:
    """(name, value, label) of every cell, with blank rows at the end."""
    blank = RawRule("", ("",) * len(raw.inputs), ("",) * len(raw.outputs), ("",) * len(raw.notes))
    heads = [*raw.inputs, *map(output_text, raw.outputs), *raw.notes]
    rows = []
    for number, rule in enumerate([*raw.rules, *[blank] * BLANK_ROWS]):
        values = [*rule.inputs, *rule.outputs, *rule.notes]
        row = [(f"id-{number}", rule.id, _("rule"))]
        row += [
            (f"cell-{number}-{place}", value, heads[place]) for place, value in enumerate(values)
        ]
        rows.append(row)
    return rows


def _posted(raw: RawTable, posted: Mapping[str, str]) -> RawTable:
    """The table as the form gives it; rows without any text are left out."""
    first, second = len(raw.inputs), len(raw.inputs) + len(raw.outputs)
    width = second + len(raw.notes)
    rules: list[RawRule] = []
    for number in range(len(raw.rules) + BLANK_ROWS):
        cells = [posted.get(f"cell-{number}-{place}", "").strip()[:500] for place in range(width)]
        name = posted.get(f"id-{number}", "").strip()[:40]
        if name or any(cells):
            parts = tuple(cells[:first]), tuple(cells[first:second]), tuple(cells[second:])
            rules.append(RawRule(name, *parts, line=len(rules) + 3))
    return replace(raw, rules=tuple(rules))


def _saved(
    acting: Acting, version: PackVersion, pack: Pack, raw: RawTable, note: str
) -> tuple[PackVersion | None, list[str], int]:
    """The new draft, or what is wrong with it."""
    try:
        if raw.file.endswith(".dmn"):
            content = write_dmn(build(raw, pack.fields)).decode()
        else:
            content = write_csv(raw)
            build(raw, pack.fields)
    except FaultyError as error:
        return None, [f"{one.place} {fault_text(one)}" for one in error.faults], 422
    return _edited(acting, version, {raw.file: content}, note)


def _edited(
    acting: Acting, version: PackVersion, changes: dict[str, str], note: str
) -> tuple[PackVersion | None, list[str], int]:
    try:
        made = edit_pack(
            acting_party=acting, version_ref=version.ref, changes=changes, note=note[:300]
        )
    except ActionError as error:
        return None, [text(error)], error.status
    return made, [], 200


@page("GET", "POST")
def edit_texts(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Every text in both languages, side by side."""
    version = found(acting, ref)
    authorise(acting, "pack.manage", version.owner)
    pack = pack_of(version)
    keys = list(dict.fromkeys([*pack.texts["zh"], *pack.texts["en"]]))
    texts = {one: dict(pack.texts[one]) for one in ("zh", "en")}
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        for language, known in texts.items():
            for key in keys:
                given = request.POST.get(f"{language}-{key}", "").replace("\r\n", "\n").strip()
                known[key] = given[:4000]
        changes = {f"texts.{one}.yaml": _yaml(known) for one, known in texts.items()}
        note = request.POST.get("note", "")
        done, problems, status = _edited(acting, version, changes, note)
        if done is not None:
            messages.success(request, _("Saved as a draft. It is not in use yet."))
            return redirect("scenario", done.ref)
    context = {
        "pack": version,
        "rows": [(key, texts["zh"].get(key, ""), texts["en"].get(key, "")) for key in keys],
        "problems": problems,
        "note": request.POST.get("note", ""),
        "too_large": len(keys) * 2 > MOST_CELLS,
    }
    return render(request, "flows/edit_texts.html", context, status=status)


def _yaml(texts: Mapping[str, str]) -> str:
    """Keys joined by dots as nested YAML; texts that were emptied are left out."""
    nested: dict[str, Any] = {}
    for key, one in texts.items():
        if one:
            *outer, last = key.split(".")
            place = nested
            for part in outer:
                place = place.setdefault(part, {})
            place[last] = one
    return yaml.safe_dump(nested, allow_unicode=True, sort_keys=False, width=100)
