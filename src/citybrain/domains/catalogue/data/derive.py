"""Derives the shipped files from their sources: `python -m ….data.derive SOURCE_FOLDER`.

The sources themselves are not shipped; README.md names origin and licence of each.
"""

import csv
import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from shapely.geometry import mapping, shape

from citybrain.engines.codes.datum import to_wgs84

HERE = Path(__file__).resolve().parent
HOME_PORT = "CNTAO"
OUTLINE_DEGREES = 0.004


def _write(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def metro(text: bytes) -> list[list[Any]]:
    """Stations by line. The source lists each station once, so its order is known only on
    the line where it stands first; an interchange has no order on its other lines."""
    source = orjson.loads(text)
    rows: list[list[Any]] = []
    seen: set[str] = set()
    for line in source["lines"]:
        here = [one for one in source["stations"] if line["id"] in one["lines"]]
        order = 0
        for station in here:
            is_new = station["id"] not in seen
            order += is_new
            names = [station["name_cn"], station["name_en"]]
            interchange = str(len(station["lines"]) > 1).lower()
            place = order if is_new else None
            rows.append([line["name"], line["name_en"], place, station["id"], *names, interchange])
        seen |= {station["id"] for station in here}
    return rows


def ports(text: bytes) -> list[list[Any]]:
    """Ports with their UN/LOCODE; a few have no coordinates."""
    rows = []
    for code, port in sorted(orjson.loads(text).items()):
        lng, lat = port.get("coordinates") or (None, None)
        home = str(code == HOME_PORT).lower()
        rows.append([code, port["name"], port["country"], lng, lat, home])
    return rows


def service_items(text: str) -> list[list[Any]]:
    """Service items with the codes that stand in their links."""
    listed = re.search(r"=\s*(\[.*\])\s*;?", text, re.DOTALL)
    rows = []
    for department in orjson.loads(listed[1]) if listed else []:
        for main in department["items"]:
            for sub in main["sub_items"]:
                given = parse_qs(urlsplit(sub["link"]).query)
                codes = [given.get(name, [""])[0] for name in ("itemCode", "areaCode", "deptCode")]
                rows.append([department["department"], main["main_item"], sub["name"], *codes])
    return rows


def outlines(text: bytes) -> dict[str, Any]:
    """Districts with outlines simplified to about 400 m, from GCJ-02 to WGS-84."""
    features = []
    for feature in orjson.loads(text)["features"]:
        simple = shape(feature["geometry"]).simplify(OUTLINE_DEGREES)
        properties = {name: feature["properties"][name] for name in ("adcode", "name")}
        geometry = _moved(mapping(simple))
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def _moved(value: Any) -> Any:
    """A GeoJSON geometry, or a part of one, in WGS-84."""
    if isinstance(value, dict):
        return value | {"coordinates": _moved(value["coordinates"])}
    if isinstance(value[0], float):
        return [round(degrees, 4) for degrees in to_wgs84(*value)]
    return [_moved(one) for one in value]


def sea_level(text: str) -> list[list[Any]]:
    """Monthly mean sea level of a PSMSL station in mm; -99999 stands for a missing month."""
    rows = []
    for line in text.splitlines():
        moment, level, missing, flag = (part.strip() for part in line.split(";"))
        year, part = divmod(float(moment), 1)
        known = None if level == "-99999" else level
        rows.append([int(year), int(part * 12) + 1, known, missing, flag])
    return rows


def main(folder: Path) -> None:
    """Write every file anew."""
    header = ["line", "line_en", "order", "station", "name", "name_en", "interchange"]
    _write("metro_stations.csv", header, metro((folder / "qingdao/metro.json").read_bytes()))
    found = ports((folder / "marine/sea_ports.json").read_bytes())
    _write("ports.csv", ["locode", "name", "country", "lng", "lat", "home"], found)
    items = service_items((folder / "services/guangan_items.js").read_text(encoding="utf-8"))
    header = ["department", "main_item", "sub_item", "item_code", "area_code", "dept_code"]
    _write("service_items.csv", header, items)
    levels = sea_level((folder / "marine/psmsl_731.rlrdata").read_text())
    _write("sea_level_yantai.csv", ["year", "month", "level_mm", "missing_days", "flag"], levels)
    made = outlines((folder / "qingdao/districts.geojson").read_bytes())
    (HERE / "districts.geojson").write_bytes(orjson.dumps(made))
    shutil.copyfile(folder / "qingdao/streets.csv", HERE / "streets.csv")
    shutil.copyfile(folder / "industry/gbt4754_2017.csv", HERE / "industries.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
