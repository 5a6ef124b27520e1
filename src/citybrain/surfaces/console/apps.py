"""The staff web as a Django app, for its templates, static files and messages."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Floor 4: what the people of the city's offices touch."""

    name = "citybrain.surfaces.console"
    label = "console"
