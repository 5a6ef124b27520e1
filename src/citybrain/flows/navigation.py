"""Entries of the main navigation, and words for the verbs that flows write."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.flows.rules import rule_of_a_pack
from citybrain.ui.navigation import add_page, add_verbs
from citybrain.ui.rules import look_elsewhere

add_page("government", "scenarios", lazy("Scenario packs"), "list-details", order=10)
add_page("government", "runs", lazy("Cases under way"), "player-play", order=20)
look_elsewhere(rule_of_a_pack)
add_verbs(
    {
        "pack.import": lazy("Pack stored"),
        "pack.activate": lazy("Pack brought into use"),
        "pack.retire": lazy("Pack taken out of use"),
        "pack.bind": lazy("Resource bound to an agreement"),
        "scenario.change": lazy("Scenario changed"),
        "run.start": lazy("Case begun"),
        "run.answer": lazy("Answers given"),
        "run.end": lazy("Case finished"),
        "run.cancel": lazy("Case withdrawn"),
        "run.retry": lazy("Tried again"),
        "step.done": lazy("Step done"),
        "waiver.grant": lazy("Paper waived"),
        "message.queue": lazy("Message queued"),
        "paper.issue": lazy("Paper issued"),
    }
)
