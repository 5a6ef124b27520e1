"""The index folder: fields, one writer at a time, and the mark of how far it has come.

The folder is a cache. Whatever is wrong with it (missing, torn, of an older release), the
remedy is the same: it is thrown away and written anew from the database. A batch and the
mark that tells how far it reaches are one commit of tantivy, so that a process killed in
between leaves the state before.
"""

import fcntl
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import orjson
import tantivy
from django.conf import settings

from citybrain.kernel.models import Resource
from citybrain.kernel.searching.documents import (
    FACETS,
    VERSION,
    WEIGHTS,
    exact_code,
    terms_of,
    values_of,
)

HEAP_BYTES = 50_000_000
LOCK_SECONDS = 3.0
"""How long a search waits for another process that is writing; then it takes what there is."""


class SearchIndexError(Exception):
    """The index cannot be read or written; searching goes on without it."""


class BusyError(SearchIndexError):
    """Another process is writing."""


class Mark(NamedTuple):
    """How far an index or a database has come: its epoch, its last resource and that one's ref."""

    epoch: int
    last: int
    ref: str


NOTHING = Mark(0, 0, "")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("pk", stored=True, indexed=True, fast=True)
    builder.add_text_field("key", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("exact", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("all", tokenizer_name="whitespace", index_option="basic")
    for name in WEIGHTS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="freq")
    for name in FACETS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("mark", tokenizer_name="raw", index_option="basic")
    builder.add_text_field("reached", stored=True, tokenizer_name="raw", index_option="basic")
    return builder.build()


SCHEMA = _schema()


def folder() -> Path:
    """Where this release's index lies."""
    root: Path = settings.CITYBRAIN.data_dir / "search"
    return root / f"v{VERSION}"


@contextmanager
def translated() -> Iterator[None]:
    """What the index library throws, panics of its Rust code too, as `SearchIndexError`."""
    try:
        yield
    except (SearchIndexError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        # pyo3's PanicException is no Exception; everything else here has been named above.
        raise SearchIndexError(f"{type(error).__name__}: {error}"[:300]) from error


class Shelf:
    """One process's view of the index folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.RLock()
        self.mark = NOTHING
        self._index: tantivy.Index | None = None
        self._searcher: tantivy.Searcher | None = None

    @property
    def searcher(self) -> tantivy.Searcher:
        """What was read last. Raises `SearchIndexError` before anything was."""
        if self._searcher is None:
            raise SearchIndexError("there is no index yet")
        return self._searcher

    def read(self) -> Mark:
        """Look at the folder as it is now and return its mark; `NOTHING` when there is no index."""
        with translated():
            if self._index is None:
                if not (self.path / "meta.json").exists():
                    return NOTHING
                self._index = tantivy.Index(SCHEMA, path=str(self.path))
                self._index.config_reader("manual")
            self._index.reload()
            searcher = self._index.searcher()
            self._searcher, self.mark = searcher, _mark_in(searcher)
        return self.mark

    def forget(self) -> None:
        """Drop what is open, so that the next look begins at the folder."""
        self._index, self._searcher, self.mark = None, None, NOTHING

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one writer of all processes. Raises `BusyError` when another goes on writing."""
        root = self.path.parent
        with translated():
            root.mkdir(parents=True, exist_ok=True)
            handle = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _locked(handle)
            yield
        finally:
            os.close(handle)

    def write(self, rows: Iterable[Resource], reached: Mark, *, anew: bool) -> None:
        """Add or replace documents and move the mark, in one commit. Inside `writing`."""
        if anew:
            self._clear_if_unreadable()
        with translated():
            self.path.mkdir(parents=True, exist_ok=True)
            if self._index is None:
                self._index = tantivy.Index(SCHEMA, path=str(self.path))
                self._index.config_reader("manual")
            writer = self._index.writer(HEAP_BYTES, 1)
            if anew:
                writer.delete_all_documents()
        try:
            for row in rows:
                _put(writer, row, anew)
            with translated():
                writer.delete_documents_by_term("mark", "mark")
                note = tantivy.Document()
                note.add_text("mark", "mark")
                note.add_text("reached", orjson.dumps(list(reached)).decode())
                writer.add_document(note)
                writer.commit()
                writer.wait_merging_threads()
        finally:
            del writer
        self.read()

    def _clear_if_unreadable(self) -> None:
        try:
            self.read()
        except SearchIndexError:
            self.forget()
            shutil.rmtree(self.path, ignore_errors=True)
        for other in self.path.parent.glob("v*"):
            if other != self.path:
                shutil.rmtree(other, ignore_errors=True)


def _locked(handle: int) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise BusyError("another process is writing the index") from None
            time.sleep(0.01)


def _mark_in(searcher: tantivy.Searcher) -> Mark:
    query = tantivy.Query.term_query(SCHEMA, "mark", "mark", index_option="basic")
    found = searcher.search(query, limit=1, count=False).hits
    if not found:
        return NOTHING
    epoch, last, ref = orjson.loads(searcher.doc(found[0][1])["reached"][0])
    return Mark(epoch, last, ref)


def _put(writer: tantivy.IndexWriter, row: Resource, anew: bool) -> None:
    document = tantivy.Document()
    document.add_unsigned("pk", row.pk)
    document.add_text("key", str(row.pk))
    document.add_text("exact", exact_code(row.code))
    for name, text in {**terms_of(row), **values_of(row)}.items():
        if text:
            document.add_text(name, text)
    with translated():
        if not anew:
            # By text: a Python number is a term of another type than the unsigned key.
            writer.delete_documents_by_term("key", str(row.pk))
        writer.add_document(document)
