"""Makes the design system a Django app, for its templates, static files and messages."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "citybrain.ui"
    label = "ui"
