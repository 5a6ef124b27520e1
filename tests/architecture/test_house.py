"""The house keeps its plan: layers, sizes, migrations, documents."""

import ast
import io
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import call_command

from citybrain.config import HOME
from citybrain.kernel.actions.base import ACTIONS
from citybrain.kernel.kinds import all_kinds

SOURCE = HOME / "src" / "citybrain"
FILES = sorted(path for path in SOURCE.rglob("*.py") if "/migrations/" not in path.as_posix())
LONGEST_FILE = 400
CHECKS = re.compile(r"\bauthorise\(|\.may\(|own_membership\(")
"""What an action may check by; `own_membership` refuses whoever does not act for himself."""


def test_imports_go_downwards_only():
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=HOME,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(HOME / "src"), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_longer_than_a_reader_can_hold():
    long = {
        str(path.relative_to(HOME)): lines
        for path in FILES
        if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


@pytest.mark.django_db
def test_the_tables_match_the_models():
    out = io.StringIO()
    call_command("makemigrations", "--check", "--dry-run", "--skip-checks", stdout=out)
    assert "No changes" in out.getvalue()


def test_every_resource_kind_is_documented():
    text = (HOME / "docs" / "kinds.md").read_text()
    served = [kind for kind in all_kinds() if kind.serve.__module__.startswith("citybrain.domains")]
    assert served
    missing = [kind.code for kind in served if f"`{kind.code}`" not in text]
    assert not missing


def test_every_write_of_a_model_stands_in_an_action():
    """`ledger.write` is called from actions and clocks alone: no write hides elsewhere."""
    allowed = re.compile(r"(kernel/(actions/|clocks|ledger|founding)|/actions)")
    strays = [
        str(path.relative_to(HOME))
        for path in FILES
        if "/tests/" not in str(path)
        and "ledger.write(" in path.read_text()
        and not allowed.search(path.as_posix())
    ]
    assert not strays


def test_every_action_authorises_before_it_writes():
    """An action whose body never calls `authorise` (or asks `may`) would let anybody write."""
    careless = []
    for path in FILES:
        if "/actions" not in path.as_posix() or "/tests/" in path.as_posix():
            continue
        tree = ast.parse(path.read_text())
        bodies = {
            one.name: ast.unparse(one) for one in tree.body if isinstance(one, ast.FunctionDef)
        }
        for function in tree.body:
            if not isinstance(function, ast.FunctionDef) or not function.decorator_list:
                continue
            if "action(" not in ast.unparse(function.decorator_list[0]):
                continue
            text = _with_helpers(bodies, function.name)
            if not CHECKS.search(text):
                careless.append(f"{path.name}:{function.name}")
    assert not careless


def _with_helpers(bodies: dict[str, str], name: str) -> str:
    """A function's text and that of the file's functions which it calls by name."""
    text = bodies[name]
    for other, body in bodies.items():
        if other != name and f"{other}(" in text:
            text += body
    return text


def test_actions_are_known_by_unique_verbs():
    for name in ("accounts", "agreements", "issues", "parties", "requests", "resources"):
        import_module(f"citybrain.kernel.actions.{name}")
    assert len(ACTIONS) >= 20
    assert all(re.fullmatch(r"[a-z_-]+\.[a-z-]+", verb) for verb in ACTIONS)


def test_no_page_or_script_names_an_outside_host():
    outside = re.compile(r"""(?:src|href|action)=["']https?://""")
    found = [
        str(path.relative_to(HOME))
        for path in SOURCE.rglob("*.html")
        if outside.search(path.read_text())
    ]
    assert not found
