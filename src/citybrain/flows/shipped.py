"""The packs that come with the platform: folders under `scenarios/` of the program's folder."""

from pathlib import Path

from citybrain.config import HOME

SHIPPED = HOME / "scenarios"


def shipped() -> list[Path]:
    """Their folders, by name."""
    return sorted(path.parent for path in SHIPPED.glob("*/scenario.yaml"))


def folder_of(name: str) -> Path:
    """A pack's folder: a path, or the name of one that comes with the platform."""
    path = Path(name)
    return path if path.is_dir() else SHIPPED / name
