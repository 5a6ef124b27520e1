"""Every page of packs and runs with who may open it (see `tests.routes`)."""

from dataclasses import dataclass
from typing import Any

from tests.personas import City
from tests.routes import EVERYONE, OPEN, ApiRow, Row, at

from citybrain.flows import outbox, runner, uses
from citybrain.flows.actions.packs import edit_pack
from citybrain.flows.actions.runs import start_run
from citybrain.flows.models import PackVersion, Run
from citybrain.flows.tests.house import in_use, started

NOT_PAGES = {"scenario-download", "scenario-dmn"}
OWNER = frozenset({"ci"})
MANAGERS = OWNER | {"lin"}
STEWARDS = frozenset({"su", "ci", "zhao", "lin"})
SEE_RUNS = frozenset({"ci", "lin", "an"})


@dataclass
class World:
    """A pack of the civil affairs bureau in use, a draft of it, and cases."""

    city: City
    version: PackVersion
    draft: PackVersion
    run: Run
    asking: Run


def build_world(city: City) -> World:
    """One case waits for a person, one for answers; both have been driven by hand."""
    version = in_use(city)
    texts = version.files["texts.en.yaml"].replace("Hello {group}", "Good day {group}")
    draft = edit_pack(
        acting_party=city.ci,
        version_ref=version.ref,
        changes={"texts.en.yaml": texts},
        note="friendlier",
    )
    run = started(city, age=80)
    try:
        while runner.drive_due() + outbox.deliver_due():
            pass
    finally:
        uses.close()
    asking = start_run(acting_party=city.ci, code="journey", given={"age": 30})
    runner.drive_due()
    fresh = Run.objects.in_bulk([run.pk, asking.pk])
    return World(city, version, draft, fresh[run.pk], fresh[asking.pk])


def _row(readers: Any, name: str, *path: str, closed: int = 404, post: bool = False) -> Row:
    return Row(frozenset(readers), at(name, *path), closed, post)


ROUTES: dict[str, Row] = {
    "scenarios": _row(EVERYONE, "scenarios"),
    "scenario-import": _row(STEWARDS, "scenario-import", closed=403),
    "scenario": _row(EVERYONE, "scenario", "version.ref"),
    "scenario-download": _row(EVERYONE, "scenario-download", "version.ref"),
    "scenario-dmn": _row(EVERYONE, "scenario-dmn", "version.ref", "=fare"),
    "scenario-activate": _row(MANAGERS, "scenario-activate", "draft.ref", post=True),
    "scenario-stop": _row(MANAGERS, "scenario-stop", "version.ref", closed=403, post=True),
    "scenario-bind": _row(OWNER, "scenario-bind", "version.ref", "=lines", post=True),
    "table-edit": _row(MANAGERS, "table-edit", "version.ref", "=fare", closed=403),
    "texts-edit": _row(MANAGERS, "texts-edit", "version.ref", closed=403),
    "runs": _row(EVERYONE, "runs"),
    "run-start": _row(OWNER, "run-start", "=journey", closed=403),
    "run": _row(SEE_RUNS, "run", "run.ref"),
    "run-answer": _row(OWNER, "run-answer", "asking.ref", post=True),
    "run-decide": _row(OWNER, "run-decide", "run.ref", post=True),
    "run-event": _row(OWNER, "run-event", "run.ref", post=True),
    "run-cancel": _row(OWNER, "run-cancel", "run.ref", post=True),
    "run-retry": _row(OWNER, "run-retry", "run.ref", post=True),
}

API: dict[str, ApiRow] = {
    "GET /packs": ApiRow(OPEN, OPEN),
    "GET /packs/{ref}": ApiRow(OPEN, OPEN, ("version.ref",)),
    "GET /runs": ApiRow(OPEN, OPEN),
    "POST /runs": ApiRow(403, 403, (), {"code": "journey"}),
    "GET /runs/{ref}": ApiRow(404, OPEN, ("run.ref",)),
    "POST /runs/{ref}/answer": ApiRow(404, 403, ("asking.ref",), {"given": {}}),
    "POST /runs/{ref}/decide": ApiRow(404, 403, ("run.ref",), {"step": "look", "outcome": "fine"}),
    "POST /runs/{ref}/event": ApiRow(404, 403, ("run.ref",), {"event": "ready"}),
    "POST /runs/{ref}/cancel": ApiRow(404, 403, ("run.ref",), {"reasons": "x"}),
}
