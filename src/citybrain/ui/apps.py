"""Makes the design system a Django app, for its templates, static files and messages."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class UiConfig(AppConfig):
    """Beside the stairs: used by every floor that has pages."""

    name = "citybrain.ui"
    label = "ui"

    def ready(self) -> None:
        """Import every installed app's `navigation.py`; importing registers what it adds."""
        autodiscover_modules("navigation")
