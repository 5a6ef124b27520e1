"""Resources from data that may not be shipped, for those who have them (CITYBRAIN_LOCAL_DATA)."""

from pathlib import Path

import orjson

from citybrain.domains.catalogue.datasets import Dataset, column, csv_bytes, put_file, table_of
from citybrain.domains.catalogue.logic.local_data import bus_lines, daily_aqi

BUS, AQI = "qingdao/bus_lines.json", "qingdao/aqi_2015_daily.json"


def local_datasets(folder: Path | None) -> list[Dataset]:
    """Those whose source lies in `folder`; none without a folder."""
    found = []
    if folder and (folder / BUS).is_file():
        found.append(_bus_lines(folder / BUS))
    if folder and (folder / AQI).is_file():
        found.append(_aqi(folder / AQI))
    return found


def _bus_lines(path: Path) -> Dataset:
    items = [
        column("line", "序号", "Number in the source", "I"),
        column("first", "首班", "First bus"),
        column("last", "末班", "Last bus"),
        column("geometry", "走向", "Course", "G"),
    ]
    place = {"geometry": {"column": "geometry"}, "datum": "WGS-84"}
    return Dataset(
        "bus-lines",
        "table",
        "青岛公交线路走向",
        "Courses of Qingdao's bus lines",
        "538 条公交线路的走向和首末班时间；来源不含线路名称。",
        "Courses and hours of 538 bus lines; the source has no names.",
        "transport",
        "conditional",
        table_of("bus_lines.geojson", items, "antct/city-vein", "未声明 none stated", **place),
        lambda root: put_file(
            root, "bus_lines.geojson", orjson.dumps(bus_lines(path.read_bytes()))
        ),
    )


def _aqi(path: Path) -> Dataset:
    items = [column("day", "日期", "Day", "D"), column("aqi", "空气质量指数", "AQI", "I")]
    return Dataset(
        "air-quality",
        "table",
        "青岛市 2015 年每日空气质量",
        "Daily air quality of Qingdao, 2015",
        "2015 年每日空气质量指数（AQI）。",
        "Air quality index of every day of 2015.",
        "environment",
        "unconditional",
        table_of("aqi_2015.csv", items, "chenbo515/aqical", "未声明 none stated"),
        lambda root: put_file(
            root, "aqi_2015.csv", csv_bytes(("day", "aqi"), daily_aqi(path.read_bytes()))
        ),
    )
