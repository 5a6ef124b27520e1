"""Scenario packs and their runs as a Django app."""

from django.apps import AppConfig


class FlowsConfig(AppConfig):
    """Floor 2½: above the gateway, below the domains, which bring packs of their own."""

    name = "citybrain.flows"
    label = "flows"
    verbose_name = "Flows"
