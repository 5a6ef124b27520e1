"""Writes on a registration itself: national number, reminder, expiry."""

from dataclasses import replace
from datetime import date

from citybrain.domains.registration.actions.deciding import end, touch_clocks
from citybrain.domains.registration.logic import validity
from citybrain.domains.registration.logic.rules import RENEWAL
from citybrain.domains.registration.models import Application, Registration
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.process import Move

State = Registration.State
DECIDING = ("submitted", "supplement", "accepted")
"""States in which a renewal that was applied for in time keeps a registration alive."""


@action("registration.national")
def set_national_number(
    *,
    acting_party: Acting,
    registration_ref: str,
    number: str,
    issued_on: date | None = None,
    expected_version: int | None = None,
) -> Registration:
    """Note the number under which the national platform issued its certificate.

    A wrong one is set right by setting it again. Raises `Conflict` for a number that
    another registration bears.
    """
    registration = locked(Registration, registration_ref, "登记", "registration")
    authorise(acting_party, "registration.decide")
    expect_version(registration, expected_version)
    text = "".join(number.split())
    if not 4 <= len(text) <= 60:
        fault = ("请填写国家登记证书编号（4至60字）。", "Give the number (4 to 60 characters).")
        raise Invalid("bad-number", *fault, {"number": fault})
    if registration.state != State.VALID:
        raise Conflict("not-valid", "该登记当前无效。", "The registration is not valid.")
    taken = Registration.objects.filter(national_number=text).exclude(pk=registration.pk)
    if taken.exists():
        raise Conflict(
            "number-taken",
            "该国家登记证书编号已属于另一登记。",
            "Another registration bears this number.",
        )
    registration.national_number = text
    registration.national_on = issued_on or clock.today()
    save_next(registration)
    ledger.write("registration.national", registration, acting_party, {"number": text})
    return registration


@action("registration.remind")
def remind(*, acting_party: Acting | None, registration_ref: str) -> Registration:
    """Start the registrant's clock for a renewal, once the window before expiry has opened."""
    registration = _living(acting_party, registration_ref)
    last = registration.valid_to
    if last is None or registration.reminded_on or clock.today() < validity.renewal_opens(last):
        raise Conflict("not-due", "尚不需提醒。", "No reminder is due.")
    registration.reminded_on = clock.today()
    save_next(registration)
    rule = replace(RENEWAL, days=max(0, (last - clock.today()).days))
    touch_clocks(registration, Move("remind", "", "", (), "", frozenset(), starts=(rule,)))
    ledger.write("registration.remind", registration, acting_party)
    return registration


@action("registration.expire")
def expire(*, acting_party: Acting | None, registration_ref: str) -> Registration:
    """End a registration whose last day has passed.

    One whose renewal was applied for in time lives until that is decided.
    """
    registration = _living(acting_party, registration_ref)
    if registration.valid_to is None or clock.today() <= registration.valid_to:
        raise Conflict("not-due", "尚未到期。", "It has not expired yet.")
    if renewal_pending(registration):
        raise Conflict("renewal-open", "续展申请在办。", "Its renewal is being decided.")
    end(registration, State.EXPIRED, acting_party)
    return registration


def _living(acting: Acting | None, ref: str) -> Registration:
    """The valid registration, locked; the platform's worker acts as None."""
    registration = locked(Registration, ref, "登记", "registration")
    if acting is not None:
        authorise(acting, "registration.decide")
    if registration.state != State.VALID:
        raise Conflict("not-valid", "该登记当前无效。", "The registration is not valid.")
    return registration


def renewal_pending(registration: Registration) -> bool:
    """Whether a renewal waits for its decision."""
    return registration.applications.filter(
        kind=Application.Kind.RENEWAL, state__in=DECIDING
    ).exists()
