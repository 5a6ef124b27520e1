"""Who may open which address: rows of the tables that the tests enumerate.

The console and every domain with pages keep their table in `tests/routes.py`: `ROUTES`,
`build_world(city)` and `NOT_PAGES` (names of addresses that answer no HTML).

`readers`: the personas that get 200. Everyone not listed gets 404 (it does not exist for
them) or 403 (they may not). `post` marks addresses that take POST alone; for these
`readers` may press (and get on, or a 409 or 422 that says why not).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

EVERYONE = frozenset({"lin", "an", "su", "mo", "ci", "ye", "zhao"})
BUREAU = frozenset({"lin", "an"})
OWNER = frozenset({"su"})
ADMINISTRATOR = frozenset({"lin"})


@dataclass(frozen=True)
class Row:
    """One address. `address` gets the world of the table; `public` answers without sign-in."""

    readers: frozenset[str]
    address: Callable[[Any], str]
    closed: int = 404
    post: bool = False
    sealed: str = ""
    """Not of this test: why."""
    public: bool = False


def at(name: str, *path: str) -> Callable[[Any], str]:
    """The address, with references read from the world ("agreement.ref"); "=text" is text."""

    def address(world: Any) -> str:
        return reverse(name, args=[_value(world, one) for one in path])

    return address


def _value(world: Any, path: str) -> object:
    if path.startswith("="):
        return path[1:]
    found: object = world
    for part in path.split("."):
        found = getattr(found, part)
    return found


@dataclass(frozen=True)
class ApiRow:
    """One route of a domain's API. `stranger` and `auditor` are what Zhao and An get: `OPEN`
    (200 or 201), or the status of the refusal. `path` is filled in from the world."""

    stranger: int
    auditor: int
    path: tuple[str, ...] = ()
    body: Any = None

    def address(self, route: str, world: Any) -> str:
        """The address with the world's references in the route's places, in order."""
        found = route.split(" ")[1]
        for one in self.path:
            place = found[found.index("{") : found.index("}") + 1]
            found = found.replace(place, str(_value(world, one)), 1)
        return f"/api/v1{found}"

    def filled(self, world: Any) -> Any:
        """The body; a text "{free.ref}" is a reference of the world."""
        if not isinstance(self.body, dict):
            return "" if self.body is None else self.body
        return {name: _of_world(world, text) for name, text in self.body.items()}


OPEN = 200


def _of_world(world: Any, text: Any) -> Any:
    return _value(world, text[1:-1]) if isinstance(text, str) and text[:1] == "{" else text
