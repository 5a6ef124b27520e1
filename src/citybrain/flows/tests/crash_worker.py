"""The program that the crash test starts and kills: `seed`, `work`, `tell`.

python -m citybrain.flows.tests.crash_worker seed 100
"""

import json
import sys
import time
from typing import Any

import django


def seed(count: int) -> dict[str, Any]:
    """A city, the test pack in use, and runs that have not begun."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from tests.personas import build_city

    from citybrain.flows.tests.house import in_use, started

    city = build_city()
    in_use(city)
    for number in range(count):
        stops = ["east", "west"][: number % 3]
        # Every third waits for a person, who is not there.
        started(
            city,
            age=80 if number % 3 == 2 else 30,
            phone=f"{number}",
            stops=stops,
            start="2000-01-01",
        )
    return {}


def work() -> dict[str, Any]:
    """What a worker does, until it is killed."""
    from citybrain.flows.outbox import deliver_due
    from citybrain.flows.runner import drive_due

    print("working", flush=True)
    while True:
        if not drive_due(seconds=1) + deliver_due():
            time.sleep(0.02)


def finish() -> dict[str, Any]:
    """Do what is left, as a worker that came later: leases of the dead have run out."""
    from datetime import timedelta

    from citybrain.flows.outbox import deliver_due
    from citybrain.flows.runner import LEASE, drive_due
    from citybrain.kernel import clock

    with clock.at(clock.now() + LEASE + timedelta(minutes=5)):
        while drive_due() + deliver_due():
            pass
    return tell()


def tell() -> dict[str, Any]:
    """What there is now."""
    from citybrain.flows.models import Message, Paper, Run, StepOutcome, Waiver
    from citybrain.kernel.audit import audit
    from citybrain.kernel.models import Use
    from citybrain.kernel.sealing import seal_all

    seal_all()
    roots = Run.objects.filter(parent=None)
    return {
        "states": sorted(f"{one.state} {one.step} {one.result}" for one in roots),
        "paths": {
            one.number: list(one.outcomes.order_by("seq").values_list("step", flat=True))
            for one in roots
        },
        "outcomes": StepOutcome.objects.count(),
        "messages": [[one.key, one.channel, one.state] for one in Message.objects.all()],
        "papers": Paper.objects.count(),
        "waivers": Waiver.objects.count(),
        "uses": sorted(Use.objects.values_list("request_id", flat=True)),
        "findings": [one.en for one in audit().findings],
    }


def main(command: str, *given: str) -> None:
    """Print what the command tells as JSON."""
    django.setup()
    import tests.exchange  # noqa: F401 - declares the kind that the test pack uses

    print(json.dumps(globals()[command](*map(int, given))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
