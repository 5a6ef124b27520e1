"""What the catalogue adds to the pages."""

from typing import Any

from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.catalogue.quality.profiling import KINDS
from citybrain.kernel.acting import Acting
from citybrain.kernel.queries.described import reads_source
from citybrain.ui.navigation import add_page, add_public, add_tab, add_verbs


def _is_table(_acting: Acting, resource: Any) -> bool:
    return resource.kind in KINDS


def _shows_rows(acting: Acting, resource: Any) -> bool:
    return resource.kind in KINDS and reads_source(acting, resource)


def _harvests(acting: Acting) -> bool:
    return acting.reads_all or acting.may("resource.manage", acting.party)


add_page("elements", "harvest", lazy("Harvest"), "refresh", 50, _harvests)
add_page("elements", "quality", lazy("Data quality"), "chart-bar", 40)
add_tab("resource", "resource-quality", lazy("Quality"), 30, _is_table)
add_tab("resource", "resource-preview", lazy("Preview"), 20, _shows_rows)
add_verbs(
    {
        "profile.ask": lazy("Profile asked for"),
        "profile.start": lazy("Profile begun"),
        "profile.finish": lazy("Profile finished"),
        "profile.fail": lazy("Profile failed"),
        "profile.cancel": lazy("Profile cancelled"),
        "profile.requeue": lazy("Profile begun again"),
        "preview.unmask": lazy("Preview opened unmasked"),
        "expectation.write": lazy("Check written"),
        "expectation.drop": lazy("Check dropped"),
        "expectation.fail": lazy("Check failed"),
        "grade_proposal.make": lazy("Grade proposed"),
        "grade_proposal.accept": lazy("Proposed grade accepted"),
        "grade_proposal.decline": lazy("Proposed grade declined"),
        "grade_proposal.overtake": lazy("Proposed grade overtaken"),
        "harvest_source.add": lazy("Harvested catalogue added"),
        "harvest_source.run": lazy("Catalogue harvested"),
        "harvest_source.ask": lazy("Harvest asked for"),
        "harvest_source.switch": lazy("Harvest switched"),
        "harvest_source.drop": lazy("Harvested catalogue dropped"),
    }
)
for _path in ("/directory", "/dataset/", "/catalog", "/ogc", "/static/", "/sitemap"):
    add_public(_path)
