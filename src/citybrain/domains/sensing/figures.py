"""The figure that sensing puts into the report."""

from datetime import UTC

from citybrain.domains.sensing import stores
from citybrain.kernel.report.period import Period
from citybrain.kernel.report.registry import Value, figure


@figure("sensor-readings")
def sensor_readings(period: Period) -> Value:
    """物联感知数据: readings acknowledged and kept whose phenomenon time lies in the period.

    Whole segments are counted by the manifest, those that the period cuts by counting.
    """
    start, end = (int(one.timestamp() * 1e6) for one in (period.start, period.end))
    ends = (period.start.astimezone(UTC), period.end.astimezone(UTC))
    first, last = (f"{one:%Y-%m-%d %H:%M:%S}" for one in ends)
    query = (
        "SELECT count(*) FROM readings "  # noqa: S608 - for people to read
        f"WHERE time >= TIMESTAMP '{first}' AND time < TIMESTAMP '{last}'"
    )
    return Value(stores.snapshot().count(start, end), query)
