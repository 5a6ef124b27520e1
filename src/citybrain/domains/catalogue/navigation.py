"""What the catalogue adds to the pages."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.ui.navigation import add_page, add_verbs


def _harvests(acting: Acting) -> bool:
    return acting.reads_all or acting.may("resource.manage", acting.party)


add_page("elements", "harvest", lazy("Harvest"), "refresh", 50, _harvests)
add_verbs(
    {
        "harvest_source.add": lazy("Harvested catalogue added"),
        "harvest_source.run": lazy("Catalogue harvested"),
        "harvest_source.ask": lazy("Harvest asked for"),
        "harvest_source.switch": lazy("Harvest switched"),
        "harvest_source.drop": lazy("Harvested catalogue dropped"),
    }
)
