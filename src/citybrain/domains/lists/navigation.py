"""Entries of the main navigation, and words for this app's verbs."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.ui.navigation import add_page, add_verbs

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
