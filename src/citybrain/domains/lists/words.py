"""Words and choices that the lists' pages and files share."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from citybrain.domains.lists.queries import clocks, holding
from citybrain.domains.lists.queries.periods import half_years
from citybrain.domains.lists.rules import days as rule_days
from citybrain.kernel.models import Deadline, Party, Resource
from citybrain.ui.formats import is_chinese
from citybrain.ui.labels import localised, party_name
from citybrain.ui.processes import state_name

CLOCKS = (
    ("soon", lazy("Due soon")),
    ("overdue", lazy("Overdue")),
    ("escalated", lazy("Escalated")),
    ("paused", lazy("Paused")),
    ("running", lazy("Running")),
)
REPLIES = (
    ("timely", lazy("Answered in time")),
    ("late", lazy("Answered late or overdue")),
    ("counted", lazy("Either of the two")),
)


def number(prefix: str, row: Any) -> str:
    """A record's number on the lists, such as SQ2025-00012: kind of list, year, serial."""
    return f"{prefix}{row.created_at:%Y}-{row.pk:05d}"


def state(row: Any) -> str:
    """A request's, problem's or demand's state in words."""
    return state_name(holding.process_of(row), row.state)


def holder(row: Any) -> str:
    """Who has to move next, by name."""
    names = [party_name(party) if party else bureau_name() for _side, party in holding.held_by(row)]
    return ("、" if is_chinese() else ", ").join(names)


def bureau_name() -> str:
    """What the bureau is called on the lists."""
    return _("the data bureau")


def left(row: Any) -> str:
    """What is left of a row's clock, in words."""
    days = clocks.days_left(row)
    if days is None:
        return ""
    if row.due_state == Deadline.State.PAUSED:
        return ngettext("paused with %(n)s day left", "paused with %(n)s days left", days) % {
            "n": days
        }
    if days < 0:
        return ngettext("%(n)s working day overdue", "%(n)s working days overdue", -days) % {
            "n": -days
        }
    return ngettext("%(n)s working day left", "%(n)s working days left", days) % {"n": days}


def left_tone(row: Any) -> str:
    """The colour of a row's clock."""
    days = clocks.days_left(row)
    if days is None or row.due_state == Deadline.State.PAUSED:
        return "neutral"
    return "bad" if days < 0 else "warn" if days <= rule_days("lists-due-soon") else "info"


def offices() -> list[tuple[str, str]]:
    """Parties that own a resource."""
    owning = Exists(Resource.objects.filter(owner=OuterRef("pk")))
    return [(one.ref, party_name(one)) for one in Party.objects.filter(owning)]


def periods() -> list[tuple[str, str]]:
    """Half-years as choices."""
    return [(one.code, localised(one.zh, one.en)) for one in half_years()]
