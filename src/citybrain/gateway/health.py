"""Whether the process lives, whether it can serve, and its figures."""

import hmac
from collections.abc import Awaitable, Callable

import orjson
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from citybrain.gateway import http
from citybrain.gateway.gateway import Gateway

LOOPBACK = frozenset({"127.0.0.1", "::1"})
Answer = Callable[[Gateway | None, http.Scope], Awaitable[http.Reply]]
_JSON = (b"content-type", b"application/json")
_NOT_STORED = (b"cache-control", b"no-store")
_migrated = False


async def healthz(gateway: Gateway | None, scope: http.Scope) -> http.Reply:
    """200 while the process answers at all."""
    return http.Reply(200, b'{"alive":true}', [_JSON, _NOT_STORED])


async def readyz(gateway: Gateway | None, scope: http.Scope) -> http.Reply:
    """200 when calls can be served: database, migrations, journal; else 503 with what is not."""
    checks = {"started": gateway is not None and not gateway.door.stopping}
    if gateway is not None:
        checks["journal"] = gateway.journal.failure is None
        try:
            checks["migrations"] = await gateway.threads.run(_is_migrated)
            checks["database"] = True
        except Exception:
            checks["database"] = False
    status = 200 if all(checks.values()) else 503
    return http.Reply(status, orjson.dumps(checks), [_JSON, _NOT_STORED])


def _is_migrated() -> bool:
    """True when no migration waits; asked in full until it is so, because it is slow."""
    global _migrated
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


async def metrics(gateway: Gateway | None, scope: http.Scope) -> http.Reply:
    """Prometheus figures, for this machine or who has the token."""
    if gateway is None or not _may_see(scope):
        return http.Reply(404, b"", [_NOT_STORED])
    kind = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
    return http.Reply(200, gateway.metrics.text(), [kind, _NOT_STORED])


def _may_see(scope: http.Scope) -> bool:
    token: str = settings.CITYBRAIN.metrics_token
    if token:
        given = http.headers_of(scope).get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    client = scope.get("client")
    headers = http.headers_of(scope)
    # Behind a proxy on this machine everybody comes from this machine.
    forwarded = "x-forwarded-for" in headers or "forwarded" in headers
    return client is not None and client[0] in LOOPBACK and not forwarded


PAGES: dict[str, Answer] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}
