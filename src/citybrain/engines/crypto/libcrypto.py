"""SM2 through the system's OpenSSL 3 libcrypto; loaded when it is first asked for.

Every handle is freed by a finalizer of the object that owns it. A key handle is only
read after it was made and each signature has its own context, so threads may share a
key; OpenSSL keeps its error queue per thread.
"""

import ctypes
import ctypes.util
import weakref
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int, c_long, c_size_t, c_void_p, create_string_buffer
from functools import cache

from citybrain.engines.crypto.errors import CryptoUnavailable

_PKEY_OUT = POINTER(c_char_p)
# name: (result, arguments); pointers are declared so that 64-bit handles are not cut to 32.
_FUNCTIONS: dict[str, tuple[type | None, list[object]]] = {
    "EVP_PKEY_CTX_new": (c_void_p, [c_void_p, c_void_p]),
    "EVP_PKEY_CTX_new_from_name": (c_void_p, [c_void_p, c_char_p, c_void_p]),
    "EVP_PKEY_CTX_free": (None, [c_void_p]),
    "EVP_PKEY_CTX_set1_id": (c_int, [c_void_p, c_char_p, c_int]),
    "EVP_PKEY_keygen_init": (c_int, [c_void_p]),
    "EVP_PKEY_generate": (c_int, [c_void_p, POINTER(c_void_p)]),
    "EVP_PKEY_is_a": (c_int, [c_void_p, c_char_p]),
    "EVP_PKEY_free": (None, [c_void_p]),
    "EVP_PKEY2PKCS8": (c_void_p, [c_void_p]),
    "PKCS8_PRIV_KEY_INFO_free": (None, [c_void_p]),
    "EVP_MD_CTX_new": (c_void_p, []),
    "EVP_MD_CTX_free": (None, [c_void_p]),
    "EVP_MD_CTX_set_pkey_ctx": (None, [c_void_p, c_void_p]),
    "EVP_sm3": (c_void_p, []),
    "EVP_DigestSignInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestSign": (c_int, [c_void_p, c_char_p, POINTER(c_size_t), c_char_p, c_size_t]),
    "EVP_DigestVerifyInit": (c_int, [c_void_p, c_void_p, c_void_p, c_void_p, c_void_p]),
    "EVP_DigestVerify": (c_int, [c_void_p, c_char_p, c_size_t, c_char_p, c_size_t]),
    "d2i_PUBKEY": (c_void_p, [c_void_p, _PKEY_OUT, c_long]),
    "d2i_AutoPrivateKey": (c_void_p, [c_void_p, _PKEY_OUT, c_long]),
    "i2d_PUBKEY": (c_int, [c_void_p, POINTER(c_void_p)]),
    "i2d_PKCS8_PRIV_KEY_INFO": (c_int, [c_void_p, POINTER(c_void_p)]),
    "OpenSSL_version_num": (ctypes.c_ulong, []),
    "ERR_clear_error": (None, []),
}


@cache
def library() -> ctypes.CDLL:
    """The loaded libcrypto; raises `CryptoUnavailable` without OpenSSL 3 and SM2."""
    advice = "SM2 needs the system's OpenSSL 3 (Debian: libssl3), built with SM2"
    path = ctypes.util.find_library("crypto")
    if path is None:
        raise CryptoUnavailable(f"no libcrypto found: {advice}")
    try:
        lib = ctypes.CDLL(path)
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(lib, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise CryptoUnavailable(f"{path} cannot be used ({error}): {advice}") from None
    if lib.OpenSSL_version_num() < 0x30000000:
        raise CryptoUnavailable(f"{path} is older than OpenSSL 3: {advice}")
    return lib


def fetch(pointer: int | None, what: str) -> int:
    """The handle, or a `ValueError` that names what OpenSSL refused."""
    if not pointer:
        library().ERR_clear_error()
        raise ValueError(f"OpenSSL refused {what}")
    return pointer


def succeed(result: int, what: str) -> None:
    """Raise `RuntimeError` unless OpenSSL said 1."""
    if result != 1:
        library().ERR_clear_error()
        raise RuntimeError(f"OpenSSL failed at {what}")


class Key:
    """An EVP_PKEY that frees itself."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        weakref.finalize(self, library().EVP_PKEY_free, handle)
        if not library().EVP_PKEY_is_a(handle, b"SM2"):
            raise ValueError("not an SM2 key")

    @classmethod
    def generate(cls) -> "Key":
        lib = library()
        context = lib.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        if not context:
            lib.ERR_clear_error()
            raise CryptoUnavailable("this OpenSSL was built without SM2")
        try:
            succeed(lib.EVP_PKEY_keygen_init(context), "preparing an SM2 key")
            handle = c_void_p()
            succeed(lib.EVP_PKEY_generate(context, byref(handle)), "making an SM2 key")
            return cls(fetch(handle.value, "the new SM2 key"))
        finally:
            lib.EVP_PKEY_CTX_free(context)

    @classmethod
    def from_public_der(cls, der: bytes) -> "Key":
        """Raises `ValueError` for bytes that are no SM2 public key, or a point off the curve."""
        handle = library().d2i_PUBKEY(None, byref(c_char_p(der)), len(der))
        return cls(fetch(handle, "the SM2 public key"))

    @classmethod
    def from_private_der(cls, der: bytes) -> "Key":
        """From PKCS#8; raises `ValueError` for anything else."""
        handle = library().d2i_AutoPrivateKey(None, byref(c_char_p(der)), len(der))
        return cls(fetch(handle, "the SM2 private key"))

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return _encoded(library().i2d_PUBKEY, self.handle, "an SM2 public key")

    def private_der(self) -> bytes:
        """PKCS#8, not encrypted."""
        lib = library()
        info = fetch(lib.EVP_PKEY2PKCS8(self.handle), "the private key as PKCS#8")
        try:
            return _encoded(lib.i2d_PKCS8_PRIV_KEY_INFO, info, "an SM2 private key")
        finally:
            lib.PKCS8_PRIV_KEY_INFO_free(info)


def _encoded(encode: Callable[..., int], handle: int, what: str) -> bytes:
    size = encode(handle, None)
    if size <= 0:
        raise RuntimeError(f"OpenSSL failed at writing {what}")
    buffer = create_string_buffer(size)
    # i2d moves the pointer that it is given, hence a copy of the address.
    encode(handle, byref(c_void_p(ctypes.addressof(buffer))))
    return buffer.raw


class Operation:
    """One digest-and-sign or digest-and-verify with SM3 and the signer's id (GB/T 32918.2)."""

    def __init__(self, key: Key, user_id: bytes, start: str) -> None:
        lib = library()
        self.key = key
        self.parameters = fetch(lib.EVP_PKEY_CTX_new(key.handle, None), "a key context")
        self.handle = lib.EVP_MD_CTX_new()
        try:
            fetch(self.handle, "a digest context")
            succeed(lib.EVP_PKEY_CTX_set1_id(self.parameters, user_id, len(user_id)), "the id")
            lib.EVP_MD_CTX_set_pkey_ctx(self.handle, self.parameters)
            begin = getattr(lib, start)
            succeed(begin(self.handle, None, lib.EVP_sm3(), None, key.handle), start)
        except BaseException:
            self.free()
            raise

    def __enter__(self) -> int:
        return self.handle

    def __exit__(self, *_: object) -> None:
        self.free()

    def free(self) -> None:
        lib = library()
        lib.EVP_MD_CTX_free(self.handle)
        lib.EVP_PKEY_CTX_free(self.parameters)


def sign(key: Key, data: bytes, user_id: bytes) -> bytes:
    """DER signature, SM2 with SM3."""
    with Operation(key, user_id, "EVP_DigestSignInit") as handle:
        buffer, size = create_string_buffer(128), c_size_t(128)
        result = library().EVP_DigestSign(handle, buffer, byref(size), data, len(data))
        succeed(result, "an SM2 signature")
        return buffer.raw[: size.value]


def verify(key: Key, data: bytes, der: bytes, user_id: bytes) -> bool:
    """True when the DER signature is the key's over the data."""
    with Operation(key, user_id, "EVP_DigestVerifyInit") as handle:
        good = library().EVP_DigestVerify(handle, der, len(der), data, len(data)) == 1
        library().ERR_clear_error()
        return good
