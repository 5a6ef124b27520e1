"""The ASGI shell: the hot paths native, everything else Django in a pool of threads."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from a2wsgi import WSGIMiddleware

from citybrain.gateway import http
from citybrain.gateway.gateway import Gateway
from citybrain.gateway.health import PAGES
from citybrain.gateway.native import Natives
from citybrain.gateway.refusals import known

log = structlog.get_logger(__name__)
Application = Callable[[http.Scope, http.Receive, http.Send], Awaitable[None]]
WSGI_THREADS = 16


class Shell:
    """One ASGI application. `wsgi` is asked for at the start of the lifespan, so that a
    fault in it stops the start instead of the first visitor."""

    def __init__(self, wsgi: Callable[[], Any], gateway: Callable[[], Gateway] = Gateway) -> None:
        self._make_wsgi, self._make_gateway = wsgi, gateway
        self._rest: Application | None = None
        self.gateway: Gateway | None = None
        self._natives: Natives | None = None
        self.stopped: Callable[[], None] = lambda: None

    async def __call__(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        """ASGI 3."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        else:
            await send({"type": "websocket.close", "code": 1000})

    async def _http(self, scope: http.Scope, receive: http.Receive, send: http.Send) -> None:
        path: str = scope["path"]
        request_id = _request_id(scope)
        if path.startswith("/use/"):
            await self._use(path, request_id, scope, receive, send)
        elif path in PAGES:
            reply = await PAGES[path](self.gateway, scope)
            reply.headers.append((b"x-request-id", request_id.encode()))
            await http.send_reply(send, reply, scope["method"] == "HEAD")
        elif self._natives is not None and (native := self._natives.find(path)) is not None:
            await native(request_id, scope, receive, send)
        elif self._rest is not None:
            await self._django(self._rest, request_id, scope, receive, send)

    async def _use(
        self, path: str, request_id: str, scope: http.Scope, receive: http.Receive, send: http.Send
    ) -> None:
        ref, _, rest = path[5:].partition("/")
        if self.gateway is None or not ref:
            refusal = known("stopping" if ref else "not-found")
            headers = http.headers_of(scope)
            reply = http.Reply(
                refusal.status,
                refusal.body(http.speaks_english(headers), request_id),
                [
                    (b"content-type", b"application/problem+json"),
                    (b"x-request-id", request_id.encode()),
                ],
            )
            await http.send_reply(send, reply, scope["method"] == "HEAD")
            return
        await self.gateway.use((ref, rest), request_id, scope, receive, send)

    async def _django(
        self,
        rest: Application,
        request_id: str,
        scope: http.Scope,
        receive: http.Receive,
        send: http.Send,
    ) -> None:
        """Hand the request over with its id, and see that the answer carries it."""
        name, value = b"x-request-id", request_id.encode()
        headers = [one for one in scope["headers"] if one[0] != name]
        structlog.contextvars.bind_contextvars(request_id=request_id)

        async def marked(message: Any) -> None:
            if message["type"] == "http.response.start":
                others = [one for one in message["headers"] if one[0].lower() != name]
                message = {**message, "headers": [*others, (name, value)]}
            await send(message)

        await rest({**scope, "headers": [*headers, (name, value)]}, receive, marked)

    async def _lifespan(self, receive: http.Receive, send: http.Send) -> None:
        await receive()
        try:
            wsgi: Any = WSGIMiddleware(self._make_wsgi(), workers=WSGI_THREADS)
            self._rest = wsgi
            gateway = self._make_gateway()
            await gateway.start()
            natives = Natives(gateway)
            await natives.start()
            self.gateway, self._natives = gateway, natives
        except Exception as error:
            log.exception("the gateway could not start")
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.gateway = self._natives = None
        await natives.stop()
        await gateway.stop()
        await send({"type": "lifespan.shutdown.complete"})
        self.stopped()


def _request_id(scope: http.Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return http.request_id_of(value.decode("latin-1"))
    return http.request_id_of(None)
