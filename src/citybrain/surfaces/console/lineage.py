"""Where the boxes and arrows of a lineage stand: a drawing in columns, one for each step."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from citybrain.kernel.models import Relation
from citybrain.kernel.queries.lineage import Lineage
from citybrain.ui.labels import party_name, resource_title

WIDTH, HEIGHT, ACROSS, DOWN = 190, 52, 70, 18
"""Of a box, and of the room between boxes, in pixels."""
LONGEST = 26
"""Widths of Latin letters that a box holds; a Chinese character counts two."""


@dataclass(frozen=True, slots=True)
class Box:
    """One resource."""

    x: int
    y: int
    title: str
    owner: str
    whole: str
    url: str
    middle: bool
    text_x: int
    title_y: int
    owner_y: int


@dataclass(frozen=True, slots=True)
class Arrow:
    """One statement: from what a resource comes from to the resource."""

    path: str
    type: str
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole, in pixels."""

    width: int
    height: int
    boxes: Sequence[Box]
    arrows: Sequence[Arrow]


def drawing(lineage: Lineage) -> Drawing:
    """Boxes in columns by level, what comes first on the left."""
    columns: dict[int, list[int]] = {}
    for pk, level in lineage.levels.items():
        if pk in lineage.resources:
            columns.setdefault(level, []).append(pk)
    tallest = max(len(one) for one in columns.values())
    height = tallest * (HEIGHT + DOWN) + DOWN
    places: dict[int, tuple[int, int]] = {}
    for number, level in enumerate(sorted(columns)):
        top = (height - len(columns[level]) * (HEIGHT + DOWN) + DOWN) // 2
        for row, pk in enumerate(columns[level]):
            places[pk] = (DOWN + number * (WIDTH + ACROSS), top + row * (HEIGHT + DOWN))
    width = len(columns) * (WIDTH + ACROSS) - ACROSS + 2 * DOWN
    boxes = [_box(lineage, pk, place) for pk, place in places.items()]
    drawn = [one for one in lineage.relations if {one.source_id, one.target_id} <= set(places)]
    return Drawing(width, height, boxes, [_arrow(one, places) for one in drawn])


def _box(lineage: Lineage, pk: int, place: tuple[int, int]) -> Box:
    resource, (x, y) = lineage.resources[pk], place
    title, owner = resource_title(resource), party_name(resource.owner)
    return Box(
        x,
        y,
        _cut(title),
        _cut(owner),
        f"{title} · {owner}",
        reverse("resource-lineage", args=[resource.ref]),
        lineage.levels[pk] == 0,
        x + 10,
        y + 22,
        y + 41,
    )


def _cut(text: str) -> str:
    width = 0
    for place, one in enumerate(text):
        width += 2 if ord(one) > 0x2E7F else 1
        if width > LONGEST:
            return text[: place - 1] + "…"
    return text


def _arrow(relation: Relation, places: dict[int, tuple[int, int]]) -> Arrow:
    """From the right edge of the origin to the left edge of what came of it."""
    (ax, ay), (bx, by) = places[relation.target_id], places[relation.source_id]
    start, end = (ax + WIDTH, ay + HEIGHT // 2), (bx - 6, by + HEIGHT // 2)
    bend = ACROSS // 2 if bx > ax else ACROSS
    path = (
        f"M{start[0]} {start[1]} C{start[0] + bend} {start[1]} "
        f"{end[0] - bend} {end[1]} {end[0]} {end[1]}"
    )
    return Arrow(path, relation.type, str(relation.get_type_display()))
