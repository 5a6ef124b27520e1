"""Distances on the earth."""

from typing import Any

import numpy as np

RADIUS_M = 6_371_008.8
"""Mean radius of the earth, in metres (IUGG)."""


def distances(longitude: float, latitude: float, longitudes: Any, latitudes: Any) -> Any:
    """Great-circle distances in metres from a point to many (degrees, WGS-84; haversine)."""
    lon, lat = np.radians(longitude), np.radians(latitude)
    lons, lats = np.radians(longitudes), np.radians(latitudes)
    half = (
        np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    )
    return 2 * RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))


def nearest(
    longitude: float, latitude: float, longitudes: Any, latitudes: Any, count: int
) -> list[tuple[int, float]]:
    """Positions and distances of the nearest `count` points; NaN coordinates never are."""
    away = distances(longitude, latitude, longitudes, latitudes)
    away = np.where(np.isnan(away), np.inf, away)
    few = min(count, len(away))
    chosen = np.argpartition(away, few - 1)[:few] if few else np.empty(0, np.int64)
    ranked = chosen[np.argsort(away[chosen], kind="stable")]
    return [(int(one), float(away[one])) for one in ranked if np.isfinite(away[one])]
