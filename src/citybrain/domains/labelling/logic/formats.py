"""COCO and CoNLL from our results. Pure.

COCO: T.-Y. Lin et al., "Microsoft COCO" (2014), format "object detection". CoNLL: two columns,
BIO tags as in the shared task of 2003 with B- at each beginning (IOB2).
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

_TOKEN = re.compile(r"[A-Za-z0-9_]+|[^\W\d_A-Za-z]|\d+|[^\w\s]", re.UNICODE)


def tokens(text: str) -> list[tuple[int, int]]:
    """Start and end of each token: runs of Latin letters and digits, every other character."""
    return [match.span() for match in _TOKEN.finditer(text)]


def conll(text: str, spans: Sequence[dict[str, Any]]) -> str:
    """One token and its tag a line. A span's edge inside a token cuts the token there."""
    edges = {one[name] for one in spans for name in ("start", "end")}
    lines = []
    for start, end in _cut(tokens(text), edges):
        span = next((one for one in spans if one["start"] <= start and end <= one["end"]), None)
        tag = "O"
        if span is not None:
            # White space before the first token belongs to the span but to no token.
            first = not text[span["start"] : start].strip()
            tag = f"{'B' if first else 'I'}-{span['label']}"
        lines.append(f"{text[start:end]}\t{tag}\n")
    return "".join(lines) + "\n"


def _cut(found: Iterable[tuple[int, int]], edges: set[int]) -> Iterable[tuple[int, int]]:
    for start, end in found:
        inner = [start, *sorted(one for one in edges if start < one < end), end]
        yield from pairwise(inner)


def coco(
    pictures: Iterable[tuple[dict[str, Any], Sequence[dict[str, Any]]]],
    labels: Sequence[dict[str, str]],
) -> dict[str, Any]:
    """Pictures (data with image, width, height) and their boxes in percent, as COCO."""
    numbers = {one["code"]: number for number, one in enumerate(labels, 1)}
    images: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    for number, (data, found) in enumerate(pictures, 1):
        width, height = data["width"], data["height"]
        images.append({"id": number, "file_name": data["image"], "width": width, "height": height})
        for one in found:
            absolute = [
                round(one["x"] * width / 100, 2),
                round(one["y"] * height / 100, 2),
                round(one["width"] * width / 100, 2),
                round(one["height"] * height / 100, 2),
            ]
            boxes.append(
                {
                    "id": len(boxes) + 1,
                    "image_id": number,
                    "category_id": numbers[one["label"]],
                    "bbox": absolute,
                    "area": round(absolute[2] * absolute[3], 2),
                    "iscrowd": 0,
                }
            )
    categories = [{"id": numbers[one["code"]], "name": one["code"]} for one in labels]
    return {"images": images, "annotations": boxes, "categories": categories}
