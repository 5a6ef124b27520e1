from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from citybrain.engines.calendar import LAW, STANDARD, load_calendar
from citybrain.engines.law import RuleTableError, load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(copytree(LAW, tmp_path / "law"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_official_years_name_their_notice_and_2027_says_it_is_provisional():
    for year, notice in ((2024, "2023〕7号"), (2025, "2024〕12号"), (2026, "2025〕7号")):
        table = load(LAW / f"holidays_{year}.toml")
        assert not table.about["provisional"] and notice in table.about["notice"]
        assert {rule.status for rule in table.values()} == {"verified"}
    assert load(LAW / "holidays_2027.toml").about["provisional"]


@pytest.mark.parametrize(("year", "count"), [(2024, 11), (2025, 13), (2026, 13), (2027, 13)])
def test_statutory_holidays_are_eleven_days_until_2024_and_thirteen_since(year, count):
    rules = load(LAW / f"holidays_{year}.toml").values()
    assert sum(len(rule.value["statutory"]) for rule in rules) == count


def test_the_version_is_short_and_changes_with_the_days_not_with_comments(folder):
    assert len(STANDARD.version()) <= 40
    change(folder, "holidays_2026.toml", "# The dates", "# These dates")
    assert load_calendar(folder).version() == STANDARD.version()
    change(folder, "holidays_2026.toml", "worked = [2026-05-09]", "worked = []")
    assert load_calendar(folder).version() != STANDARD.version()


def test_a_new_notice_moves_a_due_day(folder):
    change(folder, "holidays_2027.toml", "last_off = 2027-01-01", "last_off = 2027-01-04")
    before = STANDARD.add_working_days(date(2026, 12, 30), 3).date
    assert load_calendar(folder).add_working_days(date(2026, 12, 30), 3).date > before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("first_off = 2026-01-01", "first_off = 2025-12-31", "not within 2026"),
        ("last_off = 2026-01-03", "last_off = 2025-01-03", "dates in order"),
        ("worked = [2026-01-04]", "worked = [2026-01-05]", "2026-01-05 is not a weekend"),
        ("worked = [2026-01-04]", "worked = [2026-01-03]", "off and worked at once: 2026-01-03"),
        ("year = 2026", "years = 2026", "needs year and provisional"),
    ],
)
def test_a_table_whose_dates_make_no_sense_is_refused(folder, old, new, message):
    change(folder, "holidays_2026.toml", old, new)
    with pytest.raises(RuleTableError, match=message):
        load_calendar(folder)
