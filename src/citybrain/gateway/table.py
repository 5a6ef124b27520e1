"""The grants in memory: filled on first sight, dropped when their agreement changes.

A change is never answered by editing a grant: it is dropped, and the next call reads it
anew. A grant that was read while a change came in is used once and not kept, because it
may have been read before the change was committed.

When the database has not confirmed the epoch for `TRUSTED_SECONDS`, the table vouches for
nothing: calls are refused with 503 `cannot-verify-agreement` until it answers again.
"""

import asyncio
import hashlib
import time
from collections import OrderedDict, defaultdict
from collections.abc import Awaitable, Callable, Iterable

from citybrain.gateway.grants import Grant
from citybrain.gateway.refusals import known

MOST_GRANTS = 200_000
MOST_UNKNOWN = 10_000
UNKNOWN_SECONDS = 1.0
TRUSTED_SECONDS = 5.0
_TOKEN_PREFIX = b"cb1_"
_TOKEN_LENGTH = 47

Load = Callable[[str], Awaitable[Grant | None]]


class GrantTable:
    """Token digest → grant. For one event loop."""

    def __init__(self, load: Load, most: int = MOST_GRANTS) -> None:
        self._load, self._most = load, most
        self._grants: OrderedDict[bytes, Grant] = OrderedDict()
        self._unknown: OrderedDict[bytes, float] = OrderedDict()
        self._loading: dict[bytes, asyncio.Task[Grant | None]] = {}
        self._by_agreement: defaultdict[int, set[bytes]] = defaultdict(set)
        self._by_resource: defaultdict[int, set[bytes]] = defaultdict(set)
        self._changes = 0
        self.confirmed = 0.0

    def __len__(self) -> int:
        return len(self._grants)

    def confirm(self) -> None:
        """The database has been asked for changes and has answered."""
        self.confirmed = time.monotonic()

    def known(self, token: bytes) -> tuple[bytes, Grant | None]:
        """The token's digest and its grant, if that is in memory."""
        digest = hashlib.sha256(token).digest()
        return digest, self._grants.get(digest)

    async def find(self, token: bytes) -> Grant:
        """The grant of a token. Raises `Refusal`."""
        if time.monotonic() - self.confirmed > TRUSTED_SECONDS:
            raise known("cannot-verify-agreement", retry_after="1")
        if len(token) != _TOKEN_LENGTH or not token.startswith(_TOKEN_PREFIX):
            raise known("token-unknown", www_authenticate='Bearer error="invalid_token"')
        digest, grant = self.known(token)
        if grant is None:
            grant = await self._fetch(digest)
        if grant is None:
            raise known("token-unknown", www_authenticate='Bearer error="invalid_token"')
        return grant

    async def _fetch(self, digest: bytes) -> Grant | None:
        if self._unknown.get(digest, 0.0) > time.monotonic():
            return None
        task = self._loading.get(digest)
        if task is None:
            task = asyncio.ensure_future(self._read(digest))
            self._loading[digest] = task
            task.add_done_callback(lambda _: self._loading.pop(digest, None))
        return await asyncio.shield(task)

    async def _read(self, digest: bytes) -> Grant | None:
        changes = self._changes
        grant = await self._load(digest.hex())
        if grant is None:
            self._remember_unknown(digest)
        elif changes == self._changes:
            self._keep(digest, grant)
        return grant

    def _keep(self, digest: bytes, grant: Grant) -> None:
        self._grants[digest] = grant
        self._by_agreement[grant.agreement].add(digest)
        self._by_resource[grant.resource].add(digest)
        if len(self._grants) > self._most:
            # The oldest to arrive, not the least used: a look-up stays one dictionary read.
            self._drop(next(iter(self._grants)))

    def _remember_unknown(self, digest: bytes) -> None:
        self._unknown[digest] = time.monotonic() + UNKNOWN_SECONDS
        if len(self._unknown) > MOST_UNKNOWN:
            self._unknown.popitem(last=False)

    def forget(self, agreements: Iterable[int], resources: Iterable[int]) -> None:
        """Drop the grants of changed agreements and resources."""
        self._changes += 1
        self._unknown.clear()
        digests = {one for key in agreements for one in self._by_agreement.get(key, ())}
        digests |= {one for key in resources for one in self._by_resource.get(key, ())}
        for digest in digests:
            self._drop(digest)

    def forget_all(self) -> None:
        """Drop everything: the database is another one than before."""
        self._changes += 1
        for one in (self._grants, self._unknown, self._by_agreement, self._by_resource):
            one.clear()

    def _drop(self, digest: bytes) -> None:
        grant = self._grants.pop(digest)
        for index, key in (
            (self._by_agreement, grant.agreement),
            (self._by_resource, grant.resource),
        ):
            index[key].discard(digest)
            if not index[key]:
                del index[key]
