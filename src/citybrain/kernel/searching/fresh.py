"""Keeps the index level with the database: a change is found by the next search.

Every change of a resource raises the epoch (`kernel/epochs.py`), in the order of commits. So
the index needs to know one number, and one row to see that it belongs to this database at all:
the last resource and its random reference. Both cost one short query a search.
"""

import threading
from collections.abc import Iterator
from contextlib import suppress

import structlog
from django.db import close_old_connections, connection, connections
from django.db.models import Q, QuerySet, Subquery

from citybrain.kernel.models import Epoch, Resource
from citybrain.kernel.searching.index import (
    NOTHING,
    BusyError,
    Mark,
    SearchIndexError,
    Shelf,
    folder,
)

log = structlog.get_logger(__name__)

AT_ONCE = 3_000
"""So many changed resources are indexed within the search that finds them changed; more are
indexed beside it, and until then searches answer from what there is."""
CHUNK = 1_000

_shelves: dict[str, Shelf] = {}
_guard = threading.Lock()
_beside: threading.Thread | None = None


def shelf() -> Shelf:
    """This process's view of the index of the current data folder."""
    path = folder()
    with _guard:
        return _shelves.setdefault(str(path), Shelf(path))


def database_mark() -> Mark:
    """How far the database has come."""
    epoch = Epoch.objects.filter(pk=1).values("value")[:1]
    found = Resource.objects.order_by("-pk").values_list("pk", "ref", Subquery(epoch)).first()
    return Mark(found[2] or 0, found[0], found[1]) if found else NOTHING


def level() -> Shelf:
    """The index, level with the database if that can be had at once.

    Raises `SearchIndexError` when there is no index to answer from.
    """
    now, here = database_mark(), shelf()
    if now == NOTHING:
        raise SearchIndexError("nothing is registered")
    with here.lock:
        if here.mark == now and here.path.exists():
            here.searcher  # noqa: B018  raises before the first index
            return here
        try:
            _catch_up(here, now)
        except BusyError:
            here.searcher  # noqa: B018
        return here


def _catch_up(here: Shelf, now: Mark) -> None:
    reached = _read(here)
    if reached == now:
        return
    if not _is_committed():
        # Rows of an open transaction may never be: they are left to the next search.
        here.searcher  # noqa: B018
        return
    changed = _changed(reached)
    waiting = Resource.objects.all() if changed is None else changed
    if waiting.order_by()[: AT_ONCE + 1].count() <= AT_ONCE:
        bring_level(here)
    else:
        start_beside()
        if changed is None:
            # What there is belongs to another database, or there is nothing.
            here.forget()
        here.searcher  # noqa: B018


def _read(here: Shelf) -> Mark:
    try:
        return here.read()
    except SearchIndexError as trouble:
        log.warning("the search index is made anew", reason=str(trouble))
        here.forget()
        return NOTHING


def _is_committed() -> bool:
    """Whether what this connection reads is there for everybody; a test's own frame counts."""
    return all(getattr(one, "_from_testcase", False) for one in connection.atomic_blocks)


def _changed(reached: Mark) -> QuerySet[Resource] | None:
    """Resources that changed since; None when the index is not of this database."""
    now = database_mark()
    if reached == NOTHING or now.epoch < reached.epoch or now.last < reached.last:
        return None
    if not Resource.objects.filter(pk=reached.last, ref=reached.ref).exists():
        return None
    newer = Q(epoch__gt=reached.epoch) | Q(pk__gt=reached.last)
    return Resource.objects.filter(newer).select_related("owner").order_by("pk")


def bring_level(here: Shelf, *, anew: bool = False) -> int:
    """Index what changed, or everything; returns how many resources. Raises `SearchIndexError`."""
    with here.writing():
        # Another process may have come as far in the meantime.
        reached = NOTHING if anew else _read(here)
        now = database_mark()
        if reached == now:
            return 0
        changed = None if anew else _changed(reached)
        everything = Resource.objects.select_related("owner").order_by("pk")
        rows = everything if changed is None else changed
        counted = _Counted(rows)
        here.write(counted, now, anew=changed is None)
        return counted.number


class _Counted:
    """Rows by key, a chunk at a time, and how many there were."""

    def __init__(self, rows: QuerySet[Resource]) -> None:
        self.rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Resource]:
        last = 0
        while chunk := list(self.rows.filter(pk__gt=last)[:CHUNK]):
            yield from chunk
            self.number += len(chunk)
            last = chunk[-1].pk


def start_beside(*, anew: bool = False) -> None:
    """Bring the index level in a thread of its own, unless one is at it."""
    global _beside
    with _guard:
        if _beside is None or not _beside.is_alive():
            _beside = threading.Thread(
                target=_run_beside, args=(anew,), name="search-index", daemon=True
            )
            _beside.start()


def _run_beside(anew: bool) -> None:
    close_old_connections()
    # A shelf of its own: searches go on reading the old one meanwhile.
    try:
        bring_level(Shelf(folder()), anew=anew)
    except SearchIndexError as trouble:
        log.warning("the search index could not be written", reason=str(trouble))
    finally:
        connections.close_all()


def check() -> None:
    """A duty of the worker: an index that has lost or kept too many is made anew, beside."""
    with suppress(SearchIndexError):
        here = level()
        if here.searcher.num_docs != Resource.objects.count() + 1:  # one for the mark
            log.warning("the search index does not hold every resource and is made anew")
            start_beside(anew=True)


def refresh() -> None:
    """A duty of the worker: have the index level before anybody asks."""
    with suppress(SearchIndexError):
        level()
