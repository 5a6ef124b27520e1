"""A store of readings: what is acknowledged is on disk, once, and seen by the next question.

One process writes (`Facts`); others follow it (`Follower`) and hand readings to it (`Relay`).
Both give `snapshot()`, on which questions are asked; see `Snapshot`, and `questions` for
anomalies, correlation and gaps.

    with Facts(root) as facts:
        facts.define(stream=[1, 2], group=0, decimals=1)       # once, durable
        receipt = facts.append_blocking(make([1, 2], [t, t], [20.5, 21.0]))
        receipt.accepted, receipt.repeated
        now = facts.snapshot()
        now.latest()                                  # columns of every stream's latest
        now.raw([1], start, end)                      # Arrow table
        now.rolled("hour", start, end, streams=[1])
        now.sql("SELECT stream, avg(result) FROM readings GROUP BY stream")

Times are microseconds since 1970 in UTC. A reading is known by (stream, time, sequence).
`facts.append` is the same for event loops. `facts.correct` and `facts.delete` add facts
about readings that are kept; `Snapshot.history` has what they replaced.

Files: `journal/` (see `engines.journal`), `segments/manifest.json` (see `manifest`),
`segments/<week>/…-raw|hour|day|history.parquet` (see `segments`), `segments/tables/…`.
"""

from citybrain.engines.facts.committing import Receipt
from citybrain.engines.facts.errors import (
    BadReadings,
    JournalDamaged,
    QueryRefused,
    StoreBusy,
    StoreDamaged,
    StoreFailed,
    StoreLags,
)
from citybrain.engines.facts.following import Follower
from citybrain.engines.facts.latest import Latest
from citybrain.engines.facts.manifest import Manifest, Segment
from citybrain.engines.facts.relay import Relay, RelayServer
from citybrain.engines.facts.rollups import BAD, GOOD, SUSPECT
from citybrain.engines.facts.rows import MOST_STREAM, Rows, concat, loose, make
from citybrain.engines.facts.snapshot import Snapshot
from citybrain.engines.facts.state import Options
from citybrain.engines.facts.store import Facts
from citybrain.engines.facts.streams import FLOATING

__all__ = [
    "BAD",
    "FLOATING",
    "GOOD",
    "MOST_STREAM",
    "SUSPECT",
    "BadReadings",
    "Facts",
    "Follower",
    "JournalDamaged",
    "Latest",
    "Manifest",
    "Options",
    "QueryRefused",
    "Receipt",
    "Relay",
    "RelayServer",
    "Rows",
    "Segment",
    "Snapshot",
    "StoreBusy",
    "StoreDamaged",
    "StoreFailed",
    "StoreLags",
    "concat",
    "loose",
    "make",
]
