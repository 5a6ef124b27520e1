"""Outlines of districts in WGS-84, which OGC API – Records takes coordinates in."""

import functools
from pathlib import Path
from typing import Any

import orjson
from shapely import Geometry, box
from shapely.geometry import shape

_FILE = Path(__file__).resolve().parents[1] / "data" / "districts.geojson"
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees; west is greater than east across the 180th meridian."""


@functools.cache
def _outlines() -> dict[str, dict[str, Any]]:
    """District code → GeoJSON geometry. The file was turned from GCJ-02 when it was derived."""
    features = orjson.loads(_FILE.read_bytes())["features"]
    return {str(one["properties"]["adcode"]): one["geometry"] for one in features}


@functools.cache
def _shapes() -> dict[str, Geometry]:
    return {code: shape(one) for code, one in _outlines().items()}


def geometry_of(district: str) -> dict[str, Any] | None:
    """The outline; None for a district that has none here, and for the whole city."""
    return _outlines().get(district)


def bounds_of(district: str) -> list[float] | None:
    """West, south, east, north."""
    found = _shapes().get(district)
    return [round(one, 4) for one in found.bounds] if found is not None else None


def within(asked: Box) -> list[str]:
    """Districts whose outline meets the box."""
    west, south, east, north = asked
    parts = [box(west, south, east, north)]
    if west > east:
        parts = [box(west, south, 180, north), box(-180, south, east, north)]
    return [code for code, one in _shapes().items() if any(one.intersects(p) for p in parts)]


def extent() -> list[float]:
    """Of all districts together."""
    bounds = [one.bounds for one in _shapes().values()]
    west, south = min(one[0] for one in bounds), min(one[1] for one in bounds)
    east, north = max(one[2] for one in bounds), max(one[3] for one in bounds)
    return [round(one, 4) for one in (west, south, east, north)]
