"""Token Status List: one small number for each credential of a list, packed and signed."""

import zlib
from collections.abc import Mapping
from typing import Any

from citybrain.engines.sdjwt.errors import Refused
from citybrain.engines.sdjwt.jose import (
    SigningKey,
    decode_b64,
    encode_b64,
    sign_jwt,
    verify_jwt,
)

TYPE = "statuslist+jwt"
VALID, INVALID, SUSPENDED = 0, 1, 2
"""0 valid, 1 invalid (revoked), 2 suspended: the registered values."""
BITS = (1, 2, 4, 8)
MOST_BYTES = 16 * 1024 * 1024


class StatusList:
    """Numbers of `bits` bits by index, the lowest bits of a byte first."""

    def __init__(self, size: int, bits: int = 2, data: bytes | None = None) -> None:
        if bits not in BITS:
            raise ValueError(f"bits is one of {BITS}")
        self.bits, self._each = bits, 8 // bits
        self._data = bytearray(data if data is not None else -(-size // self._each))

    def __len__(self) -> int:
        return len(self._data) * self._each

    def __getitem__(self, index: int) -> int:
        """Raises `IndexError` outside of the list."""
        if not 0 <= index < len(self):
            raise IndexError(index)
        place, slot = divmod(index, self._each)
        return self._data[place] >> (slot * self.bits) & ((1 << self.bits) - 1)

    def __setitem__(self, index: int, status: int) -> None:
        most = (1 << self.bits) - 1
        if not 0 <= index < len(self) or not 0 <= status <= most:
            raise IndexError(f"{index}: {status}")
        place, slot = divmod(index, self._each)
        shift = slot * self.bits
        self._data[place] = self._data[place] & ~(most << shift) & 0xFF | status << shift

    def packed(self) -> dict[str, Any]:
        """The member `status_list` of a token."""
        return {"bits": self.bits, "lst": encode_b64(zlib.compress(bytes(self._data), 9))}


def unpacked(given: Any) -> StatusList:
    """A list out of a token, bounded in size. Raises `Refused`."""
    if not isinstance(given, dict) or given.get("bits") not in BITS:
        raise Refused("status-unknown", "not a status list")
    packed = given.get("lst")
    if not isinstance(packed, str):
        raise Refused("status-unknown", "not a status list")
    inflate = zlib.decompressobj()
    try:
        data = inflate.decompress(decode_b64(packed), MOST_BYTES)
    except zlib.error:
        raise Refused("status-unknown", "cannot be unpacked") from None
    if inflate.unconsumed_tail or not inflate.eof:
        raise Refused("status-unknown", "too large or cut off")
    return StatusList(0, given["bits"], data)


def status_token(
    found: StatusList, address: str, key: SigningKey, at: int, ttl: int, lasts: int
) -> str:
    """The signed list. `address` is where it is published; seconds of validity and caching."""
    payload = {
        "sub": address,
        "iat": at,
        "exp": at + lasts,
        "ttl": ttl,
        "status_list": found.packed(),
    }
    return sign_jwt({"typ": TYPE}, payload, key)


def read_status_token(token: str, address: str, jwk: Mapping[str, str], at: float) -> StatusList:
    """The list of a token that is in force. Raises `Refused`."""
    payload = verify_jwt(token, TYPE, jwk)
    if payload.get("sub") != address:
        raise Refused("status-unknown", "another list")
    ends = payload.get("exp")
    if isinstance(ends, int | float) and at >= ends:
        raise Refused("status-unknown", "the list has expired")
    return unpacked(payload.get("status_list"))
