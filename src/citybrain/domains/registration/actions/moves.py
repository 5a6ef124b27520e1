"""Moving an application through its process: submit, accept, supplement, pass, code …"""

from collections.abc import Callable, Mapping

from citybrain.domains.registration.actions.deciding import carry_out, end_first
from citybrain.domains.registration.actions.drafts import faults_of
from citybrain.domains.registration.logic.rules import whole
from citybrain.domains.registration.models import Application
from citybrain.domains.registration.moves import OF_OBJECTIONS, PROCESS, fits, sides_of
from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Deadline
from citybrain.kernel.process import MissingInput, Move, WrongState
from citybrain.kernel.process import NotAllowed as NotYourMove

Given = Mapping[str, str]


@action("registration.move")
def move_application(
    *,
    acting_party: Acting,
    application_ref: str,
    move: str,
    given: Given | None = None,
    expected_version: int | None = None,
) -> Application:
    """Make one move of the process `registration`.

    Who may, from which state and which clocks it starts is in
    `kernel/process/definitions/registration.toml`. Raises `Conflict` when the state has
    changed, when the notice still runs, and for a second supplement.
    """
    application = locked(Application, application_ref, "登记申请", "application")
    _authorise_side(acting_party, application)
    expect_version(application, expected_version)
    if move in OF_OBJECTIONS:
        raise Conflict(
            "through-objections", "请在异议处办理。", "Do this where the objections are answered."
        )
    return _moved(acting_party, application, move, given or {})


@action("registration.close-notice")
def close_notice(*, acting_party: Acting | None, application_ref: str) -> Application:
    """End a public notice that has run its days; the platform's worker does it with None."""
    application = locked(Application, application_ref, "登记申请", "application")
    if acting_party is not None:
        authorise(acting_party, "registration.decide")
    return _moved(acting_party, application, "close-notice", {})


def _authorise_side(acting: Acting, application: Application) -> None:
    if not sides_of(acting, application):
        authorise(acting, "registration.apply", application.applicant)


def _moved(acting: Acting | None, application: Application, move: str, given: Given) -> Application:
    supplied = {name: value.strip() for name, value in given.items() if value.strip()}
    chosen = check(application, move, sides_of(acting, application), supplied)
    EFFECTS.get(move, _nothing)(application, acting, supplied)
    put(application, chosen)
    reasons = {"reasons": supplied.get("reasons", "")}
    ledger.write(f"registration.{move}", application, acting, reasons)
    return application


def check(application: Application, move: str, sides: set[str], given: Given) -> Move:
    """The move, when it is allowed here and now; otherwise the action's error for it."""
    try:
        chosen = PROCESS.check(application.state, move, sides, given)
    except WrongState as error:
        raise Conflict("wrong-state", error.zh, error.en) from None
    except NotYourMove as error:
        raise NotAllowed("not-your-move", error.zh, error.en) from None
    except MissingInput as error:
        fields = {"reasons": (error.zh, error.en)}
        raise Invalid("input-missing", error.zh, error.en, fields) from None
    if not fits(application.kind, move):
        raise Conflict(
            "other-way",
            "该类登记须先公示。" if move == "grant" else "该类登记不经公示，审核通过即办结。",
            "This kind stands on public notice first."
            if move == "grant"
            else "This kind is granted without public notice.",
        )
    return chosen


def put(application: Application, chosen: Move) -> None:
    """Set the state that a move leads to, and its clocks."""
    application.state = chosen.to
    save_next(application)
    owner = application.registration.registrant
    clocks.apply(chosen, application.urn, owner, application.applicant, {})


def _nothing(application: Application, acting: Acting | None, given: Given) -> None:
    """A move that changes nothing but the state."""


def _submit(application: Application, acting: Acting | None, given: Given) -> None:
    faults = faults_of(application)
    if faults:
        raise Invalid(
            "incomplete",
            f"还有{len(faults)}处未填写或有误，请补齐后提交。",
            f"{len(faults)} answers are missing or wrong; complete them, then submit.",
            faults,
        )
    registration = application.registration
    title = (application.content.get("basic") or {}).get("title", registration.title)
    if application.kind == Application.Kind.FIRST and registration.title != title:
        registration.title = title
        save_next(registration)
        ledger.write("registration.apply", registration, acting)
    application.submitted_at = application.submitted_at or clock.now()
    application.notice = ""


def _supplement(application: Application, acting: Acting | None, given: Given) -> None:
    if application.supplements >= whole("supplements"):
        raise Conflict(
            "told-once",
            "补正须一次性告知，已告知过；请受理或不予受理。",
            "What is missing is told once, and it was; accept, or do not accept.",
        )
    application.supplements += 1
    application.notice = given.get("reasons", "")


def _pass(application: Application, acting: Acting | None, given: Given) -> None:
    application.noticed_on = clock.today()


def _close_notice(application: Application, acting: Acting | None, given: Given) -> None:
    running = notice_clock(application)
    if running is None or clock.today() <= running.due_on:
        last = running.due_on if running else "—"
        raise Conflict(
            "notice-runs",
            f"公示期至{last}止，期满后方可赋码。",
            f"The notice runs to {last}; a code is given after it.",
        )


def notice_clock(application: Application) -> Deadline | None:
    """The clock of the public notice while it runs or is paused."""
    states = (Deadline.State.OPEN, Deadline.State.PAUSED)
    found = Deadline.objects.filter(subject=application.urn, rule="registration-notice")
    return found.filter(state__in=states).first()


def _reject(application: Application, acting: Acting | None, given: Given) -> None:
    application.reasons = given.get("reasons", "")
    application.decided_at = clock.now()
    end_first(application, acting)


def _done(application: Application, acting: Acting | None, given: Given) -> None:
    application.reasons = given.get("reasons", "")
    application.decided_at = clock.now()
    carry_out(application, acting)


EFFECTS: dict[str, Callable[[Application, Acting | None, Given], None]] = {
    "submit": _submit,
    "supplement": _supplement,
    "pass": _pass,
    "close-notice": _close_notice,
    "decline": _reject,
    "reject": _reject,
    "uphold": _reject,
    "withdraw": _reject,
    "grant": _done,
    "code": _done,
}
