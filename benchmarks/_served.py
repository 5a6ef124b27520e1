"""What `governed_use.py` serves: the product's shell, and beside it, only here, the same
handler without governance and with governance written in the usual ways.

    /use/…      the gateway
    /bare       the handler alone: nobody is asked for anything, nothing is recorded
    /fastapi    the gateway's own parts (grant table, policy, quota, journal) called from a
                FastAPI dependency
    /django/…   a plain Django view: token and agreement by the ORM, the policy, one UPDATE for
                the quota, one INSERT for the record, in one transaction
"""

# ruff: noqa: E402 - Django is set up before its parts are imported

import asyncio
import hashlib
import os
import sys
import time
from typing import Annotated, Any

import django

django.setup()

import uvicorn
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, JsonResponse
from fastapi import Depends, FastAPI, Request, Response

from citybrain.gateway import http
from citybrain.gateway.grants import Grant, load_grant
from citybrain.gateway.records import encode_use
from citybrain.gateway.shell import Shell
from citybrain.gateway.visit import Visit
from citybrain.kernel.kinds import Answer, Call, UseContext
from citybrain.kernel.models import JournalRecord, QuotaCounter
from citybrain.kernel.policy import CallFacts


def context_of(grant: Grant, request_id: str) -> UseContext:
    assert grant.served is not None and grant.policy is not None
    return UseContext(
        grant.served,
        grant.policy.delivery,
        grant.consumer_urn,
        grant.agreement_ref,
        request_id,
        time.time(),
        grant.secret,
    )


class Bench:
    """An ASGI application in front of the shell."""

    def __init__(self) -> None:
        self.shell = Shell(lambda: plain_django)
        self.fastapi = fastapi_of(self.shell)
        self.grant: Grant | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if path == "/bare":
            await self._bare(scope, receive, send)
        elif path == "/fastapi":
            await self.fastapi(scope, receive, send)
        else:
            await self.shell(scope, receive, send)

    async def _bare(self, scope: Any, receive: Any, send: Any) -> None:
        if self.grant is None:
            token = http.headers_of(scope)["authorization"].partition(" ")[2]
            assert self.shell.gateway is not None
            self.grant = await self.shell.gateway.table.find(token.encode())
        message = await receive()
        call = Call(scope["method"], "", {}, http.headers_of(scope), message["body"])
        answer = await self.grant.kind.serve(context_of(self.grant, "bare"), call)
        kind = (b"content-type", answer.content_type.encode())
        await http.send_reply(send, http.Reply(200, answer.body, [kind]))


def fastapi_of(shell: Shell) -> FastAPI:
    app = FastAPI()

    async def visit_of(request: Request) -> Visit:
        gateway = shell.gateway
        assert gateway is not None
        token = request.headers["authorization"].partition(" ")[2]
        grant = await gateway.table.find(token.encode())
        visit = Visit(
            {}, "POST", "", "", {}, request.headers.get("x-request-id") or os.urandom(16).hex()
        )
        visit.grant, visit.purpose = grant, grant.purpose
        facts = CallFacts(
            visit.at, grant.consumer_urn, grant.consumer_type, grant.purpose, output="answer"
        )
        assert grant.policy.check(facts) is None
        for quota in grant.before:
            counter = gateway.quotas.counter(grant.agreement, quota, visit.at)
            await gateway.quotas.take(counter, 1, visit.at)
            visit.taken.append((counter, 1))
        return visit

    @app.post("/fastapi")
    async def ask(request: Request, visit: Annotated[Visit, Depends(visit_of)]) -> Response:
        call = Call("POST", "", {}, dict(request.headers), await request.body())
        context = context_of(visit.grant, visit.request_id)
        answer: Answer = await visit.grant.kind.serve(context, call)
        visit.sent = len(answer.body)
        gateway = shell.gateway
        record = encode_use(visit, answer, None, visit.taken)
        gateway.quotas.acknowledged = await gateway.journal.append(record)
        for counter, units in visit.taken:
            gateway.quotas.spend(counter, units)
        return Response(answer.body, media_type=answer.content_type)

    return app


def plain_view(request: HttpRequest) -> HttpResponse:
    token = request.headers["authorization"].partition(" ")[2]
    grant = load_grant(hashlib.sha256(token.encode()).hexdigest())
    if grant is None or grant.barred or grant.policy is None or grant.kind is None:
        return JsonResponse({}, status=403)
    facts = CallFacts(
        time.time(), grant.consumer_urn, grant.consumer_type, grant.purpose, output="answer"
    )
    if grant.policy.check(facts) is not None:
        return JsonResponse({}, status=403)
    visit = Visit({}, "POST", "", "", {}, os.urandom(16).hex())
    visit.grant = grant
    call = Call("POST", "", {}, dict(request.headers), request.body)
    answer = asyncio.run(grant.kind.serve(context_of(grant, visit.request_id), call))
    with transaction.atomic():
        for quota in grant.before:
            counter, _ = QuotaCounter.objects.get_or_create(
                agreement_id=grant.agreement,
                operand=quota.operand,
                metric=quota.metric,
                window="plain",
                defaults={"limit": quota.limit},
            )
            left = QuotaCounter.objects.filter(pk=counter.pk, leased__lt=F("limit"))
            if not left.update(leased=F("leased") + 1):
                return JsonResponse({}, status=429)
        JournalRecord.objects.create(
            journal="plain",
            sequence=time.time_ns(),
            payload=encode_use(visit, answer, None, []),
        )
    length = {"Content-Length": str(len(answer.body))}
    return HttpResponse(answer.body, content_type=answer.content_type, headers=length)


def plain_django(environ: dict[str, Any], start_response: Any) -> Any:
    """Django's own WSGI handler with one route."""
    from django.core.handlers.wsgi import WSGIHandler

    global plain_django_handler
    if plain_django_handler is None:
        plain_django_handler = WSGIHandler()
    return plain_django_handler(environ, start_response)


plain_django_handler: Any = None
application = Bench()

if __name__ == "__main__":
    port, core = int(sys.argv[1]), int(sys.argv[2])
    if core >= 0:
        os.sched_setaffinity(0, {core})
    uvicorn.run(
        application,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        server_header=False,
        log_config=None,
    )
