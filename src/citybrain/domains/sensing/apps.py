"""Sensing as a Django app."""

from django.apps import AppConfig


class SensingConfig(AppConfig):
    """Sensor readings: taken in, checked, kept, asked for."""

    name = "citybrain.domains.sensing"
    verbose_name = "Sensing"
