"""Sources made to break whoever looks: wide, long, broken, packed. Each ends with a reason."""

import os
import resource as limits
import subprocess
import sys
import time
import zipfile

import pytest

from citybrain.domains.catalogue.quality import reading
from citybrain.domains.catalogue.tests import quality_world
from citybrain.domains.catalogue.tests.test_quality_profile import path_of
from citybrain.kernel.actions.resources import data_root

pytestmark = pytest.mark.django_db


def peak_mb() -> float:
    return limits.getrusage(limits.RUSAGE_SELF).ru_maxrss / 1024


def test_ten_thousand_columns(city):
    names = ",".join(f"c{n}" for n in range(10_000))
    content = names + "\n" + ",".join("1" for _ in range(10_000)) + "\n"
    wide = quality_world.table(city, "B-1", content, {"c0": "I", "c9999": "I"})
    begun = time.monotonic()
    done = quality_world.profiled(wide)
    assert (done.state, done.rows) == ("done", 1), done.reason_en
    assert time.monotonic() - begun < 20


def test_a_table_of_150_columns_is_profiled_in_parts(city):
    names = [f"c{n}" for n in range(150)]
    content = ",".join(names) + "\n" + ",".join("1" for _ in names) + "\n"
    done = quality_world.profiled(
        quality_world.table(city, "B-1", content, dict.fromkeys(names, "I"))
    )
    assert len(done.columns) == 150 and done.columns[149]["high"] == "1"


def test_an_enormous_cell_is_one_unreadable_line(city):
    bomb = quality_world.table(city, "B-2", "a,b\n1,x\n", {"a": "I", "b": "C"})
    before = peak_mb()
    with path_of(bomb).open("ab") as file:
        for _ in range(256):
            file.write(b"y" * (1 << 20))
        file.write(b"\n3,z\n")
    done = quality_world.profiled(bomb)
    assert (done.state, done.rows) == ("done", 2), done.reason_en
    assert done.checks[0]["code"] == "unreadable"
    assert peak_mb() - before < 1024


def test_a_header_without_end_is_refused_early(city):
    bomb = quality_world.table(city, "B-3", "a\n1\n", {"a": "I"})
    path_of(bomb).write_bytes(b"a" * (64 << 20))
    begun = time.monotonic()
    assert quality_world.profiled(bomb).state == "failed"
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"a,b\n1,\xff\xfe\n2,x\n", 1),
        (b"a,b\n1,\x00\x00\n2,x\n", 2),
        (b'a,b\n1,"never closed\n2,x\n', None),
        (b"a,b\r\n1,x\r\n2,y\r\n", 2),
        ("\ufeffa,b\n1,x\n2,\u202e\n".encode(), 2),
        (b"a,b\n", 0),
    ],
)
def test_broken_encodings_and_quotes(city, content, rows):
    broken = quality_world.table(city, "B-4", b"a,b\n1,x\n", {"a": "I", "b": "C"})
    path_of(broken).write_bytes(content)
    done = quality_world.profiled(broken)
    assert done.state in ("done", "failed")
    if rows is not None:
        assert (done.state, done.rows) == ("done", rows), done.reason_en


def test_a_packed_workbook_of_gigabytes_is_refused(city, monkeypatch):
    from citybrain.domains.catalogue.serving import readers

    monkeypatch.setattr(readers, "LARGEST_WORKBOOK", 1 << 20)
    table = quality_world.table(city, "B-5", "a\n1\n", {"a": "I"})
    name = "quality/bomb.xlsx"
    with zipfile.ZipFile(data_root() / name, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (4 << 20))
    table.metadata = table.metadata | {"source": {"type": "file", "path": name, "format": "excel"}}
    table.save()
    done = quality_world.profiled(table)
    assert done.state == "failed" and "unpacks" in done.reason_en


def test_nothing_is_left_in_the_scratch_folder(city):
    quality_world.profiled(quality_world.table(city, "B-6", "a\n1\n", {"a": "I"}))
    assert not list((data_root() / reading.CACHE).glob("profile-*"))


def test_what_a_killed_process_has_left_is_removed_and_nothing_else():
    folder = data_root() / reading.CACHE
    folder.mkdir(parents=True, exist_ok=True)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, mine = folder / f"profile-{ended.pid}-x", folder / f"profile-{os.getpid()}-x"
    for one in (dead, mine):
        one.mkdir()
    assert reading.sweep(data_root()) == 1
    assert mine.exists() and not dead.exists()
    mine.rmdir()
