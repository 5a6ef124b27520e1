"""A catalogue elsewhere, as bad as one wants: a CKAN-shaped server on this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson


class Peer:
    """`packages` are what it offers; `mode` is how it behaves."""

    def __init__(self) -> None:
        self.packages: list[dict[str, Any]] = []
        self.mode = "fine"
        self.location = ""
        self.asked = 0
        self.released = threading.Event()
        self.url = ""

    def offer(self, count: int, **more: Any) -> None:
        self.packages = [package(number, **more) for number in range(count)]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked += 1
        getattr(self, f"_{self.mode}")(handler)

    def _fine(self, handler: BaseHTTPRequestHandler) -> None:
        query = parse_qs(urlsplit(handler.path).query)
        start, rows = int(query["start"][0]), int(query["rows"][0])
        page = self.packages[start : start + rows]
        self._send(handler, {"count": len(self.packages), "results": page})

    def _send(self, handler: BaseHTTPRequestHandler, result: Any) -> None:
        self._bytes(handler, orjson.dumps({"success": True, "result": result}))

    def _bytes(self, handler: BaseHTTPRequestHandler, body: bytes, **headers: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    def _broken(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_error(500)

    def _garbage(self, handler: BaseHTTPRequestHandler) -> None:
        self._bytes(handler, b"<html>\x00\xff")

    def _list(self, handler: BaseHTTPRequestHandler) -> None:
        self._bytes(handler, b'[{"a": 1}]')

    def _nameless(self, handler: BaseHTTPRequestHandler) -> None:
        self._send(handler, {"count": 1, "results": [{"title": "x"}]})

    def _silent(self, handler: BaseHTTPRequestHandler) -> None:
        self.released.wait(30)

    def _trickle(self, handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
        while not self.released.wait(0.05):
            handler.wfile.write(b"X-More: 1\r\n")
            handler.wfile.flush()

    def _huge(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(1024**3))
        handler.end_headers()
        chunk = b" " * 65536
        for _ in range(1024**3 // len(chunk)):
            handler.wfile.write(chunk)

    def _packed(self, handler: BaseHTTPRequestHandler) -> None:
        self._bytes(handler, b"\x1f\x8b", Content_Encoding="gzip")

    def _endless(self, handler: BaseHTTPRequestHandler) -> None:
        self._send(handler, {"count": 10**9, "results": self.packages[:3]})

    def _short(self, handler: BaseHTTPRequestHandler) -> None:
        start = int(parse_qs(urlsplit(handler.path).query)["start"][0])
        self._send(handler, {"count": 50, "results": self.packages if start == 0 else []})

    def _growing(self, handler: BaseHTTPRequestHandler) -> None:
        rows = [package(self.asked * 10 + number) for number in range(10)]
        self._send(handler, {"count": 10**9, "results": rows})

    def _elsewhere(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", self.location)
        handler.end_headers()


def package(number: int, **more: Any) -> dict[str, Any]:
    extras = [{"key": "update_cycle", "value": "daily"}]
    return {
        "id": f"id-{number}",
        "name": f"set-{number}",
        "title": f"数据集 {number}",
        "metadata_modified": "2025-01-01T00:00:00",
        "isopen": True,
        "extras": extras,
        "resources": [{"url": f"https://peer.example/{number}.csv", "format": "CSV"}],
    } | more


@contextmanager
def serving() -> Iterator[Peer]:
    peer = Peer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                peer.answer(self)
            except OSError:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield peer
    finally:
        peer.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
