"""The product's settings with one route and no middleware: the fastest plain Django there is."""

from citybrain.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._urls"
MIDDLEWARE: list[str] = []
