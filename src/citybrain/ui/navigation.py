"""What domains add to the pages: entries of the main navigation, tabs of a subject's page, verbs.

A domain declares them in its `navigation.py`, which is imported when Django starts:

    add_page("elements", "registrations", lazy("Registrations"), "certificate", order=10)
    add_tab("resource", "resource-quality", lazy("Quality"), order=30)
    add_verbs({"registration.submit": lazy("Registration submitted")})

so that a page is added by adding files, without touching the console.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting
from citybrain.ui.shapes import Text

GROUPS: dict[str, Text] = {
    "overview": lazy("Overview"),
    "lists": lazy("The three lists"),
    "use": lazy("Use and account"),
    "elements": lazy("Data elements"),
    "government": lazy("Digital government"),
    "proof": lazy("Proof and rules"),
    "administration": lazy("Administration"),
}
"""Groups of the main navigation in their order; a group without entries is not shown."""


@dataclass(frozen=True, slots=True)
class Page:
    """One entry. `name` is the address's name, without arguments; `shown` says for whom."""

    group: str
    name: str
    title: Text
    icon: str
    order: int
    shown: Callable[[Acting], bool]


@dataclass(frozen=True, slots=True)
class Tab:
    """One page about a subject. Its address takes the subject's `ref`."""

    subject: str
    name: str
    title: Text
    order: int
    shown: Callable[[Acting, Any], bool]


_public: list[str] = []
_pages: dict[str, Page] = {}
_tabs: dict[tuple[str, str], Tab] = {}
_verbs: dict[str, Text] = {}


def add_page(
    group: str,
    name: str,
    title: Text,
    icon: str,
    order: int = 50,
    shown: Callable[[Acting], bool] = lambda _acting: True,
) -> None:
    """Add an entry to the main navigation; `KeyError` for a group that there is not."""
    if group not in GROUPS:
        raise KeyError(group)
    _pages[name] = Page(group, name, title, icon, order, shown)


def add_tab(
    subject: str,
    name: str,
    title: Text,
    order: int = 50,
    shown: Callable[[Acting, Any], bool] = lambda _acting, _record: True,
) -> None:
    """Add a page about a subject ("resource") to the tabs that its pages show."""
    _tabs[subject, name] = Tab(subject, name, title, order, shown)


def add_public(path: str) -> None:
    """Let search engines in below this path: pages that are open to everybody."""
    if path not in _public:
        _public.append(path)


def public_paths() -> list[str]:
    """Where search engines may go."""
    return sorted(_public)


def add_verbs(words: Mapping[str, Text]) -> None:
    """Say in words what verbs of the ledger mean."""
    _verbs.update(words)


def pages_of(group: str, acting: Acting) -> list[Page]:
    """The entries that this person sees, in order."""
    found = [one for one in _pages.values() if one.group == group and one.shown(acting)]
    return sorted(found, key=lambda one: one.order)


def tabs_of(subject: str, acting: Acting, record: Any) -> list[Tab]:
    """The tabs that this person sees about this record, in order."""
    found = [one for one in _tabs.values() if one.subject == subject and one.shown(acting, record)]
    return sorted(found, key=lambda one: one.order)


def added_verbs() -> dict[str, str]:
    """Verb → words in the reader's language."""
    return {verb: str(words) for verb, words in _verbs.items()}
