"""OIDC is ready by settings: the issuer's addresses are found, or the start says why not."""

import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from citybrain.config import HOME


@pytest.fixture
def issuer():
    class Handler(BaseHTTPRequestHandler):
        document: dict[str, str] = {}

        def do_GET(self) -> None:
            body = json.dumps(self.document).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_port}/realm"
    Handler.document = {
        "issuer": address,
        "authorization_endpoint": f"{address}/auth",
        "token_endpoint": f"{address}/token",
        "userinfo_endpoint": f"{address}/me",
        "jwks_uri": f"{address}/certs",
    }
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield address, Handler
    server.shutdown()


def sign_in_page(tmp_path, address: str) -> subprocess.CompletedProcess[str]:
    program = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from django.conf import settings\n"
        "from django.test import Client\n"
        "client = Client(SERVER_NAME='localhost')\n"
        "print(settings.OIDC_OP_TOKEN_ENDPOINT)\n"
        "print('/oidc/authenticate/' in client.get('/sign-in').content.decode())\n"
        "print(client.get('/oidc/authenticate/')['Location'])\n"
    )
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CITYBRAIN_")
    } | {
        "CITYBRAIN_DATA_DIR": str(tmp_path / "var"),
        "CITYBRAIN_OIDC_ISSUER": address,
        "CITYBRAIN_OIDC_CLIENT_ID": "citybrain",
        "CITYBRAIN_OIDC_CLIENT_SECRET": "not-a-secret",
        "DJANGO_SETTINGS_MODULE": "citybrain.settings",
        "PYTHONPATH": str(HOME / "src"),
        "NO_PROXY": "127.0.0.1",
    }
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True
    )


def test_an_issuer_is_enough_to_sign_in_by_it(tmp_path, issuer):
    address, _ = issuer
    done = sign_in_page(tmp_path, address)
    assert done.returncode == 0, done.stderr
    token, offered, redirect = done.stdout.split()
    assert token == f"{address}/token"
    assert offered == "True"
    assert redirect.startswith(f"{address}/auth?") and "client_id=citybrain" in redirect


def test_an_issuer_that_speaks_for_another_is_refused_at_start(tmp_path, issuer):
    address, handler = issuer
    handler.document = handler.document | {"issuer": "https://elsewhere.example"}
    done = sign_in_page(tmp_path, address)
    assert done.returncode != 0 and "speaks for" in done.stderr


def test_an_issuer_that_is_not_there_is_told_at_start(tmp_path):
    done = sign_in_page(tmp_path, "http://127.0.0.1:9/nobody")
    assert done.returncode != 0 and "CITYBRAIN_OIDC_ISSUER" in done.stderr
