"""The board as a list: one row an office, every number a way to the records behind it."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists import words
from citybrain.domains.lists.queries import board
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Party
from citybrain.kernel.report.period import BadPeriod, Period, period_of
from citybrain.ui.labels import party_name
from citybrain.ui.lists import Column, Filter, ListPage, ListSpec


def chosen_period(query: Mapping[str, str]) -> Period | None:
    """The half-year that was asked for; the list itself refuses what is none."""
    try:
        return period_of(query.get("period", ""))
    except BadPeriod:
        return None


def _kept(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    """The figures were reckoned for the period already."""
    return rows


def _link(
    name: str, period: Period | None, dated: str = "", **narrowed: str
) -> Callable[[Any], str]:
    given = {**narrowed, **({dated: period.code} if dated and period else {})}

    def link(row: Any) -> str:
        return f"{reverse(name)}?{urlencode({'office': row.ref, **given})}"

    return link


def _rate(name: str) -> Callable[[Any], str]:
    return lambda row: "" if getattr(row, name) is None else f"{getattr(row, name):.1f}%"


def _days(row: Any) -> str:
    return "" if row.median_days is None else f"{row.median_days:g}"


def spec_of(period: Period | None) -> ListSpec:
    """The board of a period; the links lead to the records of the same period."""
    return ListSpec(
        name="lists-board",
        caption=lazy("Offices by what they offer and how they answer"),
        columns=_columns(period),
        filters=(Filter("period", lazy("Half-year"), "", words.periods, _kept),),
        search=("name_zh__icontains", "name_en__icontains"),
        search_hint=lazy("Office"),
        default_sort="-answered",
        empty=lazy("No office offers or answers anything yet."),
    )


def _columns(period: Period | None) -> tuple[Column, ...]:
    requests, issues = "lists-requests", "lists-issues"
    on_time = _link(requests, period, "replied", reply="counted")
    corrected = _link(issues, period, "replied", reply="counted", type="correction")
    return (
        Column("office", lazy("Office"), party_name, sort="name_zh"),
        _number("offered", lazy("Offered"), _link("lists-resources", None, status="published")),
        _number("answered", lazy("Answered"), _link(requests, period, "decided", group="answered")),
        Column("on_time", lazy("On time"), _rate("on_time"), "on_time", on_time),
        Column(
            "median",
            lazy("Working days, median"),
            _days,
            "median_days",
            _link(requests, period, "decided", group="answered"),
        ),
        Column(
            "satisfied",
            lazy("Satisfaction rate"),
            _rate("satisfied"),
            "satisfied",
            _link("lists-ratings", period, "period"),
        ),
        _number("problems", lazy("Open problems"), _link(issues, None, group="open")),
        Column(
            "corrected",
            lazy("Corrected on time"),
            _rate("corrected_on_time"),
            "corrected_on_time",
            corrected,
        ),
    )


def _number(code: str, title: Any, link: Callable[[Any], str]) -> Column:
    return Column(code, title, code, code, link, numeric=True)


def offices(acting: Acting, query: Mapping[str, str]) -> QuerySet[Party]:
    """The offices with the figures of the half-year that was asked for."""
    return board.offices(acting, board.figures(acting, chosen_period(query)))


def board_page(acting: Acting, query: Mapping[str, str]) -> ListPage:
    """The board as it was asked for."""
    return ListPage(spec_of(chosen_period(query)), offices(acting, query), query)
