"""The kernel as a Django app: it gathers the kinds that the domains declare."""

from django.apps import AppConfig, apps
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Floor 1: the six verbs."""

    name = "citybrain.kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """Import every installed app's `kinds.py`; what it registers becomes a kind."""
        if apps.ready or apps.models_ready:
            autodiscover_modules("kinds")
