"""Backup and restore of a whole installation: database, journals, keys, files.

The database is copied first and the journals after it. So the copy of a journal holds
everything that the copied database has sealed and perhaps more; what is more is sealed
after the restore. The other way round, uses could be lost. Both copies are taken while
the system runs; a record that is being written at that moment is a torn tail, which
opening the journal cuts off. A store of readings is copied until its manifest is the same
before and after: then its segments and its journal belong together.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

MANIFEST = "manifest.json"
DATABASE = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FOLDERS = ("journal", "keys", "files", "facts")
STORE = "segments/manifest.json"
"""Below a folder: the mark of a store of readings (`engines.facts`)."""
TRIES = 50
CHUNK = 1 << 20


class BackupError(Exception):
    """A backup cannot be made or restored; the text says why and what to do."""


def backup(target: Path) -> dict[str, Any]:
    """Write a backup to `target` (.tar.gz) and return its manifest.

    The file appears under its name only when it is complete. It holds private keys:
    its mode is 0600 and it belongs into a safe place.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        stage = Path(folder)
        _dump_database(stage / DATABASE[connection.vendor])
        for name in FOLDERS:
            source = settings.CITYBRAIN.data_dir / name
            if source.exists():
                _copy(source, stage / name)
        manifest = _manifest(stage)
        (stage / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
        packed = stage / "packed.tar.gz"
        packed.touch(mode=0o600)
        with tarfile.open(packed, "w:gz", compresslevel=3) as archive:
            archive.add(stage / MANIFEST, MANIFEST)
            for name in manifest["files"]:
                archive.add(stage / name, name)
        _flush(packed)
        packed.rename(target)
    return manifest


def _copy(source: Path, target: Path) -> None:
    """Copy a folder; one with a store of readings as it was between two flushes.

    Segments never change, so each further try copies only what is new, and the journal.
    """
    for _ in range(TRIES):
        before = _bytes_of(source / STORE)
        shutil.rmtree(target / "journal", ignore_errors=True)
        _copy_folder(source, target)
        if _bytes_of(source / STORE) == before:
            if before is not None:
                (target / STORE).write_bytes(before)
            return
    raise BackupError(f"{source} changes faster than it can be copied; try again later")


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _copy_folder(source: Path, target: Path) -> None:
    """Copy what is there now and not copied yet; a file that a running process has just
    removed is left out."""
    for path in sorted(source.rglob("*"), key=_marks_first):
        place = target / path.relative_to(source)
        if path.is_dir():
            place.mkdir(parents=True, exist_ok=True)
            continue
        if path.is_symlink() or not path.is_file() or path.name == "lock" or place.exists():
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, place)
        except FileNotFoundError:
            continue


def _marks_first(path: Path) -> tuple[bool, Path]:
    """A journal's mark says how far it is committed, so it must not be newer than its segments."""
    return path.suffix == ".cbj", path


def _dump_database(target: Path) -> None:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with sqlite3.connect(target) as copy:
            connection.connection.backup(copy, pages=4096)
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}")


def _run(program: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise BackupError(f"{program} is not installed; install PostgreSQL's client programs")
    database = connection.settings_dict
    environment = os.environ | {
        "PGPASSWORD": database["PASSWORD"],
        "PGHOST": database["HOST"],
        "PGPORT": str(database["PORT"]),
        "PGUSER": database["USER"],
        "PGDATABASE": database["NAME"],
    }
    done = subprocess.run(  # noqa: S603
        [program, *arguments],
        env={name: value for name, value in environment.items() if value},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-500:]}")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _manifest(stage: Path) -> dict[str, Any]:
    return {
        "format": 1,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": connection.vendor,
        "origin": settings.CITYBRAIN.ledger_origin,
        "crypto": settings.CITYBRAIN.crypto,
        "files": {str(path.relative_to(stage)): _digest(path) for path in _files(stage)},
    }


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def restore(source: Path) -> dict[str, Any]:
    """Restore a backup into an empty installation. Returns the manifest.

    Everything is unpacked and checked before anything is put in place. Raises
    `BackupError` when the file is damaged, was made for another database, or when
    this installation holds data already.
    """
    data: Path = settings.CITYBRAIN.data_dir
    _refuse_when_occupied(data)
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data, prefix=".restore-") as folder:
        stage = Path(folder)
        manifest = _unpack(source, stage)
        _check_fit(manifest)
        if connection.vendor == "postgresql":
            _run(
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                f"--dbname={connection.settings_dict['NAME']}",
                str(stage / DATABASE["postgresql"]),
            )
        for name in FOLDERS:
            _put_folder(stage / name, data / name)
        if connection.vendor == "sqlite":
            # Last, so that a restore that was cut off is seen as not done and can be repeated.
            (stage / DATABASE["sqlite"]).rename(connection.settings_dict["NAME"])
    return manifest


def _refuse_when_occupied(data: Path) -> None:
    if any((data / "journal").glob("*/*.cbj")):
        raise BackupError(f"{data} holds a journal already; restore into an empty data folder")
    if connection.vendor == "sqlite":
        if Path(connection.settings_dict["NAME"]).exists():
            raise BackupError(f"{data} holds a database already; restore into an empty data folder")
        return
    tables = connection.introspection.table_names()
    if "kernel_ledgerhead" in tables:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kernel_ledgerrecord")
            (records,) = cursor.fetchone()
        if records:
            raise BackupError("the database holds records already; restore into an empty one")


def _put_folder(source: Path, target: Path) -> None:
    """Put a folder in place of one that holds nothing worth keeping."""
    if not source.exists():
        return
    if target.exists():
        shutil.rmtree(target)
    source.rename(target)
    if target.name == "keys":
        target.chmod(0o700)
        for path in _files(target):
            path.chmod(0o600)


def _unpack(source: Path, stage: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(stage, filter="data")
        manifest: dict[str, Any] = json.loads((stage / MANIFEST).read_text())
    except (tarfile.TarError, OSError, EOFError, ValueError) as error:
        raise BackupError(f"{source} is no whole backup: {error}") from None
    if manifest.get("format") != 1:
        raise BackupError(f"{source} has format {manifest.get('format')}; this release reads 1")
    found = {str(path.relative_to(stage)): _digest(path) for path in _files(stage)}
    found.pop(MANIFEST)
    for name, digest in manifest["files"].items():
        if found.pop(name, None) != digest:
            raise BackupError(f"{source} is damaged: {name} is missing or changed")
    if found:
        raise BackupError(f"{source} holds files that its manifest does not name: {sorted(found)}")
    return manifest


def _check_fit(manifest: dict[str, Any]) -> None:
    wanted = {
        "database": connection.vendor,
        "origin": settings.CITYBRAIN.ledger_origin,
        "crypto": settings.CITYBRAIN.crypto,
    }
    for name, value in wanted.items():
        if manifest[name] != value:
            raise BackupError(
                f"the backup has {name} {manifest[name]!r}, this installation {value!r}; "
                "set the same before restoring"
            )
