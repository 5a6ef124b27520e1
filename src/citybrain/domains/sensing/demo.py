"""Sensing's part of the demo city: invented sensors, with readings of the shapes of real ones."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import numpy as np
import structlog

from citybrain.domains.sensing import actions, formats, loading
from citybrain.domains.sensing.actions import WantedStream
from citybrain.domains.sensing.logic import simulator
from citybrain.domains.sensing.models import Stream, StreamClass
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import resources
from citybrain.kernel.models import Resource

log = structlog.get_logger(__name__)
Hint = Callable[[str], Acting]
TOLD_FROM, TOLD_TO = (
    int(datetime(2025, 6, day, 16, tzinfo=UTC).timestamp()) * 1_000_000 for day in (27, 30)
)
"""The last three days of the first half of 2025, which the report counts."""
PRESENT = 24 * simulator.HOUR
DISTRICTS = {
    "370202": (120.37, 36.07),
    "370203": (120.37, 36.09),
    "370211": (120.18, 35.96),
    "370212": (120.46, 36.11),
    "370213": (120.43, 36.15),
    "370214": (120.39, 36.30),
}


class Network(NamedTuple):
    """Streams of one class and the resource that they are offered as."""

    stream_class: str
    owner: str
    size: int
    code: str
    title_zh: str
    title_en: str
    name_zh: str
    name_en: str
    fields: dict[str, Any]


NETWORKS = (
    Network(
        "traffic-speed",
        "transport",
        160,
        "traffic-speeds",
        "道路断面车速（虚构测点）",
        "Road speeds (invented sensors)",
        "道路断面",
        "Road sensor",
        {
            "name_zh": "道路车速",
            "name_en": "Road speed",
            "observed_property": "vehicle speed",
            "unit": "km/h",
            "decimals": 1,
            "interval_seconds": 300,
            "minimum": 0.0,
            "maximum": 200.0,
        },
    ),
    Network(
        "pm25",
        "approval",
        36,
        "air-pm25",
        "大气细颗粒物浓度（虚构测点）",
        "PM2.5 in the air (invented sensors)",
        "空气站",
        "Air station",
        {
            "name_zh": "细颗粒物",
            "name_en": "PM2.5",
            "observed_property": "mass concentration of PM2.5",
            "unit": "ug/m3",
            "decimals": 0,
            "interval_seconds": 3600,
            "minimum": 0.0,
            "maximum": 1000.0,
        },
    ),
    Network(
        "tide-level",
        "port",
        24,
        "tide-levels",
        "潮位（虚构测点）",
        "Tide levels (invented sensors)",
        "潮位站",
        "Tide gauge",
        {
            "name_zh": "潮位",
            "name_en": "Tide level",
            "observed_property": "sea surface height above chart datum",
            "unit": "m",
            "decimals": 2,
            "interval_seconds": 600,
            "minimum": -2.0,
            "maximum": 8.0,
            "step": 1.5,
        },
    ),
    Network(
        "sea-level",
        "port",
        1,
        "sea-level-monthly",
        "烟台月平均海平面（1954–1994）",
        "Monthly mean sea level, Yantai 1954–1994",
        "月平均海平面",
        "Monthly mean sea level",
        {
            "name_zh": "月平均海平面",
            "name_en": "Monthly mean sea level",
            "observed_property": "sea surface height above the revised local reference",
            "unit": "m",
            "decimals": 3,
            "interval_seconds": 2_678_400,
        },
    ),
)
LICENCE = "MIT (METR-LA) / CC BY 4.0 (Beijing PM2.5) / PSMSL"
POLICY: dict[str, Any] = {
    "action": "use",
    "constraints": [
        {
            "operand": "purpose",
            "operator": "isAnyOf",
            "value": ["public-service", "urban-governance", "research"],
        },
        {"operand": "rate", "operator": "lteq", "value": {"limit": 600, "per": "PT1M"}},
    ],
}


def start() -> None:
    """Nothing runs beside the platform."""


def build(acting_for: Hint, registered_at: datetime) -> list[Resource]:
    """Register what is not there yet and bring in readings; repeats are recognised."""
    found = []
    for one in NETWORKS:
        with clock.at(registered_at):
            found.append(_registered(one, acting_for))
        streams = list(Stream.objects.filter(resource=found[-1]).order_by("number"))
        done = loading.load(acting_for(one.owner), _readings(one, streams), "demo")
        log.debug("demo readings", network=one.code, accepted=done.accepted)
    return found


def _registered(one: Network, acting_for: Hint) -> Resource:
    known = Resource.objects.filter(code=one.code).first()
    if known is not None:
        return known
    if not StreamClass.objects.filter(code=one.stream_class).exists():
        administrator = acting_for("administrator")
        actions.register_class(acting_party=administrator, code=one.stream_class, **one.fields)
    steward = acting_for(one.owner)
    draft = resources.register_resource(
        acting_party=steward,
        code=one.code,
        kind="stream",
        metadata={
            "observed_property": one.fields["observed_property"],
            "unit": one.fields["unit"],
            "interval_seconds": one.fields["interval_seconds"],
            "licence": LICENCE,
            "origin": "src/citybrain/domains/sensing/data/README.md",
            "invented": one.stream_class in simulator.SHAPES,
        },
        title_zh=one.title_zh,
        title_en=one.title_en,
        summary_zh="读数形态取自真实数据，来源见元数据。",
        summary_en="Readings with the shapes of real ones; see the metadata for their origin.",
        share_type="unconditional",
        update_cycle="real-time",
        grade="L1",
    )
    resource = resources.publish_resource(acting_party=steward, resource_ref=draft.ref)
    actions.register_streams(acting_party=steward, wanted=list(_wanted(one)), resource=resource)
    resources.make_offer(
        acting_party=steward,
        resource_ref=resource.ref,
        title_zh="履职与公共服务使用",
        title_en="For duties and public service",
        policy=POLICY,
    )
    return resource


def _wanted(one: Network) -> Iterator[WantedStream]:
    chance = np.random.default_rng(sum(one.code.encode()))
    for number in range(one.size):
        district = list(DISTRICTS)[number % len(DISTRICTS)]
        longitude, latitude = DISTRICTS[district] + chance.normal(0, 0.02, 2)
        yield WantedStream(
            code=f"{one.stream_class}-{number:03d}",
            stream_class=one.stream_class,
            name_zh=f"{one.name_zh}{number + 1}",
            name_en=f"{one.name_en} {number + 1}",
            district=district,
            longitude=round(float(longitude), 5),
            latitude=round(float(latitude), 5),
            invented=one.stream_class in simulator.SHAPES,
        )


def _readings(one: Network, streams: list[Stream]) -> Iterator[formats.Columns]:
    """Three days that the report counts, and the last day."""
    if one.stream_class == "sea-level":
        times, levels = simulator.sea_levels()
        yield {"stream": np.full(len(times), streams[0].number), "time": times, "result": levels}
        return
    step = one.fields["interval_seconds"] * 1_000_000
    now = int(time.time() * 1e6) // step * step
    shape = simulator.SHAPES[one.stream_class]
    for first, last in ((TOLD_FROM, TOLD_TO), (now - PRESENT, now + step)):
        times = np.arange(first, last, step)
        results = [shape(place, times) for place in range(len(streams))]
        yield {
            "stream": np.repeat([stream.number for stream in streams], len(times)),
            "time": np.tile(times, len(streams)),
            "result": np.concatenate(results),
        }
