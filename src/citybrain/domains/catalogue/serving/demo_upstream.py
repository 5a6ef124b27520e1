"""The demo's upstream HTTP service: `GET /sun/2025-06-21` → sunrise and sunset in Qingdao.

It stands for an office's existing interface, so that the kind `api` can be tried on one
machine without a network. Its answers are computed.
"""

import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson

from citybrain.domains.catalogue.logic.sun import sun_times

HOST, PORT = "127.0.0.1", 8479
LNG, LAT, OFFSET = 120.38, 36.07, 8.0


class _Handler(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        """Answer one request."""
        folder, _, day = self.path.strip("/").partition("/")
        try:
            times = sun_times(date.fromisoformat(day), LNG, LAT, OFFSET)
        except ValueError:
            times = None
        if folder != "sun" or times is None:
            self._send(404, {"error": "ask /sun/2025-06-21"})
            return
        self._send(200, {"date": day, "place": "青岛", "sunrise": times[0], "sunset": times[1]})

    def _send(self, status: int, value: dict[str, str]) -> None:
        body = orjson.dumps(value)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the gateway records every use."""


def start(port: int = PORT) -> ThreadingHTTPServer:
    """Serve in a daemon thread until `shutdown()`; port 0 takes a free one."""
    server = ThreadingHTTPServer((HOST, port), _Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="demo-upstream", daemon=True).start()
    return server
