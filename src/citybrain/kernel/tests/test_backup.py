"""Backup while running, restore into an empty place, audit there."""

import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from citybrain.config import HOME
from citybrain.engines.journal import claim_slot
from citybrain.kernel.use_records import UseRecord

BUILD = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from tests.personas import build_city
from tests import exchange
agreement, _ = exchange.active(build_city())
from citybrain.kernel.sealing import seal_all
seal_all()
print(agreement.pk, agreement.resource_id, agreement.consumer_id)
"""
COUNT = """
import django; django.setup()
from citybrain.kernel.sealing import seal_all
seal_all()
from citybrain.kernel.audit import audit
from citybrain.kernel.models import Use
print(Use.objects.count(), len(audit().findings))
"""


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CITYBRAIN_") or name == "CITYBRAIN_TEST_POSTGRES"
    }
    environment |= {
        "CITYBRAIN_DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "citybrain.settings",
        "PYTHONPATH": os.pathsep.join((str(HOME / "src"), str(HOME))),
    } | more
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, env=environment, cwd=HOME
    )


def cli(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "-m", "citybrain.surfaces.cli", *arguments, **more)


@pytest.fixture(scope="module")
def city_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city") / "var"
    built = run(folder, "-c", BUILD)
    assert built.returncode == 0, built.stderr
    agreement, resource, consumer = map(int, built.stdout.split())
    with claim_slot(folder / "journal") as journal:
        for number in range(7):
            journal.append_blocking(_use(agreement, resource, consumer, number))
    return folder


def _use(agreement: int, resource: int, consumer: int, number: int) -> bytes:
    return UseRecord(
        at=1_760_000_000_000_000 + number,
        agreement=agreement,
        resource=resource,
        consumer=consumer,
        outcome="granted",
        status=200,
        reason="",
        operand="",
        purpose="public-service",
        scenario="",
        units=1,
        rows=1,
        bytes=2,
        epsilon=0,
        duration_us=3,
        request_id=f"r{number}",
        subject="",
        spent=[],
    ).encode()


@pytest.fixture(scope="module")
def backup_file(city_folder, tmp_path_factory):
    target = tmp_path_factory.mktemp("backups") / "city.tar.gz"
    made = cli(city_folder, "backup", str(target))
    assert made.returncode == 0, made.stderr
    return target


def test_the_backup_is_for_its_owner_only(backup_file):
    assert backup_file.stat().st_mode & 0o777 == 0o600


def test_what_is_restored_audits_and_seals_what_was_waiting(backup_file, tmp_path):
    place = tmp_path / "restored"
    done = cli(place, "restore", str(backup_file))
    assert done.returncode == 0, done.stderr
    counted = run(place, "-c", COUNT)
    assert counted.stdout.split() == ["7", "0"], counted.stderr
    assert (place / "keys").stat().st_mode & 0o777 == 0o700


def test_a_damaged_backup_restores_nothing(backup_file, tmp_path):
    spoilt = tmp_path / "spoilt.tar.gz"
    folder = tmp_path / "taken apart"
    with tarfile.open(backup_file) as archive:
        archive.extractall(folder, filter="data")
    victim = next((folder / "journal").rglob("*.cbj"))
    victim.write_bytes(victim.read_bytes()[:-1] + b"\x00")
    with tarfile.open(spoilt, "w:gz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name)
    place = tmp_path / "restored"
    done = cli(place, "restore", str(spoilt))
    assert done.returncode == 1 and "damaged" in done.stderr
    assert not (place / "citybrain.sqlite3").exists() and not (place / "journal").exists()


def test_half_a_backup_restores_nothing(backup_file, tmp_path):
    half = tmp_path / "half.tar.gz"
    half.write_bytes(backup_file.read_bytes()[: backup_file.stat().st_size // 2])
    done = cli(tmp_path / "restored", "restore", str(half))
    assert done.returncode == 1 and "no whole backup" in done.stderr


def test_nothing_is_restored_over_data(backup_file, city_folder):
    done = cli(city_folder, "restore", str(backup_file))
    assert done.returncode == 1 and "already" in done.stderr


def test_another_ledger_is_not_restored_as_this_one(backup_file, tmp_path):
    done = cli(
        tmp_path / "restored",
        "restore",
        str(backup_file),
        CITYBRAIN_LEDGER_ORIGIN="another.example/city",
    )
    assert done.returncode == 1 and "origin" in done.stderr
