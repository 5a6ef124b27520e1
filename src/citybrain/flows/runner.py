"""Driving runs: each step's outcome is stored before the next begins.

A worker leases a run, so that several workers never do the same step at once; a lease that
was not given back (the worker was killed) ends by itself and another goes on. Steps without
an outside effect are one transaction each. A use is announced first (its number of attempts
is committed), then made, then its outcome is stored; the request ids of its attempts tell
uses apart that a crash made happen twice.
"""

import time
from datetime import timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from citybrain.flows import uses
from citybrain.flows.actions import progress
from citybrain.flows.machine import Pending, Stuck, after_each, after_use, after_wait, begin
from citybrain.flows.models import Run
from citybrain.flows.packs import Pack
from citybrain.flows.packs.model import Each, UseStep, Wait
from citybrain.flows.versions import pack_of
from citybrain.kernel import clock

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
"""Longer than any use lasts (`gateway.door.LONGEST_SERVE`)."""
MOST_STEPS = 1000
MOST_ATTEMPTS = 6
FIRST_PAUSE = 2.0
State = Run.State


def drive_due(seconds: float = 5.0, most: int = 1000) -> int:
    """Go on with what is due, until nothing is or the time is over; gives how many runs."""
    end, driven = time.monotonic() + seconds, 0
    while driven < most and time.monotonic() < end:
        ref = _lease()
        if ref is None:
            break
        driven += 1
        try:
            drive(ref)
        except Exception:
            # The lease ends by itself; a run that always fails must not stop the others.
            log.exception("run could not be driven", run=ref)
    return driven


def _due() -> Q:
    now = clock.now()
    return Q(due_at__lte=now) & (Q(leased_until=None) | Q(leased_until__lt=now))


def _lease() -> str | None:
    """The reference of a due run that is now ours."""
    for _ in range(20):
        found = Run.objects.filter(_due()).order_by("due_at", "pk").values_list("pk", "ref").first()
        if found is None:
            return None
        until = clock.now() + LEASE
        if Run.objects.filter(_due(), pk=found[0]).update(leased_until=until):
            return str(found[1])
    return None


def drive(ref: str) -> None:
    """Go on with a leased run until it waits or ends."""
    for _ in range(MOST_STEPS):
        if not _turn(ref):
            return
    with transaction.atomic():
        run = progress.locked_run(ref)
        if run is not None:
            en = "The run took too many steps at once: it goes in circles."
            progress.stick(run, Stuck("endless", "流程可能陷入循环。", en))


def _turn(ref: str) -> bool:
    """One step. False when the run waits or has ended."""
    with transaction.atomic():
        run = progress.locked_run(ref)
        if run is None:
            return False
        if run.due_at is None:
            # Somebody else has taken it on or withdrawn it meanwhile.
            Run.objects.filter(pk=run.pk).update(leased_until=None)
            return False
        pack = pack_of(run.pack)
        try:
            pending = _begin(run, pack)
        except Stuck as stuck:
            progress.stick(run, stuck)
            return False
    return pending is None or _outside(ref, pending)


def _begin(run: Run, pack: Pack) -> Pending | None:
    """Do the step; a pending use is left to be made outside of the transaction."""
    step, today = pack.steps[run.step], clock.today()
    if run.state == State.WAITING and isinstance(step, Wait):
        progress.advance(run, pack, after_wait(pack, step, run.data, today, came=False))
        return None
    if run.state == State.EACH and isinstance(step, Each):
        return _gather(run, pack, step)
    done = begin(pack, step, run.data, today)
    if not isinstance(done, Pending):
        progress.advance(run, pack, done)
        return None
    if done.what != "use":
        progress.hold(run, pack, done)
        return done
    run.state, run.attempts = State.USING, run.attempts + 1
    run.leased_until = clock.now() + LEASE
    run.save()
    detail = {**done.detail, "request_id": f"{run.ref}.{run.seq}.{run.attempts}"}
    return Pending("use", detail | {"code": run.pack.code, "seq": run.seq, "run": run.ref})


def _gather(run: Run, pack: Pack, step: Each) -> Pending | None:
    """On when the last part has ended."""
    parts = list(run.parts.filter(number__startswith=progress.part_prefix(run)).order_by("place"))
    if any(one.state not in (State.ENDED, State.CANCELLED) for one in parts):
        run.due_at, run.leased_until = None, None
        run.save()
        return Pending("each")
    results = [one.result or one.state for one in parts]
    progress.advance(run, pack, after_each(pack, step, run.data, clock.today(), results))
    return None


def _outside(ref: str, pending: Pending) -> bool:
    """Make the use and store what came of it."""
    if pending.what != "use":
        return False
    served = uses.use(pending.detail)
    with transaction.atomic():
        run = progress.locked_run(ref)
        if run is None or run.seq != pending.detail["seq"] or run.state != State.USING:
            return False
        pack = pack_of(run.pack)
        step = pack.steps[run.step]
        if not isinstance(step, UseStep):
            return False
        if served.again and run.attempts < MOST_ATTEMPTS:
            progress.postpone(run, FIRST_PAUSE * 2 ** (run.attempts - 1))
            return False
        try:
            done = after_use(pack, step, run.data, clock.today(), served.answer, served.refused)
        except Stuck as stuck:
            progress.stick(run, stuck)
            return False
        progress.advance(run, pack, done, request_id=pending.detail["request_id"])
    return True
