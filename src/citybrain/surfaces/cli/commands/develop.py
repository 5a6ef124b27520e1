"""`test` and `bench`: the checks of the house, and its measurements."""

import os
import subprocess
import sys
import time
from pathlib import Path

import click

from citybrain.config import HOME
from citybrain.surfaces.cli.failures import Failure, say

MODULE = [sys.executable, "-m"]
CHECKED = ["src", "tests", "tools", "benchmarks", "conftest.py"]
WORKERS = "2"


def steps() -> list[tuple[str, list[str]]]:
    """Everything that `test` runs, in order, apart from pytest."""
    there = [one for one in CHECKED if (HOME / one).exists()]
    return [
        ("lint", [*MODULE, "ruff", "check", *there]),
        ("format", [*MODULE, "ruff", "format", "--check", *there]),
        ("types", [*MODULE, "mypy"]),
        ("layers", [str(Path(sys.executable).parent / "lint-imports")]),
        ("migrations", [*MODULE, "django", "makemigrations", "--check", "--dry-run"]),
    ]


BROWSER = "tests/browser"


def pytest_steps(arguments: list[str]) -> list[tuple[str, list[str], dict[str, str]]]:
    """The pytest calls: chosen tests as they were asked for, or all, by two workers.

    The browser tests have a process of their own, because Playwright keeps an event loop
    running in it, in which tests that start one themselves cannot run. With PostgreSQL
    at hand all others run a second time on it.
    """
    pytest = [*MODULE, "pytest"]
    if arguments:
        return [("tests", [*pytest, *arguments], {})]
    spread = [*pytest, "-n", WORKERS]
    others = [*spread, f"--ignore={BROWSER}"]
    found: list[tuple[str, list[str], dict[str, str]]] = [
        ("browser tests", [*spread, BROWSER], {}),
        ("tests", others, {}),
    ]
    if postgres := os.environ.get("CITYBRAIN_TEST_POSTGRES"):
        found.insert(1, ("tests on PostgreSQL", others, {"CITYBRAIN_DATABASE_URL": postgres}))
    return found


@click.command(
    help="Lint, format, types, layers, migrations, tests. 运行全部检查",
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(arguments: tuple[str, ...]) -> None:
    """Everything; with arguments pytest only. The tests run on PostgreSQL too if there is one."""
    every = [] if arguments else steps()
    failed = [name for name, step in every if not _run(name, step)]
    for name, step, settings in pytest_steps(list(arguments)):
        if not _run(name, step, **settings):
            failed.append(name)
    if failed:
        raise Failure(say("未通过：", "failed: ") + ", ".join(failed))


def _run(name: str, command: list[str], **settings: str) -> bool:
    click.secho(f"── {name}", bold=True, err=True)
    started = time.monotonic()
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "citybrain.settings"} | settings
    done = subprocess.run(command, cwd=HOME, env=environment, check=False)  # noqa: S603
    seconds = time.monotonic() - started
    verdict = "ok" if done.returncode == 0 else f"FAILED (exit {done.returncode})"
    click.secho(f"── {name}: {verdict}, {seconds:.1f} s", err=True)
    return done.returncode == 0


@click.command(
    help="Run a benchmark of benchmarks/. 运行基准测试",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def bench(name: str | None, arguments: tuple[str, ...]) -> None:
    """Without a name: which there are."""
    folder = HOME / "benchmarks"
    known = sorted(one.stem for one in folder.glob("*.py") if not one.stem.startswith("_"))
    if name is None:
        click.echo("\n".join(known))
        return
    if name not in known:
        raise click.UsageError(f"no benchmark {name!r}; there are: {', '.join(known) or 'none'}")
    command = [sys.executable, str(folder / f"{name}.py"), *arguments]
    sys.exit(subprocess.run(command, cwd=HOME, check=False).returncode)  # noqa: S603
