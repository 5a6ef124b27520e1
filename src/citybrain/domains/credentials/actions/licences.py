"""Issuing licences, and every change of their state."""

import calendar
import secrets
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F

from citybrain.domains.credentials.logic import secrecy
from citybrain.domains.credentials.logic.schema import checked_claims
from citybrain.domains.credentials.models import Licence, LicenceType, StatusRoll
from citybrain.engines.codes import identity, licence, uscc
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid

SIZE = 65_536
"""Places of one status list; half stay free, so that a free one is found at random at once."""
State = Licence.State


@action("licence.issue")
def issue_licence(
    *,
    acting_party: Acting,
    type_ref: str,
    holder_name: str,
    holder_number: str,
    claims: dict[str, Any],
    valid_from: date | None = None,
) -> Licence:
    """Issue a licence. Raises `Conflict` while the holder has one of this type in force."""
    type = locked(LicenceType, type_ref, "证照类型", "licence type")
    authorise(acting_party, "licence.manage", type.office)
    number = _checked_holder(type, holder_name, holder_number)
    values = checked_claims(type.claims, claims)
    living = type.licences.filter(
        holder_digest=secrecy.holder_digest(number), state__in=(State.VALID, State.SUSPENDED)
    )
    if any(one.standing() != "expired" for one in living):
        raise Conflict(
            "already-issued",
            "该主体已有同类有效证照，如需更换请办理换发。",
            "The holder has a licence of this type; replace it instead.",
        )
    type.last_serial += 1
    type.save(update_fields=["last_serial"])
    made = _made(
        type,
        serial=f"{type.last_serial:08}",
        edition=1,
        holder_name=holder_name.strip(),
        number=number,
        values=values,
        begins=valid_from or clock.today(),
    )
    made.save()
    ledger.write("licence.issue", made, acting_party)
    return made


def _checked_holder(type: LicenceType, name: str, number: str) -> str:
    number = "".join(number.split()).upper()
    faults = {}
    if not name.strip():
        faults["holder_name"] = ("必填。", "It is needed.")
    person = type.holder_kind == LicenceType.Holder.PERSON
    result = identity.validate(number) if person else uscc.validate(number)
    if not result:
        faults["holder_number"] = (result.zh, result.en)
    if faults:
        raise Invalid("bad-holder", "请更正持证主体。", "Correct the holder.", faults)
    return number


def _made(
    type: LicenceType,
    *,
    serial: str,
    edition: int,
    holder_name: str,
    number: str,
    values: dict[str, Any],
    begins: date,
) -> Licence:
    roll, place = _free_place()
    made = Licence(
        type=type,
        identifier=licence.make(type.code, type.issuer_code, serial, edition),
        serial=serial,
        edition=edition,
        holder_name=holder_name,
        holder_digest=secrecy.holder_digest(number),
        holder_masked=secrecy.masked(number),
        valid_from=begins,
        valid_to=_last_day(begins, type.months),
        roll=roll,
        place=place,
    )
    made.claims = secrecy.closed({"number": number, "claims": values}, made.ref)
    return made


def _last_day(begins: date, months: int) -> date | None:
    """The day before the same day of a later month; None when it does not end."""
    if not months:
        return None
    years, month = divmod(begins.month - 1 + months, 12)
    year, month = begins.year + years, month + 1
    day = min(begins.day, calendar.monthrange(year, month)[1])
    return date.fromordinal(date(year, month, day).toordinal() - 1)


def _free_place() -> tuple[StatusRoll, int]:
    """A place at random, so that neighbours in a list tell nothing about one another."""
    rolls = StatusRoll.objects.select_for_update().filter(taken__lt=F("size") / 2)
    roll = rolls.order_by("number").first()
    if roll is None:
        last = StatusRoll.objects.order_by("-number").first()
        roll = StatusRoll.objects.create(number=last.number + 1 if last else 1, size=SIZE)
    place = secrets.randbelow(roll.size)
    while roll.licences.filter(place=place).exists():
        place = secrets.randbelow(roll.size)
    StatusRoll.objects.filter(pk=roll.pk).update(taken=F("taken") + 1)
    return roll, place


def _moved(
    acting: Acting, ref: str, seen: int | None, start: tuple[str, ...], to: str, reasons: str
) -> Licence:
    """The licence in its new state, the published list marked as changed."""
    found = locked(Licence, ref, "证照", "licence")
    authorise(acting, "licence.manage", found.type.office)
    expect_version(found, seen)
    if found.state not in start:
        name = found.get_state_display()
        raise Conflict(
            "wrong-state",
            f"该证照当前为“{name}”，不能执行此操作。",
            f"The licence is “{found.state}”; this cannot be done now.",
        )
    if not 2 <= len(reasons.strip()) <= 1000:
        fault = ("请说明理由（2至1000字）。", "Give reasons (2 to 1,000 characters).")
        raise Invalid("reasons-needed", *fault, {"reasons": fault})
    found.state, found.reasons = to, reasons.strip()
    save_next(found)
    StatusRoll.objects.filter(pk=found.roll_id).update(revision=F("revision") + 1)
    return found


@action("licence.suspend")
def suspend_licence(
    *, acting_party: Acting, licence_ref: str, reasons: str, expected_version: int | None = None
) -> Licence:
    """Put a licence out of force for a time."""
    found = _moved(
        acting_party, licence_ref, expected_version, (State.VALID,), State.SUSPENDED, reasons
    )
    ledger.write("licence.suspend", found, acting_party, {"reasons": found.reasons})
    return found


@action("licence.resume")
def resume_licence(
    *, acting_party: Acting, licence_ref: str, reasons: str, expected_version: int | None = None
) -> Licence:
    """Put a suspended licence into force again."""
    found = _moved(
        acting_party, licence_ref, expected_version, (State.SUSPENDED,), State.VALID, reasons
    )
    ledger.write("licence.resume", found, acting_party, {"reasons": found.reasons})
    return found


@action("licence.revoke")
def revoke_licence(
    *, acting_party: Acting, licence_ref: str, reasons: str, expected_version: int | None = None
) -> Licence:
    """Put a licence out of force for ever."""
    start = (State.VALID, State.SUSPENDED)
    found = _moved(acting_party, licence_ref, expected_version, start, State.REVOKED, reasons)
    ledger.write("licence.revoke", found, acting_party, {"reasons": found.reasons})
    return found


@action("licence.replace")
def replace_licence(
    *,
    acting_party: Acting,
    licence_ref: str,
    claims: dict[str, Any],
    reasons: str,
    holder_name: str = "",
    expected_version: int | None = None,
) -> Licence:
    """Issue the next edition with other claims; the one before it ends. Returns the new."""
    old = _moved(
        acting_party, licence_ref, expected_version, (State.VALID,), State.REPLACED, reasons
    )
    if old.edition >= 999:
        raise Conflict("last-edition", "该证照已达最大版本号。", "There is no further edition.")
    number = old.opened()["number"]
    made = _made(
        old.type,
        serial=old.serial,
        edition=old.edition + 1,
        holder_name=holder_name.strip() or old.holder_name,
        number=number,
        values=checked_claims(old.type.claims, claims),
        begins=clock.today(),
    )
    made.replaces = old
    made.save()
    ledger.write("licence.replace", old, acting_party, {"reasons": old.reasons})
    ledger.write("licence.issue", made, acting_party)
    return made


@action("licence.issue-many")
def issue_many(*, acting_party: Acting, type_ref: str, rows: list[dict[str, Any]]) -> list[Licence]:
    """Issue every row or none. Raises `Invalid` with "row N" → why, for each faulty row.

    A row is what `issue_licence` takes: `holder_name`, `holder_number`, `claims`.
    """
    type = locked(LicenceType, type_ref, "证照类型", "licence type")
    authorise(acting_party, "licence.manage", type.office)
    made, faults = [], {}
    for number, row in enumerate(rows, start=1):
        try:
            with transaction.atomic():
                made.append(issue_licence(acting_party=acting_party, type_ref=type_ref, **row))
        except (Invalid, Conflict) as error:
            faults[f"row {number}"] = _row_fault(error)
    if faults:
        raise Invalid(
            "bad-rows",
            f"有{len(faults)}行有误，未签发任何证照。",
            f"{len(faults)} rows are faulty; nothing was issued.",
            faults,
        )
    return made


def _row_fault(error: Invalid | Conflict) -> tuple[str, str]:
    parts = [(f"{name}：{zh}", f"{name}: {en}") for name, (zh, en) in error.fields.items()]
    parts = parts or [(error.zh, error.en)]
    return "；".join(zh for zh, _ in parts), "; ".join(en for _, en in parts)
