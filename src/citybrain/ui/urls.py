"""The style page's addresses; include them only while developing or testing."""

from django.urls import path

from citybrain.ui import styleguide

urlpatterns = [
    path("styleguide/", styleguide.styleguide, name="ui-styleguide"),
    path("styleguide/chart/<str:kind>.json", styleguide.sample_chart, name="ui-sample-chart"),
    path("styleguide/map.geojson", styleguide.sample_map, name="ui-sample-map"),
]
