"""Flows as pictures: nothing overlaps, nothing is cut off, loops end."""

from itertools import combinations

import pytest

from citybrain.flows.drawing import BOX_H, BOX_W, broken, draw
from citybrain.flows.packs import read_folder
from citybrain.flows.shipped import shipped


@pytest.mark.parametrize("folder", shipped(), ids=lambda one: one.name)
def test_no_box_of_a_shipped_flow_overlaps_another_or_is_cut_off(folder) -> None:
    pack = read_folder(folder)
    steps = [(one.id, one.do, one.id) for one in pack.flow.steps]
    ways = [(s.id, to, why) for s in pack.flow.steps for why, to in pack.ways(s).items() if to]
    made = draw(steps, ways)
    assert len(made.boxes) == len(steps) and len(made.lines) == len(ways)
    for one, other in combinations(made.boxes, 2):
        assert abs(one.x - other.x) >= BOX_W or abs(one.y - other.y) >= BOX_H, (one, other)
    for line in made.lines:
        numbers = [float(part) for part in line.path.replace("M", " ").replace("C", " ").split()]
        assert all(0 <= x <= made.width for x in numbers[::2])
        assert all(0 <= y <= made.height for y in numbers[1::2])


def test_a_loop_is_drawn_as_a_way_back() -> None:
    made = draw([("a", "ask", "A"), ("b", "wait", "B")], [("a", "b", ""), ("b", "a", "again")])
    assert [(one.start, one.back) for one in made.lines] == [("a", False), ("b", True)]


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("申请", ["申请"]),
        ("出具不予食品经营许可决定书", ["出具不予食品经营许可决", "定书"]),
        ("Verify that the person is alive", ["Verify that the", "person is alive"]),
        ("", []),
    ],
)
def test_a_title_is_broken_to_fit_its_box(title: str, lines: list[str]) -> None:
    assert broken(title) == lines
