"""One run of the harvest: ask the peer, then take in; and which sources are due."""

from datetime import timedelta

from citybrain.domains.catalogue.exchange.foreign import Defaults
from citybrain.domains.catalogue.exchange.importing import drafted
from citybrain.domains.catalogue.harvest.actions import record_run, take_in
from citybrain.domains.catalogue.harvest.fetch import Fetcher, Limits, PeerError
from citybrain.domains.catalogue.harvest.peers import all_entries
from citybrain.domains.catalogue.models import HarvestRun, HarvestSource
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting, Role, authorise
from citybrain.kernel.errors import NotFound

DEFAULT_LIMITS = Limits()


def run(acting: Acting, source: HarvestSource, limits: Limits = DEFAULT_LIMITS) -> HarvestRun:
    """Harvest a source. A peer that cannot be read to its end changes nothing."""
    authorise(acting, "resource.manage", source.owner)
    started = clock.now()
    try:
        found = all_entries(source.type, source.url, Fetcher(source.private_network, limits))
    except PeerError as error:
        return record_run(
            acting_party=acting,
            source=source,
            started_at=started,
            report=None,
            reason=error.reason,
            detail=error.detail,
        )
    drafts = drafted(found, Defaults(source.update_cycle, source.prefix, source.url))
    report = take_in(acting, source, drafts)
    return record_run(acting_party=acting, source=source, started_at=started, report=report)


def due() -> list[HarvestSource]:
    """Active sources whose last run began longer ago than their hours, or that never ran."""
    found = []
    for source in HarvestSource.objects.select_related("owner").filter(active=True):
        last = source.runs.first()
        if last is None or last.started_at + timedelta(hours=source.every_hours) <= clock.now():
            found.append(source)
    return found


def run_due() -> list[HarvestRun]:
    """Harvest what is due, as a steward of the office that added it."""
    return [run(Acting(one.owner, Role.STEWARD, "system"), one) for one in due()]


def source_named(ref: str) -> HarvestSource:
    """A source by its reference. Raises `NotFound`."""
    source = HarvestSource.objects.select_related("owner").filter(ref=ref).first()
    if source is None:
        raise NotFound("not-found", "找不到该来源。", "There is no such source.")
    return source
