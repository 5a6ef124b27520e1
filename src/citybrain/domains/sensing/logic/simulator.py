"""Readings of the demo city's sensors: invented sensors with the shapes of real ones.

The same sensor and instant always give the same reading, so that building the demo again
brings nothing new.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).resolve().parent.parent / "data"
MINUTE, HOUR, DAY = 60_000_000, 3_600_000_000, 86_400_000_000
ZONE = 8 * HOUR
WEEK_STEPS = 2016
# Amplitude (m), period (hours) and phase (degrees) of the main tides, roughly those of Qingdao.
TIDES = (
    (1.25, 12.4206, 118.0),
    (0.38, 12.0, 162.0),
    (0.27, 23.9345, 280.0),
    (0.21, 25.8193, 260.0),
)
MEAN_LEVEL_M = 2.42


@cache
def speeds() -> Any:
    """Five-minute speeds of a week in km/h: sensors × steps, beginning on a Thursday."""
    with (DATA / "speeds.csv").open(encoding="utf-8") as file:
        _, *rows = csv.reader(file)
    return np.array(rows, np.float64).T


@cache
def pm25() -> Any:
    """672 hours in µg/m³; a missing hour has the value before it."""
    with (DATA / "pm25.csv").open(encoding="utf-8") as file:
        values = [row["pm25"] for row in csv.DictReader(file)]
    filled: list[float] = []
    for one in values:
        filled.append(float(one) if one else filled[-1] if filled else 30.0)
    return np.array(filled)


def sea_levels() -> tuple[Any, Any]:
    """Times (the first of each month in China, microseconds) and monthly means in metres."""
    with (DATA / "sea_level.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    months = [f"{row['year']}-{int(row['month']):02d}-01" for row in rows]
    times = np.array(months, "datetime64[us]").astype(np.int64) - ZONE
    return times, np.array([int(row["level_mm"]) for row in rows]) / 1000


def _noise(sensor: int, times: Any) -> Any:
    """Between -1 and 1, the same for the same sensor and instant."""
    mixed = times.astype(np.uint64) // np.uint64(MINUTE) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= np.uint64(sensor * 0xC2B2AE3D27D4EB4F % 2**64)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return (mixed >> np.uint64(40)).astype(np.float64) / 2**23 - 1


def speed_at(sensor: int, times: Any) -> Any:
    """Speeds of one invented road sensor: a real week, repeated, a little slower or faster."""
    shapes = speeds()
    # 1970-01-01 was a Thursday, as is the first day of the shapes.
    steps = (times + ZONE) // (5 * MINUTE) % WEEK_STEPS
    base = shapes[sensor % len(shapes)][steps]
    return np.clip(base * (0.75 + sensor % 9 / 24) + 2 * _noise(sensor, times), 3, 160)


def pm25_at(sensor: int, times: Any) -> Any:
    """PM2.5 of one invented station: real hours, repeated, shifted by the place."""
    shape = pm25()
    hours = ((times + ZONE) // HOUR + sensor % 3) % len(shape)
    return np.clip(shape[hours] * (0.3 + sensor % 7 / 20) + 3 * _noise(sensor, times), 1, 500)


def tide_at(sensor: int, times: Any) -> Any:
    """Water level of one invented gauge, in metres: four tides and a little wind."""
    hours = times / HOUR
    level = np.full(len(times), MEAN_LEVEL_M)
    for amplitude, period, phase in TIDES:
        level += amplitude * np.cos(2 * np.pi * hours / period - np.radians(phase + sensor))
    return level + 0.03 * _noise(sensor, times)


SHAPES = {"traffic-speed": speed_at, "pm25": pm25_at, "tide-level": tide_at}
