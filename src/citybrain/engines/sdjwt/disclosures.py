"""Disclosures: salted claims, each standing behind its digest."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson

from citybrain.engines.sdjwt.errors import Refused
from citybrain.engines.sdjwt.jose import decode_b64, encode_b64

HASHES: dict[str, Callable[[bytes], bytes]] = {
    "sha-256": lambda data: hashlib.sha256(data).digest(),
    "sha-384": lambda data: hashlib.sha384(data).digest(),
    "sha-512": lambda data: hashlib.sha512(data).digest(),
}
RESERVED = frozenset({"_sd", "...", "_sd_alg"})
MOST_DISCLOSURES, MOST_DEPTH = 200, 12
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`name` is None for an element of an array. `text` is what travels."""

    text: str
    name: str | None
    value: Any

    def digest(self, algorithm: str) -> str:
        """What stands for it in the credential."""
        return encode_b64(HASHES[algorithm](self.text.encode("ascii")))


def made(name: str | None, value: Any) -> Disclosure:
    """A fresh disclosure with a random salt."""
    salt = encode_b64(secrets.token_bytes(SALT_BYTES))
    parts = [salt, value] if name is None else [salt, name, value]
    return Disclosure(encode_b64(orjson.dumps(parts)), name, value)


def read(text: str) -> Disclosure:
    """A disclosure out of a presentation. Raises `Refused`."""
    try:
        parts = orjson.loads(decode_b64(text))
    except orjson.JSONDecodeError:
        raise Refused("malformed", "a disclosure is not JSON") from None
    if not isinstance(parts, list) or len(parts) not in {2, 3} or not isinstance(parts[0], str):
        raise Refused("malformed", "a disclosure has a salt, a name and a value")
    if len(parts) == 2:
        return Disclosure(text, None, parts[1])
    if not isinstance(parts[1], str):
        raise Refused("malformed", "a claim's name is a text")
    if parts[1] in RESERVED:
        raise Refused("reserved-claim", parts[1])
    return Disclosure(text, parts[1], parts[2])


class Opened:
    """A credential's payload with what is disclosed put in its place.

    `claims` is the result; `paths` holds where each disclosure stands, as
    `("address", "city")` or `("nationalities", 0)`, and `parents` the disclosure within
    which another one lies.
    """

    def __init__(self, payload: dict[str, Any], disclosures: list[Disclosure]) -> None:
        self._algorithm = payload.get("_sd_alg", "sha-256")
        if self._algorithm not in HASHES:
            raise Refused("unknown-algorithm", str(self._algorithm)[:40])
        if len(disclosures) > MOST_DISCLOSURES:
            raise Refused("too-large", f"more than {MOST_DISCLOSURES} disclosures")
        self._by_digest = {one.digest(self._algorithm): one for one in disclosures}
        if len(self._by_digest) != len(disclosures):
            raise Refused("repeated-digest")
        self._seen: set[str] = set()
        self._used: set[str] = set()
        self.paths: dict[tuple[str | int, ...], Disclosure] = {}
        self.parents: dict[str, Disclosure | None] = {}
        bare = {name: value for name, value in payload.items() if name != "_sd_alg"}
        self.claims: dict[str, Any] = self._object(bare, (), None, 0)
        if self._used != set(self._by_digest):
            raise Refused("forged-disclosure", "a disclosure belongs to no digest")

    def _value(
        self, value: Any, path: tuple[str | int, ...], parent: Disclosure | None, depth: int
    ) -> Any:
        if depth > MOST_DEPTH:
            raise Refused("malformed", "nested too deep")
        if isinstance(value, dict):
            return self._object(value, path, parent, depth)
        if isinstance(value, list):
            return self._array(value, path, parent, depth)
        return value

    def _object(
        self,
        given: dict[str, Any],
        path: tuple[str | int, ...],
        parent: Disclosure | None,
        depth: int,
    ) -> dict[str, Any]:
        if "..." in given or "_sd_alg" in given:
            raise Refused("reserved-claim")
        found = {
            name: self._value(value, (*path, name), parent, depth + 1)
            for name, value in given.items()
            if name != "_sd"
        }
        digests = given.get("_sd", [])
        if not isinstance(digests, list):
            raise Refused("malformed", "_sd is a list")
        for digest in digests:
            one = self._taken(digest, parent)
            if one is None:
                continue
            if one.name is None or one.name in found:
                raise Refused("forged-disclosure", "a claim stands twice")
            place = (*path, one.name)
            self.paths[place] = one
            found[one.name] = self._value(one.value, place, one, depth + 1)
        return found

    def _array(
        self, given: list[Any], path: tuple[str | int, ...], parent: Disclosure | None, depth: int
    ) -> list[Any]:
        found: list[Any] = []
        for element in given:
            if not (isinstance(element, dict) and set(element) == {"..."}):
                found.append(self._value(element, (*path, len(found)), parent, depth + 1))
                continue
            one = self._taken(element["..."], parent)
            if one is None:
                continue
            if one.name is not None:
                raise Refused("forged-disclosure", "a claim stands for an element")
            place = (*path, len(found))
            self.paths[place] = one
            found.append(self._value(one.value, place, one, depth + 1))
        return found

    def _taken(self, digest: Any, parent: Disclosure | None) -> Disclosure | None:
        if not isinstance(digest, str):
            raise Refused("malformed", "a digest is a text")
        if digest in self._seen:
            raise Refused("repeated-digest")
        self._seen.add(digest)
        one = self._by_digest.get(digest)
        if one is not None:
            self._used.add(digest)
            self.parents[one.text] = parent
        return one
