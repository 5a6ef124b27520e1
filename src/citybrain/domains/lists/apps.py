"""The three lists, the demand list and the roadshow as a Django app."""

from django.apps import AppConfig


class ListsConfig(AppConfig):
    """What the bureau sends out every week, over the kernel's records of every kind."""

    name = "citybrain.domains.lists"
    label = "lists"
    verbose_name = "Lists"
