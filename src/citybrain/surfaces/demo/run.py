"""`./citybrain demo`: migrate, build the city, serve, run the main job, say how to get in."""

import os
import signal
import sys
import threading
import time
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import httpx
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from rich.console import Console
from rich.table import Table

from citybrain.domains.catalogue.demo import survival_calls
from citybrain.gateway.server import run_server
from citybrain.kernel.acting import Acting
from citybrain.kernel.models import Agreement, Membership, Resource
from citybrain.kernel.sealing import seal_all
from citybrain.kernel.worker import run_forever
from citybrain.surfaces.demo.city import DemoCity, build_city
from citybrain.surfaces.demo.history import REGISTERED, tell
from citybrain.surfaces.demo.main_job import ALLOWED_CALLS, MainJob, Say

START_PATIENCE = 30.0


def run(host: str = "127.0.0.1", port: int = 8000, once: bool = False) -> None:
    """Build and serve the demo until it is stopped; `once` ends the process after the main
    job, with exit status 1 when that failed."""
    console = Console()
    console.print("[bold]1/3 建立演示城市 · building the demo city[/]")
    city = build(console)
    job = threading.Thread(
        target=_run_job, args=(city, host, port, once, console), name="main job", daemon=True
    )
    job.start()
    if once:
        # uvicorn raises the signal again when it has stopped; here that is the regular end.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    run_server(host, port, background=run_forever)


def build(console: Console) -> DemoCity:
    """Database, parties, people, resources, history; does nothing twice."""
    call_command("migrate", verbosity=0)
    city = build_city()
    for domain in _domains():
        domain.start()
        domain.build(lambda hint: _steward(city, hint), REGISTERED)
    tell(city)
    for domain in _domains():
        # What follows from the told requests, such as their ratings.
        getattr(domain, "finish", lambda: None)()
    sealed = seal_all()
    console.print(
        f"    {Resource.objects.count()} 项资源 resources · "
        f"{Agreement.objects.count()} 份协议 agreements · 账本大小 ledger size {sealed.size}"
    )
    return city


def _domains() -> list[ModuleType]:
    return [import_module(f"{name}.demo") for name in settings.DOMAINS if find_spec(f"{name}.demo")]


def _steward(city: DemoCity, hint: str) -> Acting:
    """Who acts by a domain's hint: "administrator" of the bureau, or the steward of a department.

    The bureau's own resources are kept by the approval bureau.
    """
    if hint == "administrator":
        return city.people["lin"]
    return city.steward_of(hint if hint in city.parties and hint != "bureau" else "approval")


def _run_job(city: DemoCity, host: str, port: int, once: bool, console: Console) -> None:
    address = f"http://{host}:{port}"
    try:
        _wait_until_ready(address)
        console.print("[bold]2/3 主流程 · the main job[/]")
        resource = Resource.objects.get(code="survival-check")
        MainJob(city, address, _printer(console)).run(resource, survival_calls(ALLOWED_CALLS + 1))
    except Exception:
        console.print_exception()
        if once:
            os._exit(1)
    finally:
        connections.close_all()
    _say_how_to_get_in(console, city, address)
    if once:
        os.kill(os.getpid(), signal.SIGTERM)


def _wait_until_ready(address: str) -> None:
    end = time.monotonic() + START_PATIENCE
    while time.monotonic() < end:
        try:
            if httpx.get(f"{address}/readyz", timeout=2, trust_env=False).is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise TimeoutError(f"the server at {address} is not ready after {START_PATIENCE:.0f} s")


def _printer(console: Console) -> Say:
    def say(zh: str, en: str, left: str) -> None:
        console.print(f"  [green]•[/] {zh}\n    {en}\n    [dim]{left}[/]", highlight=False)

    return say


def _say_how_to_get_in(console: Console, city: DemoCity, address: str) -> None:
    table = Table(title="登录 · log-ins（口令本次随机生成 generated for this run）")
    for heading in ("用户名 user", "口令 password", "角色 role", "单位 party"):
        table.add_column(heading, no_wrap=True)
    for name, password in city.passwords.items():
        one = city.people[name]
        table.add_row(name, password, str(Membership.Role(one.role).label), one.party.name_zh)
    console.print(table)
    console.print(f"[bold]3/3 已启动 · serving at {address}[/]  (Ctrl+C 停止 to stop)")
