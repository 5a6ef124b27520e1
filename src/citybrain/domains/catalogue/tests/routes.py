"""Every page of the catalogue with who may open it (see `tests.routes`)."""

from dataclasses import dataclass

from tests.personas import City
from tests.routes import BUREAU, EVERYONE, OWNER, Row, at

from citybrain.domains.catalogue.harvest import actions
from citybrain.domains.catalogue.models import HarvestSource

__all__ = ["NOT_PAGES", "ROUTES", "build_world"]
STEWARDS = frozenset({"su", "ci", "zhao"})
SOURCE = "source.ref"
NOT_PAGES: set[str] = set()

ROUTES: dict[str, Row] = {
    "harvest": Row(EVERYONE, at("harvest")),
    "harvest-add": Row(STEWARDS, at("harvest-add"), 403),
    "harvest-source": Row(BUREAU | {"su", "mo"}, at("harvest-source", SOURCE)),
    "harvest-run": Row(OWNER, at("harvest-run", SOURCE), post=True),
    "harvest-switch": Row(OWNER, at("harvest-switch", SOURCE, "=off"), post=True),
    "harvest-drop": Row(OWNER, at("harvest-drop", SOURCE), post=True),
}


@dataclass(frozen=True)
class World:
    """A catalogue that the transport commission harvests."""

    city: City
    source: HarvestSource


def build_world(city: City) -> World:
    """Everything once."""
    source = actions.add_source(
        acting_party=city.su, title="邻市目录", type="ckan", url="https://data.example.org"
    )
    return World(city, source)
