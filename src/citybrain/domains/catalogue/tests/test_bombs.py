"""Files that are small to send and huge to open."""

import io
from pathlib import Path

import openpyxl
import pytest

from citybrain.domains.catalogue.serving import readers
from citybrain.kernel.kinds import ServeError


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch
):
    book = openpyxl.Workbook()
    for _ in range(2000):
        book.active.append(["x" * 200])
    path = tmp_path / "bomb.xlsx"
    book.save(path)
    readers._write_excel(path, None, io.StringIO())
    monkeypatch.setattr(readers, "LARGEST_WORKBOOK", 2 * path.stat().st_size)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *a, **k: pytest.fail("unpacked"))
    with pytest.raises(ServeError) as refusal:
        readers._write_excel(path, None, io.StringIO())
    assert refusal.value.reason == "source-unreadable" and "MB" in refusal.value.detail_en
