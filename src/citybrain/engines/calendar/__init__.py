"""Working days (工作日): weekends, statutory holidays and the days worked in exchange (调休).

One table a year, from the State Council's notices. The functions here use the tables that
ship with the platform; `WorkCalendar` is for a calendar of one's own, as in tests.
"""

from pathlib import Path

from citybrain.engines.calendar.days import CalendarUnknown, Due, WorkCalendar, load_calendar

LAW = Path(__file__).parent / "law"
STANDARD = load_calendar(LAW)

is_working_day = STANDARD.is_working_day
add_working_days = STANDARD.add_working_days
working_days_between = STANDARD.working_days_between
soon_limit = STANDARD.soon_limit
version = STANDARD.version
known_years = STANDARD.known_years

__all__ = [
    "LAW",
    "STANDARD",
    "CalendarUnknown",
    "Due",
    "WorkCalendar",
    "add_working_days",
    "is_working_day",
    "known_years",
    "load_calendar",
    "soon_limit",
    "version",
    "working_days_between",
]
