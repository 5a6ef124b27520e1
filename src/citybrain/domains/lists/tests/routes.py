"""Every address of this app with who may open it (see `tests.routes`)."""

from tests.routes import ADMINISTRATOR, BUREAU, EVERYONE, OPEN, OWNER, ApiRow, Row, at

from citybrain.domains.lists.tests.world import build_world

__all__ = ["API", "NOT_PAGES", "ROUTES", "build_world"]
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

API: dict[str, ApiRow] = {
    "GET /lists/board": ApiRow(OPEN, OPEN),
    "GET /demands": ApiRow(OPEN, OPEN),
    "POST /demands": ApiRow(
        OPEN, 403, (), {"title": "潮汐", "basis": "职责", "purpose": "public-service"}
    ),
    "GET /demands/{ref}": ApiRow(OPEN, OPEN, ("demand.ref",)),
    "GET /demands/{ref}/matches": ApiRow(OPEN, OPEN, ("demand.ref",)),
    "POST /demands/{ref}/support": ApiRow(OPEN, 403, ("demand.ref",), {"words": "同需"}),
    "POST /demands/{ref}/assign": ApiRow(403, 403, ("demand.ref",), {"office": "{city.civil.ref}"}),
    "POST /demands/{ref}/refuse": ApiRow(403, 403, ("matched.ref",), {"words": "没有"}),
    "POST /demands/{ref}/withdraw": ApiRow(403, 403, ("demand.ref",), {"words": "不用了"}),
    "POST /demands/{ref}/matches/{match}/accept": ApiRow(403, 403, ("matched.ref", "match.ref")),
    "POST /demands/{ref}/matches/{match}/dismiss": ApiRow(
        403, 403, ("matched.ref", "match.ref"), {"words": "不合"}
    ),
    "GET /ratings": ApiRow(OPEN, OPEN),
    "POST /ratings": ApiRow(403, 403, (), {"request": "{request.ref}", "score": 5}),
}
