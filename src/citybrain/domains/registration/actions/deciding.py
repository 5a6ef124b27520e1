"""What follows from a decided application: code, validity, certificate, cancellation."""

from datetime import date
from typing import Any

from django.conf import settings

from citybrain.domains.registration.actions.issuing import issue, retire
from citybrain.domains.registration.logic import codes, validity
from citybrain.domains.registration.logic.rules import RENEWAL
from citybrain.domains.registration.logic.steps import DESCRIPTION
from citybrain.domains.registration.models import Application, Registration
from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.base import save_next
from citybrain.kernel.errors import Conflict
from citybrain.kernel.models import Party
from citybrain.kernel.process import Move

State = Registration.State
_SETTLED = Move("settled", "", "", (), "", frozenset(), meets=(RENEWAL.code,))
_OVER = Move("over", "", "", (), "", frozenset(), cancels=("*",))


def carry_out(application: Application, acting: Acting | None) -> None:
    """Bring the registration to what the application asked for; a new certificate follows."""
    registration = Registration.objects.select_for_update(of=("self",)).get(
        pk=application.registration_id
    )
    application.registration = registration
    if application.kind == Application.Kind.CANCELLATION:
        case = application.content["grounds"]["case"]
        end(registration, State.CANCELLED, acting, case)
        return
    if application.kind == Application.Kind.FIRST:
        _give_code(registration)
    elif registration.state != State.VALID:
        raise Conflict("not-valid", "该登记已失效。", "The registration is not valid any more.")
    _take_over(registration, application)
    save_next(registration)
    if application.kind == Application.Kind.RENEWAL:
        touch_clocks(registration, _SETTLED)
    ledger.write(f"registration.registered-{application.kind}", registration, acting)
    issue(registration, application, acting)


def _give_code(registration: Registration) -> None:
    """The next code of the year; the lock on the bureau's row lets no two take the same."""
    today = clock.today()
    Party.objects.select_for_update(of=("self",)).filter(is_bureau=True).first()
    stem = codes.stem(settings.CITYBRAIN.city_code, today.year)
    last = Registration.objects.filter(code__startswith=stem).order_by("-code").first()
    number = codes.number_in(last.code) + 1 if last and last.code else 1
    registration.code = codes.code_of(settings.CITYBRAIN.city_code, today.year, number)
    registration.state = State.VALID
    registration.registered_at = clock.now()
    registration.valid_from = today


def _take_over(registration: Registration, application: Application) -> None:
    described = {one.code for one in DESCRIPTION}
    answers = {code: kept for code, kept in application.content.items() if code in described}
    registration.content = {**registration.content, **answers}
    registration.title = registration.content["basic"]["title"]
    limit = _limit(registration, application)
    if application.kind == Application.Kind.RENEWAL:
        years = application.content["grounds"]["years"]
        last = registration.valid_to or clock.today()
        registration.valid_to = validity.renewed_validity(last, years, limit)
        registration.reminded_on = None
    elif application.kind == Application.Kind.FIRST:
        registration.valid_to = validity.first_validity(clock.today(), limit)
    elif limit and registration.valid_to:
        registration.valid_to = min(registration.valid_to, limit)
    if registration.valid_to and registration.valid_to < clock.today():
        raise Conflict(
            "term-over",
            "授权运营期限已届满，不能登记。",
            "The authorised operation has ended; it cannot be registered.",
        )


def _limit(registration: Registration, application: Application) -> date | None:
    """The last day of the authorised operation, if the registrant has the data by one."""
    basic: dict[str, Any] = registration.content["basic"]
    if basic.get("holding") != "authorised":
        return None
    extended = (application.content.get("grounds") or {}).get("authorised_until")
    if extended:
        registration.content = {
            **registration.content,
            "basic": {**basic, "authorised_until": extended},
        }
    text = extended or basic.get("authorised_until")
    return date.fromisoformat(text) if text else None


def end_first(application: Application, acting: Acting | None) -> None:
    """A first application that led to nothing takes its registration with it."""
    if application.kind == Application.Kind.FIRST:
        end(application.registration, State.ENDED, acting)


def end(registration: Registration, state: str, acting: Acting | None, case: str = "") -> None:
    """End a registration (expired, cancelled, never come about), its certificates and clocks."""
    registration.state, registration.end_case = state, case
    registration.ended_on = clock.today()
    save_next(registration)
    touch_clocks(registration, _OVER)
    retire(registration, acting)
    ledger.write(f"registration.{state}", registration, acting)


def touch_clocks(registration: Registration, move: Move) -> None:
    """Start or stop clocks that run on the registration itself, such as that of its renewal."""
    holder = registration.registrant
    clocks.apply(move, registration.urn, holder, holder, {})
