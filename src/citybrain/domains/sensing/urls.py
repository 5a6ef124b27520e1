"""Pages of sensing."""

from django.urls import URLPattern, path

from citybrain.domains.sensing import views

urlpatterns: list[URLPattern] = [
    path("sensing", views.overview, name="sensing"),
    path("sensing/days.json", views.days, name="sensing-days"),
    path("sensing/streams", views.streams, name="streams"),
    path("sensing/streams/<slug:ref>", views.stream, name="stream"),
    path("sensing/streams/<slug:ref>/readings.json", views.readings, name="stream-readings"),
    path("sensing/streams/<slug:ref>/switch", views.switch, name="stream-switch"),
    path("sensing/quarantine", views.quarantine, name="quarantine"),
    path("sensing/quarantine/<slug:ref>", views.quarantined, name="quarantined"),
    path("sensing/quarantine/<slug:ref>/release", views.release, name="quarantine-release"),
    path("sensing/quarantine/<slug:ref>/discard", views.discard, name="quarantine-discard"),
    path("sensing/tokens", views.tokens, name="device-tokens"),
    path("sensing/tokens/<slug:ref>/revoke", views.revoke, name="device-token-revoke"),
]
