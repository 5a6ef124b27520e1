"""Derives the shipped files from their sources: `python -m ….data.derive SOURCE_FOLDER`."""

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
KILOMETRES = 1.609344
SENSORS = 12


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def _read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def speeds(source: Path) -> None:
    """Sensors without gaps (a zero is a gap there), in km/h."""
    head, *rows = _read(source / "traffic" / "metr_la_speed_5min_7days_207.csv")
    columns = list(zip(*rows, strict=True))
    whole = [n for n in range(len(head)) if all(float(one) > 0 for one in columns[n])][:SENSORS]
    _write(
        "speeds.csv",
        [head[n] for n in whole],
        ([round(float(row[n]) * KILOMETRES, 1) for n in whole] for row in rows),
    )


def pm25(source: Path) -> None:
    """The hours of July 2014."""
    _, *rows = _read(source / "air" / "beijing_pm25_hourly_2010_2014.csv")
    july = [row for row in rows if row[1:3] == ["2014", "7"] and int(row[3]) <= 28]
    _write(
        "pm25.csv",
        ["day", "hour", "pm25"],
        ([row[3], row[4], "" if row[5] == "NA" else row[5]] for row in july),
    )


def sea_level(source: Path) -> None:
    """Months with a level."""
    found = []
    for line in (source / "marine" / "psmsl_731.rlrdata").read_text().splitlines():
        moment, level, *_ = (part.strip() for part in line.split(";"))
        year = int(float(moment))
        month = int((float(moment) - year) * 12) + 1
        if int(level) > 0:
            found.append([year, month, int(level)])
    _write("sea_level.csv", ["year", "month", "level_mm"], found)


if __name__ == "__main__":
    for one in (speeds, pm25, sea_level):
        one(Path(sys.argv[1]))
