"""Every route that Django answers; the gateway's own are in asgi.py."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("citybrain.surfaces.api.urls")),
    path("", include("citybrain.surfaces.console.urls")),
]
if settings.CITYBRAIN.oidc_issuer:
    urlpatterns.append(path("oidc/", include("mozilla_django_oidc.urls")))
