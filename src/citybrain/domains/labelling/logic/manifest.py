"""The manifest of a dataset version: what the folder holds, to the byte. Pure.

`digest` is the SHA-256 of the manifest's canonical JSON (RFC 8785). A changed file has another
hash, so the manifest has another digest: it is another version.
"""

import hashlib
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from citybrain.engines.ledger.canonical import canonical

NAME = "manifest.json"
CARD = "card.md"
MOST_FILES = 5_000
MOST_BYTES = 8 * 1024 * 1024
"""Of the manifest itself."""
SPLITS = ("train", "validation", "test")
_SHA256 = r"[0-9a-f]{64}"
_PATH = re.compile(r"[^\x00-\x1f\x7f\\:]{1,300}")
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]


class Closed(BaseModel):
    """No field that is not known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class File(Closed):
    """One file: its place below the folder, size in bytes, SHA-256 and media type."""

    path: str
    bytes: Count
    sha256: str = Field(pattern=_SHA256)
    media_type: str = Field(max_length=100)

    @model_validator(mode="after")
    def _plain(self) -> "File":
        if not is_plain(self.path):
            raise ValueError("the path must be relative and plain")
        return self


class Split(Closed):
    """One split: its file of JSON lines, how many items, and how often each label is given."""

    path: str
    items: Count
    labels: dict[str, Count] = Field(default_factory=dict, max_length=200)


class Source(Closed):
    """What the version derives from: a URN of the platform, or an address elsewhere."""

    relation: Literal["derived-from", "part-of", "replaces"] = "derived-from"
    source: str = Field(max_length=300)


class Assignment(Closed):
    """How items came into their splits: SHA-256 of seed and item id, shares in percent."""

    method: Literal["sha256"] = "sha256"
    seed: int = Field(ge=0, le=2**31)
    train: int = Field(ge=0, le=100)
    validation: int = Field(ge=0, le=100)


class Manifest(Closed):
    """The whole."""

    format: Literal["citybrain-dataset/1"] = "citybrain-dataset/1"
    licence: str = Field(max_length=500)
    purpose: str = Field(max_length=1000)
    lineage: tuple[Source, ...] = Field((), max_length=100)
    assignment: Assignment | None = None
    splits: dict[Literal["train", "validation", "test"], Split] = Field(default_factory=dict)
    files: tuple[File, ...] = Field(min_length=1, max_length=MOST_FILES)

    @model_validator(mode="after")
    def _whole(self) -> "Manifest":
        paths = [one.path for one in self.files]
        if len(set(paths)) != len(paths) or NAME in paths:
            raise ValueError("each file must be named once, the manifest itself not at all")
        if any(one.path not in paths for one in self.splits.values()):
            raise ValueError("a split names a file that is not in the manifest")
        return self

    def canonical(self) -> bytes:
        """The bytes of `manifest.json`."""
        return canonical(self.model_dump(mode="json"))

    def digest(self) -> str:
        """SHA-256 (hex) of the canonical bytes."""
        return hashlib.sha256(self.canonical()).hexdigest()


def is_plain(path: str) -> bool:
    """Whether a path is relative, without dots that lead away."""
    parts = path.split("/")
    return bool(_PATH.fullmatch(path)) and not any(one in ("", ".", "..") for one in parts)


def split_of(item: str, assignment: Assignment) -> str:
    """The split of an item: the same for the same seed and id, whatever else is in the dataset.

    The first 64 bits of SHA-256("seed:id") as a fraction, below the shares one after the other.
    """
    found = hashlib.sha256(f"{assignment.seed}:{item}".encode()).digest()
    point = int.from_bytes(found[:8], "big") * 100 >> 64
    if point < assignment.train:
        return "train"
    return "validation" if point < assignment.train + assignment.validation else "test"
