"""`serve`, `worker`, `demo`: what keeps running."""

import signal
import threading
from types import FrameType

import click

from citybrain.gateway.server import run_server
from citybrain.kernel.worker import run_forever
from citybrain.surfaces.cli.failures import say


@click.command(help="Serve console, API and gateway. 启动网站与网关")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True)
@click.option("--worker", is_flag=True, help="Run the worker here too. 同时运行后台任务")
def serve(host: str, port: int, workers: int, worker: bool) -> None:
    """Until SIGTERM; stops within three seconds."""
    click.echo(say(f"服务地址 http://{host}:{port}", f"serving at http://{host}:{port}"), err=True)
    run_server(host, port, workers=workers, background=run_forever if worker else None)


@click.command(help="Seal, watch clocks, book fees. 运行后台任务")
def worker() -> None:
    """Until SIGTERM or Ctrl+C; what is being sealed is finished first."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, end)
    click.echo(say("后台任务已启动", "the worker runs"), err=True)
    run_forever(stop)


@click.command(help="Build a demo city, run the main job, serve it. 演示")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--once", is_flag=True, help="Stop after the main job. 完成主流程后退出")
def demo(host: str, port: int, once: bool) -> None:
    """Prints each step with what it left behind, then the log-ins."""
    from citybrain.surfaces.demo import run

    run(host=host, port=port, once=once)
