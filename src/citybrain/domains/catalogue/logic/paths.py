"""Paths in metadata: relative to the data root, and never able to leave it."""

from pathlib import Path, PurePosixPath

from citybrain.domains.catalogue.logic.errors import source
from citybrain.kernel.kinds import ServeError

OWN = "cache"
"""Folder below the data root that the platform itself writes to."""


def check_relative(path: str) -> str:
    """The path itself when it is relative and plain. Raises `ValueError` otherwise."""
    pure = PurePosixPath(path)
    plain = path.isprintable() and "\\" not in path and ":" not in path
    if not path or not plain or pure.is_absolute() or ".." in pure.parts or pure.name == "":
        raise ValueError("must be a relative path below the data folder, without '..'")
    return path


def place(root: Path, path: str) -> str:
    """The file's one name below `root`, whatever links and dots the path goes through.

    Raises `ServeError` "source-missing" for no file, and for the platform's own copies of
    other parties' tables.
    """
    found = inside(root, path).relative_to(root.resolve())
    if found.parts[0].casefold() == OWN:
        raise _missing()
    return found.as_posix()


def inside(root: Path, path: str) -> Path:
    """The file that `path` names below `root`, symbolic links followed.

    Raises `ServeError` "source-missing" when there is no such file, or when a link leads
    out of the root; the two look alike, so that a path tells nothing of the machine.
    """
    try:
        base = root.resolve(strict=True)
        found = (base / check_relative(path)).resolve(strict=True)
        if found.is_relative_to(base) and found.is_file():
            return found
    except (OSError, ValueError, RuntimeError):
        pass
    raise _missing()


def _missing() -> ServeError:
    return source(
        "source-missing",
        "数据文件不存在或不在数据目录内，请联系提供方。",
        "The data file is missing or outside the data folder; tell the owner.",
    )
