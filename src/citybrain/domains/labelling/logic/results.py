"""What an annotator says about a task: one closed shape for each type, checked and made canonical.

classification  {"choices": [code, …]}       one, or several when the project allows
pairs           {"choice": code}
spans           {"spans": [{"start", "end", "label"}]}   code points, end exclusive, no overlap
boxes           {"boxes": [{"x", "y", "width", "height", "label"}]}   percent of the picture

Canonical: labels in the project's order, spans and boxes sorted, percents with three decimals.
So equal answers are equal values.
"""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

Result = dict[str, Any]
MOST_PARTS = 500
DECIMALS = 3


class BadResult(ValueError):  # noqa: N818 - named as what happened
    """The result does not fit; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def canonical(
    type: str, result: Any, labels: Sequence[str], several: bool, length: int = 0
) -> Result:
    """The checked result in its one form. `length`: of the text, in code points, for spans."""
    if not isinstance(result, dict):
        raise _shape()
    return _MAKERS[type](result, list(labels), several, length)


def _shape() -> BadResult:
    return BadResult("标注结果的格式不正确。", "The result does not have the shape of its type.")


def _known(label: Any, labels: list[str]) -> str:
    if label not in labels:
        shown = str(label)[:40]
        raise BadResult(f"没有标签“{shown}”。", f"There is no label {shown!r}.")
    return str(label)


def _classified(result: Result, labels: list[str], several: bool, length: int) -> Result:
    chosen = result.get("choices")
    if not isinstance(chosen, list) or not chosen:
        raise BadResult("请至少选择一个标签。", "Choose at least one label.")
    found = {_known(one, labels) for one in chosen if isinstance(one, str)}
    if len(found) != len(chosen) or (len(found) > 1 and not several):
        raise BadResult("只能选择一个标签。", "Only one label can be chosen.")
    return {"choices": sorted(found, key=labels.index)}


def _paired(result: Result, labels: list[str], several: bool, length: int) -> Result:
    return {"choice": _known(result.get("choice"), labels)}


def _parts(result: Result, name: str) -> list[dict[str, Any]]:
    parts = result.get(name)
    if not isinstance(parts, list) or not all(isinstance(one, dict) for one in parts):
        raise _shape()
    if len(parts) > MOST_PARTS:
        raise BadResult(f"不得超过{MOST_PARTS}处。", f"At most {MOST_PARTS} places.")
    return parts


def _spanned(result: Result, labels: list[str], several: bool, length: int) -> Result:
    spans = [_span(one, labels, length) for one in _parts(result, "spans")]
    spans.sort(key=lambda one: (one["start"], one["end"]))
    for first, second in pairwise(spans):
        if second["start"] < first["end"]:
            raise BadResult("标注的片段相互重叠。", "Spans overlap.")
    return {"spans": spans}


def _span(one: dict[str, Any], labels: list[str], length: int) -> dict[str, Any]:
    start, end = one.get("start"), one.get("end")
    if not (isinstance(start, int) and isinstance(end, int)) or isinstance(start, bool):
        raise _shape()
    if not 0 <= start < end <= length:
        raise BadResult("片段超出文本范围。", "A span lies outside the text.")
    return {"start": start, "end": end, "label": _known(one.get("label"), labels)}


def _boxed(result: Result, labels: list[str], several: bool, length: int) -> Result:
    boxes = [_box(one, labels) for one in _parts(result, "boxes")]
    boxes.sort(key=lambda one: (one["x"], one["y"], one["width"], one["height"], one["label"]))
    return {"boxes": boxes}


def _box(one: dict[str, Any], labels: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name in ("x", "y", "width", "height"):
        value = one.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _shape()
        if not math.isfinite(value):
            raise _shape()
        made[name] = round(float(value), DECIMALS)
    inside = min(made["x"], made["y"]) >= 0 and min(made["width"], made["height"]) > 0
    slack = 10**-DECIMALS * 2
    if not inside or made["x"] + made["width"] > 100 + slack:
        raise BadResult("框超出图片范围。", "A box lies outside the picture.")
    if made["y"] + made["height"] > 100 + slack:
        raise BadResult("框超出图片范围。", "A box lies outside the picture.")
    return made | {"label": _known(one.get("label"), labels)}


_MAKERS: dict[str, Callable[[Result, list[str], bool, int], Result]] = {
    "classification": _classified,
    "pairs": _paired,
    "spans": _spanned,
    "boxes": _boxed,
}


def label_counts(type: str, result: Result) -> list[str]:
    """Every label that the result gives, one for each place; for counting."""
    if type == "classification":
        return list(result["choices"])
    if type == "pairs":
        return [result["choice"]]
    return [one["label"] for one in result[type]]
