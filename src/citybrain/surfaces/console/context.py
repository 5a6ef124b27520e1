"""What the shell of every page needs: at most two queries beyond those of the session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from citybrain import __version__
from citybrain.kernel.acting import Acting
from citybrain.kernel.queries.ledger import latest_checkpoint
from citybrain.ui.formats import localname
from citybrain.ui.labels import localised
from citybrain.ui.navigation import GROUPS, Page, pages_of
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
    acting: Acting = request.acting  # type: ignore[attr-defined]
    found = [(title, pages_of(code, acting)) for code, title in GROUPS.items()]
    return [NavGroup(title, [_item(one, place) for one in of]) for title, of in found if of]


def _item(page: Page, place: str) -> NavItem:
    url = reverse(page.name)
    return NavItem(page.title, url, page.icon, current=place == url.strip("/").split("/")[0])
