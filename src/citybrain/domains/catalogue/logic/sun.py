"""Sunrise and sunset at a place: what the demo's upstream service computes.

Source: General Solar Position Calculations, NOAA Global Monitoring Division. Good to
about two minutes between the polar circles.
"""

import math
from datetime import date

_ZENITH = math.radians(90.833)


def sun_times(day: date, lng: float, lat: float, offset_hours: float) -> tuple[str, str] | None:
    """Local clock times "HH:MM" of sunrise and sunset; None where the sun does not rise or set."""
    turn = 2 * math.pi / 365 * (day.timetuple().tm_yday - 1)
    equation = 229.18 * (
        0.000075
        + 0.001868 * math.cos(turn)
        - 0.032077 * math.sin(turn)
        - 0.014615 * math.cos(2 * turn)
        - 0.040849 * math.sin(2 * turn)
    )
    declination = (
        0.006918
        - 0.399912 * math.cos(turn)
        + 0.070257 * math.sin(turn)
        - 0.006758 * math.cos(2 * turn)
        + 0.000907 * math.sin(2 * turn)
        - 0.002697 * math.cos(3 * turn)
        + 0.00148 * math.sin(3 * turn)
    )
    north = math.radians(lat)
    cosine = math.cos(_ZENITH) / (math.cos(north) * math.cos(declination))
    cosine -= math.tan(north) * math.tan(declination)
    if abs(cosine) > 1:
        return None
    half = 4 * math.degrees(math.acos(cosine))
    noon = 720 - 4 * lng - equation + 60 * offset_hours
    return _clock(noon - half), _clock(noon + half)


def _clock(minutes: float) -> str:
    whole = round(minutes) % 1440
    return f"{whole // 60:02d}:{whole % 60:02d}"
