"""Reads that pages, API and commands share: profiles, standings, offices."""

from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Q, QuerySet, Subquery

from citybrain.domains.catalogue.models import Profile, QualityStanding
from citybrain.domains.catalogue.quality.profiling import KINDS
from citybrain.kernel import clock
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Party, Resource
from citybrain.kernel.queries import described, visible


def table_resource(acting: Acting, ref: str) -> Resource:
    """A table that one may see; anything else does not exist."""
    found = visible.resources(acting).filter(kind__in=KINDS)
    return visible.one(found, ref, "数据表", "table")


def is_insider(acting: Acting, resource: Resource) -> bool:
    """Who may see rows and values, masked: the owner's party and the bureau."""
    return described.reads_source(acting, resource)


def latest(resource: Resource) -> Profile | None:
    """The newest finished profile."""
    return Profile.objects.filter(resource=resource, state=Profile.State.DONE).first()


def newest(resource: Resource) -> Profile | None:
    """The newest profile in any state."""
    return Profile.objects.filter(resource=resource).first()


def trend(resource: Resource, most: int = 20) -> list[Profile]:
    """Finished profiles, the oldest of the newest `most` first."""
    rows = Profile.objects.filter(resource=resource, state=Profile.State.DONE)
    return list(rows.defer("columns", "checks", "found")[:most])[::-1]


def profile_seen(acting: Acting, ref: str) -> Profile:
    """A profile of a table that one may see."""
    found = Profile.objects.select_related("resource__owner").filter(
        resource__in=visible.resources(acting)
    )
    return visible.one(found, ref, "评估", "profile")


def standings(acting: Acting) -> QuerySet[QualityStanding]:
    """The newest score of every published table that one may see."""
    return QualityStanding.objects.select_related("resource__owner", "profile").filter(
        resource__in=visible.resources(acting), resource__status=Resource.Status.PUBLISHED
    )


def offices(acting: Acting) -> QuerySet[Party]:
    """Offices with published tables that have a score: how many, average, late, worst."""
    seen = standings(acting)
    of_office = Q(resources__standing__in=seen)
    worst = seen.filter(resource__owner=OuterRef("pk"), failed_checks__gt=0).order_by("overall")
    found: QuerySet[Any] = Party.objects.filter(Exists(seen.filter(resource__owner=OuterRef("pk"))))
    return found.annotate(
        tables=Count("resources__standing", filter=of_office),
        average=Avg("resources__standing__overall", filter=of_office),
        late=Count(
            "resources__standing",
            filter=of_office & Q(resources__standing__due_on__lt=clock.today()),
        ),
        worst_zh=Subquery(worst.values("worst_zh")[:1]),
        worst_en=Subquery(worst.values("worst_en")[:1]),
    )
