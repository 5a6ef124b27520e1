"""How a use of streams is served: latest, raw, hourly and daily readings as JSON or CSV."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import orjson
import pyarrow as pa

from citybrain.domains.sensing import stores
from citybrain.domains.sensing.queries import Described, Directory
from citybrain.engines.facts import QueryRefused, StoreDamaged, StoreFailed
from citybrain.engines.facts.segments import times
from citybrain.gateway.database import Threads
from citybrain.kernel.kinds import Answer, Call, PolicyRefusal, ServeError, UseContext
from citybrain.kernel.policy.decision import Delivery, Refused

PATHS = ("latest", "streams", "raw", "hourly", "daily")
PARAMETERS = {"stream", "district", "from", "to", "limit", "format", "after"}
DEFAULT_LIMIT, MOST_ROWS, MOST_STREAMS = 10_000, 200_000, 20_000
LONGEST_RAW, LONGEST_ROLLED = 93, 800
"""Days in one window."""
_DAY = 86_400_000_000
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_directory = Directory()
_threads = Threads(4, "readings")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A call, read."""

    path: str
    streams: tuple[str, ...]
    districts: tuple[str, ...]
    start: int | None
    end: int | None
    limit: int
    as_csv: bool
    after: tuple[int, int, int] | None


def bad(reason: str, zh: str, en: str, status: int = 400) -> ServeError:
    """The caller's mistake."""
    return ServeError(status, reason, zh, en)


def output_of(call: Call) -> str:
    """Roll-ups are aggregates; all else is JSON or CSV."""
    if call.path.strip("/") in {"hourly", "daily"}:
        return "aggregate"
    return "csv" if call.query.get("format") == ["csv"] else "json"


async def serve(context: UseContext, call: Call) -> Answer:
    """`GET`, see docs/sensing.md. Metered in readings (rows)."""
    if call.method not in {"GET", "HEAD"}:
        raise bad("method", "只支持 GET 和 HEAD。", "Only GET and HEAD are served.", 405)
    wanted = read(call)
    obey(context.delivery, wanted.path)
    found: Answer = await _threads.run(_answer, context, wanted)
    return found


def read(call: Call) -> Wanted:
    """The call's path and parameters. Raises `ServeError`."""
    path = call.path.strip("/") or "latest"
    if path not in PATHS:
        raise bad("unknown-path", f"可用：{'、'.join(PATHS)}", f"One of {', '.join(PATHS)}.", 404)
    strange = sorted(set(call.query) - PARAMETERS)
    if strange:
        raise bad("unknown-parameter", f"未知参数：{strange}", f"Not known: {strange}")
    form = _single(call, "format") or "json"
    if form not in {"json", "csv"}:
        raise bad("format", "format 为 json 或 csv。", "format is json or csv.")
    return Wanted(
        path,
        _several(call, "stream"),
        _several(call, "district"),
        _instant(call, "from"),
        _instant(call, "to"),
        _limit(call),
        form == "csv",
        _after(call),
    )


def _single(call: Call, name: str) -> str | None:
    values = call.query.get(name, [])
    if len(values) > 1:
        raise bad("repeated", f"参数 {name} 只能出现一次。", f"{name} may stand once.")
    return values[0] if values else None


def _several(call: Call, name: str) -> tuple[str, ...]:
    values = [part for value in call.query.get(name, []) for part in value.split(",") if part]
    return tuple(dict.fromkeys(values))


def _instant(call: Call, name: str) -> int | None:
    text = _single(call, name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None or not _EARLIEST <= moment < _LATEST:
            raise ValueError
    except ValueError:
        raise bad(
            "time",
            f"{name} 应为带时区的 ISO 8601 时间，例如 2025-07-01T00:00:00+08:00。",
            f"{name} is ISO 8601 with its zone, such as 2025-07-01T00:00:00+08:00.",
        ) from None
    return round(moment.timestamp() * 1e6)


def _limit(call: Call) -> int:
    text = _single(call, "limit") or str(DEFAULT_LIMIT)
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:9]) <= MOST_ROWS:
        raise bad("limit", f"limit 为1至{MOST_ROWS}。", f"limit is 1 to {MOST_ROWS}.")
    return int(text)


def _after(call: Call) -> tuple[int, int, int] | None:
    text = _single(call, "after")
    if text is None:
        return None
    try:
        time, sequence, stream = (int(part) for part in text.split("."))
    except ValueError:
        raise bad("after", "请使用上一页返回的 next。", "Use the `next` of an answer.") from None
    return time, sequence, stream


def obey(delivery: Delivery, path: str) -> None:
    """Refuse what the policy forbids or what cannot be obeyed. Raises `PolicyRefusal`."""
    if delivery.aggregate_only and path not in {"hourly", "daily", "streams"}:
        raise _refused(
            "aggregates-only",
            "action",
            "协议只允许汇总结果，请查询 hourly 或 daily。",
            "The agreement covers aggregates only; ask for hourly or daily.",
        )
    clauses = {
        "fields": delivery.fields is not None,
        "minimumCohort": delivery.min_cohort is not None,
        "privacyBudget": delivery.epsilon is not None,
        "rows": bool(set(delivery.rows) - {"stream", "district"}),
    }
    for operand, is_set in clauses.items():
        if is_set:
            raise _refused(
                "obligation-not-possible",
                operand,
                "协议中的此项要求不适用于感知数据流，请与提供方修改协议。",
                "Streams cannot obey this clause; ask the owner to change the agreement.",
            )


def _refused(reason: str, operand: str, zh: str, en: str) -> PolicyRefusal:
    return PolicyRefusal(Refused(reason=reason, operand=operand, zh=zh, en=en))


def _answer(context: UseContext, wanted: Wanted) -> Answer:
    """In a thread that may use the database."""
    known = _chosen(_directory.of_resource(context.resource.ref), wanted, context.delivery)
    try:
        makers: dict[str, Callable[[], Rows]] = {
            "latest": lambda: latest(known),
            "streams": lambda: described(known),
            "raw": lambda: raw(known, wanted),
            "hourly": lambda: rolled(known, wanted, "hour"),
            "daily": lambda: rolled(known, wanted, "day"),
        }
        rows = makers[wanted.path]()
    except QueryRefused as error:
        raise bad("too-much", f"请缩小查询范围。{error}", f"Ask for less: {error}") from None
    except (StoreDamaged, StoreFailed) as error:
        raise ServeError(502, "store-damaged", f"数据存储异常：{error}", str(error)) from None
    return rendered(rows, wanted.as_csv, context.delivery.watermark)


def _chosen(known: list[Described], wanted: Wanted, delivery: Delivery) -> list[Described]:
    """The streams that the call asks for and the policy lets it have."""
    allowed = delivery.rows
    for name, value in (("stream", "code"), ("district", "district")):
        if name in allowed:
            known = [one for one in known if getattr(one, value) in allowed[name]]
    codes = {one.code for one in known}
    strange = [one for one in wanted.streams if one not in codes]
    if strange:
        raise bad(
            "unknown-stream",
            f"该资源没有数据流：{'、'.join(strange[:5])}",
            f"The resource has no stream {', '.join(strange[:5])}.",
            404,
        )
    if wanted.streams:
        known = [one for one in known if one.code in wanted.streams]
    if wanted.districts:
        known = [one for one in known if one.district in wanted.districts]
    return known[:MOST_STREAMS]


@dataclass(slots=True)
class Rows:
    """An answer before it is written: columns by name, and where to go on."""

    columns: dict[str, list[Any]]
    count: int
    next: str | None = None


def latest(known: Sequence[Described]) -> Rows:
    """The latest reading of each stream; streams that never sent are left out."""
    found = stores.snapshot().latest([one.number for one in known])
    by_number = {one.number: one for one in known}
    return Rows(
        {
            "stream": [by_number[one].code for one in found.stream.tolist()],
            "time": instants(times(found.time)),
            "result": found.result.tolist(),
            "unit": [by_number[one].unit for one in found.stream.tolist()],
            "quality": found.quality.tolist(),
        },
        len(found.stream),
    )


def described(known: Sequence[Described]) -> Rows:
    """What the streams are."""
    fields = [asdict(one) for one in known]
    names = [name for name in Described.__dataclass_fields__ if name != "number"]
    return Rows({name: [one[name] for one in fields] for name in names}, len(known))


def raw(known: Sequence[Described], wanted: Wanted) -> Rows:
    """Readings in the order of time."""
    start, end = _window(wanted, LONGEST_RAW)
    numbers = [one.number for one in known]
    limit = wanted.limit
    table = stores.snapshot().raw(numbers, start, end, limit=limit, after=wanted.after)
    columns = _columns(table, known, ("time", "sequence", "result", "quality"))
    following = None
    if table.num_rows == limit:
        last = table.slice(limit - 1)
        time = last.column("time").cast(pa.int64())[0]
        following = f"{time}.{last.column('sequence')[0]}.{last.column('stream')[0]}"
    return Rows(columns, table.num_rows, following)


def rolled(known: Sequence[Described], wanted: Wanted, step: str) -> Rows:
    """Roll-ups by hour or day."""
    start, end = _window(wanted, LONGEST_ROLLED)
    numbers = [one.number for one in known]
    table = stores.snapshot().rolled(step, start, end, numbers, most=MOST_ROWS)
    names = ("time", "count", "minimum", "maximum", "mean", "first", "last", "suspect", "bad")
    return Rows(_columns(table, known, names), table.num_rows)


def _window(wanted: Wanted, longest: int) -> tuple[int, int]:
    if wanted.start is None or wanted.end is None:
        raise bad("window", "请给出 from 和 to。", "Give from and to.")
    if not wanted.start < wanted.end <= wanted.start + longest * _DAY:
        raise bad(
            "window",
            f"to 应晚于 from，且不超过{longest}天。",
            f"`to` comes after `from`, by at most {longest} days.",
        )
    return wanted.start, wanted.end


def _columns(
    table: pa.Table, known: Sequence[Described], names: Sequence[str]
) -> dict[str, list[Any]]:
    codes = {one.number: one.code for one in known}
    found = {"stream": [codes[one] for one in table.column("stream").to_pylist()]}
    for name in names:
        column = table.column(name)
        found[name] = instants(column) if name == "time" else column.to_pylist()
    return found


def instants(column: Any) -> list[str]:
    """Timestamps as ISO 8601 in UTC."""
    return [f"{one.isoformat()}Z" for one in column.to_pylist()]


def rendered(rows: Rows, as_csv: bool, watermark: str | None) -> Answer:
    """The answer as it leaves."""
    headers = {"X-CityBrain-Watermark": quote(watermark, safe=" ")} if watermark else {}
    if as_csv:
        body, kind = _csv(rows, watermark), "text/csv; charset=utf-8"
    else:
        content: dict[str, Any] = {"rows": rows.count, "columns": rows.columns}
        if rows.next:
            content["next"] = rows.next
        if watermark:
            content["_watermark"] = watermark
        body, kind = orjson.dumps(content), "application/json"
    if rows.next:
        headers["X-Next"] = rows.next
    return Answer(body, kind, headers=headers, units=rows.count, rows=rows.count)


def _csv(rows: Rows, watermark: str | None) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(rows.columns)
    writer.writerows(zip(*rows.columns.values(), strict=True))
    if watermark:
        text.write(f"# watermark: {' '.join(watermark.split())}\r\n")
    return text.getvalue().encode()
