"""What a resource draws from and only one party may: files and credentials."""

from pathlib import Path

from pydantic import BaseModel

from citybrain.domains.catalogue.logic.files import FileMetadata
from citybrain.domains.catalogue.logic.paths import place
from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.domains.catalogue.logic.upstreams import ApiMetadata


def claims(metadata: BaseModel, root: Path) -> list[str]:
    """ "file:<place>" and "credential:<name>". Raises `ServeError` for a missing file."""
    source = metadata.source if isinstance(metadata, TableBase) else metadata
    path: str | None = getattr(source, "path", None)
    credential: str | None = getattr(source, "credential", None)
    if isinstance(metadata, ApiMetadata | FileMetadata | TableBase):
        files = [f"file:{place(root, path)}"] if path else []
        return files + ([f"credential:{credential}"] if credential else [])
    raise TypeError("not metadata of the catalogue")
