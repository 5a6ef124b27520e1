"""Addresses of the quality pages."""

from django.urls import path

from citybrain.domains.catalogue.quality import city, preview_views, views

urlpatterns = [
    path("quality", city.index, name="quality"),
    path("quality/profiles/<slug:ref>/cancel", views.cancel, name="profile-cancel"),
    path("resources/<slug:ref>/quality", views.show, name="resource-quality"),
    path("resources/<slug:ref>/quality/trend.json", views.chart, name="quality-trend"),
    path("resources/<slug:ref>/quality/run", views.run, name="quality-run"),
    path("resources/<slug:ref>/quality/checks/new", views.write_check, name="check-write"),
    path(
        "resources/<slug:ref>/quality/checks/<slug:check>/drop",
        views.drop_check,
        name="check-drop",
    ),
    path(
        "resources/<slug:ref>/quality/proposals/<slug:proposal>/accept",
        views.accept,
        name="proposal-accept",
    ),
    path(
        "resources/<slug:ref>/quality/proposals/<slug:proposal>/decline",
        views.decline,
        name="proposal-decline",
    ),
    path("resources/<slug:ref>/preview", preview_views.show, name="resource-preview"),
    path("resources/<slug:ref>/preview/unmasked", preview_views.unmask, name="preview-unmask"),
]
