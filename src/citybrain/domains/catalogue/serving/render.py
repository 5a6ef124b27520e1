"""Rows as JSON, CSV and GeoJSON, each with the policy's watermark."""

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import orjson

from citybrain.domains.catalogue.logic.watermark import MEMBER, one_line, trailing_line

Rows = Sequence[Sequence[Any]]
JSON, CSV, GEOJSON = "application/json", "text/csv; charset=utf-8", "application/geo+json"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return str(value)


def _fits(value: Any) -> Any:
    """Sums of 64-bit integers may outgrow what JSON readers take as an integer."""
    return float(value) if isinstance(value, int) and abs(value) >= 1 << 63 else value


def dumps(value: Any) -> bytes:
    """JSON; amounts become numbers, whatever else JSON does not know becomes text."""
    return orjson.dumps(value, default=_plain)


def marked(value: dict[str, Any], watermark: str | None) -> dict[str, Any]:
    """The object with its watermark as a last member."""
    return value | {MEMBER: one_line(watermark)} if watermark else value


def as_json(
    names: list[str], rows: Rows, more: bool, watermark: str | None, total: int | None = None
) -> bytes:
    """`{"rows": [{column: value}], "more": bool}`; `more` tells that a next page exists, and
    `total`, when it was asked for, how many rows match."""
    listed = [dict(zip(names, map(_fits, row), strict=True)) for row in rows]
    counted = {} if total is None else {"total": total}
    return dumps(marked({"rows": listed, "more": more} | counted, watermark))


def as_csv(names: list[str], rows: Rows, watermark: str | None) -> bytes:
    """RFC 4180 with a header line; the watermark is a comment line at the end."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows(rows)
    if watermark:
        out.write(trailing_line(watermark) + "\r\n")
    return out.getvalue().encode()


def as_geojson(
    names: list[str], rows: Rows, places: int, more: bool, datum: str | None, watermark: str | None
) -> bytes:
    """A FeatureCollection; the last `places` values of a row are its geometry or lng and lat."""
    features = [
        {
            "type": "Feature",
            "geometry": _geometry(row[len(row) - places :]),
            "properties": dict(zip(names, map(_fits, row[: len(row) - places]), strict=True)),
        }
        for row in rows
    ]
    whole = {"type": "FeatureCollection", "features": features, "more": more, "datum": datum}
    return dumps(marked(whole, watermark))


def _geometry(place: Sequence[Any]) -> Any:
    if any(value is None for value in place):
        return None
    if len(place) == 2:
        return {"type": "Point", "coordinates": list(place)}
    return orjson.Fragment(place[0])
