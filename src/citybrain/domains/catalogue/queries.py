"""Reads of the catalogue that pages, exchange formats and commands share."""

from django.conf import settings

from citybrain.domains.catalogue.exchange.entry import Directory
from citybrain.kernel.models import Party


def directory(base: str) -> Directory:
    """The city's directory of government data 政务数据目录, published by its data bureau."""
    city = settings.CITYBRAIN
    bureau = Party.objects.filter(is_bureau=True).order_by("id").first()
    return Directory(
        base=base.rstrip("/"),
        title_zh=f"{city.city_zh}政务数据目录",
        title_en=f"Directory of government data of {city.city_en}",
        publisher_ref=bureau.ref if bureau else "city",
        publisher_zh=bureau.name_zh if bureau else city.city_zh,
        publisher_en=bureau.name_en if bureau else city.city_en,
        publisher_code=(bureau.code or "") if bureau else "",
    )
