"""The API as a Django app: it owns one table, the keys of programs."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Floor 4: what programs touch."""

    name = "citybrain.surfaces.api"
    label = "api"
    verbose_name = "API"
    default_auto_field = "django.db.models.BigAutoField"
