"""Entries of the main navigation, and words for this app's verbs."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.domains.lists.queries import visible
from citybrain.kernel.acting import Acting
from citybrain.ui.navigation import add_page, add_verbs
from citybrain.ui.subjects import Place, add_places


def _demands(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.demands(acting).filter(ref__in=refs):
        yield row.ref, Place(_("Demand"), row.title, reverse("demand", args=[row.ref]))


def _escalations(refs: set[str], acting: Acting) -> Iterable[tuple[str, Place]]:
    for row in visible.escalations(acting).filter(ref__in=refs):
        url = reverse("escalation", args=[row.ref])
        yield row.ref, Place(_("Escalation"), str(row.due_on), url)


add_places("demand", _demands)
add_places("escalation", _escalations)

add_page("lists", "lists", lazy("Lists and clocks"), "gauge", 5)
add_page("lists", "demands", lazy("Demands"), "search", 40)
add_page("lists", "roadshow", lazy("Roadshow"), "world", 50)
add_verbs(
    {
        "escalation.raise": lazy("Passed on to the supervisor"),
        "escalation.note": lazy("Supervisor's note"),
        "rating.give": lazy("Answer rated"),
        "demand.file": lazy("Demand filed"),
        "demand.support": lazy("Demand supported"),
        "demand.assign": lazy("Demand assigned to an office"),
        "demand.propose": lazy("Matches proposed"),
        "demand.offer": lazy("Office named a resource"),
        "demand.meet": lazy("Demand met"),
        "demand.reopen": lazy("No match fits"),
        "demand.reopen-assigned": lazy("No match fits"),
        "demand.refuse": lazy("Demand cannot be met"),
        "demand.withdraw": lazy("Demand withdrawn"),
        "match.propose": lazy("Match proposed"),
        "match.accept": lazy("Match accepted"),
        "match.dismiss": lazy("Match dismissed"),
        "story.write": lazy("Story written"),
        "story.show": lazy("Story shown or hidden"),
        "story.feature": lazy("Story featured or not"),
    }
)
