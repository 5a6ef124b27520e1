"""Measures how well the examples of packs guard their decision tables.

    python tools/mutate_tables.py [folder …]

Changes each cell of each table, one at a time, in every way below, and runs the examples: a
cell is guarded when every change of it makes at least one example fail. Numbers become one
more and one less, days one later, truth its opposite, texts another text; "-" becomes "null",
so that its rule hardly applies any more. Notes (source, status) decide nothing and are left out.
"""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1]
NUMBER = re.compile(r"(?<![\w.\"-])\d+(?:\.\d+)?(?![\w\"-])")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def mutants(text: str, type: str, values: list[str]) -> Iterator[str]:
    """Every change of one cell."""
    if text in ("", "-"):
        yield {"number": "-987654", "boolean": "true", "date": "1900-01-01"}.get(type, "null")
        return
    if type == "boolean":
        swap = {"true": "false", "false": "true"}
        yield re.sub(r"true|false", lambda match: swap[match[0]], text)
    elif type == "date" and DAY.search(text):
        for match in DAY.finditer(text):
            later = f"{match[0][:-2]}{int(match[0][-2:]) % 28 + 1:02}"
            yield text[: match.start()] + later + text[match.end() :]
    elif type == "date":
        yield f'({text}) + duration("P1D")'
    elif type == "number":
        yield from _numbers(text)
    else:
        yield from _texts(text, values)


def _numbers(text: str) -> Iterator[str]:
    found = list(NUMBER.finditer(text))
    for match in found:
        for step in (1, -1):
            if float(match[0]) + step >= 0:
                changed = match[0].replace(match[0].split(".")[0], str(int(float(match[0])) + step))
                yield text[: match.start()] + changed + text[match.end() :]
    if not found:
        yield f"({text}) + 1"


def _texts(text: str, values: list[str]) -> Iterator[str]:
    inner = text.removeprefix("not(").rstrip(")") if text.startswith("not(") else text
    parts = [one.strip() for one in inner.split(",")]
    others = [one for one in values if one not in parts] or ["another"]
    for place in range(len(parts)):
        changed = ", ".join([*parts[:place], others[0], *parts[place + 1 :]])
        yield f"not({changed})" if text.startswith("not(") else changed


def cells_of(pack: Any) -> Iterator[tuple[str, int, str, int, str, list[str]]]:
    """(table, rule's place, "in" or "out", column, type, values that the column knows)"""
    for code, table in pack.tables.items():
        for place in range(len(table.rules)):
            for column, one in enumerate(table.inputs):
                listed = [r.inputs[column] for r in table.raw.rules if r.inputs[column] != "-"]
                values = list(one.allowed or dict.fromkeys(listed))
                yield code, place, "in", column, one.type, values
            for column, one in enumerate(table.outputs):
                values = list(dict.fromkeys(r.outputs[column] for r in table.raw.rules))
                yield code, place, "out", column, one.type, [v for v in values if v != "-"]


def changed(pack: Any, code: str, place: int, side: str, column: int, text: str) -> Any:
    """The pack with one cell changed; None when the change is no table any more."""
    from citybrain.flows.decisions import build
    from citybrain.flows.decisions.decide import compile_table
    from citybrain.flows.faults import FaultyError

    raw = pack.raw_tables[code]
    rule = raw.rules[place]
    cells = list(rule.inputs if side == "in" else rule.outputs)
    cells[column] = text
    rule = replace(rule, **{"inputs" if side == "in" else "outputs": tuple(cells)})
    rules = (*raw.rules[:place], rule, *raw.rules[place + 1 :])
    try:
        table = build(replace(raw, rules=rules), pack.fields)
    except FaultyError:
        return None
    made = replace(pack)
    made.__dict__["deciders"] = {**pack.deciders, code: compile_table(table)}
    return made


def guarded(
    pack: Any, code: str, place: int, side: str, column: int, type: str, values: list[str]
) -> bool | None:
    """Whether every change of the cell is noticed; None when nothing can be changed."""
    from citybrain.flows.machine import try_example

    raw = pack.raw_tables[code].rules[place]
    text = (raw.inputs if side == "in" else raw.outputs)[column]
    made = [changed(pack, code, place, side, column, one) for one in mutants(text, type, values)]
    packs = [one for one in made if one is not None]
    if not packs:
        return None
    return all(
        any(try_example(one, e.content).mismatches(e.content) for e in pack.examples)
        for one in packs
    )


def measure(folder: Path) -> tuple[int, int]:
    """Print the cells that no example guards; gives (guarded, all)."""
    from citybrain.flows.packs import read_folder

    pack, kept, total = read_folder(folder), 0, 0
    for code, place, side, column, type, values in cells_of(pack):
        found = guarded(pack, code, place, side, column, type, values)
        if found is None:
            continue
        total, kept = total + 1, kept + found
        if not found:
            rule = pack.raw_tables[code].rules[place]
            text = (rule.inputs if side == "in" else rule.outputs)[column]
            print(f"  {folder.name} {code} rule {rule.id} {side} {column + 1}: {text}")
    share = 100 * kept / total if total else 100.0
    print(f"{folder.name}: {kept} of {total} cells are guarded by examples ({share:.0f} %)")
    return kept, total


def main(arguments: list[str]) -> int:
    """0 when at least 80 % of the cells of each pack are guarded."""
    sys.path.insert(0, str(HOME / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citybrain.settings")
    import django

    django.setup()
    from citybrain.flows.shipped import folder_of, shipped

    folders = [folder_of(one) for one in arguments] or shipped()
    return 1 if any(k < 0.8 * t for k, t in map(measure, folders)) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
