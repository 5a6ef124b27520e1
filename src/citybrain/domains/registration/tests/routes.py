"""Every address of the registration with who may open it (see `tests.routes`)."""

from dataclasses import dataclass

from tests.exchange import published
from tests.personas import City
from tests.routes import ADMINISTRATOR, BUREAU, EVERYONE, OPEN, OWNER, ApiRow, Row, at

from citybrain.domains.registration.models import Application, Certificate, Objection, Registration
from citybrain.domains.registration.tests import told
from citybrain.kernel.models import Resource

__all__ = ["API", "NOT_PAGES", "ROUTES", "build_world"]
OWN_SIDE = BUREAU | {"su", "mo"}
NOT_PAGES = {"registry-pdf", "registry-json"}


@dataclass(frozen=True)
class World:
    """One of each: a registered resource, a draft, a notice with an objection."""

    free: Resource
    resource: Resource
    draft: Application
    done: Application
    noticed: Application
    disputed: Application
    objection: Objection
    registration: Registration
    certificate: Certificate


def build_world(city: City) -> World:
    """A registration with its certificate, a draft, a public notice, and one with an objection."""
    done = told.registered(city, published(city, "R-0001"))
    noticed = told.on_notice(city, published(city, "R-0002"))
    disputed = told.on_notice(city, published(city, "R-0003"))
    with told.clock.at(told.START):
        objection = told.objected(disputed)
    return World(
        free=published(city, "R-0005"),
        resource=done.registration.resource,
        draft=told.filled_in(city, published(city, "R-0004")),
        done=done,
        noticed=noticed,
        disputed=disputed,
        objection=objection,
        registration=done.registration,
        certificate=done.certificate,
    )


ROUTES: dict[str, Row] = {
    "registrations": Row(EVERYONE, at("registrations")),
    "registration": Row(EVERYONE, at("registration", "registration.ref")),
    "registration-again": Row(
        OWNER, at("registration-again", "registration.ref", "=change"), 403, post=True
    ),
    "registration-national": Row(
        ADMINISTRATOR, at("registration-national", "registration.ref"), 403, post=True
    ),
    "registration-expire": Row(
        ADMINISTRATOR, at("registration-expire", "registration.ref"), 403, post=True
    ),
    "registration-certificate": Row(EVERYONE, at("registration-certificate", "certificate.ref")),
    "resource-registration": Row(EVERYONE, at("resource-registration", "resource.ref")),
    "registration-begin": Row(OWNER, at("registration-begin", "free.ref"), 403, post=True),
    "registration-applications": Row(EVERYONE, at("registration-applications")),
    "registration-application": Row(OWN_SIDE, at("registration-application", "done.ref")),
    "registration-move": Row(
        ADMINISTRATOR, at("registration-move", "noticed.ref", "=close-notice"), 404, post=True
    ),
    "registration-step": Row(OWNER, at("registration-step", "draft.ref", "=basic"), 404),
    "registration-check": Row(OWNER, at("registration-check", "draft.ref"), 404),
    "registration-objection": Row(
        ADMINISTRATOR, at("registration-objection", "objection.ref", "=dismiss"), 403, post=True
    ),
    "registry": Row(EVERYONE, at("registry"), public=True),
    "registry-entry": Row(EVERYONE, at("registry-entry", "registration.code"), public=True),
    "registry-notices": Row(EVERYONE, at("registry-notices"), public=True),
    "registry-notice": Row(EVERYONE, at("registry-notice", "noticed.ref"), public=True),
    "registry-pdf": Row(EVERYONE, at("registry-pdf", "registration.code"), public=True),
    "registry-json": Row(EVERYONE, at("registry-json", "registration.code"), public=True),
    "registry-verify": Row(EVERYONE, at("registry-verify"), public=True),
}

API: dict[str, ApiRow] = {
    "GET /registrations": ApiRow(OPEN, OPEN),
    "POST /registrations": ApiRow(403, 403, (), {"resource": "{free.ref}"}),
    "GET /registrations/{ref}": ApiRow(OPEN, OPEN, ("registration.ref",)),
    "GET /registrations/{ref}/certificate": ApiRow(OPEN, OPEN, ("registration.ref",)),
    "POST /registrations/{ref}/applications": ApiRow(
        403, 403, ("registration.ref",), {"kind": "change"}
    ),
    "PUT /registrations/{ref}/national-number": ApiRow(
        403, 403, ("registration.ref",), {"number": "N-1", "day": "2025-01-01"}
    ),
    "GET /registration-applications": ApiRow(OPEN, OPEN),
    "GET /registration-applications/{ref}": ApiRow(404, OPEN, ("done.ref",)),
    "GET /registration-applications/{ref}/objections": ApiRow(OPEN, OPEN, ("disputed.ref",)),
    "PUT /registration-applications/{ref}/steps/{step}": ApiRow(
        403, 403, ("draft.ref", "=basic"), {"answers": {}}
    ),
    "POST /registration-applications/{ref}/moves/{move}": ApiRow(
        403, 403, ("noticed.ref", "=close-notice"), {}
    ),
    "POST /registration-objections/{ref}/answer": ApiRow(
        403, 403, ("objection.ref",), {"upheld": False, "answer": "不成立"}
    ),
}
