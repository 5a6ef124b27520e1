"""The kind `stream`: sensor readings, of one stream or of a network of them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from citybrain.domains.sensing import serving
from citybrain.kernel.kinds import Kind, register


def _field(zh: str, description: str, *default: Any, **more: Any) -> Any:
    return Field(*default, description=description, json_schema_extra={"zh": zh}, **more)


class StreamMetadata(BaseModel):
    """What all streams of the resource have in common; which they are is kept beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    observed_property: str = _field("观测属性", "What is observed.", max_length=200)
    unit: str = _field("计量单位", "Unit of the results, as a UCUM code.", max_length=40)
    interval_seconds: int = _field(
        "观测间隔（秒）", "Seconds between readings, as a rule.", ge=1, le=31_622_400
    )
    licence: str = _field("许可", "Licence of the readings.", "", max_length=500)
    origin: str = _field("来源", "Where they are from.", "", max_length=500)
    invented: bool = _field("虚构数据", "True when the readings are made up.", False)


register(
    Kind(
        code="stream",
        zh="感知数据流",
        en="Sensor readings",
        about_zh="一路或一组传感器的读数：最新值、原始值、逐小时和逐日统计，JSON 或 CSV。",
        about_en="Readings of one sensor or many: latest, raw, hourly and daily, as JSON or CSV.",
        schema=StreamMetadata,
        serve=serving.serve,
        unit="reading",
        unit_zh="条",
        outputs=("json", "csv", "aggregate"),
        output_of=serving.output_of,
        icon="antenna",
        public=frozenset(StreamMetadata.model_fields),
    )
)
