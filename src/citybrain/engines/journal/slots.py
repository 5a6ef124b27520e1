"""Numbered journals under one root, one for each worker process."""

from pathlib import Path

from citybrain.engines.journal.errors import JournalBusy
from citybrain.engines.journal.journal import SEGMENT_BYTES, Journal

_MOST = 1000


def claim_slot(root: Path, segment_bytes: int = SEGMENT_BYTES) -> Journal:
    """The first journal of `root/00`, `root/01` … that nobody writes to.

    Raises `JournalDamaged` when that one is damaged: it is for a person to look at it
    and move the directory away. Raises `JournalBusy` when 1,000 are taken.
    """
    for number in range(_MOST):
        try:
            return Journal(Path(root) / f"{number:02d}", segment_bytes)
        except JournalBusy:
            continue
    raise JournalBusy(f"all {_MOST} journals under {root} are taken")


def slots(root: Path) -> list[Path]:
    """The journals under the root, in order: what a sealer reads from."""
    root = Path(root)
    if not root.is_dir():
        return []
    found = [path for path in root.iterdir() if path.name.isdecimal() and path.is_dir()]
    return sorted(found, key=lambda path: int(path.name))
