"""Pages of sensing."""

from django.urls import URLPattern, path

from citybrain.domains.sensing import views

urlpatterns: list[URLPattern] = [
    path("sensing", views.overview, name="sensing"),
    path("sensing/days.json", views.days, name="sensing-days"),
    path("streams", views.streams, name="streams"),
    path("streams/<slug:ref>", views.stream, name="stream"),
    path("streams/<slug:ref>/readings.json", views.readings, name="stream-readings"),
    path("streams/<slug:ref>/switch", views.switch, name="stream-switch"),
    path("quarantine", views.quarantine, name="quarantine"),
    path("quarantine/<slug:ref>", views.quarantined, name="quarantined"),
    path("quarantine/<slug:ref>/release", views.release, name="quarantine-release"),
    path("quarantine/<slug:ref>/discard", views.discard, name="quarantine-discard"),
    path("device-tokens", views.tokens, name="device-tokens"),
    path("device-tokens/<slug:ref>/revoke", views.revoke, name="device-token-revoke"),
]
