"""Data that may be used on one's own machine but not shipped (CITYBRAIN_LOCAL_DATA)."""

from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from citybrain.engines.codes.datum import to_wgs84

_BEIJING = timezone(timedelta(hours=8))


def bus_lines(text: bytes) -> dict[str, Any]:
    """Bus lines as GeoJSON in WGS-84; the source is in GCJ-02.

    Source rows: first and last bus as HMM, longitude, latitude of the first point, then
    differences from point to point, all in degrees with four decimals.
    """
    features = []
    for number, row in enumerate(orjson.loads(text), 1):
        points = _points(row[2:])
        properties = {"line": number, "first": _clock(row[0]), "last": _clock(row[1])}
        geometry = {"type": "LineString", "coordinates": points}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _points(deltas: list[float]) -> list[list[float]]:
    lng = lat = 0
    points = []
    for place in range(0, len(deltas) - 1, 2):
        lng += round(deltas[place] * 10_000)
        lat += round(deltas[place + 1] * 10_000)
        east, north = to_wgs84(lng / 10_000, lat / 10_000)
        points.append([round(east, 6), round(north, 6)])
    return points


def _clock(hmm: int) -> str:
    return f"{hmm // 100:02d}:{hmm % 100:02d}"


def daily_aqi(text: bytes) -> list[tuple[str, int]]:
    """Day and air quality index; the source's keys are Unix times of local midnight."""
    listed = sorted((int(at), value) for at, value in orjson.loads(text).items())
    return [(datetime.fromtimestamp(at, _BEIJING).date().isoformat(), aqi) for at, aqi in listed]
