"""What n annotators said together: agreed, and on what; or in dispute."""

from collections.abc import Sequence
from typing import Any

from citybrain.domains.labelling.logic.agreement import matched
from citybrain.domains.labelling.logic.results import DECIMALS, Result

BOXES_AGREE = 0.7
"""Boxes drawn by two hands are never equal: with this overlap or more they mean the same."""


def consensus(type: str, results: Sequence[Result]) -> Result | None:
    """The result that all agree on; None when they do not.

    Boxes agree when each has its partner of the same label with an IoU of at least 0.7; the
    common box is the mean of all.
    """
    first = results[0]
    if type != "boxes":
        return first if all(one == first for one in results) else None
    partners: list[list[dict[str, Any]]] = [[one] for one in first["boxes"]]
    for other in results[1:]:
        pairs = [one for one in matched(first["boxes"], other["boxes"]) if one[2] >= BOXES_AGREE]
        if not len(pairs) == len(first["boxes"]) == len(other["boxes"]):
            return None
        for mine, theirs, _overlap in pairs:
            partners[mine].append(other["boxes"][theirs])
    return {"boxes": [_mean(group) for group in partners]}


def _mean(group: Sequence[dict[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {
        name: round(sum(one[name] for one in group) / len(group), DECIMALS)
        for name in ("x", "y", "width", "height")
    }
    return made | {"label": group[0]["label"]}
