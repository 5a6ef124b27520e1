"""Short ways for tests to a pack in use and its runs."""

from pathlib import Path
from typing import Any

from tests.exchange import active
from tests.personas import City

from citybrain.flows import outbox, runner
from citybrain.flows.actions import packs
from citybrain.flows.actions.runs import start_run
from citybrain.flows.models import PackVersion, Run
from citybrain.flows.packs.pack import folder_files
from citybrain.kernel.acting import Acting

PACKS = Path(__file__).parent / "packs"
PLENTY: dict[str, Any] = {
    "action": "use",
    "constraints": [{"operand": "count", "operator": "lteq", "value": 1_000_000}],
}
INPUT: dict[str, Any] = {"age": 30, "phone": "13000000000", "stops": ["east", "west"]}


def journey_files(**changes: tuple[str, str, str]) -> dict[str, str]:
    """The files of the test pack; each change is (file, old text, new text)."""
    files = folder_files(PACKS / "journey")
    for name, old, new in changes.values():
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new, 1)
    return files


def imported(who: Acting, files: dict[str, str] | None = None) -> PackVersion:
    return packs.import_pack(acting_party=who, files=files or journey_files())


def in_use(city: City) -> PackVersion:
    """The test pack, bound to an agreement of the civil affairs bureau and active."""
    agreement, _token = active(city, PLENTY)
    version = imported(city.ci)
    packs.bind_resource(
        acting_party=city.ci, code="journey", name="lines", agreement_ref=agreement.ref
    )
    return packs.activate_pack(acting_party=city.ci, version_ref=version.ref)


def started(city: City, **given: Any) -> Run:
    return start_run(acting_party=city.ci, code="journey", given={**INPUT, **given})


def work() -> None:
    """What a worker does, until nothing is due."""
    while runner.drive_due() + outbox.deliver_due():
        pass


def fresh(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def steps_of(run: Run) -> list[str]:
    return list(run.outcomes.order_by("seq").values_list("step", flat=True))
