"""What public answers have in common: language, caching, conditional requests."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
FRESH = 300
"""Seconds that a cache may answer without asking: as long as a withdrawal may lag there."""


def public_page(view: View[P]) -> View[P]:
    """GET and HEAD, in the language of `?lang=`, otherwise the one that was chosen before."""

    @functools.wraps(view)
    def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        chosen = request.GET.get("lang", "")
        if chosen not in dict(settings.LANGUAGES):
            return view(request, *args, **kwargs)
        with translation.override(chosen):
            response = view(request, *args, **kwargs)
        response.headers["Content-Language"] = chosen
        return response

    return require_safe(enter)


def cached(request: HttpRequest, response: HttpResponse, tag: str = "") -> HttpResponseBase:
    """The answer with its ETag (of `tag`, otherwise of what it says), or 304 without a body."""
    digest = hashlib.sha256(tag.encode() or response.content).hexdigest()[:32]
    response["ETag"] = f'"{digest}"'
    patch_cache_control(response, public=True, max_age=FRESH)
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found if found is not None else response


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
    """A page that is the same for everybody who reads its language.

    Rendered without the request: nothing of whoever is signed in can be on it.
    """
    other = "en" if (translation.get_language() or "zh").startswith("zh") else "zh-hans"
    query = request.GET.copy()
    query["lang"] = other
    shell = {
        "other_language": other,
        "other_url": f"{request.path}?{query.urlencode()}",
        "lang": request.GET.get("lang", ""),
        "city": settings.CITYBRAIN,
    }
    response = HttpResponse(render_to_string(template, shell | context))
    patch_vary_headers(response, ["Cookie"])
    return cached(request, response)
