"""Every route that Django answers; the gateway's own are in asgi.py."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # First, because the API answers for everything else below /api/.
    *(
        path("", include(f"{domain}.urls"))
        for domain in settings.DOMAINS
        if find_spec(f"{domain}.urls")
    ),
    path("", include("citybrain.flows.urls")),
    path("", include("citybrain.surfaces.api.urls")),
    path("", include("citybrain.surfaces.console.urls")),
]
if settings.CITYBRAIN.oidc_issuer:
    urlpatterns.append(path("oidc/", include("mozilla_django_oidc.urls")))
