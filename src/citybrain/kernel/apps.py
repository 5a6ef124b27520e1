"""The kernel as a Django app: it gathers the kinds and figures that the domains declare."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KernelConfig(AppConfig):
    """Floor 1: the six verbs."""

    name = "citybrain.kernel"
    verbose_name = "Kernel"

    def ready(self) -> None:
        """Import what domains declare in modules of these names; importing registers it."""
        autodiscover_modules("permissions", "kinds", "figures", "duties")
