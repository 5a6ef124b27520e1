"""One run of the harvest: ask the peer, then take in; and which sources are due."""

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db.models import Q

from citybrain.domains.catalogue.exchange.foreign import Defaults
from citybrain.domains.catalogue.exchange.importing import drafted
from citybrain.domains.catalogue.harvest.actions import record_run, take_in
from citybrain.domains.catalogue.harvest.fetch import Fetcher, Limits, PeerError
from citybrain.domains.catalogue.harvest.peers import offered
from citybrain.domains.catalogue.models import HarvestRun, HarvestSource
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting, Role, authorise
from citybrain.kernel.errors import Conflict, NotFound

log = structlog.get_logger(__name__)
DEFAULT_LIMITS = Limits()
SILENT = timedelta(minutes=15)
"""Longer than one answer and one part of the writing may take."""


def run(acting: Acting, source: HarvestSource, limits: Limits = DEFAULT_LIMITS) -> HarvestRun:
    """Harvest a source. A peer that cannot be read to its end changes nothing.

    Raises `Conflict` while another run of it goes on, here or in another process.
    """
    authorise(acting, "resource.manage", source.owner)
    if not claim(source):
        raise Conflict("running", "该来源正在采集中。", "A run of this source is going on.")
    try:
        return _run(acting, source, limits, lambda: _beat(source))
    finally:
        HarvestSource.objects.filter(pk=source.pk).update(beat_at=None)


def claim(source: HarvestSource) -> bool:
    """Begin a run, unless one goes on. One that gave no sign for `SILENT` was killed."""
    idle = Q(beat_at=None) | Q(beat_at__lt=clock.now() - SILENT)
    found = HarvestSource.objects.filter(idle, pk=source.pk, dropped_at=None)
    return bool(found.update(beat_at=clock.now(), asked_at=None))


def _beat(source: HarvestSource) -> None:
    HarvestSource.objects.filter(pk=source.pk).update(beat_at=clock.now())


def _run(
    acting: Acting, source: HarvestSource, limits: Limits, beat: Callable[[], None]
) -> HarvestRun:
    started = clock.now()
    fetcher = Fetcher(source.private_network, limits, beat=beat)
    memory = HarvestSource.objects.values_list("memory", flat=True).get(pk=source.pk)
    ids = source.entries.values_list("resource__metadata__source_id", flat=True)
    try:
        told = offered(source.type, source.url, fetcher, memory, set(ids))
    except PeerError as error:
        return record_run(
            acting_party=acting,
            source=source,
            started_at=started,
            report=None,
            reason=error.reason,
            detail=error.detail,
        )
    # Forgotten first: a run that is killed half way must not be taken for a whole one.
    HarvestSource.objects.filter(pk=source.pk).update(memory={})
    defaults = Defaults(source.update_cycle, source.prefix, source.url)
    report = take_in(acting, source, drafted(told.entries, defaults), told, beat)
    done = record_run(acting_party=acting, source=source, started_at=started, report=report)
    if not report.refused:
        # With refusals everything is read again, so that the next report names them too.
        HarvestSource.objects.filter(pk=source.pk).update(memory=told.memory)
    return done


def due() -> list[HarvestSource]:
    """Active sources whose last run began longer ago than their hours, or that never ran, and
    those that somebody asked a run of."""
    found = []
    idle = Q(beat_at=None) | Q(beat_at__lt=clock.now() - SILENT)
    rows = HarvestSource.objects.select_related("owner").filter(idle, dropped_at=None)
    for source in rows:
        last = source.runs.first()
        hours = timedelta(hours=source.every_hours)
        is_due = source.active and (last is None or last.started_at + hours <= clock.now())
        if is_due or source.asked_at:
            found.append(source)
    return found


def run_due() -> list[HarvestRun]:
    """Harvest what is due, as a steward of the office that added it."""
    done = []
    for one in due():
        try:
            done.append(run(Acting(one.owner, Role.STEWARD, "system"), one))
        except Conflict:
            log.info("another process harvests it", source=one.ref)
    return done


def source_named(ref: str) -> HarvestSource:
    """A source by its reference. Raises `NotFound`."""
    source = HarvestSource.objects.select_related("owner").filter(ref=ref).first()
    if source is None:
        raise NotFound("not-found", "找不到该来源。", "There is no such source.")
    return source
