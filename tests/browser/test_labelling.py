"""Labelling in a real browser: each type by keyboard, and what must not get lost."""

from typing import Any

import pytest
from django.urls import reverse

from citybrain.domains.labelling.models import Annotation, Project, Task
from citybrain.domains.labelling.tests import make
from tests.browser.harness import (
    DESK,
    PHONE,
    Visit,
    assert_accessible,
    assert_fits,
    assert_no_complaints,
    assert_no_outside_requests,
)
from tests.browser.test_console_pages import sign_in
from tests.personas import City

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BOTH = pytest.mark.parametrize("visit", [DESK, PHONE], indirect=True, ids=["desk", "phone"])


def opened(visit: Visit, live_server: Any, project: Project, language: str = "zh-hans") -> Any:
    sign_in(visit, live_server, "mo", language)
    visit.page.goto(live_server.url + reverse("labelling-work", args=[project.ref]))
    visit.page.wait_for_selector("[data-lb-work]:not([hidden])")
    return visit.page


def handed_in(page: Any, count: int) -> list[dict[str, Any]]:
    """Wait until so many annotations are there; their results in the order of their tasks."""
    for _ in range(100):
        rows = Annotation.objects.order_by("task__position")
        if rows.count() == count:
            return [one.result for one in rows]
        page.wait_for_timeout(50)
    raise AssertionError(f"{Annotation.objects.count()} annotations instead of {count}")


def shown(page: Any, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('[data-lb-stage]').textContent.includes(text)", arg=text
    )


def checked(visit: Visit) -> None:
    assert_accessible(visit.page)
    assert_fits(visit.page)
    assert_no_outside_requests(visit)
    assert_no_complaints(visit)


@BOTH
def test_texts_are_classified_by_keyboard(visit: Visit, live_server: Any, city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    page = opened(visit, live_server, project)
    shown(page, make.TEXTS[0])
    page.keyboard.press("Enter")
    assert "请先选择" in page.text_content("[data-lb-alert]")
    checked(visit)
    page.keyboard.press("2")
    page.keyboard.press("1")
    page.keyboard.press("Control+z")
    page.keyboard.press("Enter")
    shown(page, make.TEXTS[1])
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    shown(page, make.TEXTS[2])
    assert handed_in(page, 2) == [{"choices": ["road"]}, {"choices": ["water"]}]
    page.keyboard.press("p")
    shown(page, make.TEXTS[1])
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    shown(page, make.TEXTS[2])
    assert handed_in(page, 2) == [{"choices": ["road"]}, {"choices": ["noise"]}]
    page.keyboard.press("s")
    page.keyboard.type("看不懂")
    page.keyboard.press("Enter")
    shown(page, make.TEXTS[3])
    handed_in(page, 3)
    assert Annotation.objects.get(task__position=2).skipped == "看不懂"
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    shown(page, "谢谢")
    checked(visit)


def test_spans_are_marked_by_keyboard(visit: Visit, live_server: Any, city: City) -> None:
    project = make.project(city, "spans")
    make.texts(project, city.su, "𠮷林路与香港中路交叉口积水", "无")
    page = opened(visit, live_server, project)
    shown(page, "积水")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("2")
    page.keyboard.press("End")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("3")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    page.keyboard.press("1")
    assert "不得重叠" in page.text_content("[data-lb-status]")
    checked(visit)
    page.keyboard.press("Enter")
    shown(page, "无")
    spans = [{"start": 0, "end": 3, "label": "road"}, {"start": 11, "end": 13, "label": "water"}]
    assert handed_in(page, 1) == [{"spans": spans}]
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("1")
    page.keyboard.press("Delete")
    page.keyboard.press("Enter")
    assert handed_in(page, 2)[1] == {"spans": []}


def test_a_span_is_marked_by_the_mouse(visit: Visit, live_server: Any, city: City) -> None:
    project = make.project(city, "spans")
    make.texts(project, city.su, "路面积水严重")
    page = opened(visit, live_server, project)
    shown(page, "路面")
    frame = page.locator("[data-lb-stage] [data-start]").first.bounding_box()
    letter = frame["width"] / 6
    middle = frame["y"] + frame["height"] / 2
    page.mouse.move(frame["x"] + 2 * letter, middle)
    page.mouse.down()
    page.mouse.move(frame["x"] + 4 * letter, middle, steps=5)
    page.mouse.up()
    page.locator("[data-lb-side] button.lb-label").nth(2).click()
    page.keyboard.press("Enter")
    assert handed_in(page, 1) == [{"spans": [{"start": 2, "end": 4, "label": "water"}]}]


@BOTH
def test_pairs_are_compared_by_keyboard(visit: Visit, live_server: Any, city: City) -> None:
    project = make.pairs(city)
    rows = [{"left": f"答复甲{n}", "right": f"答复乙{n}"} for n in range(2)]
    make.fed(project, city.su, rows)
    page = opened(visit, live_server, project)
    shown(page, "答复甲0")
    page.keyboard.press("ArrowRight")
    checked(visit)
    page.keyboard.press("Enter")
    shown(page, "答复甲1")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    assert handed_in(page, 2) == [{"choice": "right"}, {"choice": "tie"}]


@BOTH
def test_boxes_are_drawn_by_keyboard(visit: Visit, live_server: Any, city: City) -> None:
    project = make.pictured(city, make.png(640, 400))
    page = opened(visit, live_server, project)
    page.wait_for_selector("[data-lb-stage] img")
    page.keyboard.press("n")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("2")
    page.keyboard.press("n")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    checked(visit)
    page.keyboard.press("Enter")
    box = {"x": 34.0, "y": 35.0, "width": 30.0, "height": 31.0, "label": "road"}
    assert handed_in(page, 1) == [{"boxes": [box]}]


def test_a_box_is_drawn_moved_and_pulled_by_the_pointer(
    visit: Visit, live_server: Any, city: City
) -> None:
    project = make.pictured(city, make.png(640, 400))
    page = opened(visit, live_server, project)
    frame = page.locator(".lb-layer").bounding_box()

    def drag(start: tuple[float, float], end: tuple[float, float]) -> None:
        for number, (x, y) in enumerate((start, end)):
            place = (frame["x"] + frame["width"] * x / 100, frame["y"] + frame["height"] * y / 100)
            page.mouse.move(*place, steps=4)
            page.mouse.up() if number else page.mouse.down()

    drag((10, 10), (30, 40))
    drag((20, 20), (40, 20))
    drag((50, 40), (60, 50))
    page.keyboard.press("Enter")
    (box,) = handed_in(page, 1)[0]["boxes"]
    assert [round(box[side]) for side in ("x", "y", "width", "height")] == [30, 10, 30, 40]


def test_what_is_said_without_a_connection_is_sent_when_it_is_back(
    visit: Visit, live_server: Any, city: City
) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    page = opened(visit, live_server, project)
    shown(page, make.TEXTS[0])
    page.keyboard.press("2")
    page.context.set_offline(True)
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-lb-alert]:not([hidden])")
    assert "1" in page.text_content("[data-lb-alert]")
    assert not Annotation.objects.exists()
    page.context.set_offline(False)
    assert handed_in(page, 1) == [{"choices": ["road"]}]
    shown(page, make.TEXTS[1])


def test_an_answer_that_got_lost_on_its_way_counts_once(
    visit: Visit, live_server: Any, city: City
) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    page = opened(visit, live_server, project)
    shown(page, make.TEXTS[0])
    lost = []

    def lose(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())
        route.abort()

    page.route("**/annotate/submit", lose)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-lb-alert]:not([hidden])")
    handed_in(page, 1)
    page.wait_for_function("() => !Object.keys(localStorage).some((one) => /:[^:]{26}$/.test(one))")
    shown(page, make.TEXTS[1])
    assert Annotation.objects.get().version == 1


def test_a_draft_survives_the_closing_of_the_page(
    visit: Visit, live_server: Any, city: City
) -> None:
    project = make.project(city)
    make.texts(project, city.su)
    page = opened(visit, live_server, project)
    shown(page, make.TEXTS[0])
    page.keyboard.press("3")
    page.reload()
    shown(page, make.TEXTS[0])
    page.wait_for_selector("input[value=water]:checked")
    page.keyboard.press("Enter")
    assert handed_in(page, 1) == [{"choices": ["water"]}]


def test_a_disagreement_is_settled_side_by_side(visit: Visit, live_server: Any, city: City) -> None:
    project = make.project(city)
    make.texts(project, city.su, "半夜施工")
    make.chosen(project, city.mo, "noise")
    make.chosen(project, city.ci, "road")
    sign_in(visit, live_server, "su", "zh-hans")
    page = visit.page
    task = Task.objects.get()
    page.goto(live_server.url + reverse("labelling-task", args=[project.ref, task.ref]))
    checked(visit)
    page.get_by_label("以此为准").first.focus()
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    task.refresh_from_db()
    assert (task.state, task.verdict.result) == ("settled", {"choices": ["noise"]})


@pytest.mark.parametrize("type", ["spans", "boxes"])
def test_a_reviewer_makes_an_answer_of_his_own(
    visit: Visit, live_server: Any, city: City, type: str
) -> None:
    if type == "boxes":
        project = make.pictured(city, make.png(640, 400))
        box = {"x": 10, "y": 10, "width": 20, "height": 20, "label": "noise"}
        said: list[Any] = [{"boxes": [box]}, {"boxes": []}]
    else:
        project = make.project(city, "spans")
        make.texts(project, city.su, "路面积水")
        span = {"start": 0, "end": 2, "label": "road"}
        said = [{"spans": [span]}, {"spans": []}]
    for who, result in zip((city.mo, city.ci), said, strict=True):
        make.said(project, who, result)
    sign_in(visit, live_server, "su", "zh-hans")
    page = visit.page
    task = Task.objects.get()
    page.goto(live_server.url + reverse("labelling-task", args=[project.ref, task.ref]))
    if type == "boxes":
        page.locator(".lb-drawn[data-number]").first.focus()
        page.keyboard.press("2")
        page.keyboard.press("ArrowRight")
    else:
        page.locator(".lb-editable").focus()
        page.keyboard.press("End")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("Shift+ArrowLeft")
        page.keyboard.press("3")
    checked(visit)
    with page.expect_navigation():
        page.locator("main form button[type=submit]").click()
    task.refresh_from_db()
    if type == "boxes":
        moved = box | {"x": 11.0, "label": "road"}
        assert task.verdict.result == {"boxes": [moved]}
    else:
        water = {"start": 2, "end": 4, "label": "water"}
        assert task.verdict.result == {"spans": [span, water]}
