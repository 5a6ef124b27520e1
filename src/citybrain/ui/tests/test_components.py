"""Components: their words in both languages, their links for screen readers, their escaping."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template import Context, Template, engines
from django.test import RequestFactory
from django.utils.translation import override

from citybrain.ui.shapes import Change, Clause, Clock, Figure, Item, Step
from citybrain.ui.templatetags import ui


def rendered(text: str, language: str = "zh-hans", **context: Any) -> str:
    with override(language):
        return Template("{% load ui %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("days", "zh", "en"),
    [
        (3, "剩 3 个工作日", "3 working days left"),
        (1, "剩 1 个工作日", "1 working day left"),
        (0, "今日到期", "due today"),
        (-1, "已超期 1 个工作日", "overdue by 1 working day"),
        (-2, "已超期 2 个工作日", "overdue by 2 working days"),
    ],
)
def test_a_clock_says_what_is_left_in_words(days: int, zh: str, en: str) -> None:
    face = Clock("答复", date(2026, 12, 1), days)
    assert f"<strong>{zh}</strong>" in rendered("{% clock face %}", face=face)
    assert f"<strong>{en}</strong>" in rendered("{% clock face %}", "en", face=face)


def test_a_clock_shows_date_source_status_and_provisional_mark() -> None:
    face = Clock("答复", date(2027, 2, 3), 9, True, "共享条例第十条", "from memory")
    text = rendered("{% clock face %}", face=face)
    for part in ("2027-02-03", "共享条例第十条", "凭记忆，待核实", "暂定"):
        assert part in text


@pytest.mark.parametrize(
    ("enforcement", "zh", "en"),
    [
        ("gateway", "网关强制", "enforced by the gateway"),
        ("delivery", "交付时强制", "enforced at delivery"),
        ("word", "对方承诺", "rests on the consumer&#x27;s word"),
    ],
)
def test_a_clause_says_who_enforces_it(enforcement: Any, zh: str, en: str) -> None:
    one = Clause("每日不超过 1,000 次", enforcement)
    assert zh in rendered("{% clause one %}", one=one)
    assert en in rendered("{% clause one %}", "en", one=one)


def test_text_from_records_is_escaped_in_every_component() -> None:
    evil = "<script>alert(1)</script>"
    shown = rendered(
        "{% badge evil 'bad' %}{% clock c %}{% figure f %}{% clause l %}{% steps evil s %}"
        "{% diff evil d %}{% definitions i %}{% confirm evil evil evil %}{% chart evil evil %}"
        "{% map evil evil %}{% icon 'help' evil %}",
        evil=evil,
        c=Clock(evil, date(2026, 1, 1), 1, source=evil),
        f=Figure(evil, evil, evil, unit=evil, note=evil),
        l=Clause(evil, "word"),
        s=[Step(evil, "done", note=evil)],
        d=[Change(evil, evil, evil)],
        i=[Item(evil, evil, evil), (evil, evil)],
    )
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") > 20


def test_an_unknown_tone_is_an_error_not_a_grey_badge() -> None:
    with pytest.raises(KeyError):
        ui.badge("x", "purple")


class Form(forms.Form):
    title = forms.CharField(label="标题", help_text="如目录所示")
    agree = forms.BooleanField(label="同意")
    share = forms.ChoiceField(choices=[("a", "甲")], widget=forms.RadioSelect, label="属性")


def test_a_field_is_tied_to_its_help_and_its_error() -> None:
    text = rendered("{% field form.title %}", form=Form({}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in text
    assert 'id="id_title_helptext"' in text
    assert 'id="id_title_error"' in text
    assert 'for="id_title"' in text
    assert 'aria-invalid="true"' in text


def test_the_error_summary_links_to_each_field_and_is_absent_without_errors() -> None:
    text = rendered("{% error_summary form %}", form=Form({}))
    for name in ("title", "agree", "share"):
        assert f'href="#id_{name}"' in text
    good = Form({"title": "x", "agree": "on", "share": "a"})
    assert rendered("{% error_summary form %}", form=good).strip() == ""


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("{{ 479000000|yuan }}", "4,790,000.00 元", "CNY 4,790,000.00"),
        ("{{ 5|yuan }}", "0.05 元", "CNY 0.05"),
        ("{{ nothing|yuan }}", "—", "—"),
        ("{{ 1234567|number }}", "1,234,567", "1,234,567"),
        ("{{ at|shanghai }}", "2025-07-01 00:30", "2025-07-01 00:30"),
        ("{{ both|localname }}", "公交", "Bus"),
        ("{{ one|localname }}", "地铁", "地铁"),
    ],
)
def test_filters_follow_the_language(text: str, zh: str, en: str) -> None:
    values: dict[str, Any] = {
        "nothing": None,
        "at": datetime(2025, 6, 30, 16, 30, tzinfo=UTC),
        "both": SimpleNamespace(title_zh="公交", title_en="Bus"),
        "one": {"name_zh": "地铁", "name_en": ""},
    }
    assert rendered(text, **values) == zh
    assert rendered(text, "en", **values) == en


@pytest.mark.parametrize("name", ["400", "403", "404", "500", "403_csrf"])
def test_error_pages_come_in_both_languages_without_any_context(name: str) -> None:
    text = engines["django"].get_template(f"{name}.html").render()
    assert 'lang="zh-Hans"' in text
    assert '<div lang="en"><h2>' in text


def test_the_shell_renders_with_an_empty_context_in_both_languages() -> None:
    request = RequestFactory().get("/x/?a=1")
    for language, code, word in (("zh-hans", "zh-Hans", "跳到正文"), ("en", "en", "Skip to")):
        with override(language):
            text = engines["django"].get_template("ui/base.html").render({}, request)
        assert f'<html lang="{code}">' in text
        assert word in text


def test_the_outline_is_small_wgs84_and_says_where_it_comes_from() -> None:
    import json

    path = Path(ui.__file__).parents[1] / "static/ui/qingdao_outline.geojson"
    data = json.loads(path.read_text("utf-8"))
    assert path.stat().st_size < 60_000
    assert data["datum"] == "WGS-84"
    assert "GeoMapData_CN" in data["attribution"]
    assert len(data["features"]) == 10
