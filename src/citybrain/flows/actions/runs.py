"""What people do with runs: begin, answer, decide, tell of an event, withdraw, try again."""

import secrets
from collections.abc import Mapping
from typing import Any

from citybrain.flows.actions import progress
from citybrain.flows.machine import Stuck, after_ask, after_human, after_wait
from citybrain.flows.models import Run
from citybrain.flows.packs import Pack
from citybrain.flows.packs.contract import Problem, flat
from citybrain.flows.packs.model import Ask, Human, Wait
from citybrain.flows.versions import active, pack_of
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action
from citybrain.kernel.errors import Conflict, Invalid, NotFound

MOST_BYTES = 200_000


@action("run.start")
def start_run(
    *, acting_party: Acting, code: str, given: Mapping[str, Any], number: str = ""
) -> Run:
    """Begin a case of a pack with what is known of it; the worker goes on from there.

    A second call with the same `number` gives the run that the first began.
    """
    version = active(code)
    if version is None:
        raise NotFound("not-found", "该场景未启用。", "There is no such scenario in use.")
    authorise(acting_party, "run.work", version.owner)
    known = Run.objects.filter(number=number).first() if number else None
    if known is not None:
        if known.pack.code != code or known.party_id != version.owner_id:
            raise Conflict("number-taken", "该编号已被使用。", "The number is in use.")
        return known
    pack = pack_of(version)
    data = flat(given)
    asked = frozenset(
        name for one in pack.flow.steps if isinstance(one, Ask) for name in one.fields
    )
    _refuse(pack.contract.faults(data, asked))
    chosen = number or f"{clock.today():%Y%m%d}-{secrets.token_hex(4).upper()}"
    first = pack.flow.steps[0].id
    return progress.create(acting_party, version, version.owner, data, first, chosen)


def _refuse(problems: list[Problem]) -> None:
    if problems:
        fields = {name: (zh, en) for name, zh, en in problems}
        zh = "；".join(f"{name}：{text}" for name, text, _ in problems[:5])
        en = "; ".join(f"{name}: {text}" for name, _, text in problems[:5])
        raise Invalid("bad-value", f"请更正：{zh}", f"Correct: {en}", fields)


def _at(acting: Acting, ref: str, state: str, kind: type[Any]) -> tuple[Run, Pack, Any]:
    """The locked run, its pack and step, when it stands where the action needs it."""
    run = progress.locked_run(ref)
    if run is None:
        raise NotFound("not-found", "找不到该办件。", "There is no such run.")
    authorise(acting, "run.work", run.party)
    pack = pack_of(run.pack)
    step = pack.steps[run.step]
    if run.state != state or not isinstance(step, kind):
        raise Conflict(
            "wrong-state",
            f"办件当前为“{run.get_state_display()}”，不能执行此操作。",
            f"The run is {run.state}; this cannot be done now.",
        )
    return run, pack, step


@action("run.answer")
def answer_step(*, acting_party: Acting, run_ref: str, given: Mapping[str, Any]) -> Run:
    """Give fields that the present step asks for."""
    run, pack, step = _at(acting_party, run_ref, Run.State.ASKING, Ask)
    data = flat(given)
    _refuse(after_ask(pack, step, data))
    run.data = {**run.data, **data}
    run.state, run.due_at = Run.State.RUNNING, clock.now()
    run.save()
    ledger.write("run.answer", run, acting_party, {"fields": sorted(data)})
    return run


@action("run.decide")
def decide_step(
    *,
    acting_party: Acting,
    run_ref: str,
    step: str,
    outcome: str,
    given: Mapping[str, Any] | None = None,
    reasons: str = "",
) -> Run:
    """End the step that waits for a person; `step` is what the person saw."""
    run, pack, here = _at(acting_party, run_ref, Run.State.HUMAN, Human)
    if here.id != step:
        raise Conflict(
            "changed-meanwhile",
            "在您操作期间，该办件已进入其他步骤，请刷新。",
            "The run has gone on to another step meanwhile; reload.",
        )
    try:
        data = flat(given or {})
        done = after_human(pack, here, run.data, clock.today(), outcome, data, reasons)
    except Stuck as stuck:
        raise Invalid(stuck.code, stuck.zh, stuck.en, {"outcome": (stuck.zh, stuck.en)}) from None
    progress.advance(run, pack, done, acting_party)
    return run


@action("run.event")
def tell_event(*, acting_party: Acting, run_ref: str, event: str) -> Run:
    """Say that what the run waits for has come."""
    run, pack, step = _at(acting_party, run_ref, Run.State.WAITING, Wait)
    if step.event != event:
        raise Conflict("other-event", "办件等待的不是该事件。", "The run waits for another event.")
    done = after_wait(pack, step, run.data, clock.today(), came=True)
    progress.advance(run, pack, done, acting_party)
    return run


@action("run.cancel")
def cancel_run(*, acting_party: Acting, run_ref: str, reasons: str) -> Run:
    """Withdraw a run that has not ended, with its parts; its clocks stop."""
    run = progress.locked_run(run_ref)
    if run is None:
        raise NotFound("not-found", "找不到该办件。", "There is no such run.")
    authorise(acting_party, "run.work", run.party)
    if run.state in (Run.State.ENDED, Run.State.CANCELLED):
        raise Conflict("already-ended", "该办件已办结。", "The run has ended already.")
    if not reasons.strip():
        zh, en = "请说明理由。", "Give the reasons."
        raise Invalid("reasons-missing", zh, en, {"reasons": (zh, en)})
    for one in (*run.parts.exclude(state__in=("ended", "cancelled")), run):
        _cancel(acting_party, one, reasons.strip())
    progress.wake_parent(run)
    return run


def _cancel(acting: Acting, run: Run, reasons: str) -> None:
    run.state, run.due_at, run.ended_at = Run.State.CANCELLED, None, clock.now()
    run.version += 1
    run.save()
    progress.stop_clocks(run)
    ledger.write("run.cancel", run, acting, {"reasons": reasons})


@action("run.retry")
def retry_run(*, acting_party: Acting, run_ref: str) -> Run:
    """Let a stopped run try its step again."""
    run = progress.locked_run(run_ref)
    if run is None:
        raise NotFound("not-found", "找不到该办件。", "There is no such run.")
    authorise(acting_party, "run.work", run.party)
    if run.state != Run.State.STUCK:
        raise Conflict("not-stuck", "该办件没有停止。", "The run has not stopped.")
    run.state, run.due_at = Run.State.RUNNING, clock.now()
    run.problem, run.attempts = {}, 0
    run.save()
    ledger.write("run.retry", run, acting_party)
    return run
