"""The API put together: routers, authentication, problems, and a description of itself."""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from citybrain.kernel.errors import ActionError
from citybrain.surfaces.api import problems
from citybrain.surfaces.api.auth import BearerKey, Session
from citybrain.surfaces.api.renderer import JsonRenderer
from citybrain.surfaces.api.routers import (
    accounting,
    agreements,
    care,
    directory,
    offers,
    parties,
    proof,
    requests,
    resources,
)
from citybrain.surfaces.api.safety import StrictParser, check_address
from citybrain.surfaces.api.schemas.common import Problem

ROUTERS = (parties, resources, directory, offers, requests, agreements, accounting, care, proof)


class CityBrainAPI(NinjaAPI):
    """Ninja, with every address checked first and every error a problem."""

    def _get_urls(self) -> list[URLResolver | URLPattern]:
        patterns = super()._get_urls()
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                pattern.callback = guarded(pattern.callback)
        return patterns

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The function's name: stable, and what generated clients call it."""
        name: str = operation.view_func.__name__
        return name

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, in which every operation can answer with a problem."""
        schema = super().get_openapi_schema(**options)
        schema["components"].setdefault("schemas", {})["Problem"] = Problem.json_schema()
        answer = {
            "description": "Problem details (RFC 9457).",
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for operations in schema["paths"].values():
            for operation in operations.values():
                operation["responses"]["default"] = answer
        return schema


def guarded(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Check the address before a route sees it; turn "405" into a problem."""

    @csrf_exempt
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            check_address(request)
        except ActionError as error:
            return problems.problem(request, error)
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            return no_such_route(request)
        if response.status_code == 405:
            return _not_allowed(request, response)
        return response

    return checked


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    allowed = response.headers.get("Allow", "")
    answer = problems.problem(
        request,
        problems.RefusalError(
            405,
            "method-not-allowed",
            f"该地址只支持：{allowed}。",
            f"This address supports only: {allowed}.",
        ),
    )
    answer["Allow"] = allowed
    return answer


def no_such_route(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Everything else under `/api/`."""
    return problems.problem(request, problems.not_found())


def build() -> CityBrainAPI:
    """The API with the kernel's routers and those that domains bring in `api.py`.

    The interactive page of django-ninja is left out: it needs inline scripts, which the
    content security policy forbids, or a script from elsewhere.
    """
    api = CityBrainAPI(
        title="CityBrain 城市云脑",
        version="1",
        description="The six verbs: register, offer, request, agree, use, account.",
        urls_namespace="api",
        docs_url=None,
        auth=[BearerKey(), Session()],
        parser=StrictParser(),
        renderer=JsonRenderer(),
    )
    problems.install(api)
    for one in ROUTERS:
        api.add_router("", one.router)
    for domain in ("citybrain.flows", *settings.DOMAINS):
        if find_spec(f"{domain}.api"):
            module = import_module(f"{domain}.api")
            api.add_router(module.prefix, module.router)
    return api


api = build()
