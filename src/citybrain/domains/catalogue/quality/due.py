"""Which published tables need a new look: changed since the last one, or overdue by their cycle."""

from datetime import timedelta

from django.db.models import OuterRef, Subquery

from citybrain.domains.catalogue.models import Profile
from citybrain.domains.catalogue.quality import profiling, reading
from citybrain.domains.catalogue.quality.actions import profiles as actions
from citybrain.kernel import clock
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import ActionError
from citybrain.kernel.kinds import ServeError
from citybrain.kernel.models import Resource

SLICE, MOST_ASKED = 500, 20
AGAIN = timedelta(days=1)
"""A source that failed, or that has been overdue, is looked at again no sooner."""
_position = {"after": 0}


def ask_for_due(slice_size: int = SLICE) -> int:
    """Queue what is due among the next slice of published tables; returns how many."""
    latest = Profile.objects.filter(resource=OuterRef("pk")).order_by("-id").values("pk")[:1]
    rows = list(
        Resource.objects.select_related("owner")
        .filter(
            kind__in=profiling.KINDS,
            status=Resource.Status.PUBLISHED,
            pk__gt=_position["after"],
        )
        .annotate(latest=Subquery(latest))
        .order_by("pk")[:slice_size]
    )
    known = Profile.objects.in_bulk([row.latest for row in rows if row.latest])
    asked = 0
    for row in rows:
        _position["after"] = row.pk
        if is_due(row, known.get(row.latest)):
            asked += _ask(row)
        if asked >= MOST_ASKED:
            return asked
    if len(rows) < slice_size:
        _position["after"] = 0
    return asked


def is_due(resource: Resource, last: Profile | None) -> bool:
    """Whether a new profile would say something new."""
    if last is None:
        return True
    if last.state in actions.WAITING:
        return False
    rested = last.finished_at is None or last.finished_at + AGAIN <= clock.now()
    if last.state != Profile.State.DONE:
        return rested
    if last.resource_version != resource.version:
        return True
    try:
        mark = reading.mark_of(profiling.table_of(resource), data_root())
    except (ActionError, ServeError, ValueError):
        return False
    passed = last.due_on is not None and last.due_on < clock.today()
    return mark != last.source_mark or (rested and (passed or not mark))


def _ask(resource: Resource) -> int:
    try:
        actions.ask_profile(acting_party=actions.system_of(resource), resource_ref=resource.ref)
    except ActionError:
        return 0
    return 1
