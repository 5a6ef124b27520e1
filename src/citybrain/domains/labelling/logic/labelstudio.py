"""Label Studio's result items and ours, one into the other. Pure.

Label Studio counts a text's characters as JavaScript does, in UTF-16 units; we count code
points, so a character beyond U+FFFF moves offsets there and back. Shapes as in Label Studio's
documentation ("Export annotations", "Label Studio JSON format"): choices, labels,
rectanglelabels with percents, pairwise.
"""

from typing import Any

from citybrain.domains.labelling.logic.results import BadResult, Result

CONTROL = {
    "classification": ("label", "text"),
    "spans": ("label", "text"),
    "pairs": ("pair", "left,right"),
    "boxes": ("label", "image"),
}
"""from_name and to_name of what is exported."""
Item = dict[str, Any]


def units_of(text: str) -> list[int]:
    """For each code point the UTF-16 offset at which it begins; the text's length at the end."""
    found, at = [], 0
    for one in text:
        found.append(at)
        at += 2 if ord(one) > 0xFFFF else 1
    return [*found, at]


def items_of(type: str, result: Result, data: dict[str, Any]) -> list[Item]:
    """A result as Label Studio's items."""
    from_name, to_name = CONTROL[type]
    named: Item = {"from_name": from_name, "to_name": to_name}
    if type == "classification":
        return [named | {"type": "choices", "value": {"choices": result["choices"]}}]
    if type == "pairs":
        return [named | _pair_item(result["choice"])]
    if type == "spans":
        return _span_items(result, data["text"], named)
    size = {"original_width": data.get("width", 0), "original_height": data.get("height", 0)}
    return [
        named
        | size
        | {
            "image_rotation": 0,
            "type": "rectanglelabels",
            "value": {
                **{name: one[name] for name in ("x", "y", "width", "height")},
                "rotation": 0,
                "rectanglelabels": [one["label"]],
            },
        }
        for one in result["boxes"]
    ]


def _pair_item(choice: str) -> Item:
    # Label Studio's pairwise knows left and right alone; anything else travels as a choice.
    if choice in ("left", "right"):
        return {"type": "pairwise", "value": {"selected": choice}}
    return {"type": "choices", "value": {"choices": [choice]}}


def _span_items(result: Result, text: str, named: Item) -> list[Item]:
    units = units_of(text)
    return [
        named
        | {
            "type": "labels",
            "value": {
                "start": units[one["start"]],
                "end": units[one["end"]],
                "text": text[one["start"] : one["end"]],
                "labels": [one["label"]],
            },
        }
        for one in result["spans"]
    ]


def result_of(type: str, items: Any, data: dict[str, Any]) -> Result:
    """Our result of Label Studio's items; items of other controls are passed over.

    Raises `BadResult` for an item of the right type whose value has another shape.
    """
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise BadResult("result不是对象的数组。", "result is no array of objects.")
    try:
        return _READ[type](items, data)
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        if isinstance(error, BadResult):
            raise
        raise BadResult(
            f"value的格式不正确（{error!r}）。",
            f"value does not have the shape it needs: {error!r}",
        ) from None


def _of(items: list[Item], *types: str) -> list[Item]:
    return [one["value"] for one in items if one.get("type") in types]


def _choices(items: list[Item], data: dict[str, Any]) -> Result:
    values = _of(items, "choices")
    return {"choices": [name for one in values for name in _texts(one["choices"])]}


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in found):
        raise BadResult("标签名称应为文本。", "Names of labels must be text.")
    return found


def _pair(items: list[Item], data: dict[str, Any]) -> Result:
    chosen = [one["selected"] for one in _of(items, "pairwise")]
    chosen += [name for one in _of(items, "choices") for name in _texts(one["choices"])]
    if len(chosen) != 1:
        raise BadResult("应恰有一个选择。", "There must be exactly one choice.")
    return {"choice": chosen[0]}


def _spans(items: list[Item], data: dict[str, Any]) -> Result:
    points = {unit: number for number, unit in enumerate(units_of(data["text"]))}
    spans = []
    for one in _of(items, "labels", "hypertextlabels"):
        start, end = points.get(one["start"]), points.get(one["end"])
        if start is None or end is None:
            raise BadResult("片段超出文本范围。", "A span lies outside the text.")
        spans.append({"start": start, "end": end, "label": _single(one, "labels")})
    return {"spans": spans}


def _single(value: Item, name: str) -> str:
    found = _texts(value[name])
    if len(found) != 1:
        raise BadResult("每处应恰有一个标签。", "Each place must have exactly one label.")
    return found[0]


def _boxes(items: list[Item], data: dict[str, Any]) -> Result:
    boxes = []
    for one in _of(items, "rectanglelabels"):
        if one.get("rotation", 0):
            raise BadResult("不支持旋转的框。", "Rotated boxes are not supported.")
        sides = {name: one[name] for name in ("x", "y", "width", "height")}
        boxes.append(sides | {"label": _single(one, "rectanglelabels")})
    return {"boxes": boxes}


_READ = {"classification": _choices, "pairs": _pair, "spans": _spans, "boxes": _boxes}
