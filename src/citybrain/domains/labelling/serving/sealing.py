"""`labelling manifest`: a folder that people filled becomes a dataset version."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from citybrain.domains.labelling.logic.manifest import Assignment, Manifest, Source
from citybrain.domains.labelling.serving import folder as folders
from citybrain.kernel.errors import Invalid


def seal_folder(
    folder: str,
    licence: str,
    purpose: str,
    sources: Sequence[str],
    records: str | None,
    shares: dict[str, int],
) -> Manifest:
    """Split the records, if a file of them is named, and write the manifest. Raises `Invalid`."""
    place = Path(folder)
    try:
        assignment = Assignment.model_validate(shares) if records else None
        if assignment and assignment.train + assignment.validation > 100:
            raise ValueError("the shares are more than 100")
        splits = None
        if records and assignment:
            splits = folders.write_splits(place, _records(place / records), assignment)
        return folders.seal(
            place,
            licence=licence,
            purpose=purpose,
            lineage=[Source(source=one) for one in sources],
            assignment=assignment,
            splits=splits,
        )
    except (ValueError, OSError) as error:
        told = str(error).splitlines()[0]
        raise Invalid("bad-dataset", f"无法生成清单：{told}", f"No manifest: {told}") from None


def _records(path: Path) -> Iterator[tuple[str, list[str], Any]]:
    """(id, labels, record) of each line; `label` or `labels` are counted when they are there."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            record = json.loads(line)
            if not isinstance(record, dict) or not isinstance(record.get("id"), str | int):
                raise ValueError(f"{path.name} line {number}: an object with `id` is needed")
            given = record.get("labels", record.get("label", []))
            labels = given if isinstance(given, list) else [given]
            yield str(record["id"]), [str(one) for one in labels], record
