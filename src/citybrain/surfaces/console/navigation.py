"""The console's own entries of the main navigation."""

from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.ui.navigation import add_page, add_tab, add_verbs


def _manages_people(acting: Acting) -> bool:
    return acting.may("party.manage")


def _reads_all(acting: Acting) -> bool:
    """The city's report is the bureau's to read."""
    return acting.reads_all


add_page("overview", "home", lazy("Home"), "home", 10)
add_page("lists", "resources", lazy("Resources"), "database", 10)
add_page("lists", "requests", lazy("Requests"), "list-details", 20)
add_page("lists", "issues", lazy("Problems"), "alert-triangle", 30)
add_page("use", "offers", lazy("Offers"), "tag", 10)
add_page("use", "agreements", lazy("Agreements"), "signature", 20)
add_page("use", "uses", lazy("Uses"), "chart-bar", 30)
add_page("use", "deadlines", lazy("Deadlines"), "calendar-due", 40)
add_page("use", "savings", lazy("Savings"), "coins", 50)
add_page("use", "reports", lazy("Report"), "report", 60, _reads_all)
add_page("proof", "ledger", lazy("Ledger"), "shield-check", 10)
add_page("proof", "kinds", lazy("Kinds"), "stack-2", 20)
add_page("proof", "rules", lazy("Rules"), "scale", 30)
add_page("administration", "parties", lazy("Parties"), "building-bank", 10, _manages_people)
add_page("administration", "accounts", lazy("People"), "users", 20, _manages_people)
add_tab("resource", "resource", lazy("Description"), 0)
add_tab("resource", "resource-versions", lazy("Versions"), 80)
add_tab("resource", "resource-lineage", lazy("Data lineage"), 70)
add_verbs(
    {
        "resource.version": lazy("Version of a resource kept"),
        "relation.state": lazy("Relation stated"),
        "relation.end": lazy("Relation taken back"),
    }
)
