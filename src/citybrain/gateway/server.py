"""Running the application under uvicorn: `run_server`."""

import gc
import os
import threading
from collections.abc import Callable

import uvicorn
from uvicorn.supervisors import Multiprocess

APPLICATION = "citybrain.gateway.server:make_application"
GRACE = 2
"""Seconds for calls in progress after SIGTERM; with the rest it stays below three."""
LAST_SECONDS = 0.5

Background = Callable[[threading.Event], None]


def make_application() -> object:
    """The application of a served process, which ends when its gateway has stopped."""
    from citybrain.asgi import application

    application.stopped = _leave_soon
    quiet_collector()
    return application


def quiet_collector() -> None:
    """Spare the garbage collector what stays: modules, kinds, grants. Going through 100,000
    grants takes it longer than a call may, and a call leaves hardly any cycles behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 1_000)


def _leave_soon() -> None:
    """Threads of Django or of a kind may hang in a call: nothing acknowledged is in them,
    so they do not hold up the end of the process."""
    timer = threading.Timer(LAST_SECONDS, os._exit, [0])
    timer.daemon = True
    timer.start()


def run_server(
    host: str,
    port: int,
    workers: int = 1,
    background: Background | None = None,
    application: str = APPLICATION,
) -> None:
    """Serve until SIGTERM or SIGINT. Ends within three seconds, with nothing acknowledged lost.

    `background` runs in a thread of this process (the parent of several workers) and is
    given an event that says when to stop.
    """
    config = uvicorn.Config(
        application,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_graceful_shutdown=GRACE,
    )
    stop = threading.Event()
    if background is not None:
        threading.Thread(target=background, args=[stop], name="background", daemon=True).start()
    try:
        if workers > 1:
            Multiprocess(config, [config.bind_socket()]).run()
        else:
            uvicorn.Server(config).run()
    finally:
        stop.set()
