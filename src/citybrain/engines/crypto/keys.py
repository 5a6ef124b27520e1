"""Private keys as files: PKCS#8 in PEM, mode 0600, in a directory of mode 0700."""

import os
import secrets
import stat
from pathlib import Path
from urllib.parse import quote, unquote

from citybrain.engines.crypto import der
from citybrain.engines.crypto.errors import KeyRefused
from citybrain.engines.crypto.signers import Ed25519Signer, Signer, Sm2Signer, generate

_SUFFIX = ".pem"
# A key file has some 250 bytes; more is not a key.
_LARGEST = 16_384


class KeyStore:
    """The keys of one directory; a name stands for one key of one algorithm.

    Names follow C2SP signed-note: not empty, no blanks, no plus sign. A slash is fine,
    it is quoted in the file's name.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = Path(directory)

    def load_or_create(self, name: str, algorithm: str) -> Signer:
        """The key of that name, made when there is none.

        Several processes may ask at once: all get the same key. Raises `KeyRefused` for a
        file that others may read, a broken file, or a key of another algorithm.
        """
        path = self._path(name)
        self._prepare()
        if not path.exists():
            _create(path, der.pem_encode(generate(name, algorithm).to_pkcs8()))
        signer = self.load(name)
        if signer.algorithm != algorithm:
            raise KeyRefused(
                f"the key {name} in {path} is {signer.algorithm}, not {algorithm}: "
                "choose another key name for the other algorithm"
            )
        return signer

    def load(self, name: str) -> Signer:
        """The key of that name; raises `KeyRefused` or `FileNotFoundError`."""
        path = self._path(name)
        try:
            return _signer(name, der.pem_decode(_read_private(path)))
        except KeyRefused:
            raise
        except ValueError as error:
            raise KeyRefused(f"{path} is no usable key: {error}") from None

    def public_keys(self) -> dict[str, tuple[str, bytes]]:
        """(algorithm, raw public key) of every key here, by name."""
        names = sorted(unquote(path.stem) for path in self.directory.glob(f"*{_SUFFIX}"))
        signers = (self.load(name) for name in names)
        return {signer.name: (signer.algorithm, signer.public_key) for signer in signers}

    def _path(self, name: str) -> Path:
        if not name or "+" in name or any(c.isspace() or not c.isprintable() for c in name):
            raise KeyRefused(f"{name!r} is no key name: no blanks, no plus sign, not empty")
        # Dots are quoted too, so that no name can leave the directory or hide in it.
        return self.directory / (quote(name, safe="").replace(".", "%2E") + _SUFFIX)

    def _prepare(self) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if stat.S_IMODE(self.directory.stat().st_mode) & 0o022:
            raise KeyRefused(
                f"others may write to {self.directory} and exchange keys: chmod 700 it"
            )


def _signer(name: str, data: bytes) -> Signer:
    # The algorithm identifier stands within the first 32 bytes of PKCS#8.
    if der.ED25519_OID in data[:32]:
        return Ed25519Signer.from_pkcs8(name, data)
    if der.SM2_OID in data[:32]:
        return Sm2Signer.from_pkcs8(name, data)
    raise ValueError("neither an Ed25519 nor an SM2 key")


def _read_private(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY)
    with os.fdopen(handle, "rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        if mode & 0o077:
            raise KeyRefused(
                f"{path} has mode {mode:04o}: others may use this private key; "
                "chmod 600 it, and replace the key if others had access"
            )
        return file.read(_LARGEST)


def _create(path: Path, text: bytes) -> None:
    """Write the whole file under its name or nothing; leave a key that came first alone."""
    draft = path.with_name(f".{secrets.token_hex(8)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
        _sync_directory(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
