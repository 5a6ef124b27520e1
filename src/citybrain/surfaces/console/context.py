"""What the shell of every page needs: at most two queries beyond those of the session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from citybrain import __version__
from citybrain.kernel.acting import Acting
from citybrain.kernel.queries.ledger import latest_checkpoint
from citybrain.surfaces.console.labels import localised
from citybrain.ui.formats import localname
from citybrain.ui.shapes import NavGroup, NavItem


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, acting party, version and newest checkpoint, for `ui/base.html`."""
    known = {"version": __version__, "city_name": city_name()}
    if getattr(request, "acting", None) is None:
        signed_in = getattr(getattr(request, "user", None), "is_authenticated", False)
        return known | ({"sign_out_url": reverse("sign-out")} if signed_in else {})
    return known | {
        "navigation": navigation(request),
        "acting_party": request.acting.party,  # type: ignore[attr-defined]
        "acting_choices": [
            (one.ref, f"{localname(one.party)} · {one.get_role_display()}", one is current)
            for current in (request.membership,)  # type: ignore[attr-defined]
            for one in request.memberships  # type: ignore[attr-defined]
        ],
        "acting_url": reverse("act-for"),
        "sign_out_url": reverse("sign-out"),
        "ledger_checkpoint": checkpoint(),
    }


def city_name() -> str:
    """The city's name in the reader's language."""
    return localised(settings.CITYBRAIN.city_zh, settings.CITYBRAIN.city_en)


def checkpoint() -> dict[str, Any] | None:
    """The newest checkpoint as the footer shows it."""
    newest = latest_checkpoint()
    if newest is None:
        return None
    return {"size": newest.size, "at": newest.at, "url": reverse("ledger")}


def navigation(request: HttpRequest) -> list[NavGroup]:
    """The pages by subject; the one that is open, or that the open one belongs to, is marked."""
    place = request.path.strip("/").split("/")[0]
    groups = [
        (_("Overview"), (("home", _("Home"), "home"),)),
        (
            _("The three lists"),
            (
                ("resources", _("Resources"), "database"),
                ("requests", _("Requests"), "list-details"),
                ("issues", _("Problems"), "alert-triangle"),
            ),
        ),
        (
            _("Use and account"),
            (
                ("offers", _("Offers"), "tag"),
                ("agreements", _("Agreements"), "signature"),
                ("uses", _("Uses"), "chart-bar"),
                ("deadlines", _("Deadlines"), "calendar-due"),
                ("savings", _("Savings"), "coins"),
                *_report_of(request.acting),  # type: ignore[attr-defined]
            ),
        ),
        (
            _("Proof and rules"),
            (
                ("ledger", _("Ledger"), "shield-check"),
                ("kinds", _("Kinds"), "stack-2"),
                ("rules", _("Rules"), "scale"),
            ),
        ),
    ]
    if request.acting.may("party.manage"):  # type: ignore[attr-defined]
        people = (("parties", _("Parties"), "building-bank"), ("accounts", _("People"), "users"))
        groups.append((_("Administration"), people))
    return [NavGroup(title, [_item(*one, place) for one in items]) for title, items in groups]


def _report_of(acting: Acting) -> list[tuple[str, str, str]]:
    """The city's report is the bureau's to read."""
    return [("reports", _("Report"), "report")] if acting.reads_all else []


def _item(name: str, title: str, icon: str, place: str) -> NavItem:
    url = reverse(name)
    return NavItem(title, url, icon, current=place == url.strip("/").split("/")[0])
