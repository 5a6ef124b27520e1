"""The demo's first resources: what they are called, whose they are, and their files.

`datasets()` lists those that ship or are invented; `local_datasets.py` those that
are there only when the setting CITYBRAIN_LOCAL_DATA names a folder that has them.
`owner` is a hint at a department: transport, education, civil-affairs, market, bureau,
port, environment.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citybrain.domains.catalogue.logic.synthetic import HEADER, synthetic_persons
from citybrain.domains.catalogue.serving import demo_upstream

DATA = Path(__file__).resolve().parent / "data"
FOLDER = "catalogue"
PERSONS = 2_000

Build = Callable[[Path], None]
"""Writes the dataset's file below a data root; doing it again does no harm."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """One resource to register. `share_type`: "unconditional" (无条件共享) or "conditional"."""

    code: str
    kind: str
    title_zh: str
    title_en: str
    summary_zh: str
    summary_en: str
    owner: str
    share_type: str
    metadata: dict[str, Any]
    build: Build


def column(name: str, zh: str, en: str, letter: str = "C", **more: Any) -> dict[str, Any]:
    """One information item as metadata hold it."""
    return {"name": name, "title_zh": zh, "title_en": en, "type": letter, **more}


def put_file(root: Path, name: str, content: bytes) -> None:
    path = root / FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_bytes() != content:
        temporary = path.with_name(path.name + ".part")
        temporary.write_bytes(content)
        temporary.replace(path)


def _shipped(name: str) -> Build:
    return lambda root: put_file(root, name, (DATA / name).read_bytes())


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue().encode()


def table_of(
    name: str, items: list[dict[str, Any]], origin: str, licence: str, **more: Any
) -> dict[str, Any]:
    form = "geojson" if name.endswith(".geojson") else "csv"
    source = {"type": "file", "path": f"{FOLDER}/{name}", "format": form}
    return {"source": source, "items": items, "origin": origin, "licence": licence, **more}


def _point_items() -> list[dict[str, Any]]:
    return [column("lng", "经度", "Longitude", "N"), column("lat", "纬度", "Latitude", "N")]


def _metro() -> Dataset:
    items = [
        column("line", "线路", "Line"),
        column("line_en", "线路英文名", "Line in English"),
        column("order", "站序", "Order on the line, empty where not known", "I"),
        column("station", "车站编号", "Station number"),
        column("name", "车站名称", "Station"),
        column("name_en", "车站英文名", "Station in English"),
        column("interchange", "换乘站", "Interchange", "L"),
    ]
    return Dataset(
        "metro-stations",
        "table",
        "青岛地铁线路车站",
        "Metro lines and stations of Qingdao",
        "8 条线路、172 座车站的名称、站序和换乘标志。",
        "Names, order and interchanges of 172 stations on 8 lines.",
        "transport",
        "unconditional",
        table_of("metro_stations.csv", items, "vvvvy123/metro", "事实 facts"),
        _shipped("metro_stations.csv"),
    )


def _streets() -> Dataset:
    items = [
        column("code", "街道代码", "Street code"),
        column("name", "街道名称", "Street"),
        column("area", "区市代码", "District code", source_name="areaCode"),
        column("province", "省代码", "Province code", source_name="provinceCode"),
        column("city", "市代码", "City code", source_name="cityCode"),
    ]
    origin = "modood/Administrative-divisions-of-China"
    return Dataset(
        "streets",
        "table",
        "青岛市街道乡镇代码",
        "Streets and towns of Qingdao",
        "141 个街道、乡镇的 9 位代码和名称。",
        "Nine-digit codes and names of 141 streets and towns.",
        "civil-affairs",
        "unconditional",
        table_of("streets.csv", items, origin, "WTFPL", primary_key=["code"]),
        _shipped("streets.csv"),
    )


def _districts() -> Dataset:
    items = [
        column("adcode", "行政区划代码", "Code"),
        column("name", "名称", "Name"),
        column("geometry", "边界", "Outline", "G"),
    ]
    place = {"geometry": {"column": "geometry"}, "datum": "WGS-84"}
    origin = "DataV atlas by lyhmyd1211/GeoMapData_CN, simplified"
    return Dataset(
        "districts",
        "table",
        "青岛市区市边界（简化）",
        "Districts of Qingdao (simplified outlines)",
        "10 个区市的简化边界，仅供示意。",
        "Simplified outlines of 10 districts, for orientation only.",
        "bureau",
        "unconditional",
        table_of("districts.geojson", items, origin, "", **place),
        _shipped("districts.geojson"),
    )


def _industries() -> Dataset:
    items = [
        column("section", "门类", "Section"),
        column("code", "代码", "Code"),
        column("level", "层级", "Level", "I"),
        column("name", "名称", "Name"),
        column("note", "说明", "Note", "M"),
    ]
    return Dataset(
        "industries",
        "table",
        "国民经济行业分类",
        "Classification of industries",
        "GB/T 4754-2017 的门类、大类、中类、小类及说明。",
        "Sections, divisions, groups and classes of GB/T 4754-2017, with notes.",
        "market",
        "unconditional",
        table_of("industries.csv", items, "GB/T 4754-2017", "标准 standard"),
        _shipped("industries.csv"),
    )


def _industries_file() -> Dataset:
    metadata = {
        "path": f"{FOLDER}/industries.csv",
        "filename": "国民经济行业分类.csv",
        "media_type": "text/csv",
        "origin": "GB/T 4754-2017",
        "licence": "标准 standard",
    }
    return Dataset(
        "industries-file",
        "file",
        "国民经济行业分类（整表下载）",
        "Classification of industries (download)",
        "GB/T 4754-2017 整表 CSV 文件。",
        "The whole table of GB/T 4754-2017 as a CSV file.",
        "market",
        "unconditional",
        metadata,
        _shipped("industries.csv"),
    )


def _service_items() -> Dataset:
    items = [
        column("department", "部门", "Department"),
        column("main_item", "主项", "Main item"),
        column("sub_item", "子项", "Sub-item"),
        column("item_code", "事项编码", "Item code"),
        column("area_code", "区划代码", "Area code"),
        column("dept_code", "部门编码", "Department code"),
    ]
    return Dataset(
        "service-items",
        "table",
        "政务服务事项（区级样例）",
        "Government service items (a district's)",
        "某区 34 个部门的 1,135 个真实政务服务事项及编码（四川广安）。",
        "1,135 real service items of 34 departments of a district (Guang'an, Sichuan).",
        "bureau",
        "unconditional",
        table_of("service_items.csv", items, "v-luobo/zwfw", "Apache-2.0"),
        _shipped("service_items.csv"),
    )


def _ports() -> Dataset:
    items = [
        column("locode", "港口代码", "UN/LOCODE"),
        column("name", "名称", "Name"),
        column("country", "国家", "Country"),
        *_point_items(),
        column("home", "本港", "Home port", "L"),
    ]
    place = {"geometry": {"lng": "lng", "lat": "lat"}, "datum": "WGS-84"}
    return Dataset(
        "ports",
        "table",
        "世界港口",
        "Sea ports of the world",
        "1,634 个港口的代码、国家和坐标，含青岛港（CNTAO）。",
        "Codes, countries and places of 1,634 ports, Qingdao (CNTAO) among them.",
        "port",
        "unconditional",
        table_of("ports.csv", items, "marchah/sea-ports", "MIT", primary_key=["locode"], **place),
        _shipped("ports.csv"),
    )


def _sea_level() -> Dataset:
    items = [
        column("year", "年", "Year", "I"),
        column("month", "月", "Month", "I"),
        column("level_mm", "平均海平面（毫米）", "Mean sea level (mm)", "I"),
        column("missing_days", "缺测天数", "Missing days", "I"),
        column("flag", "标志", "Flag"),
    ]
    origin = "Permanent Service for Mean Sea Level (PSMSL), station 731 Yantai"
    return Dataset(
        "sea-level",
        "table",
        "烟台月平均海平面",
        "Monthly mean sea level at Yantai",
        "1954 年起烟台验潮站月平均海平面。",
        "Monthly means of the tide gauge at Yantai from 1954.",
        "port",
        "unconditional",
        table_of("sea_level_yantai.csv", items, origin, "free with citation"),
        _shipped("sea_level_yantai.csv"),
    )


def _person_items() -> list[dict[str, Any]]:
    return [
        column("identity", "身份号码", "Identity number", sensitive=True),
        column("name", "姓名", "Name", sensitive=True),
        column("district", "区市代码", "District code"),
        column("status", "生存状态", "Status: alive or deceased", sensitive=True),
        column("invented", "虚构", "Invented", "L"),
    ]


def _persons(root: Path) -> None:
    put_file(root, "persons.csv", csv_bytes(HEADER, synthetic_persons(PERSONS)))


def _survival_register() -> Dataset:
    origin = "虚构数据 invented"
    return Dataset(
        "survival-register",
        "table",
        "人口生存状态（虚构数据）",
        "Survival status of persons (invented)",
        f"{PERSONS} 名虚构人员的生存状态，身份号码从未签发，仅供演示。",
        f"Survival status of {PERSONS} invented persons; their numbers were never issued.",
        "civil-affairs",
        "conditional",
        table_of("persons.csv", _person_items(), origin, "", invented=True),
        _persons,
    )


def _survival_check() -> Dataset:
    asked = {
        "subject_column": "identity",
        "match_columns": ["name"],
        "statement": {"column": "status", "operator": "eq", "value": "alive"},
        "question_zh": "该人是否健在？",
        "question_en": "Is this person alive?",
        "invented": True,
    }
    return Dataset(
        "survival-check",
        "verification",
        "生存状态核验",
        "Survival-status check",
        "按身份号码和姓名核验是否健在，只答是、否、未知（虚构数据）。",
        "Answers yes, no or unknown by identity number and name (invented data).",
        "civil-affairs",
        "conditional",
        table_of("persons.csv", _person_items(), "虚构数据 invented", "", **asked),
        _persons,
    )


def _sun() -> Dataset:
    metadata = {
        "base_url": f"http://{demo_upstream.HOST}:{demo_upstream.PORT}",
        "allowed_hosts": [demo_upstream.HOST],
        "private_network": True,
        "paths": ["/sun/*"],
        "json_object": True,
        "timeout_seconds": 5,
        "origin": "按 NOAA 公式计算 computed by NOAA's formulas",
    }
    return Dataset(
        "sun-times",
        "api",
        "日出日落时刻",
        "Sunrise and sunset",
        "青岛某日的日出和日落时刻，由上游接口实时计算。",
        "Sunrise and sunset in Qingdao on a day, computed by an upstream service.",
        "bureau",
        "unconditional",
        metadata,
        lambda root: None,
    )


def datasets() -> list[Dataset]:
    """Every resource that can be registered on any machine."""
    return [
        _metro(),
        _streets(),
        _districts(),
        _industries(),
        _industries_file(),
        _service_items(),
        _ports(),
        _sea_level(),
        _survival_register(),
        _survival_check(),
        _sun(),
    ]
