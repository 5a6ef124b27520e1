"""Every page of the catalogue with who may open it (see `tests.routes`)."""

from dataclasses import dataclass

from tests.personas import City
from tests.routes import BUREAU, EVERYONE, OPEN, OWNER, ApiRow, Row, at

from citybrain.domains.catalogue.harvest import actions as harvest
from citybrain.domains.catalogue.models import (
    Expectation,
    GradeProposal,
    HarvestSource,
    Profile,
)
from citybrain.domains.catalogue.quality.actions import profiles as actions
from citybrain.domains.catalogue.tests import quality_world
from citybrain.kernel.models import Resource

__all__ = ["API", "NOT_PAGES", "ROUTES", "build_world"]
INSIDERS = BUREAU | {"su", "mo"}
STEWARDS = frozenset({"su", "ci", "zhao"})
NOT_PAGES = {"quality-trend"}

ROUTES: dict[str, Row] = {
    "harvest": Row(EVERYONE, at("harvest")),
    "harvest-add": Row(STEWARDS, at("harvest-add"), 403),
    "harvest-source": Row(INSIDERS, at("harvest-source", "source.ref")),
    "harvest-run": Row(OWNER, at("harvest-run", "source.ref"), post=True),
    "harvest-switch": Row(OWNER, at("harvest-switch", "source.ref", "=off"), post=True),
    "harvest-drop": Row(OWNER, at("harvest-drop", "source.ref"), post=True),
    "quality": Row(EVERYONE, at("quality")),
    "resource-quality": Row(EVERYONE, at("resource-quality", "table.ref")),
    "quality-trend": Row(EVERYONE, at("quality-trend", "table.ref")),
    "quality-run": Row(OWNER, at("quality-run", "table.ref"), post=True),
    "profile-cancel": Row(OWNER, at("profile-cancel", "waiting.ref"), post=True),
    "check-write": Row(OWNER, at("check-write", "table.ref"), 403),
    "check-drop": Row(OWNER, at("check-drop", "table.ref", "check.ref"), post=True),
    "proposal-accept": Row(OWNER, at("proposal-accept", "table.ref", "proposal.ref"), post=True),
    "proposal-decline": Row(OWNER, at("proposal-decline", "table.ref", "proposal.ref"), post=True),
    "resource-preview": Row(INSIDERS, at("resource-preview", "table.ref")),
    "preview-unmask": Row(OWNER, at("preview-unmask", "table.ref"), post=True),
}


@dataclass(frozen=True)
class World:
    """A profiled table of the transport commission with persons in it, and one that waits."""

    city: City
    table: Resource
    profile: Profile
    check: Expectation
    proposal: GradeProposal
    waiting: Profile
    source: HarvestSource


def build_world(city: City) -> World:
    """Everything once."""
    table = quality_world.persons(city)
    check = quality_world.check(city, table, "in_list", "district", list=["370202"])
    profile = quality_world.profiled(table)
    other = quality_world.table(city, "Q-0002", "id,name\n1,甲\n", {"id": "I", "name": "C"})
    waiting = actions.ask_profile(acting_party=city.su, resource_ref=other.ref)
    proposal = GradeProposal.objects.filter(resource=table).exclude(column="").latest("id")
    source = harvest.add_source(
        acting_party=city.su, title="邻市目录", type="ckan", url="https://data.example.org"
    )
    return World(city, table, profile, check, proposal, waiting, source)


API: dict[str, ApiRow] = {
    "GET /resources/{ref}/profile": ApiRow(OPEN, OPEN, ("table.ref",)),
    "POST /resources/{ref}/profile": ApiRow(403, 403, ("table.ref",)),
    "GET /profiles/{ref}": ApiRow(OPEN, OPEN, ("profile.ref",)),
    "POST /profiles/{ref}/cancel": ApiRow(403, 403, ("waiting.ref",)),
    "GET /resources/{ref}/checks": ApiRow(404, OPEN, ("table.ref",)),
    "POST /resources/{ref}/checks": ApiRow(
        403, 403, ("table.ref",), [{"rule": "unique", "column": "id"}]
    ),
    "DELETE /checks/{ref}": ApiRow(403, 403, ("check.ref",)),
    "GET /resources/{ref}/grade-proposals": ApiRow(404, OPEN, ("table.ref",)),
    "POST /grade-proposals/{ref}/accept": ApiRow(403, 403, ("proposal.ref",)),
    "POST /grade-proposals/{ref}/decline": ApiRow(403, 403, ("proposal.ref",), {"reasons": "误报"}),
    "GET /resources/{ref}/preview": ApiRow(404, OPEN, ("table.ref",)),
    "GET /resources/{ref}/versions": ApiRow(OPEN, OPEN, ("table.ref",)),
    "GET /resources/{ref}/versions/{number}": ApiRow(OPEN, OPEN, ("table.ref", "table.version")),
    "GET /resources/{ref}/lineage": ApiRow(OPEN, OPEN, ("table.ref",)),
    "POST /resources/{ref}/relations": ApiRow(
        403, 403, ("table.ref",), {"type": "replaces", "target": "{table.ref}"}
    ),
    "POST /relations/{ref}/end": ApiRow(404, 404, ("=none",)),
}
