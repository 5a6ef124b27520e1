"""Versions of resources, and how they come from one another."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from citybrain.kernel.actions import relations as actions
from citybrain.kernel.models import Relation, Resource
from citybrain.kernel.queries import lineage, versions, visible
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.schemas import directory as out

router = Router(tags=["resources"])


def _resource(request: HttpRequest, ref: str) -> Resource:
    return visible.one(visible.resources(acting_of(request)), ref, "资源", "resource")


@router.get("/resources/{ref}/versions", response=list[out.VersionSummary])
def list_versions(request: HttpRequest, ref: str) -> Any:
    """The newest 200 versions, newest first; strangers see those that were published."""
    found = versions.of(acting_of(request), _resource(request, ref))
    return [out.VersionSummary.of(one) for one in found]


@router.get("/resources/{ref}/versions/{number}", response=out.VersionOut)
def get_version(request: HttpRequest, ref: str, number: int) -> Any:
    """One version whole."""
    seen = versions.one(acting_of(request), _resource(request, ref), number)
    return out.VersionOut.of(seen)


@router.get("/resources/{ref}/lineage", response=out.LineageOut)
def get_lineage(request: HttpRequest, ref: str, depth: int = Query(2, ge=1, le=4)) -> Any:
    """What a resource comes from and what came of it, both directions."""
    return out.LineageOut.of(lineage.around(acting_of(request), _resource(request, ref), depth))


@router.post("/resources/{ref}/relations", response={201: out.RelationOut})
def state_relation(request: HttpRequest, ref: str, body: out.RelationIn) -> Relation:
    """Say that one's own resource is derived from, part of or replaces another."""
    return actions.state_relation(
        acting_party=acting_of(request), source_ref=ref, **body.model_dump()
    )


@router.post("/relations/{ref}/end", response=out.RelationOut)
def end_relation(request: HttpRequest, ref: str) -> Relation:
    """Take a statement back."""
    return actions.end_relation(acting_party=acting_of(request), relation_ref=ref)
