"""`/api/v1`: the API; everything else under `/api/` is a problem, not a page."""

from django.urls import URLPattern, URLResolver, path, re_path

from citybrain.surfaces.api.main import api, no_such_route

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", api.urls),
    re_path(r"^api/(?P<rest>.*)$", no_such_route),
]
