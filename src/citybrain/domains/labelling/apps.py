"""Datasets and labelling as a Django app."""

from django.apps import AppConfig


class LabellingConfig(AppConfig):
    """Datasets for AI with their manifests and cards, and the work of labelling them."""

    name = "citybrain.domains.labelling"
    verbose_name = "Datasets and labelling"
