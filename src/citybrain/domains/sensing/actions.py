"""Writes of sensing: classes, streams, device tokens, decisions on what was put aside."""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from citybrain.domains.sensing.intake import Incoming, Intake
from citybrain.domains.sensing.intake import unpacked as unpack
from citybrain.domains.sensing.models import (
    MOST_STREAM,
    DeviceToken,
    Quarantined,
    Stream,
    StreamClass,
    StreamGroup,
)
from citybrain.domains.sensing.stores import Appender
from citybrain.engines.facts import BadReadings, Rows, StoreLags, loose
from citybrain.engines.facts.streams import FLOATING, MOST_DECIMALS
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.epochs import next_epoch
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Party, Resource

TOKEN_PREFIX = "cbd_"  # noqa: S105 - how a token begins, none itself
MOST_AT_ONCE = 100_000
_CODE = re.compile(r"[\w.:/-]{1,60}")


@action("stream_class.register")
def register_class(*, acting_party: Acting, code: str, **fields: Any) -> StreamClass:
    """Say what streams of a class have in common: see `StreamClass`."""
    authorise(acting_party, "stream-class.manage")
    if StreamClass.objects.filter(code=code).exists():
        raise Conflict("code-taken", f"类别代码 {code} 已被使用。", f"The code {code} is in use.")
    highest = StreamClass.objects.aggregate(most=Max("number"))["most"] or 0
    made = StreamClass(code=code, number=highest + 1, **fields)
    _check_class(made)
    made.save()
    ledger.write("stream_class.register", made, acting_party)
    return made


def _check_class(made: StreamClass) -> None:
    faults = {}
    if not FLOATING <= made.decimals <= MOST_DECIMALS:
        faults["decimals"] = (f"应为-1至{MOST_DECIMALS}。", f"-1 to {MOST_DECIMALS}.")
    if made.interval_seconds < 1:
        faults["interval_seconds"] = ("至少1秒。", "At least one second.")
    if None not in (made.minimum, made.maximum) and made.minimum > made.maximum:  # type: ignore[operator]
        faults["maximum"] = ("不得小于下限。", "Not below the least.")
    if made.step is not None and made.step <= 0:
        faults["step"] = ("应大于0。", "Above zero.")
    if not made.name_zh or not made.unit:
        faults["name_zh"] = ("请填写名称和计量单位。", "Give a name and a unit.")
    if faults:
        raise Invalid("bad-class", "请更正标出的字段。", "Correct what is marked.", faults)


@dataclass(frozen=True, slots=True)
class WantedStream:
    """One stream of a batch; coordinates in degrees, WGS-84."""

    code: str
    stream_class: str
    name_zh: str
    name_en: str = ""
    district: str = ""
    longitude: float | None = None
    latitude: float | None = None
    invented: bool = False


@action("stream.register-many")
def register_streams(
    *,
    acting_party: Acting,
    wanted: Sequence[WantedStream],
    resource: Resource | None = None,
) -> list[Stream]:
    """Register streams of one's own party, all or none, each with its ledger record.

    They get numbers in the order of district and class, so that what is asked for together
    lies together. `resource`: what they can be requested as. Raises `Invalid`, naming each
    fault.
    """
    authorise(acting_party, "stream.manage", acting_party.party)
    if resource is not None:
        authorise(acting_party, "resource.manage", resource.owner)
        _check_resource(resource)
    classes = {one.code: one for one in StreamClass.objects.all()}
    _check_wanted(wanted, classes)
    groups = _groups(wanted, classes)
    number = (Stream.objects.aggregate(most=Max("number"))["most"] or 0) + 1
    if number + len(wanted) > MOST_STREAM:
        raise Invalid("too-many", "感知数据流数量已达上限。", "There is no room for so many.")
    epoch = next_epoch()
    ranked = sorted(wanted, key=lambda one: (one.district, one.stream_class, one.code))
    made = [
        Stream(
            number=number + place,
            code=one.code,
            name_zh=one.name_zh,
            name_en=one.name_en,
            owner=acting_party.party,
            stream_class=classes[one.stream_class],
            group=groups[one.district, one.stream_class],
            resource=resource,
            district=one.district,
            longitude=one.longitude,
            latitude=one.latitude,
            invented=one.invented,
            epoch=epoch,
        )
        for place, one in enumerate(ranked)
    ]
    Stream.objects.bulk_create(made, batch_size=ledger.CHUNK)
    ledger.write_many("stream.register", made, acting_party)
    return made


def _check_wanted(wanted: Sequence[WantedStream], classes: dict[str, StreamClass]) -> None:
    faults: dict[str, tuple[str, str]] = {}
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        faults["streams"] = (f"每次1至{MOST_AT_ONCE}个。", f"1 to {MOST_AT_ONCE} at once.")
    seen = _taken([one.code for one in wanted])
    for place, one in enumerate(wanted):
        fault = _fault(one, classes, seen)
        if fault and len(faults) < 100:
            faults[str(place)] = fault
        seen.add(one.code)
    if faults:
        raise Invalid(
            "bad-streams",
            f"发现{len(faults)}处错误，未登记任何数据流。",
            f"{len(faults)} faults; no stream was registered.",
            faults,
        )


def _taken(codes: Sequence[str]) -> set[str]:
    taken: set[str] = set()
    for start in range(0, len(codes), ledger.CHUNK):
        found = Stream.objects.filter(code__in=codes[start : start + ledger.CHUNK])
        taken.update(found.values_list("code", flat=True))
    return taken


def _fault(
    one: WantedStream, classes: dict[str, StreamClass], seen: set[str]
) -> tuple[str, str] | None:
    if not _CODE.fullmatch(one.code):
        return (f"代码“{one.code[:60]}”不符合要求。", f"The code {one.code[:60]!r} is malformed.")
    if one.code in seen:
        return (f"代码 {one.code} 重复。", f"The code {one.code} is in use.")
    if one.stream_class not in classes:
        return (
            f"没有“{one.stream_class}”这一类别。",
            f"There is no class {one.stream_class!r}.",
        )
    if not one.name_zh or len(one.name_zh) > 120 or len(one.name_en) > 160:
        return (f"{one.code}：名称缺失或过长。", f"{one.code}: the name is missing or too long.")
    return None if _is_place(one) else (f"{one.code}：坐标有误。", f"{one.code}: a bad place.")


def _is_place(one: WantedStream) -> bool:
    if one.longitude is None or one.latitude is None:
        return one.longitude is None and one.latitude is None
    return -180 <= one.longitude <= 180 and -90 <= one.latitude <= 90


def _groups(
    wanted: Sequence[WantedStream], classes: dict[str, StreamClass]
) -> dict[tuple[str, str], StreamGroup]:
    pairs = sorted({(one.district, one.stream_class) for one in wanted})
    return {
        (district, code): StreamGroup.objects.get_or_create(
            district=district, stream_class=classes[code]
        )[0]
        for district, code in pairs
    }


@action("stream.attach-many")
def attach_streams(
    *, acting_party: Acting, resource_ref: str, codes: Sequence[str]
) -> list[Stream]:
    """Make streams of one's own party what a resource of kind `stream` stands for."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "resource.manage", resource.owner)
    _check_resource(resource)
    rows = list(Stream.objects.select_for_update(of=("self",)).filter(code__in=codes))
    missing = set(codes) - {one.code for one in rows}
    strangers = {one.code for one in rows if one.owner_id != resource.owner_id}
    if missing or strangers:
        few = sorted(missing | strangers)[:5]
        raise Invalid("unknown-stream", f"本单位没有数据流：{few}", f"No streams of ours: {few}")
    epoch = next_epoch()
    for one in rows:
        one.resource, one.epoch, one.version = resource, epoch, one.version + 1
    Stream.objects.bulk_update(rows, ["resource", "epoch", "version"], batch_size=ledger.CHUNK)
    ledger.write_many("stream.attach", rows, acting_party)
    return rows


def _check_resource(resource: Resource) -> None:
    if resource.kind != "stream":
        raise Invalid(
            "other-kind", "该资源不是感知数据流。", "The resource is not of the kind stream."
        )


@action("stream.switch")
def switch_stream(*, acting_party: Acting, stream_ref: str, active: bool) -> Stream:
    """Take a stream out of use (its readings are then put aside) or into use again."""
    stream = locked(Stream, stream_ref, "感知数据流", "stream")
    authorise(acting_party, "stream.manage", stream.owner)
    if stream.active == active:
        raise Conflict("as-it-is", "状态未变。", "It is so already.")
    stream.active, stream.epoch = active, next_epoch()
    save_next(stream)
    ledger.write("stream.switch", stream, acting_party)
    return stream


@action("device_token.issue")
def issue_device_token(
    *, acting_party: Acting, party: Party, label: str, scope: Sequence[str] = ()
) -> tuple[DeviceToken, str]:
    """A token with which a device sends readings of a party's streams; shown only here."""
    authorise(acting_party, "stream.manage", party)
    known = set(StreamClass.objects.values_list("code", flat=True))
    if strange := sorted(set(scope) - known):
        raise Invalid("unknown-class", f"没有这些类别：{strange}", f"No such classes: {strange}")
    if not label.strip():
        raise Invalid("label-missing", "请填写用途说明。", "Say what it is for.")
    text = TOKEN_PREFIX + secrets.token_urlsafe(32)
    token = DeviceToken.objects.create(
        party=party,
        scope=sorted(set(scope)),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        label=label.strip()[:80],
        hint=text[-4:],
    )
    next_epoch()
    ledger.write("device_token.issue", token, acting_party)
    return token, text


@action("device_token.revoke")
def revoke_device_token(*, acting_party: Acting, token_ref: str) -> DeviceToken:
    """Make a device's token worthless within about a second."""
    token = locked(DeviceToken, token_ref, "设备令牌", "device token")
    authorise(acting_party, "stream.manage", token.party)
    if token.revoked_at:
        raise Conflict("already-revoked", "该令牌已吊销。", "The token has been revoked already.")
    token.revoked_at = clock.now()
    save_next(token)
    next_epoch()
    ledger.write("device_token.revoke", token, acting_party)
    return token


@action("quarantine.release")
def release(
    *,
    acting_party: Acting,
    quarantined_ref: str,
    appender: Callable[[], Appender],
    intake: Intake,
    note: str = "",
) -> Quarantined:
    """Take readings in after all: a person answers for them, so only what cannot be kept
    (no stream, no number, no time) is still refused. Repeating it takes nothing twice.

    `appender` opens the way to the store, once it is clear that this person may decide.
    """
    row = _waiting(acting_party, quarantined_ref)
    table = unpack(bytes(row.columns))
    rows = _releasable(table, intake)
    if not rows.size:
        raise Conflict(
            "cannot-be-kept",
            "这些读数的数据流仍未登记，或数值、时间无法保存。",
            "Their streams are not registered still, or they cannot be kept.",
        )
    row.accepted = _appended(appender, rows)
    return _decide(acting_party, row, Quarantined.State.RELEASED, note)


def _appended(appender: Callable[[], Appender], rows: Rows) -> int:
    try:
        return appender().append_blocking(rows).accepted
    except (BadReadings, StoreLags, OSError):
        raise Conflict(
            "store-busy",
            "读数存储暂不可用，请稍后重试。",
            "The store of readings takes nothing now; try again in a moment.",
        ) from None


def _releasable(table: Any, intake: Intake) -> Rows:
    intake.registry.refresh()
    given = {name: table.column(name).to_numpy(zero_copy_only=False) for name in Rows._fields}
    codes = table.column("code").to_pylist()
    rows = loose(**given)
    if codes and codes[0] is not None:
        numbers = [intake.registry.codes.get(one, -1) for one in codes]
        rows = rows._replace(stream=loose(numbers, rows.time, rows.result).stream)
    return intake.keepable(Incoming(rows))


@action("quarantine.discard")
def discard(*, acting_party: Acting, quarantined_ref: str, note: str) -> Quarantined:
    """Leave readings out for good; they stay where they are, with the reason."""
    row = _waiting(acting_party, quarantined_ref)
    if not note.strip():
        raise Invalid("reasons-missing", "请说明理由。", "Give the reasons.")
    return _decide(acting_party, row, Quarantined.State.DISCARDED, note)


def _waiting(acting: Acting, ref: str) -> Quarantined:
    row = locked(Quarantined, ref, "隔离记录", "quarantined batch")
    if row.party is None:
        authorise(acting, "stream-class.manage")
    else:
        authorise(acting, "stream.manage", row.party)
    if row.state != Quarantined.State.WAITING:
        raise Conflict("decided", "已处理。", "It has been decided already.")
    return row


def _decide(acting: Acting, row: Quarantined, state: str, note: str) -> Quarantined:
    row.state, row.decided_at, row.note = state, clock.now(), note.strip()[:200]
    save_next(row)
    ledger.write(f"quarantine.{state}", row, acting)
    return row
