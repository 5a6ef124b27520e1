"""The few DER shapes that SM2 keys and signatures need.

An SM2 signature is SEQUENCE { r INTEGER, s INTEGER } in OpenSSL (GM/T 0009) and
r || s, 64 bytes, everywhere in CityBrain.
"""

import base64
import binascii

SM2_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
SM2_OID = bytes.fromhex("06082a811ccf5501822d")
ED25519_OID = bytes.fromhex("06032b6570")
POINT_SIZE = 65
HALF = 32


def sm2_public_der(point: bytes) -> bytes:
    """SubjectPublicKeyInfo of an uncompressed point (04 || x || y, 65 bytes)."""
    if len(point) != POINT_SIZE or point[0] != 4:
        raise ValueError("an SM2 public key is 65 bytes and begins with 04")
    return SM2_SPKI + point


def signature_to_der(raw: bytes) -> bytes:
    """DER of r || s."""
    if len(raw) != 2 * HALF:
        raise ValueError("an SM2 signature is 64 bytes")
    body = _integer(raw[:HALF]) + _integer(raw[HALF:])
    return bytes((0x30, len(body))) + body


def signature_from_der(der: bytes) -> bytes:
    """r || s of a DER signature; raises `ValueError` for any other shape."""
    if len(der) < 2 or der[0] != 0x30 or der[1] != len(der) - 2:
        raise ValueError("not a DER signature")
    first, rest = _take_integer(der[2:])
    second, rest = _take_integer(rest)
    if rest:
        raise ValueError("bytes after the DER signature")
    return first + second


def _integer(value: bytes) -> bytes:
    stripped = value.lstrip(b"\0") or b"\0"
    if stripped[0] & 0x80:
        stripped = b"\0" + stripped
    return bytes((2, len(stripped))) + stripped


def _take_integer(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 2 or data[0] != 2 or len(data) < 2 + data[1]:
        raise ValueError("not a DER integer")
    value = data[2 : 2 + data[1]].lstrip(b"\0")
    if len(value) > HALF:
        raise ValueError("integer too large for SM2")
    return value.rjust(HALF, b"\0"), data[2 + data[1] :]


def pem_encode(der: bytes) -> bytes:
    """PKCS#8 private key text."""
    body = base64.encodebytes(der).replace(b"\n", b"")
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return b"\n".join((b"-----BEGIN PRIVATE KEY-----", *lines, b"-----END PRIVATE KEY-----", b""))


def pem_decode(text: bytes) -> bytes:
    """DER of the PKCS#8 private key in a PEM text; raises `ValueError` otherwise."""
    _, begin, rest = text.partition(b"-----BEGIN PRIVATE KEY-----")
    body, end, _ = rest.partition(b"-----END PRIVATE KEY-----")
    if not begin or not end:
        raise ValueError("not an unencrypted PKCS#8 private key in PEM")
    try:
        return base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"broken base64 in the PEM file: {error}") from None
