"""From a stored version to the pack: read once, kept by digest, because a digest never changes."""

from functools import lru_cache

from citybrain.flows.models import PackVersion
from citybrain.flows.packs import Pack, read_pack

_KEPT = 128


def pack_of(version: PackVersion) -> Pack:
    """The pack of a version. Raises `FaultyError` for one that a newer platform refuses."""
    return _read(version.pk, version.digest)


@lru_cache(maxsize=_KEPT)
def _read(key: int, digest: str) -> Pack:
    files = PackVersion.objects.values_list("files", flat=True).get(pk=key, digest=digest)
    return read_pack(files)


def active(code: str) -> PackVersion | None:
    """The version of a pack with which new runs begin."""
    return PackVersion.objects.filter(code=code, state=PackVersion.State.ACTIVE).first()
