"""Claim: the time of a decision does not depend on how many agreements are active: it is
flat within 20 % from 100 to 100,000.

Each run has its own SQLite database with that many active agreements, all of them in the
gateway's memory, and calls them in random order. `decide` is the look-up of the token, the
policy's check and the reservation of a quota unit; `use` is the whole of a use in the
process, with the journal's commit, 32 calls at a time. `first` is the first sight of an
agreement: read from the database and compiled; after 100 of them the other grants are put
in memory directly, because 100,000 first sights take minutes. Uses are spread over 100 agreements in both
runs, so that quota blocks do not differ; decisions over all.

    ./citybrain bench many_agreements
    ./citybrain bench many_agreements --quick     10,000 instead of 100,000
"""

import argparse
import asyncio
import dataclasses
import hashlib
import json
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HOME = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(HOME), str(HOME / "src")]

FEW, SHARED = 100, 100
DECISIONS, USES = 50_000, 5_000
GOAL = 0.2


def fill(count: int) -> tuple[str, list[str]]:
    """`count` active agreements about one resource; returns its path and their tokens."""
    from citybrain.gateway.tests.make import clause, make_agreement
    from citybrain.kernel.models import Agreement, AgreementToken, Request

    made = make_agreement(
        clause("purpose", "isAnyOf", ["public-service"]),
        clause("recipientType", "isAnyOf", ["enterprise", "department"]),
        clause("count", "lteq", 1_000_000_000),
    )
    first, tokens = made.agreement, ["cb1_" + secrets.token_urlsafe(32) for _ in range(count)]
    same = {
        name: getattr(first, name)
        for name in ("resource_id", "provider_id", "consumer_id", "purpose", "policy", "state")
    }
    copied = ("offer_id", "resource_id", "requester_id", "purpose", "policy", "state")
    asked = {name: getattr(first.request, name) for name in copied}
    for start in range(0, count, 2_000):
        some = tokens[start : start + 2_000]
        requests = Request.objects.bulk_create(Request(**asked) for _ in some)
        agreements = Agreement.objects.bulk_create(
            Agreement(request=one, policy_digest=first.policy_digest, epoch=1, **same)
            for one in requests
        )
        AgreementToken.objects.bulk_create(
            AgreementToken(
                agreement=one, digest=hashlib.sha256(token.encode()).hexdigest(), hint=token[-4:]
            )
            for one, token in zip(agreements, some, strict=True)
        )
    return made.path, tokens


async def measured(path: str, tokens: list[str]) -> dict[str, float]:
    """Microseconds of each step, medians of the rounds."""
    from citybrain.gateway.gateway import Gateway
    from citybrain.kernel.policy import CallFacts

    gateway = Gateway()
    await gateway.start()
    chance = random.Random(7)
    started = time.perf_counter()
    for token in tokens[:FEW]:
        await gateway.table.find(token.encode())
    first = (time.perf_counter() - started) / FEW
    grant = await gateway.table.find(tokens[0].encode())
    await gateway.threads.run(remember, gateway.table, grant, tokens[FEW:])

    async def decide(token: bytes) -> None:
        found = await gateway.table.find(token)
        facts = CallFacts(
            time.time(), found.consumer_urn, found.consumer_type, found.purpose, output="json"
        )
        assert found.policy.check(facts) is None
        gateway.quotas.counter(found.agreement, found.before[0], facts.at)

    asked = [one.encode() for one in chance.choices(tokens, k=DECISIONS)]
    for one in asked:
        await decide(one)
    rounds = []
    for _ in range(5):
        started = time.perf_counter()
        for one in asked:
            await decide(one)
        rounds.append((time.perf_counter() - started) / DECISIONS)
    uses = [await use_all(gateway, path, tokens[:SHARED]) for _ in range(4)][1:]
    assert len(gateway.table) == len(tokens)
    assert grant.barred == ""
    await gateway.stop()
    return {
        "first": first * 1e6,
        "decide": statistics.median(rounds) * 1e6,
        "use": statistics.median(uses) * 1e6,
    }


def remember(table: Any, pattern: Any, tokens: list[str]) -> None:
    """Put the grants of these tokens in memory, as their first calls would one by one."""
    from citybrain.kernel.models import AgreementToken

    rows = AgreementToken.objects.values_list("digest", "pk", "agreement_id", "agreement__ref")
    wanted = {hashlib.sha256(token.encode()).hexdigest() for token in tokens}
    for digest, token, agreement, ref in rows.iterator():
        if digest in wanted:
            grant = dataclasses.replace(
                pattern,
                token=token,
                agreement=agreement,
                agreement_ref=ref,
                agreement_urn=f"urn:citybrain:agreement:{ref}",
                secret=hashlib.sha256(ref.encode()).digest(),
            )
            table._keep(bytes.fromhex(digest), grant)


async def use_all(gateway: Any, path: str, tokens: list[str]) -> float:
    """Seconds of a use through the whole door, without HTTP."""
    ref = path.removeprefix("/use/")
    left = iter(range(USES))

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200

    async def caller() -> None:
        for number in left:
            token = tokens[number % len(tokens)]
            scope = {
                "method": "GET",
                "path": path,
                "query_string": b"",
                "headers": [(b"authorization", f"Bearer {token}".encode())],
            }
            await gateway.use((ref, ""), f"r{number}", scope, nothing, send)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(32)))
    return (time.perf_counter() - started) / USES


def one_size(count: int) -> None:
    """Measure one size in this process and print it as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CITYBRAIN_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "citybrain.settings"
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        path, tokens = fill(count)
        print(json.dumps(asyncio.run(measured(path, tokens))))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.size:
        one_size(arguments.size)
        return 0
    sizes = (FEW, 10_000 if arguments.quick else 100_000)
    found = {}
    for size in sizes:
        command = [sys.executable, __file__, "--size", str(size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        found[size] = json.loads(done.stdout)
    print(f"{'agreements':>10}{'first sight µs':>16}{'decide µs':>11}{'use µs':>9}")
    for size, one in found.items():
        print(f"{size:>10,}{one['first']:>16,.0f}{one['decide']:>11.2f}{one['use']:>9.0f}")
    few, many = (found[size] for size in sizes)
    for step in ("decide", "use"):
        more = many[step] / few[step] - 1
        holds = "holds" if more <= GOAL else "does NOT hold"
        print(f"{step}: {more:+.0%}; goal within {GOAL:.0%}: {holds}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
