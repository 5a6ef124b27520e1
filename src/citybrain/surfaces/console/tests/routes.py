"""Every address of the console with who may open it (see `tests.routes`)."""

from django.urls import reverse
from tests.routes import ADMINISTRATOR, BUREAU, EVERYONE, OWNER, Row, at

from citybrain.surfaces.console.tests.world import build_world

__all__ = ["NOT_PAGES", "ROUTES", "build_world"]
SIDES = BUREAU | {"su", "mo", "ci"}
REQUESTER = frozenset({"ci"})
NOT_PAGES = {
    "resource-suggest",
    "home-chart",
    "resource-chart",
    "agreement-chart",
    "agreement-odrl",
    "receipt",
    "savings-chart",
}

ROUTES: dict[str, Row] = {
    "home": Row(EVERYONE, at("home")),
    "home-chart": Row(EVERYONE, at("home-chart")),
    "resources": Row(EVERYONE, at("resources")),
    "resource-suggest": Row(EVERYONE, at("resource-suggest")),
    "resource-register": Row(frozenset({"su", "ci", "zhao"}), at("resource-register"), 403),
    "resource": Row(BUREAU | {"su", "mo"}, at("resource", "draft.ref")),
    "resource-chart": Row(EVERYONE, at("resource-chart", "resource.ref")),
    "resource-versions": Row(BUREAU | {"su", "mo"}, at("resource-versions", "draft.ref")),
    "resource-lineage": Row(EVERYONE, at("resource-lineage", "resource.ref")),
    "relation-end": Row(OWNER, at("relation-end", "resource.ref", "relation.ref"), 403, post=True),
    "resource-change": Row(OWNER, at("resource-change", "resource.ref"), 403),
    "resource-publish": Row(OWNER, at("resource-publish", "resource.ref"), 403, post=True),
    "resource-withdraw": Row(OWNER, at("resource-withdraw", "resource.ref"), 403, post=True),
    "offer-make": Row(OWNER, at("offer-make", "resource.ref"), 403),
    "offers": Row(EVERYONE, at("offers")),
    "offer": Row(EVERYONE, at("offer", "offer.ref")),
    "offer-withdraw": Row(OWNER, at("offer-withdraw", "offer.ref"), 403, post=True),
    "request-draft": Row(EVERYONE - BUREAU, at("request-draft", "offer.ref"), 403),
    "requests": Row(EVERYONE, at("requests")),
    "request": Row(SIDES, at("request", "request.ref")),
    "request-change": Row(REQUESTER, at("request-change", "request.ref"), 404),
    "request-move": Row(OWNER, at("request-move", "request.ref", "=accept"), 404, post=True),
    "agreements": Row(EVERYONE, at("agreements")),
    "agreement": Row(SIDES, at("agreement", "agreement.ref")),
    "agreement-chart": Row(SIDES, at("agreement-chart", "agreement.ref")),
    "agreement-odrl": Row(SIDES, at("agreement-odrl", "agreement.ref")),
    "countersign": Row(REQUESTER, at("countersign", "awaiting.ref"), post=True),
    "agreement-suspend": Row(
        OWNER | ADMINISTRATOR, at("agreement-suspend", "agreement.ref"), post=True
    ),
    "agreement-resume": Row(
        OWNER | ADMINISTRATOR, at("agreement-resume", "agreement.ref"), post=True
    ),
    "agreement-end": Row(
        OWNER | ADMINISTRATOR | REQUESTER, at("agreement-end", "agreement.ref"), post=True
    ),
    "token-issue": Row(REQUESTER, at("token-issue", "agreement.ref"), post=True),
    "payment": Row(OWNER | ADMINISTRATOR, at("payment", "agreement.ref"), post=True),
    "token-revoke": Row(
        OWNER | ADMINISTRATOR | REQUESTER,
        at("token-revoke", "agreement.ref", "token.ref"),
        post=True,
    ),
    "uses": Row(EVERYONE, at("uses")),
    "use": Row(SIDES, at("use", "use.ledger_index")),
    "ledger": Row(EVERYONE, at("ledger")),
    "ledger-record": Row(EVERYONE, at("ledger-record", "use.ledger_index")),
    "receipt": Row(SIDES, at("receipt", "use.ledger_index")),
    "consistency": Row(EVERYONE, at("consistency")),
    "issues": Row(EVERYONE, at("issues")),
    "issue-raise": Row(
        EVERYONE - BUREAU,
        lambda world: f"{reverse('issue-raise')}?resource={world.resource.ref}",
        403,
    ),
    "issue": Row(SIDES, at("issue", "issue.ref")),
    "issue-move": Row(OWNER, at("issue-move", "issue.ref", "=accept"), post=True),
    "deadlines": Row(EVERYONE, at("deadlines")),
    "savings": Row(EVERYONE, at("savings")),
    "savings-chart": Row(EVERYONE, at("savings-chart")),
    "kinds": Row(EVERYONE, at("kinds")),
    "kind": Row(EVERYONE, at("kind", "=echo")),
    "rules": Row(EVERYONE, at("rules")),
    "reports": Row(EVERYONE, at("reports"), sealed="leads on to the running half-year's report"),
    "report": Row(BUREAU, at("report", "=2025H1"), 403),
    "parties": Row(ADMINISTRATOR, at("parties"), 403),
    "party-register": Row(ADMINISTRATOR, at("party-register"), 403),
    "party": Row(ADMINISTRATOR, at("party", "city.firm.ref"), 403),
    "accounts": Row(ADMINISTRATOR, at("accounts"), 403),
    "account-create": Row(ADMINISTRATOR, at("account-create"), 403),
    "account": Row(ADMINISTRATOR, at("account", "account.ref"), 403),
    "membership-grant": Row(ADMINISTRATOR, at("membership-grant", "account.ref"), 403, post=True),
    "membership-end": Row(ADMINISTRATOR, at("membership-end", "membership.ref"), 403, post=True),
    "password": Row(EVERYONE, at("password")),
    "act-for": Row(EVERYONE, at("act-for"), 403, post=True, sealed="has its own tests"),
    "sign-in": Row(EVERYONE, at("sign-in"), sealed="open to all; has its own tests"),
    "sign-out": Row(EVERYONE, at("sign-out"), sealed="open to all; has its own tests"),
    "set_language": Row(EVERYONE, at("set_language"), sealed="open to all; has its own tests"),
}
