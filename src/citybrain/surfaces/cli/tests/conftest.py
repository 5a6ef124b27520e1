"""Fixtures of the command line's tests: commands run in this process."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.done import Done, do_main_job
from tests.personas import City

from citybrain.surfaces.cli.root import citybrain

Run = Callable[..., Result]


@pytest.fixture
def done(city: City) -> Done:
    """What the main job left behind."""
    return do_main_job(city)


@pytest.fixture
def run(db: None, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in Chinese surroundings, or in others by `env`."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    runner = CliRunner()

    def invoke(*arguments: str, **options: Any) -> Result:
        result = runner.invoke(citybrain, list(arguments), **options)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke
