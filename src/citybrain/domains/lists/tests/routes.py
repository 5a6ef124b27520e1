"""Every address of this app with who may open it (see `tests.routes`)."""

from tests.routes import ADMINISTRATOR, BUREAU, EVERYONE, OWNER, Row, at

from citybrain.domains.lists.tests.world import build_world

__all__ = ["NOT_PAGES", "ROUTES", "build_world"]
SIDES = BUREAU | {"su", "mo", "ci"}
DEMANDER = frozenset({"ci"})
ASSIGNED = frozenset({"zhao"})
NOT_PAGES = {"lists-export", "lists-board-chart", "roadshow-chart"}

ROUTES: dict[str, Row] = {
    "lists": Row(EVERYONE, at("lists")),
    "lists-resources": Row(EVERYONE, at("lists-resources")),
    "lists-requests": Row(EVERYONE, at("lists-requests")),
    "lists-issues": Row(EVERYONE, at("lists-issues")),
    "lists-export": Row(EVERYONE, at("lists-export", "=requests", "=xlsx")),
    "lists-board": Row(EVERYONE, at("lists-board")),
    "lists-board-chart": Row(EVERYONE, at("lists-board-chart")),
    "lists-ratings": Row(EVERYONE, at("lists-ratings")),
    "rate-request": Row(DEMANDER, at("rate-request", "request.ref")),
    "rate-issue": Row(DEMANDER, at("rate-issue", "issue.ref")),
    "escalations": Row(EVERYONE, at("escalations")),
    "escalation": Row(BUREAU | {"su", "mo"}, at("escalation", "escalation.ref")),
    "demands": Row(EVERYONE, at("demands")),
    "demand-file": Row(EVERYONE - BUREAU, at("demand-file"), 403),
    "demand": Row(EVERYONE, at("demand", "demand.ref")),
    "demand-support": Row(EVERYONE - BUREAU, at("demand-support", "demand.ref"), 403, post=True),
    "demand-assign": Row(ADMINISTRATOR, at("demand-assign", "demand.ref"), 403, post=True),
    "demand-refuse": Row(
        ADMINISTRATOR | ASSIGNED, at("demand-refuse", "demand.ref"), 403, post=True
    ),
    "demand-withdraw": Row(DEMANDER, at("demand-withdraw", "demand.ref"), 403, post=True),
    "demand-offer": Row(ADMINISTRATOR | ASSIGNED, at("demand-offer", "demand.ref"), 403, post=True),
    "match-answer": Row(
        DEMANDER,
        at("match-answer", "matched.ref", "match.ref", "=dismiss"),
        403,
        post=True,
    ),
    "roadshow": Row(EVERYONE, at("roadshow")),
    "roadshow-page": Row(EVERYONE, at("roadshow-page", "resource.ref")),
    "roadshow-chart": Row(EVERYONE, at("roadshow-chart", "resource.ref")),
    "story-write": Row(OWNER, at("story-write", "resource.ref"), 403),
    "story-press": Row(OWNER, at("story-press", "resource.ref", "=hide"), 403, post=True),
}
