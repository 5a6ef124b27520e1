"""异议: objections under real name to what stands on public notice, and the bureau's answers."""

from citybrain.domains.registration.actions.moves import EFFECTS, check, notice_clock, put
from citybrain.domains.registration.models import Application, Objection
from citybrain.domains.registration.moves import sides_of
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Deadline

SHORTEST_REASONS = 10
FIELDS = {
    "name": (2, 60, "请填写真实姓名或单位名称。", "Give your real name, or your unit's."),
    "contact": (5, 120, "请填写可联系到您的电话或邮箱。", "Give a telephone or e-mail address."),
    "reasons": (
        SHORTEST_REASONS,
        4000,
        "请说明异议理由（10至4000字）。",
        "Say why you object (10 to 4,000 characters).",
    ),
    "evidence": (0, 4000, "证据说明不超过4000字。", "At most 4,000 characters of evidence."),
}
ON_NOTICE = ("notice", "objection")


@action("registration.object")
def object_to_notice(
    *,
    acting_party: Acting | None,
    application_ref: str,
    name: str,
    contact: str,
    reasons: str,
    evidence: str = "",
    origin: str = "",
) -> Objection:
    """Object under real name while the notice runs; anybody may, signed in or not (None).

    The first one pauses the notice's clock. Raises `Conflict` once the notice is over.
    """
    if acting_party is not None:
        authorise(acting_party, "issue.raise", acting_party.party)
    application = locked(Application, application_ref, "公示", "notice")
    given = {"name": name, "contact": contact, "reasons": reasons, "evidence": evidence}
    given = {key: value.strip() for key, value in given.items()}
    _checked(given)
    running = notice_clock(application)
    paused = running is not None and running.state == Deadline.State.PAUSED
    over = running is None or (not paused and clock.today() > running.due_on)
    if application.state not in ON_NOTICE or over:
        raise Conflict("notice-over", "公示期已结束，不再受理异议。", "The public notice is over.")
    objection = Objection.objects.create(application=application, origin=origin, **given)
    if application.state == "notice":
        put(application, check(application, "object", {"public"}, {"reasons": given["reasons"]}))
        ledger.write("registration.object", application, acting_party)
    ledger.write("registration.objection", objection, acting_party)
    return objection


def _checked(given: dict[str, str]) -> None:
    faults = {
        name: (zh, en)
        for name, (shortest, longest, zh, en) in FIELDS.items()
        if not shortest <= len(given[name]) <= longest
    }
    if faults:
        raise Invalid("bad-objection", "请更正标出的字段。", "Correct the marked fields.", faults)


@action("registration.answer-objection")
def answer_objection(
    *,
    acting_party: Acting,
    objection_ref: str,
    upheld: bool,
    answer: str,
    expected_version: int | None = None,
) -> Objection:
    """Dismiss or uphold an objection after it was checked; the answer is published.

    When the last open one is dismissed the notice goes on; one that is upheld ends the
    application, and the others that are open with it.
    """
    objection = locked(Objection, objection_ref, "异议", "objection")
    authorise(acting_party, "registration.decide")
    expect_version(objection, expected_version)
    application = locked(Application, objection.application.ref, "登记申请", "application")
    if objection.state != Objection.State.OPEN:
        raise Conflict("answered", "该异议已答复。", "The objection has been answered.")
    reasons = {"reasons": answer.strip()}
    chosen = check(
        application,
        "uphold" if upheld else "dismiss",
        sides_of(acting_party, application),
        reasons,
    )
    waiting = application.objections.filter(state=Objection.State.OPEN).exclude(pk=objection.pk)
    _answer(objection, Objection.State.UPHELD if upheld else Objection.State.DISMISSED, answer)
    ledger.write("registration.answer-objection", objection, acting_party)
    if upheld:
        EFFECTS["uphold"](application, acting_party, reasons)
        for other in waiting:
            _answer(other, Objection.State.UPHELD, answer)
            ledger.write("registration.answer-objection", other, acting_party)
    if upheld or not waiting.exists():
        put(application, chosen)
        ledger.write(f"registration.{chosen.code}", application, acting_party, reasons)
    return objection


def _answer(objection: Objection, state: str, answer: str) -> None:
    objection.state, objection.answer = state, answer.strip()
    objection.answered_at = clock.now()
    save_next(objection)
