"""A dataset's folder on the disk: its manifest read, checked, sealed."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from citybrain.domains.labelling.logic.manifest import (
    MOST_BYTES,
    NAME,
    SPLITS,
    Assignment,
    File,
    Manifest,
    Source,
    Split,
    is_plain,
    split_of,
)
from citybrain.kernel.kinds import ServeError

MEDIA = {
    ".jsonl": "application/x-ndjson",
    ".json": "application/json",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".parquet": "application/vnd.apache.parquet",
}


def missing() -> ServeError:
    """Nothing of the kind lies there, or it lies outside of the data folder."""
    return ServeError(
        502,
        "source-missing",
        "数据集文件夹、清单或文件不存在，或不在数据目录内，请联系提供方。",
        "The dataset's folder, manifest or file is missing or outside the data folder; "
        "tell the owner.",
    )


def inside(root: Path, path: str) -> Path:
    """What `path` names below `root`, links followed. Raises `ServeError`."""
    try:
        base = root.resolve(strict=True)
        found = (base / path).resolve(strict=True)
    except (OSError, ValueError, RuntimeError):
        raise missing() from None
    if not is_plain(path) or not found.is_relative_to(base) or found == base:
        raise missing()
    return found


def manifest_of(root: Path, path: str) -> Manifest:
    """The folder's manifest. Raises `ServeError`."""
    file = inside(root, f"{path}/{NAME}")
    try:
        if file.stat().st_size > MOST_BYTES:
            raise ValueError("too large")
        return Manifest.model_validate_json(file.read_bytes())
    except (OSError, ValidationError, ValueError) as error:
        told = str(error).splitlines()[0][:200]
        raise ServeError(
            502,
            "bad-manifest",
            f"数据集清单无法读取（{told}）；可用 labelling manifest 重新生成。",
            f"The manifest cannot be read ({told}); make it anew with `labelling manifest`.",
        ) from None


def digest_of(path: Path) -> str:
    """SHA-256 (hex) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def differences(root: Path, path: str, manifest: Manifest) -> list[tuple[str, str]]:
    """(file, what is wrong): "missing", "size", "content", or "extra" for one that is not named."""
    folder = inside(root, path)
    found = []
    for one in manifest.files:
        try:
            file = inside(folder, one.path)
        except ServeError:
            found.append((one.path, "missing"))
            continue
        if file.stat().st_size != one.bytes:
            found.append((one.path, "size"))
        elif digest_of(file) != one.sha256:
            found.append((one.path, "content"))
    named = {one.path for one in manifest.files} | {NAME}
    extra = sorted(name for name in names_in(folder) if name not in named)
    return found + [(name, "extra") for name in extra]


def names_in(folder: Path) -> list[str]:
    """Every file below a folder, sorted, as paths with slashes. Links are not followed."""
    return sorted(
        one.relative_to(folder).as_posix()
        for one in folder.rglob("*")
        if one.is_file() and not one.is_symlink()
    )


def seal(
    folder: Path,
    *,
    licence: str,
    purpose: str,
    lineage: Iterable[Source] = (),
    assignment: Assignment | None = None,
    splits: dict[str, Split] | None = None,
) -> Manifest:
    """Write the manifest of what lies in the folder. Raises `ValueError` for an empty one."""
    files = tuple(
        File(
            path=name,
            bytes=(folder / name).stat().st_size,
            sha256=digest_of(folder / name),
            media_type=MEDIA.get(Path(name).suffix.lower(), "application/octet-stream"),
        )
        for name in names_in(folder)
        if name != NAME
    )
    manifest = Manifest.model_validate(
        {
            "licence": licence,
            "purpose": purpose,
            "lineage": tuple(lineage),
            "assignment": assignment,
            "splits": splits or {},
            "files": files,
        }
    )
    (folder / NAME).write_bytes(manifest.canonical())
    return manifest


def write_splits(
    folder: Path, records: Iterable[tuple[str, list[str], Any]], assignment: Assignment
) -> dict[str, Split]:
    """Write `splits/*.jsonl` of (id, labels, record); a split without items has no file."""
    place = folder / "splits"
    place.mkdir(parents=True, exist_ok=True)
    counts: dict[str, Counter[str]] = {name: Counter() for name in SPLITS}
    items: Counter[str] = Counter()
    files = {name: (place / f"{name}.jsonl").open("wb") for name in SPLITS}
    try:
        for item, labels, record in records:
            name = split_of(item, assignment)
            line = json.dumps(record, ensure_ascii=False, sort_keys=True)
            files[name].write(line.encode() + b"\n")
            items[name] += 1
            counts[name].update(labels)
    finally:
        for file in files.values():
            file.close()
    made = {}
    for name in SPLITS:
        if items[name]:
            found = dict(sorted(counts[name].items()))
            made[name] = Split(path=f"splits/{name}.jsonl", items=items[name], labels=found)
        else:
            (place / f"{name}.jsonl").unlink()
    return made
