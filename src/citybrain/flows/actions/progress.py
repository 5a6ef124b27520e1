"""What the platform itself writes while a run goes on.

Each function runs inside the caller's transaction with the run locked: the outcome of a step,
what left the run by it, and where the run stands now are stored together or not at all.
"""

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from citybrain.flows.machine import Advance, Effect, Pending, Stuck
from citybrain.flows.models import Message, PackVersion, Paper, Run, StepOutcome, Waiver
from citybrain.flows.packs import Pack, words
from citybrain.flows.packs.model import Human
from citybrain.kernel import clock, clocks, ledger
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Party
from citybrain.kernel.process import DeadlineRule, Move

State = Run.State
GOING = (State.RUNNING, State.USING, State.EACH)
"""States in which the worker goes on without anybody."""


def locked_run(ref: str) -> Run | None:
    """The run, locked until the transaction ends."""
    rows = Run.objects.select_for_update(of=("self",)).select_related("pack", "party")
    return rows.filter(ref=ref).first()


def create(
    acting: Acting | None,
    version: PackVersion,
    party: Party,
    data: dict[str, Any],
    step: str,
    number: str,
    parent: Run | None = None,
    place: int = 0,
) -> Run:
    """A run at its first step, due at once."""
    run = Run.objects.create(
        number=number,
        pack=version,
        party=party,
        parent=parent,
        place=place,
        step=step,
        data=data,
        due_at=clock.now(),
    )
    ledger.write("run.start", run, acting, {"pack": version.digest, "fields": sorted(data)})
    return run


def advance(
    run: Run, pack: Pack, done: Advance, acting: Acting | None = None, request_id: str = ""
) -> None:
    """Store what the step came to, let out what leaves, and stand at the next step."""
    step = pack.steps[run.step]
    outcome = StepOutcome.objects.create(
        run=run,
        seq=run.seq,
        step=step.id,
        do=step.do,
        sets=dict(done.sets),
        detail=dict(done.detail) | ({"result": done.result} if done.result else {}),
        next=done.next or "",
        by=acting.account if acting else "system",
    )
    ledger.write("step.done", outcome, acting)
    run.data = {**run.data, **done.sets}
    _waive(run, done, request_id)
    for effect in done.effects:
        _let_out(run, pack, effect)
    if isinstance(step, Human):
        _meet_clock(run, pack, step)
    run.seq += 1
    run.attempts, run.leased_until, run.problem = 0, None, {}
    if done.next is None:
        _end(run, done.result, acting)
    else:
        run.step, run.state, run.due_at = done.next, State.RUNNING, clock.now()
        run.save()


def _waive(run: Run, done: Advance, request_id: str) -> None:
    """One row for every paper that need not be brought; the first reason counts."""
    root = run.parent or run
    for one in done.waived:
        if not Waiver.objects.filter(run=root, material=one.material).exists():
            row = Waiver.objects.create(
                run=root,
                material=one.material,
                method=one.method,
                source=one.source,
                request_id=request_id,
            )
            ledger.write("waiver.grant", row, None)


def _let_out(run: Run, pack: Pack, effect: Effect) -> None:
    """The key makes a second one of the same place impossible."""
    key = f"{run.ref}.{run.seq}"
    known = {**run.data, "number": run.number, "today": clock.today().isoformat()}

    def text(name: str, language: str) -> str:
        return words.filled(pack, name, language, known)

    if effect.kind == "notify":
        title = pack.scenario.title.zh
        body = text(f"messages.{effect.key}", "zh")
        message = Message.objects.create(
            key=key,
            run=run,
            channel=effect.channel,
            to=effect.to[:200],
            subject=title,
            body=body,
            due_at=clock.now(),
        )
        ledger.write("message.queue", message, None)
        return
    name = f"documents.{effect.key}"
    paper = Paper.objects.create(
        key=key,
        run=run,
        document=effect.key,
        title_zh=text(f"{name}.title", "zh"),
        title_en=text(f"{name}.title", "en"),
        body_zh=text(f"{name}.body", "zh"),
        body_en=text(f"{name}.body", "en"),
    )
    ledger.write("paper.issue", paper, None)


def _end(run: Run, result: str, acting: Acting | None) -> None:
    run.state, run.result, run.due_at = State.ENDED, result, None
    run.ended_at = clock.now()
    run.version += 1
    run.save()
    ledger.write("run.end", run, acting, {"result": result})
    wake_parent(run)


def wake_parent(run: Run) -> None:
    """The whole goes on when its last part has ended."""
    if run.parent_id is not None:
        # Of two parts that end at once the second must see the first.
        Run.objects.select_for_update(of=("self",)).filter(pk=run.parent_id).first()
        open_parts = Run.objects.filter(parent=run.parent_id).exclude(
            state__in=(State.ENDED, State.CANCELLED)
        )
        if not open_parts.exclude(pk=run.pk).exists():
            Run.objects.filter(pk=run.parent_id, state=State.EACH).update(due_at=clock.now())


def hold(run: Run, pack: Pack, pending: Pending) -> None:
    """Stand and wait as the step says."""
    run.leased_until, run.due_at = None, None
    if pending.what == "human":
        run.state = State.HUMAN
        _start_clock(run, pack)
    elif pending.what == "ask":
        run.state = State.ASKING
    elif pending.what == "wait":
        run.state, run.due_at = State.WAITING, day_begins(pending.detail["until"])
    elif pending.what == "each":
        _divide(run, pending)
    run.save()


def day_begins(day: str | None) -> datetime | None:
    """Midnight in the city of an ISO day."""
    if day is None:
        return None
    moment = datetime.combine(datetime.fromisoformat(day).date(), time())
    return timezone.make_aware(moment)


def part_prefix(run: Run) -> str:
    """How the numbers of the parts begin that the run stands at; a step can come twice."""
    return f"{run.number}-{run.seq}."


def _divide(run: Run, pending: Pending) -> None:
    """A part for every element, each a run of its own with own clocks."""
    run.state = State.EACH
    detail = pending.detail
    for place, item in enumerate(detail["items"]):
        data = {**run.data, detail["name"]: item}
        number = f"{part_prefix(run)}{place + 1}"
        create(None, run.pack, run.party, data, detail["start"], number, run, place)


def _rule(pack: Pack, step: Human) -> DeadlineRule | None:
    if step.deadline is None or pack.law is None:
        return None
    return DeadlineRule.of(pack.law[step.deadline])


def _move(**more: Any) -> Move:
    return Move("step", "步骤", "step", (), "", frozenset(), **more)


def _start_clock(run: Run, pack: Pack) -> None:
    step = pack.steps[run.step]
    rule = _rule(pack, step) if isinstance(step, Human) else None
    if rule is not None:
        clocks.apply(_move(starts=(rule,)), run.urn, run.party, run.party, {})


def _meet_clock(run: Run, pack: Pack, step: Human) -> None:
    rule = _rule(pack, step)
    if rule is not None:
        clocks.apply(_move(meets=(rule.code,)), run.urn, run.party, run.party, {})


def stop_clocks(run: Run) -> None:
    """A run that is withdrawn has no clocks any more."""
    clocks.apply(_move(cancels=("*",)), run.urn, run.party, run.party, {})


def stick(run: Run, stuck: Stuck) -> None:
    """Stop where it is, for a person to look."""
    run.state, run.due_at, run.leased_until = State.STUCK, None, None
    run.problem = {"code": stuck.code, "zh": stuck.zh, "en": stuck.en}
    run.save()


def postpone(run: Run, seconds: float) -> None:
    """Try the use again later."""
    run.state, run.leased_until = State.USING, None
    run.due_at = clock.now() + timedelta(seconds=seconds)
    run.save()
