"""GCJ-02 and WGS-84: the datum of Chinese maps and that of satellites.

Every function takes and returns longitude and latitude in degrees. Outside the rectangle in
which the shift is applied, coordinates pass unchanged. The shift has no official text; these
are the published terms that all open implementations share.
"""

from collections.abc import Iterable, Iterator
from math import cos, pi, radians, sin, sqrt

AXIS = 6_378_245.0
"""Semi-major axis of the Krasovsky ellipsoid, metres."""
ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943

WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271

TOLERANCE = 1e-9
"""Degrees; about 0.1 mm, far below the 1e-7 that callers are promised."""
_ROUNDS = 30
_MARGIN = 0.02
"""Degrees; more than any shift, so that a point farther out than this was never shifted."""


def in_china(lon: float, lat: float, margin: float = 0.0) -> bool:
    """True inside the rectangle in which coordinates are shifted (wider than the country)."""
    inside = WEST - margin <= lon <= EAST + margin
    return inside and SOUTH - margin <= lat <= NORTH + margin


def to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """WGS-84 to GCJ-02. Raises `ValueError` for coordinates that are none."""
    _check(lon, lat)
    if not in_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """GCJ-02 to WGS-84, iterated until `to_gcj02` of the result gives the argument.

    Within about 600 m of the rectangle's edge, where shifted and unshifted points overlap,
    the point is taken for a shifted one when its original lies inside.
    """
    _check(lon, lat)
    if not in_china(lon, lat, _MARGIN):
        return lon, lat
    guess_lon, guess_lat = lon, lat
    for _ in range(_ROUNDS):
        east, north = _shift(guess_lon, guess_lat)
        next_lon, next_lat = lon - east, lat - north
        moved = max(abs(next_lon - guess_lon), abs(next_lat - guess_lat))
        guess_lon, guess_lat = next_lon, next_lat
        if moved < TOLERANCE:
            break
    return (guess_lon, guess_lat) if in_china(guess_lon, guess_lat) else (lon, lat)


def many_to_gcj02(points: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """`to_gcj02` for a line or a ring."""
    return (to_gcj02(lon, lat) for lon, lat in points)


def many_to_wgs84(points: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """`to_wgs84` for a line or a ring."""
    return (to_wgs84(lon, lat) for lon, lat in points)


def _check(lon: float, lat: float) -> None:
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"longitude {lon} and latitude {lat} are no coordinates in degrees")


def _shift(lon: float, lat: float) -> tuple[float, float]:
    """Degrees east and north that GCJ-02 lies from WGS-84 at this WGS-84 point."""
    x, y = lon - 105.0, lat - 35.0
    east, north = _east_metres(x, y), _north_metres(x, y)
    phi = radians(lat)
    magic = 1 - ECCENTRICITY_SQUARED * sin(phi) ** 2
    root = sqrt(magic)
    per_degree_north = AXIS * (1 - ECCENTRICITY_SQUARED) / (magic * root) * pi / 180
    per_degree_east = AXIS / root * cos(phi) * pi / 180
    return east / per_degree_east, north / per_degree_north


def _common(x: float) -> float:
    """The waves in longitude that both shifts contain."""
    return (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3


def _north_metres(x: float, y: float) -> float:
    metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    metres += _common(x)
    metres += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    return metres + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3


def _east_metres(x: float, y: float) -> float:
    metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    metres += _common(x)
    metres += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    return metres + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
