"""Claim: a governed use runs at 60 % or more of the rate of the same handler ungoverned, on
one core, and its 99th percentile is at most twice as long.

The handler is the verification service over 10,000 invented persons. The server is pinned
to one core and the load generator to another. The ways are measured in turns, several
rounds each, and medians of the rounds are printed; `bad` counts answers that are no
success. `CPU µs` is the server's processor time for a call: where neighbours share the
machine it tells more than the rate.

    ./citybrain bench governed_use
    ./citybrain bench governed_use --quick
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME / "src")]

from benchmarks._load import Measured, measure, request_of  # noqa: E402

PERSONS = 10_000
WAYS = ("ungoverned", "governed", "FastAPI", "Django view")
GOAL_RATE, GOAL_TAIL = 0.6, 2.0
NAMES = ("id", "name", "status")


def identity(chance: random.Random) -> str:
    """A number with a right check character of somebody born before 1900: never issued."""
    from citybrain.engines.codes import identity as numbers

    born = date(chance.randrange(1850, 1900), chance.randrange(1, 13), chance.randrange(1, 29))
    return numbers.make("370202", born, chance.randrange(1000))


def set_up(folder: Path) -> tuple[str, dict[str, str], bytes]:
    """Table, resource and agreement; returns path, headers and body of the call."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from citybrain.gateway.tests.make import clause, count, make_agreement, make_resource

    chance = random.Random(7)
    persons = [identity(chance) for _ in range(PERSONS)]
    (folder / "files").mkdir(exist_ok=True)
    rows = [f"{one},甲,{chance.choice(('alive', 'deceased'))}" for one in persons]
    (folder / "files" / "persons.csv").write_text("\n".join([",".join(NAMES), *rows]) + "\n")
    items = [{"name": n, "title_zh": n, "title_en": n, "type": "C"} for n in NAMES]
    metadata = {
        "source": {"type": "file", "path": "persons.csv", "format": "csv"},
        "items": items,
        "subject_column": "id",
        "match_columns": ["name"],
        "statement": {"column": "status", "operator": "eq", "value": "alive"},
        "question_zh": "该人是否健在？",
        "question_en": "Is this person alive?",
    }
    made = make_agreement(
        clause("purpose", "isAnyOf", ["public-service"]),
        clause("recipientType", "isAnyOf", ["enterprise"]),
        count(1_000_000_000),
        resource=make_resource("verification", metadata),
    )
    body = json.dumps({"subject": persons[0], "match": {"name": "甲"}}).encode()
    headers = {"authorization": f"Bearer {made.token}", "content-type": "application/json"}
    return made.path, headers, body


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


def rounds_of(
    pid: int, port: int, requests: dict[str, bytes], count: int, seconds: float, clients: int
) -> dict[str, list[Measured]]:
    for request in requests.values():
        measure(pid, port, request, clients, min(seconds, 1.0))
    found: dict[str, list[Measured]] = {name: [] for name in requests}
    for _ in range(count):
        for name, request in requests.items():
            found[name].append(measure(pid, port, request, clients, seconds))
    return found


def report(found: dict[str, list[Measured]]) -> None:
    def median(name: str, value: object) -> float:
        return statistics.median(value(one) for one in found[name])  # type: ignore[operator]

    base = median("ungoverned", lambda one: one.rate)
    tail = median("ungoverned", lambda one: one.quantile(0.99))
    print(
        f"{'':<14}{'calls/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'CPU µs':>9}"
        f"{'rate':>8}{'p99':>8}{'bad':>6}"
        f"{'CPU µs':>9}{'rate':>8}{'p99':>8}{'bad':>6}"
    )
    for name in found:
        rate = median(name, lambda one: one.rate)
        p50 = median(name, lambda one: one.quantile(0.5))
        p99 = median(name, lambda one: one.quantile(0.99))
        cpu = median(name, lambda one: 1e6 * one.cpu / len(one.seconds))
        bad = sum(one.bad for one in found[name])
        print(
            f"{name:<14}{rate:>9,.0f}{p50:>9.2f}{p99:>9.2f}{cpu:>9.0f}{rate / base:>8.0%}"
            f"{p99 / tail:>7.2f}×{bad:>6}"
        )
    rate = median("governed", lambda one: one.rate) / base
    p99 = median("governed", lambda one: one.quantile(0.99)) / tail
    holds = "holds" if rate >= GOAL_RATE and p99 <= GOAL_TAIL else "does NOT hold"
    print(f"goal: rate ≥ {GOAL_RATE:.0%} and p99 ≤ {GOAL_TAIL:.0f}×: {holds}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--only", nargs="*", choices=WAYS, default=list(WAYS))
    arguments = parser.parse_args()
    count, seconds = (2, 1.0) if arguments.quick else (5, 4.0)
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as name:
        os.environ["CITYBRAIN_DATA_DIR"] = name
        os.environ["DJANGO_SETTINGS_MODULE"] = "citybrain.settings"
        path, headers, body = set_up(Path(name))
        paths = dict(zip(WAYS, ("/bare", path, "/fastapi", "/django"), strict=True))
        requests = {way: request_of("POST", paths[way], headers, body) for way in arguments.only}
        port = free_port()
        core = cores[0] if len(cores) > 1 else -1
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "benchmarks._settings",
            "CITYBRAIN_LOG_LEVEL": "WARNING",
            "PYTHONPATH": f"{HOME / 'src'}{os.pathsep}{HOME}",
        }
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._served", str(port), str(core)], env=environment
        )
        if len(cores) > 1:
            os.sched_setaffinity(0, set(cores[1:]))
        try:
            wait_for(port)
            found = rounds_of(server.pid, port, requests, count, seconds, arguments.clients)
            report(found)
        finally:
            server.terminate()
            server.wait(10)
    return 0


if __name__ == "__main__":
    sys.exit(main())
