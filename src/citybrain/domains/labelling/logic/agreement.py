"""How far annotators agree: pure functions, each tested against a published worked example.

- Cohen's kappa (J. Cohen, 1960): (observed − expected) / (1 − expected) of two annotators.
- Krippendorff's alpha, nominal (K. Krippendorff, 2011): 1 − observed/expected disagreement,
  for any number of annotators and with gaps; by the package `krippendorff`.
- Spans: Cohen's kappa over characters (each has its span's label, or none), and F1 of exact
  spans, where one annotator's spans are taken for the truth of the other's (F1 is symmetric).
- Boxes: pairs of boxes of one label are matched one to one, the best intersection over union
  first; mean IoU over matched pairs, and F1 of pairs with IoU ≥ 0.5.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

MATCHED = 0.5
Box = Mapping[str, Any]


def cohen_kappa(pairs: Iterable[tuple[Hashable, Hashable]]) -> float | None:
    """Kappa of two annotators' values for the same things; None for nothing to compare.

    1.0 when both always say the same, also where chance alone would have them agree.
    """
    counted = Counter(pairs)
    total = sum(counted.values())
    if not total:
        return None
    return _kappa(counted, total)


def _kappa(counted: Counter[tuple[Hashable, Hashable]], total: int) -> float:
    first: Counter[Hashable] = Counter()
    second: Counter[Hashable] = Counter()
    for (one, other), times in counted.items():
        first[one] += times
        second[other] += times
    observed = sum(times for (one, other), times in counted.items() if one == other) / total
    expected = sum(first[value] * second[value] for value in first) / total**2
    return 1.0 if expected == 1.0 else (observed - expected) / (1 - expected)


def krippendorff_alpha(units: Iterable[Sequence[Hashable]]) -> float | None:
    """Nominal alpha over units, each with the values that annotators gave it.

    Units with fewer than two values say nothing and are left out. None when nothing is left;
    1.0 when only one value occurs.
    """
    kept = [Counter(unit) for unit in units if len(unit) > 1]
    values = sorted({value for unit in kept for value in unit}, key=repr)
    if not kept:
        return None
    if len(values) == 1:
        return 1.0
    from krippendorff import alpha  # here, because it brings numpy with it

    counts = [[unit[value] for value in values] for unit in kept]
    return float(alpha(value_counts=counts, level_of_measurement="nominal"))


def characters(spans: Sequence[Mapping[str, Any]], length: int) -> list[str]:
    """Each character's label, "" outside of every span."""
    found = [""] * length
    for one in spans:
        found[one["start"] : one["end"]] = [one["label"]] * (one["end"] - one["start"])
    return found


def f1(common: int, first: int, second: int) -> float | None:
    """2·common / (first + second); None when neither found anything."""
    return 2 * common / (first + second) if first + second else None


def span_matches(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> int:
    """Spans that both have with the same bounds and label."""
    return len(_exact(one) & _exact(other))


def _exact(spans: Sequence[Mapping[str, Any]]) -> set[tuple[int, int, str]]:
    return {(one["start"], one["end"], one["label"]) for one in spans}


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes."""
    width = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    height = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    whole = one["width"] * one["height"] + other["width"] * other["height"] - common
    return float(common / whole)


def matched(one: Sequence[Box], other: Sequence[Box]) -> list[tuple[int, int, float]]:
    """One-to-one pairs (index, index, IoU) of boxes with the same label, the best first."""
    candidates = [
        (iou(first, second), number, another)
        for number, first in enumerate(one)
        for another, second in enumerate(other)
        if first["label"] == second["label"]
    ]
    candidates.sort(key=lambda found: (-found[0], found[1], found[2]))
    left: set[int] = set()
    right: set[int] = set()
    pairs = []
    for overlap, number, another in candidates:
        if overlap > 0 and number not in left and another not in right:
            left.add(number)
            right.add(another)
            pairs.append((number, another, overlap))
    return pairs


def interpretation(value: float | None) -> str:
    """A word for a kappa or alpha, as a code: Landis and Koch (1977), table 2."""
    if value is None:
        return ""
    if value < 0:
        return "poor"
    steps = ((0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
    return next((word for limit, word in steps if value <= limit), "almost-perfect")
