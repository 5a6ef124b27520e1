"""The one door: identify → decide → serve → meter → seal.

An answer, granted or refused, leaves only when the journal has committed the use. What a
call reserved of a quota it gives back when it is not served.
"""

import asyncio
import time
from typing import Any

import structlog

from citybrain.engines.journal import JournalFailed
from citybrain.gateway import http
from citybrain.gateway.gathering import Gathering, Withdrawn
from citybrain.gateway.grants import Grant
from citybrain.gateway.journals import Journal
from citybrain.gateway.metrics import Metrics
from citybrain.gateway.quotas import Quotas
from citybrain.gateway.records import encode_use
from citybrain.gateway.refusals import Refusal, by_kind, by_policy, known
from citybrain.gateway.table import GrantTable
from citybrain.gateway.trickle import Trickle
from citybrain.gateway.visit import Visit
from citybrain.kernel.kinds import Answer, Call, PolicyRefusal, ServeError, UseContext
from citybrain.kernel.policy import CallFacts

log = structlog.get_logger(__name__)

LONGEST_SERVE = 60.0
METHODS = frozenset({"GET", "HEAD", "POST"})
_JSON_PROBLEM = (b"content-type", b"application/problem+json")
_VARY = (b"vary", b"accept-language")
_BODILESS = frozenset({204, 304})
_OURS = frozenset(
    {b"content-type", b"content-length", b"transfer-encoding", b"connection", b"x-request-id"}
)


class Door:
    """Serves uses. For one event loop."""

    def __init__(
        self,
        table: GrantTable,
        quotas: Quotas,
        journal: Journal,
        metrics: Metrics,
        consents: Any,
        most_body: int,
    ) -> None:
        self.table, self.quotas, self.journal = table, quotas, journal
        self.metrics, self.consents, self.most_body = metrics, consents, most_body
        self.stopping = False
        self._append = Gathering(journal).append
        self._strangers = Trickle()
        self._serving: dict[asyncio.Task[Any] | None, float] = {}

    async def use(self, visit: Visit, receive: http.Receive, send: http.Send) -> None:
        """One call from its headers to its answer."""
        answer: Answer | None = None
        refusal: Refusal | None = None
        try:
            answer = await self._answer(visit, receive)
        except Refusal as error:
            refusal = error
        except asyncio.CancelledError:
            # The server ends and the call took too long for it: it is told so.
            refusal = known("stopping", connection="close")
        except http.Disconnected:
            self._refund(visit)
            return
        if refusal is not None:
            self._refund(visit)
        if not await self._record(visit, answer, refusal):
            answer, refusal = None, known("cannot-record-use", retry_after="1")
        self._measure(visit, refusal)
        if answer is not None and refusal is None:
            await self._deliver(visit, answer, send)
        elif refusal is not None:
            await self._refuse(visit, refusal, send)

    async def _answer(self, visit: Visit, receive: http.Receive) -> Answer:
        grant = await self.identify(visit)
        call = await self._call(visit, receive)
        context = await self._decide(visit, grant, call)
        for quota in grant.before:
            await self._take(visit, quota, 1)
        answer = await self._serve(grant, context, call, visit)
        await self._meter(visit, grant, answer)
        return answer

    async def identify(self, visit: Visit) -> Grant:
        """The grant of the call's token. Raises `Refusal`."""
        if self.stopping:
            raise known("stopping", retry_after="1")
        scheme, _, token = visit.headers.pop("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise known("token-missing", www_authenticate="Bearer")
        try:
            grant = await self.table.find(token.strip().encode("latin-1"))
        except Refusal:
            raise
        except Exception:
            log.exception("agreement could not be read")
            raise known("cannot-verify-agreement", retry_after="1") from None
        visit.grant = grant
        if grant.resource_ref != visit.ref:
            raise known("other-resource")
        return grant

    async def _call(self, visit: Visit, receive: http.Receive) -> Call:
        grant = visit.grant
        if grant is not None and grant.barred:
            raise known(grant.barred)
        if visit.method not in METHODS:
            raise known("method-not-allowed", allow="GET, HEAD, POST")
        query = http.query_of(visit.scope)
        body = await http.body_of(visit.headers, visit.method, receive, self.most_body)
        return Call(visit.method, visit.rest, query, visit.headers, body)

    async def _decide(self, visit: Visit, grant: Grant, call: Call) -> UseContext:
        policy, served, kind = grant.policy, grant.served, grant.kind
        if policy is None or served is None or kind is None:
            raise known("kind-unavailable")
        headers = visit.headers
        visit.purpose = http.word(headers, "x-purpose", 40) or grant.purpose
        visit.scenario = http.word(headers, "x-scenario", 60)
        facts = CallFacts(
            visit.at,
            grant.consumer_urn,
            grant.consumer_type,
            visit.purpose,
            visit.scenario or None,
            _output_of(kind, call),
            http.word(headers, "x-environment", 40) or None,
            paid=grant.paid,
        )
        if policy.needs_consent:
            visit.consent = http.word(headers, "x-consent", 26)
            visit.consented = await self._consented(visit, grant)
            facts.consent = visit.consented is not None or None
        refused = policy.check(facts)
        if refused is not None:
            raise by_policy(refused)
        return UseContext(
            served,
            policy.delivery,
            grant.consumer_urn,
            grant.agreement_ref,
            visit.request_id,
            visit.at,
            grant.secret,
        )

    async def _consented(self, visit: Visit, grant: Grant) -> str | None:
        """The pseudonym of the person who consents, when the consent named is valid."""
        if not visit.consent:
            return None
        try:
            subject: str | None = await self.consents(visit.consent, grant.agreement)
        except Exception:
            log.exception("consent could not be read")
            raise known("cannot-verify-agreement", retry_after="1") from None
        if subject is None:
            refusal = known("consent-unknown")
            refusal.operand = "consent"
            raise refusal
        return subject

    async def _take(self, visit: Visit, quota: Any, units: int) -> None:
        grant = visit.grant
        if grant is None or units <= 0:
            return
        counter = self.quotas.counter(grant.agreement, quota, visit.at)
        await self.quotas.take(counter, units, visit.at)
        visit.taken.append((counter, units))

    async def _serve(self, grant: Grant, context: UseContext, call: Call, visit: Visit) -> Answer:
        assert grant.kind is not None  # noqa: S101 - `_decide` has seen it
        task = asyncio.current_task()
        self._serving[task] = visit.started + LONGEST_SERVE
        try:
            return await grant.kind.serve(context, call)
        except asyncio.CancelledError:
            if task is None or task in self._serving:
                raise
            task.uncancel()
            raise known("serve-timeout") from None
        except ServeError as error:
            raise by_kind(error) from None
        except PolicyRefusal as error:
            raise by_policy(error.refused) from None
        except Exception:
            log.exception("kind failed", kind=grant.kind.code, resource=grant.resource_ref)
            raise known("kind-failed") from None
        finally:
            self._serving.pop(task, None)

    def give_up(self, now: float) -> None:
        """Cancel what has been served for too long; called a few times a second, because a
        timer for each call costs as much as the decision."""
        for task, deadline in list(self._serving.items()):
            if now > deadline and task is not None:
                del self._serving[task]
                task.cancel()

    async def _meter(self, visit: Visit, grant: Grant, answer: Answer) -> None:
        """What is known only now: whose data it was, how much leaves."""
        try:
            self._compare_consent(visit, grant, answer)
            visit.size = _size_of(answer, visit.method)
            if visit.method == "HEAD":
                answer.units = answer.rows = 0
                visit.sent = 0
            else:
                visit.sent = visit.size
            for quota in grant.after:
                await self._take(visit, quota, _amount(quota.metric, answer, visit, grant))
        except BaseException:
            await _close(answer.body)
            raise

    def _compare_consent(self, visit: Visit, grant: Grant, answer: Answer) -> None:
        if visit.consented is None or answer.subject == visit.consented:
            return
        refusal = known("consent-unknown")
        refusal.operand = "consent"
        raise refusal

    async def _record(self, visit: Visit, answer: Answer | None, refusal: Refusal | None) -> bool:
        """Journal the use. False when it cannot be: then nothing may be delivered."""
        if visit.grant is None and not self._strangers.admits(time.monotonic()):
            self.metrics.unrecorded += 1
            return True
        taken = visit.taken if refusal is None else []
        started = time.perf_counter()
        try:
            sequence = await self._append(encode_use(visit, answer, refusal, taken))
        except JournalFailed as error:
            log.error("use could not be recorded", error=str(error))
            if self.journal.failure is None:
                self._refund(visit)
            await _close(answer.body if answer else b"")
            return False
        except Withdrawn:
            self._refund(visit)
            raise
        except asyncio.CancelledError:
            # The record is on its way and will be committed: what it took is spent.
            self._spend(visit)
            raise
        self.quotas.acknowledged = sequence
        self._spend(visit)
        self.metrics.commit.observe(time.perf_counter() - started)
        return True

    def _spend(self, visit: Visit) -> None:
        for counter, units in visit.taken:
            self.quotas.spend(counter, units)
        visit.taken = []

    def _refund(self, visit: Visit) -> None:
        for counter, units in visit.taken:
            self.quotas.refund(counter, units)
        visit.taken = []

    def _measure(self, visit: Visit, refusal: Refusal | None) -> None:
        kind = visit.grant.kind if visit.grant else None
        self.metrics.count(
            refusal.outcome if refusal else "granted",
            refusal.reason if refusal else "",
            kind.code if kind else "",
        )
        self.metrics.seconds.observe(visit.seconds())

    async def _deliver(self, visit: Visit, answer: Answer, send: http.Send) -> None:
        headers = [
            (b"content-type", answer.content_type.encode("latin-1", "replace")),
            (b"x-request-id", visit.request_id.encode()),
        ]
        if answer.status not in _BODILESS:
            headers.append((b"content-length", str(visit.size).encode()))
        if answer.headers:
            headers += [one for one in http.header_bytes(answer.headers) if one[0] not in _OURS]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if visit.method == "HEAD" or answer.status in _BODILESS:
            await _close(answer.body)
            await send({"type": "http.response.body", "body": b""})
        elif isinstance(answer.body, bytes):
            await send({"type": "http.response.body", "body": answer.body})
        else:
            await _stream(answer.body, visit.size, send)

    async def _refuse(self, visit: Visit, refusal: Refusal, send: http.Send) -> None:
        body = refusal.body(http.speaks_english(visit.headers), visit.request_id)
        headers = [_JSON_PROBLEM, _VARY, (b"x-request-id", visit.request_id.encode())]
        headers += http.header_bytes(refusal.headers)
        reply = http.Reply(refusal.status, body, headers)
        await http.send_reply(send, reply, visit.method == "HEAD")


def _output_of(kind: Any, call: Call) -> str:
    try:
        output: str = kind.output_of(call)
    except ServeError as error:
        raise by_kind(error) from None
    except Exception:
        log.exception("kind failed", kind=kind.code)
        raise known("kind-failed") from None
    return output


def _size_of(answer: Answer, method: str) -> int:
    """Bytes of the answer's body. A stream must say its length: it is charged beforehand."""
    if answer.status in _BODILESS:
        return 0
    if isinstance(answer.body, bytes) and (answer.body or method != "HEAD"):
        return len(answer.body)
    if answer.size is None and not isinstance(answer.body, bytes):
        log.error("kind streams without a size")
        raise known("kind-failed")
    return answer.size or 0


def _amount(metric: str, answer: Answer, visit: Visit, grant: Grant) -> int:
    if metric == "rows":
        return answer.rows
    if metric == "bytes":
        return visit.sent
    epsilon = grant.policy.delivery.epsilon if grant.policy else None
    visit.epsilon = round((epsilon or 0.0) * 1_000_000)
    return visit.epsilon


async def _stream(body: Any, size: int, send: http.Send) -> None:
    """Send exactly `size` bytes; a stream of another length is cut off or breaks off."""
    left = size
    try:
        async for chunk in body:
            chunk = chunk[:left]
            left -= len(chunk)
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
            if not left:
                break
    finally:
        await _close(body)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _close(body: Any) -> None:
    close = getattr(body, "aclose", None)
    if close is not None:
        await close()
