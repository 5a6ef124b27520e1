"""Every address of the licences with who may open it (see `tests.routes`)."""

from dataclasses import dataclass

from tests.personas import City
from tests.routes import BUREAU, EVERYONE, Row, at

from citybrain.domains.credentials.models import Licence, LicenceType
from citybrain.domains.credentials.tests import told

__all__ = ["NOT_PAGES", "ROUTES", "build_world"]
STEWARD = {"su"}
STEWARDS = {"su", "ci", "zhao"}
OFFICE = BUREAU | {"su", "mo"}
NOT_PAGES = {"licence-paper", "licence-status", "licence-issuer", "licence-type-metadata"}


@dataclass(frozen=True)
class World:
    """A type of the transport commission and one licence of it."""

    type: LicenceType
    licence: Licence


def build_world(city: City) -> World:
    """A type and a licence in force."""
    type = told.type_of(city)
    return World(type, told.licence_of(city, type))


ROUTES: dict[str, Row] = {
    "licence-types": Row(EVERYONE, at("licence-types")),
    "licence-type-new": Row(STEWARDS, at("licence-type-new"), 403),
    "licence-type": Row(EVERYONE, at("licence-type", "type.ref")),
    "licence-issue": Row(STEWARD, at("licence-issue", "type.ref"), 403),
    "licence-issue-many": Row(STEWARD, at("licence-issue-many", "type.ref"), 403),
    "licences": Row(EVERYONE, at("licences")),
    "licence": Row(OFFICE, at("licence", "licence.ref")),
    "licence-replace": Row(STEWARD, at("licence-replace", "licence.ref"), 404),
    "licence-paper": Row(STEWARD, at("licence-paper", "licence.ref"), 404),
    "licence-act": Row(STEWARD, at("licence-act", "licence.ref", "=revoke"), 404, post=True),
    "verify-licence": Row(EVERYONE, at("verify-licence"), public=True),
    "licence-status": Row(EVERYONE, at("licence-status", "=1"), public=True),
    "licence-type-metadata": Row(EVERYONE, at("licence-type-metadata", "type.ref"), public=True),
    "licence-issuer": Row(EVERYONE, at("licence-issuer"), public=True),
}
