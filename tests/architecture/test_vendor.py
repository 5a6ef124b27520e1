"""The files of other projects are the ones the lock file names, and ask nobody else."""

import re
import shutil
from pathlib import Path

import pytest
from tools import vendor

OWN = vendor.ROOT / "src/citybrain/ui"


@pytest.fixture
def package(tmp_path: Path) -> vendor.Package:
    """The htmx package of the manifest, copied to a place where it may be changed."""
    found = next(p for p in vendor.read_manifest() if p["name"] == "htmx")
    shutil.copytree(vendor.ROOT / found["into"], tmp_path / found["into"])
    return found


def test_the_committed_files_are_the_locked_ones() -> None:
    assert vendor.check() == []


def test_a_changed_a_missing_and_a_stray_file_are_named(
    package: vendor.Package, tmp_path: Path
) -> None:
    locked, folder = vendor.read_lock()["htmx"], tmp_path / package["into"]
    assert vendor.problems_of(package, locked, tmp_path) == []
    with (folder / "htmx.min.js").open("ab") as file:
        file.write(b" ")
    (folder / "LICENSE").unlink()
    (folder / "other.js").write_text("1")
    assert vendor.problems_of(package, locked, tmp_path) == [
        "htmx: missing LICENSE",
        "htmx: htmx.min.js was changed",
        "htmx: stray other.js",
    ]


def test_another_version_than_the_locked_one_is_reported(package: vendor.Package) -> None:
    locked = vendor.read_lock()["htmx"]
    changed = {**package, "version": "0"}
    assert vendor.problems_of(changed, locked) == [
        "htmx: not in the lock file; run tools/vendor.py"
    ]


@pytest.mark.parametrize(
    "text",
    [
        b"a{background:url(https://fonts.example/x.png)}",
        b"a{background:url('//fonts.example/x.png')}",
        b'@import "https://fonts.example/x.css";',
        b"@import url(//fonts.example/x.css);",
    ],
)
def test_a_file_that_asks_another_host_is_refused(text: bytes) -> None:
    with pytest.raises(vendor.VendorError, match="asks another host"):
        vendor.cleaned("x.css", text)


def test_source_map_references_are_cut_off_and_namespaces_kept() -> None:
    text = b"a{background:url(\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>\")}"
    assert vendor.cleaned("x.css", text + b"\n/*# sourceMappingURL=x.css.map */") == text + b"\n"


def test_every_icon_that_templates_and_code_name_is_in_the_sprite() -> None:
    icons = set(next(p for p in vendor.read_manifest() if "icons" in p)["icons"])
    used = set()
    for path in (vendor.ROOT / "src").rglob("*.html"):
        used |= set(re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8")))
    assert used, "no template uses an icon"
    assert used <= icons, used - icons


def test_own_templates_hold_no_inline_script_style_handler_or_foreign_address() -> None:
    for path in OWN.rglob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text), path
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), path


def test_own_scripts_and_styles_name_no_other_host() -> None:
    for path in (OWN / "static/ui").iterdir():
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://", text), path
