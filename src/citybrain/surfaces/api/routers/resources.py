"""Resources and their kinds."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from citybrain.kernel.actions import resources as actions
from citybrain.kernel.errors import NotFound
from citybrain.kernel.kinds import Kind, all_kinds, kind_of
from citybrain.kernel.models import Resource
from citybrain.kernel.queries import visible
from citybrain.kernel.queries.suggest import suggest
from citybrain.surfaces.api import queries
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.paging import Held, expected_of, page_of, tagged
from citybrain.surfaces.api.schemas import resources as out
from citybrain.surfaces.api.schemas.common import Reasons, Seen

router = Router(tags=["resources"])


@router.get("/kinds", response=list[out.KindOut])
def list_kinds(request: HttpRequest) -> list[Kind]:
    """Every kind of resource that a domain declares."""
    return all_kinds()


@router.get("/kinds/{code}", response=out.KindOut)
def get_kind(request: HttpRequest, code: str) -> Kind:
    """One kind, with the JSON Schema of its metadata."""
    try:
        return kind_of(code)
    except KeyError:
        raise NotFound("not-found", "没有该资源类型。", "There is no such kind.") from None


@router.get("/resources", response=out.ResourcePage)
def list_resources(request: HttpRequest, query: Query[out.ResourceQuery]) -> Any:
    """The directory: what is published, and one's own in any state."""
    acting = acting_of(request)
    page = page_of(queries.resources_of(acting, query), query)
    if query.facets and "facets" not in page:
        page["facets"] = queries.facets_of(acting, query)
    return page


@router.get("/resources/suggest", response=list[out.Suggestion])
def suggest_resources(request: HttpRequest, query: Query[out.SuggestQuery]) -> Any:
    """Titles and codes that what was typed may become; only of resources one may see."""
    return suggest(acting_of(request), query.q)


@router.post("/resources", response={201: out.ResourceOut})
def register_resource(request: HttpRequest, body: out.ResourceIn) -> Resource:
    """Register a resource of one's own party as a draft."""
    return actions.register_resource(acting_party=acting_of(request), **body.model_dump())


@router.get("/resources/{ref}", response=out.ResourceOut)
def get_resource(request: HttpRequest, response: HttpResponse, ref: str) -> Resource:
    """One resource whole."""
    resource = visible.one(visible.resources(acting_of(request)), ref, "资源", "resource")
    tagged(response, resource)
    return resource


@router.patch("/resources/{ref}", response=out.ResourceOut)
def change_resource(request: HttpRequest, ref: str, body: out.ResourceChange) -> Resource:
    """Change what is given, leave the rest."""
    given = body.model_dump(exclude_none=True, exclude={"expected_version"})
    return actions.change_resource(
        acting_party=acting_of(request),
        resource_ref=ref,
        expected_version=expected_of(request, body.expected_version),
        **given,
    )


@router.post("/resources/{ref}/publish", response=out.ResourceOut)
def publish_resource(request: HttpRequest, ref: str, body: Seen | None = None) -> Resource:
    """Put a resource into the directory."""
    with Held(Resource, ref, expected_of(request, body.expected_version if body else None)):
        return actions.publish_resource(acting_party=acting_of(request), resource_ref=ref)


@router.post("/resources/{ref}/withdraw", response=out.ResourceOut)
def withdraw_resource(request: HttpRequest, ref: str, body: Reasons) -> Resource:
    """Take a resource out of the directory; its agreements refuse from then on."""
    with Held(Resource, ref, expected_of(request, body.expected_version)):
        return actions.withdraw_resource(
            acting_party=acting_of(request), resource_ref=ref, reasons=body.reasons
        )
