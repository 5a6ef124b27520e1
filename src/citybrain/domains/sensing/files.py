"""Files of readings, read batch by batch so that their size does not matter."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from citybrain.domains.sensing import formats
from citybrain.engines.facts import BadReadings

ROWS = 250_000


def batches(path: Path) -> Iterator[formats.Columns]:
    """The columns of each batch. Raises `BadReadings`, saying where it could not go on."""
    media_type = formats.BY_SUFFIX.get(path.suffix.lower())
    readers = {
        formats.CSV: _csv,
        formats.NDJSON: _lines,
        formats.PARQUET: _parquet,
        formats.ARROW: _arrow,
        formats.JSON: _whole,
    }
    if media_type is None:
        raise BadReadings(f"{path.name}: one of {', '.join(formats.BY_SUFFIX)}")
    number = 0
    try:
        for number, one in enumerate(readers[media_type](path), 1):  # noqa: B007 - told below
            yield one
    except (pa.ArrowException, BadReadings) as error:
        raise BadReadings(f"{path.name}, after {number} batches: {error}") from None


def _csv(path: Path) -> Iterator[formats.Columns]:
    options = pa.csv.ConvertOptions(column_types={"time": pa.string()})
    for batch in pa.csv.open_csv(path, convert_options=options):
        if batch.num_rows:
            yield formats.of_table(pa.table(batch))


def _lines(path: Path) -> Iterator[formats.Columns]:
    with path.open("rb") as file:
        while lines := list(islice(file, ROWS)):
            yield formats.read(formats.NDJSON, b"".join(lines))


def _parquet(path: Path) -> Iterator[formats.Columns]:
    for batch in pa.parquet.ParquetFile(path).iter_batches(ROWS):
        yield formats.of_table(pa.table(batch))


def _arrow(path: Path) -> Iterator[formats.Columns]:
    with pa.ipc.open_stream(path) as reader:
        for batch in reader:
            yield formats.of_table(pa.table(batch))


def _whole(path: Path) -> Iterator[formats.Columns]:
    yield formats.read(formats.JSON, path.read_bytes())
