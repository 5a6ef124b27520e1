"""Where segments lie: a small interface, so that other storage can take its place.

Only a local folder is built. Object storage needs the same seven methods; DuckDB then has to
be able to read the addresses that `address` gives.
"""

import hashlib
import os
import secrets
from pathlib import Path
from typing import Protocol

from citybrain.engines.facts.errors import StoreDamaged
from citybrain.engines.journal.files import sync_directory, write_all

_CHUNK = 1 << 20


class Place(Protocol):
    """Files by name; a name holds at most one slash."""

    def draft(self, name: str) -> Path:
        """A local path to write a new file to, before `publish`."""

    def publish(self, draft: Path, name: str) -> None:
        """Make the draft durable under its name."""

    def put(self, name: str, data: bytes) -> None:
        """Replace a small file, all or nothing, durably."""

    def get(self, name: str) -> bytes:
        """A small file's bytes. Raises `FileNotFoundError`."""

    def address(self, name: str) -> str:
        """What DuckDB and PyArrow open."""

    def names(self) -> list[str]:
        """Every file that is there."""

    def remove(self, name: str) -> None:
        """Take a file away; one that is gone already is no error."""


class Folder:
    """A folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)

    def draft(self, name: str) -> Path:
        """A path beside the final one, so that renaming is atomic."""
        path = self.root / name
        if not path.parent.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_directory(path.parent.parent)
        return path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")

    def publish(self, draft: Path, name: str) -> None:
        """Sync, rename; the name is durable after `settle`."""
        handle = os.open(draft, os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        draft.replace(self.root / name)

    def settle(self, names: list[str]) -> None:
        """Make names durable that were published."""
        for folder in {(self.root / name).parent for name in names}:
            sync_directory(folder)

    def put(self, name: str, data: bytes) -> None:
        """Write beside, sync, rename, sync the folder."""
        draft = self.draft(name)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            write_all(handle, data)
            os.fsync(handle)
            draft.replace(self.root / name)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        finally:
            os.close(handle)
        sync_directory((self.root / name).parent)

    def get(self, name: str) -> bytes:
        """The file's bytes."""
        return (self.root / name).read_bytes()

    def address(self, name: str) -> str:
        """The file's path."""
        return str(self.root / name)

    def names(self) -> list[str]:
        """Every file below the folder, sorted."""
        found = (path for path in self.root.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.root)) for path in found)

    def remove(self, name: str) -> None:
        """Unlink."""
        (self.root / name).unlink(missing_ok=True)

    def size(self, name: str) -> int:
        """In bytes. Raises `StoreDamaged` for a file that is gone."""
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError:
            raise StoreDamaged(name, "the file is gone") from None

    def digest(self, name: str) -> str:
        """SHA-256 of the file, in hex. Raises `StoreDamaged` for a file that is gone."""
        try:
            return digest_of(self.root / name)
        except FileNotFoundError:
            raise StoreDamaged(name, "the file is gone") from None


def digest_of(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
