"""Measures of agreement against published worked examples."""

import random

import krippendorff
import pytest

from citybrain.domains.labelling.logic import agreement, formats
from citybrain.domains.labelling.logic.consensus import consensus


def test_kappa_of_fifty_grant_applications() -> None:
    """The example of the encyclopedia's article on Cohen's kappa: 20, 5, 10, 15 give 0.4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10
    pairs += [("no", "no")] * 15
    assert agreement.cohen_kappa(pairs) == pytest.approx(0.4)


def test_kappa_of_nothing_and_of_one_value_alone() -> None:
    assert agreement.cohen_kappa([]) is None
    assert agreement.cohen_kappa([("a", "a")] * 3) == 1.0
    assert agreement.cohen_kappa([("a", "b"), ("b", "a")]) == pytest.approx(-1.0)


def test_alpha_of_four_observers_and_twelve_units() -> None:
    """Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: nominal 0.743."""
    observers = (
        "1 2 3 3 2 1 4 1 2 - - -",
        "1 2 3 3 2 2 4 1 2 5 - 3",
        "- 3 3 3 2 3 4 2 2 5 1 -",
        "1 2 3 3 2 4 4 1 2 5 1 -",
    )
    rows = [one.split() for one in observers]
    units = [[row[n] for row in rows if row[n] != "-"] for n in range(12)]
    assert agreement.krippendorff_alpha(units) == pytest.approx(0.743, abs=0.0005)


def test_alpha_is_that_of_the_package_for_random_annotators() -> None:
    chance = random.Random(7)
    units = [[chance.choice("abc") for _ in range(3)] for _ in range(40)]
    table = [[("abc").index(unit[n]) for unit in units] for n in range(3)]
    expected = krippendorff.alpha(reliability_data=table, level_of_measurement="nominal")
    assert agreement.krippendorff_alpha(units) == pytest.approx(expected)


def test_alpha_of_nothing_and_of_one_value_alone() -> None:
    assert agreement.krippendorff_alpha([["a"], []]) is None
    assert agreement.krippendorff_alpha([["a", "a"]]) == 1.0


def box(x: float, y: float, width: float, height: float, label: str = "a") -> dict:
    return {"x": x, "y": y, "width": width, "height": height, "label": label}


def test_iou_of_two_squares_that_share_a_quarter() -> None:
    assert agreement.iou(box(0, 0, 10, 10), box(5, 5, 10, 10)) == pytest.approx(25 / 175)
    assert agreement.iou(box(0, 0, 10, 10), box(10, 0, 10, 10)) == 0
    assert agreement.iou(box(0, 0, 10, 10), box(0, 0, 10, 10)) == 1


def test_boxes_are_matched_one_to_one_the_best_first() -> None:
    mine = [box(0, 0, 10, 10), box(2, 0, 10, 10)]
    theirs = [box(1.9, 0, 10, 10), box(50, 50, 9, 9), box(0, 0, 10, 10, "b")]
    found = agreement.matched(mine, theirs)
    assert [(one, other) for one, other, _ in found] == [(1, 0)]
    assert agreement.f1(1, 2, 3) == pytest.approx(0.4)


def test_spans_are_compared_by_character_and_by_their_bounds() -> None:
    one = [{"start": 0, "end": 2, "label": "A"}, {"start": 3, "end": 4, "label": "B"}]
    other = [{"start": 0, "end": 3, "label": "A"}, {"start": 3, "end": 4, "label": "B"}]
    assert agreement.characters(one, 5) == ["A", "A", "", "B", ""]
    assert agreement.span_matches(one, other) == 1
    assert agreement.f1(1, 2, 2) == 0.5
    assert agreement.f1(0, 0, 0) is None


def test_boxes_of_two_hands_agree_on_their_mean() -> None:
    first, second = [box(10, 10, 20, 20)], [box(11, 10, 20, 20)]
    agreed = consensus("boxes", [{"boxes": first}, {"boxes": second}])
    assert agreed == {"boxes": [box(10.5, 10, 20, 20)]}
    far = [box(18, 10, 20, 20)]
    assert consensus("boxes", [{"boxes": first}, {"boxes": far}]) is None
    assert consensus("boxes", [{"boxes": first}, {"boxes": []}]) is None
    assert consensus("boxes", [{"boxes": []}, {"boxes": []}]) == {"boxes": []}


def test_words_for_a_coefficient_are_those_of_the_table() -> None:
    steps = {
        -0.1: "poor",
        0.0: "slight",
        0.1: "slight",
        0.4: "fair",
        0.5: "moderate",
        0.7: "substantial",
    }
    assert {value: agreement.interpretation(value) for value in steps} == steps
    assert agreement.interpretation(0.81) == "almost-perfect"


def test_conll_tags_begin_and_go_on_and_cut_a_token_at_an_edge() -> None:
    text = "张三住 Qingdao2"
    spans = [{"start": 0, "end": 2, "label": "PER"}, {"start": 4, "end": 11, "label": "LOC"}]
    lines = formats.conll(text, spans).splitlines()
    assert lines == ["张\tB-PER", "三\tI-PER", "住\tO", "Qingdao\tB-LOC", "2\tO", ""]


def test_coco_has_absolute_pixels() -> None:
    made = formats.coco(
        [({"image": "a.png", "width": 640, "height": 400}, [box(10, 25, 50, 50)])],
        [{"code": "b"}, {"code": "a"}],
    )
    (found,) = made["annotations"]
    assert found["bbox"] == [64.0, 100.0, 320.0, 200.0] and found["area"] == 64_000.0
    assert found["category_id"] == 2 and made["images"][0]["file_name"] == "a.png"
