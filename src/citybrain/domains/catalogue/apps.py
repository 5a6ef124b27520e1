"""The catalogue as a Django app."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """The directory of resources, its first kinds, and its ways to other programs."""

    name = "citybrain.domains.catalogue"
    verbose_name = "Catalogue"
