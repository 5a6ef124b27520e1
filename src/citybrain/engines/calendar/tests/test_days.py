import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines import calendar

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def due(start: str, n: int) -> str:
    return calendar.add_working_days(date.fromisoformat(start), n).date.isoformat()


def test_counting_begins_on_the_next_day():
    assert due("2025-03-03", 1) == "2025-03-04"
    assert due("2025-03-07", 1) == "2025-03-10"


def test_ten_working_days_across_the_spring_festival_of_2025():
    # Mon 20 Jan: 21–24 (4), Sunday 26 worked (5), Mon 27 (6), 28 Jan–4 Feb off, 5–7 Feb (9),
    # Saturday 8 worked (10).
    assert due("2025-01-20", 10) == "2025-02-08"


def test_ten_working_days_across_the_spring_festival_of_2026():
    # Tue 10 Feb: 11–13 (3), Saturday 14 worked (4), 15–23 off, 24–27 (8), Saturday 28
    # worked (9), Mon 2 March (10).
    assert due("2026-02-10", 10) == "2026-03-02"


def test_twenty_working_days_across_national_day_of_2025():
    # Mon 15 Sep: 16–19 (4), 22–26 (9), Sunday 28 worked (10), 29–30 (12), 1–8 Oct off,
    # 9–10 (14), Saturday 11 worked (15), 13–17 (20).
    assert due("2025-09-15", 20) == "2025-10-17"


def test_twenty_working_days_across_national_day_of_2026():
    # Fri 18 Sep: Sunday 20 worked (1), 21–24 (5), 25–27 off, 28–30 (8), 1–7 Oct off,
    # 8–9 (10), Saturday 10 worked (11), 12–16 (16), 19–22 (20).
    assert due("2026-09-18", 20) == "2026-10-22"


@pytest.mark.parametrize(
    "day", ["2024-02-04", "2024-05-11", "2025-01-26", "2025-10-11", "2026-01-04", "2026-02-28"]
)
def test_a_weekend_worked_in_exchange_is_a_working_day(day):
    assert date.fromisoformat(day).weekday() >= 5
    assert calendar.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2024-02-12", "2025-10-08", "2026-01-02", "2026-02-23"])
def test_a_weekday_off_is_no_working_day(day):
    assert date.fromisoformat(day).weekday() < 5
    assert not calendar.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(("year", "days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_working_days_of_a_year_are_those_of_its_notice(year, days):
    # 2025: 365 days, 104 weekend days, 13 statutory holidays of which none is lost.
    assert calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31)) == days


def test_a_deadline_into_a_year_not_announced_yet_is_provisional():
    result = calendar.add_working_days(date(2026, 12, 28), 10)
    assert result.provisional
    assert result.date == date(2027, 1, 12)  # 29–31 Dec (3), Fri 1 Jan off, 4–8 (8), 11–12
    assert not calendar.add_working_days(date(2026, 12, 28), 3).provisional


def test_a_deadline_into_a_year_without_a_table_is_estimated_rather_than_refused():
    result = calendar.add_working_days(date(2027, 12, 30), 3)
    assert result.provisional
    assert result.date == date(2028, 1, 4)  # Fri 31 Dec, Mon 3, Tue 4
    assert calendar.working_days_between(date(2027, 12, 30), result.date) == 3


def test_asking_about_one_day_of_an_unknown_year_names_the_year():
    with pytest.raises(calendar.CalendarUnknown, match="2031") as refusal:
        calendar.is_working_day(date(2031, 5, 6))
    assert refusal.value.year == 2031


@pytest.mark.parametrize("n", [-1, 10_001])
def test_a_senseless_number_of_days_is_refused(n):
    with pytest.raises(ValueError, match="0 to 10000"):
        calendar.add_working_days(date(2026, 1, 5), n)


@given(DAYS, st.integers(1, 400))
def test_adding_and_measuring_agree(start, n):
    result = calendar.add_working_days(start, n)
    assert calendar.working_days_between(start, result.date) == n
    assert calendar.working_days_between(result.date, start) == -n


@given(DAYS, st.integers(0, 200), st.integers(0, 200))
def test_adding_in_two_steps_is_adding_once(start, first, second):
    between = calendar.add_working_days(start, first).date
    at_once = calendar.add_working_days(start, first + second).date
    assert calendar.add_working_days(between, second).date == at_once


@given(DAYS, st.integers(1, 60))
def test_a_due_day_is_a_working_day_and_none_before_it_would_do(start, n):
    day = calendar.add_working_days(start, n).date
    assert calendar.is_working_day(day)
    assert calendar.working_days_between(start, day - timedelta(days=1)) == n - 1


@given(DAYS, st.integers(0, 40))
def test_soon_is_the_last_two_working_days(today, ahead):
    day = today + timedelta(days=ahead)
    soon = day <= calendar.soon_limit(today)
    assert soon == (calendar.working_days_between(today, day) <= 2)


def test_a_hundred_thousand_additions_take_less_than_a_second():
    start, began = date(2026, 9, 18), time.process_time()
    for _ in range(20_000):
        calendar.add_working_days(start, 20)
    assert time.process_time() - began < 0.2 * 3  # three times the goal: machines differ
