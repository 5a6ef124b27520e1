#!/usr/bin/env python3
"""Checks a CityBrain receipt offline. 离线核验存证收据。

    python verify.py receipt.json [--key NAME=ALGORITHM:BASE64 …]
    python verify.py --consistency old.txt new.txt proof.json [--key …]
    python verify.py certificate FILE.pdf|FILE.json [--key …]

Needs Python 3.11 and nothing else. `--key` gives a public key that you trust, as the
ledger's owner publishes it (ed25519: 32 bytes, sm2: 65 bytes). Without it the keys inside
the receipt are used, which does not show who signed it. proof.json is {"digest", "proof"}.
A certificate's signed content is printed: compare it with what the paper shows.

Exit status: 0 good · 1 bad, with the reason · 2 the input cannot be used · 3 everything
else is good but no signature could be checked.

Sources: RFC 6962 and 9162 (tree), C2SP signed-note and tlog-checkpoint, RFC 8032
(Ed25519), GB/T 32918.2 and .5 (SM2), GB/T 32905 (SM3).
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

Hash = Callable[[bytes], bytes]
Keys = dict[str, tuple[str, bytes]]

GOOD, BAD, UNUSABLE, UNCHECKED = 0, 1, 2, 3
TYPES = {"ed25519": b"\x01", "sm2": b"\xffcitybrain.sm2-with-sm3"}
MASK = 0xFFFFFFFF


class BadError(Exception):
    """The receipt does not prove what it says."""


class UnusableError(Exception):
    """The input is not what this program reads."""


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """GB/T 32905, by OpenSSL where it can and in Python where it cannot."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        return sm3_in_python(data)


def rotate(value: int, by: int) -> int:
    by %= 32
    return ((value << by) | (value >> (32 - by))) & MASK


def sm3_in_python(data: bytes) -> bytes:
    state = bytes.fromhex("7380166f4914b2b9172442d7da8a0600a96f30bc163138aae38dee4db0fb0e4e")
    padded = data + b"\x80" + bytes(-(len(data) + 9) % 64) + (8 * len(data)).to_bytes(8, "big")
    for start in range(0, len(padded), 64):
        state = sm3_block(state, padded[start : start + 64])
    return state


def words(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4)]


def sm3_block(state: bytes, block: bytes) -> bytes:
    """The compression function of GB/T 32905 §5.3."""
    w = words(block)
    for j in range(16, 68):
        x = w[j - 16] ^ w[j - 9] ^ rotate(w[j - 3], 15)
        w.append(x ^ rotate(x, 15) ^ rotate(x, 23) ^ rotate(w[j - 13], 7) ^ w[j - 6])
    a, b, c, d, e, f, g, h = words(state)
    for j in range(64):
        constant = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = rotate((rotate(a, 12) + e + rotate(constant, j)) & MASK, 7)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & g)
        tt1 = (ff + d + (ss1 ^ rotate(a, 12)) + (w[j] ^ w[j + 4])) & MASK
        tt2 = (gg + h + ss1 + w[j]) & MASK
        a, b, c, d = tt1, a, rotate(b, 9), c
        e, f, g, h = tt2 ^ rotate(tt2, 9) ^ rotate(tt2, 17), e, rotate(f, 19), g
    mixed = (x ^ y for x, y in zip((a, b, c, d, e, f, g, h), words(state), strict=True))
    return b"".join(word.to_bytes(4, "big") for word in mixed)


def times(factor: int, point: Any, add: Callable[[Any, Any], Any], zero: Any) -> Any:
    """`factor` times a point of either curve, by doubling and adding."""
    result = zero
    for bit in bin(factor)[2:]:
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


# --- Ed25519 (RFC 8032 §5.1.7) -------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
NEUTRAL = (0, 1, 1, 0)
Point = tuple[int, int, int, int]  # extended coordinates: x = X/Z, y = Y/Z, T = XY/Z


def edwards_add(one: Point, two: Point) -> Point:
    a, b = (one[1] - one[0]) * (two[1] - two[0]) % P, (one[1] + one[0]) * (two[1] + two[0]) % P
    c, d = 2 * one[3] * two[3] * D % P, 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def edwards_decode(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def ed25519_verify(public_key: bytes, data: bytes, signature: bytes) -> bool:
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, commitment = edwards_decode(public_key), edwards_decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or s >= ORDER:
        return False
    challenge = hashlib.sha512(signature[:32] + public_key + data).digest()
    k = int.from_bytes(challenge, "little") % ORDER
    y = 4 * pow(5, -1, P) % P
    base = edwards_decode(y.to_bytes(32, "little"))
    assert base is not None
    left, right = (
        times(s, base, edwards_add, NEUTRAL),
        edwards_add(commitment, times(k, key, edwards_add, NEUTRAL)),
    )
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# --- SM2 with SM3 (GB/T 32918.2 §7, curve of GB/T 32918.5) ---------------------------

Q = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
A = Q - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)
USER_ID = b"1234567812345678"
Affine = tuple[int, int] | None  # None is the point at infinity


def curve_add(one: Affine, two: Affine) -> Affine:
    if one is None or two is None:
        return one or two
    if one[0] == two[0]:
        if (one[1] + two[1]) % Q == 0:
            return None
        slope = (3 * one[0] * one[0] + A) * pow(2 * one[1], -1, Q)
    else:
        slope = (two[1] - one[1]) * pow(two[0] - one[0], -1, Q)
    x = (slope * slope - one[0] - two[0]) % Q
    return x, (slope * (one[0] - x) - one[1]) % Q


def sm2_verify(public_key: bytes, data: bytes, signature: bytes) -> bool:
    if len(public_key) != 65 or public_key[0] != 4 or len(signature) != 64:
        return False
    x, y = (int.from_bytes(half, "big") for half in (public_key[1:33], public_key[33:]))
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    on_curve = x < Q and y < Q and (y * y - x * x * x - A * x - B) % Q == 0
    t = (r + s) % N
    if not on_curve or not 0 < r < N or not 0 < s < N or t == 0:
        return False
    numbers = b"".join(value.to_bytes(32, "big") for value in (A, B, *G))
    identity = sm3((8 * len(USER_ID)).to_bytes(2, "big") + USER_ID + numbers + public_key[1:])
    e = int.from_bytes(sm3(identity + data), "big")
    point = curve_add(times(s, G, curve_add, None), times(t, (x, y), curve_add, None))
    return point is not None and (e + point[0]) % N == r


def climb(
    digest: Hash, position: int, last: int, start: bytes, steps: list[bytes]
) -> tuple[bytes, bytes] | None:
    """The old and the new root (RFC 9162 §2.1.4.2); for a leaf the new one is its tree's."""
    old = new = start
    for step in steps:
        if last == 0:
            return None
        if position & 1 or position == last:
            old, new = digest(b"\x01" + step + old), digest(b"\x01" + step + new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = digest(b"\x01" + new + step)
        position, last = position >> 1, last >> 1
    return (old, new) if last == 0 else None


def is_consistent(
    digest: Hash, old: tuple[int, bytes], new: tuple[int, bytes], proof: list[bytes]
) -> bool:
    if old[0] == new[0]:
        return not proof and old[1] == new[1]
    if old[0] == 0:
        return not proof and old[1] == digest(b"")
    if old[0] > new[0] or not proof:
        return False
    steps = proof if old[0] & (old[0] - 1) else [old[1], *proof]
    position, last = old[0] - 1, new[0] - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    return climb(digest, position, last, steps[0], steps[1:]) == (old[1], new[1])


class Checkpoint:
    """A signed text of origin, size and root."""

    def __init__(self, text: str) -> None:
        body, blank, marks = text.rpartition("\n\n")
        lines = body.split("\n")
        if not blank or not marks.endswith("\n") or len(lines) < 3 or not all(lines):
            raise BadError("checkpoint: 检查点无法读取 · it is no signed checkpoint")
        if not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
            raise BadError("checkpoint: 检查点大小有误 · its size is no number")
        self.note = (body + "\n").encode()
        self.origin, self.size, self.root = lines[0], int(lines[1]), decode(lines[2])
        self.marks = [mark.removeprefix("\u2014 ").split(" ") for mark in marks[:-1].split("\n")]

    def check_signatures(self, keys: Keys) -> list[str]:
        """The names of the known keys that signed; a wrong signature of one is bad."""
        known = {(name, key_id(name, *key)): key for name, key in keys.items()}
        signers = []
        for mark in self.marks:
            data = decode(mark[1]) if len(mark) == 2 else b""
            if (key := known.get((mark[0], data[:4]))) is None:
                continue
            check = ed25519_verify if key[0] == "ed25519" else sm2_verify
            if not check(key[1], self.note, data[4:]):
                raise BadError(f"signature: 签名无效 · the signature of {mark[0]} is wrong")
            signers.append(mark[0])
        if keys and not signers:
            raise BadError("signature: 没有可信密钥的签名 · no key that is trusted signed it")
        return signers


def key_id(name: str, algorithm: str, public_key: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + TYPES[algorithm] + public_key)[:4]


def decode(text: object) -> bytes:
    try:
        return base64.b64decode(str(text).encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise BadError(f"receipt: 编码有误 · this is not base64: {str(text)[:60]!r}") from None


def load(path: str) -> dict[str, Any]:
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise UnusableError(f"{path} holds no JSON object")
    return value


def read_text(path: str) -> str:
    try:
        return Path(path).read_bytes().decode()
    except (OSError, ValueError) as error:
        raise UnusableError(f"{path} cannot be read: {error}") from None


def field(receipt: dict[str, Any], name: str, kind: type) -> Any:
    value = receipt.get(name)
    if type(value) is not kind:
        raise UnusableError(f"the field {name!r} is missing or of a wrong type")
    return value


def digest_of(receipt: dict[str, Any]) -> Hash:
    if (name := field(receipt, "digest", str)) not in ("sha256", "sm3"):
        raise UnusableError(f"the digest {name!r} is not known")
    return sha256 if name == "sha256" else sm3


def parse_key(text: str) -> tuple[str, tuple[str, bytes]]:
    match = re.fullmatch("([^=]+)=([^:]+):([A-Za-z0-9+/]+=*)", text)
    if not match or len(match[3]) % 4:
        raise UnusableError(f"--key is NAME=ALGORITHM:BASE64, not {text!r}")
    return match[1], (match[2], decode(match[3]))


def embedded_keys(receipt: dict[str, Any]) -> Keys:
    keys = field(receipt, "keys", list) if "keys" in receipt else []
    names = ("name", "algorithm", "public_key")
    parts = [[field(key, name, str) for name in names] for key in keys]
    return {name: (algorithm, decode(public_key)) for name, algorithm, public_key in parts}


def verify_receipt(receipt: dict[str, Any], keys: Keys) -> Checkpoint:
    """Raises `BadError` with the part that is wrong."""
    if receipt.get("version") != 1:
        raise UnusableError(f"receipts of version {receipt.get('version')!r} are not known")
    digest = digest_of(receipt)
    leaf = digest(b"\x00" + field(receipt, "record", str).encode("utf-8", "surrogatepass"))
    if "leaf" in receipt and decode(receipt["leaf"]) != leaf:
        raise BadError("record: 记录已被改动 · the record does not give the leaf hash")
    checkpoint = Checkpoint(field(receipt, "checkpoint", str))
    if field(receipt, "size", int) != checkpoint.size:
        raise BadError("checkpoint: 检查点大小不符 · the checkpoint is of another size")
    proof = [decode(step) for step in field(receipt, "proof", list)]
    place = field(receipt, "index", int)
    inside = 0 <= place < checkpoint.size
    roots = climb(digest, place, checkpoint.size - 1, leaf, proof) if inside else None
    if roots is None or roots[1] != checkpoint.root:
        raise BadError("proof: 证明与检查点不符 · the proof leads to another root")
    checkpoint.check_signatures(keys)
    return checkpoint


def verify_growth(paths: list[str], keys: Keys) -> Checkpoint:
    old, new = Checkpoint(read_text(paths[0])), Checkpoint(read_text(paths[1]))
    file = load(paths[2])
    proof = [decode(step) for step in field(file, "proof", list)]
    if old.origin != new.origin:
        raise BadError("checkpoint: 两个检查点来自不同账本 · the checkpoints are of two ledgers")
    for checkpoint in (old, new):
        checkpoint.check_signatures(keys)
    if not is_consistent(digest_of(file), (old.size, old.root), (new.size, new.root), proof):
        raise BadError("proof: 账本历史被改动 · the new tree does not continue the old one")
    return new


# --- Certificates of registration 登记证书 ---------------------------------------------

CERTIFICATE = "citybrain.registration-certificate"
SIGNED = b"citybrain.registration-certificate/1\n"
LARGEST = 1 << 24
SHOWN = {
    "number": "证书编号 number",
    "code": "登记编码 code",
    "title": "资源名称 title",
    "registrant": "登记主体 registrant",
    "resource": "目录代码 resource",
    "valid_from": "有效期自 valid from",
    "valid_to": "有效期至 valid to",
    "issued_on": "发证日期 issued on",
    "authority": "登记机构 authority",
}


def streams(pdf: bytes) -> list[bytes]:
    """What the streams of a PDF hold, those unpacked that are packed with Flate."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        raw, opener = match[1], zlib.decompressobj()
        try:
            found.append(opener.decompress(raw, LARGEST))
        except zlib.error:
            found.append(raw)
    return found


def load_certificate(path: str) -> dict[str, Any]:
    """The certificate of a JSON file, or the one that is attached to a PDF."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error}") from None
    found = []
    for part in streams(data) if data.startswith(b"%PDF-") else [data]:
        if CERTIFICATE.encode() not in part:
            continue
        try:
            found.append(json.loads(part.decode()))
        except (ValueError, RecursionError):
            raise BadError("certificate: 证书附件已损坏 · the attached content is broken") from None
    if len(found) != 1 or not isinstance(found[0], dict):
        raise UnusableError(f"{path} holds {len(found)} certificates of registration, not one")
    if found[0].get("format") != CERTIFICATE or found[0].get("version") != 1:
        raise UnusableError("certificates of this form are not known")
    certificate: dict[str, Any] = found[0]
    return certificate


def verify_certificate(certificate: dict[str, Any], keys: Keys) -> dict[str, Any]:
    """The signed content. Raises `BadError` with the part that is wrong."""
    text, mark = field(certificate, "content", str), field(certificate, "signature", dict)
    name, signature = field(mark, "name", str), decode(field(mark, "value", str))
    if name not in keys:
        raise BadError(f"signature: 签名密钥不可信 · {name} is no key that is trusted")
    algorithm, public_key = keys[name]
    check = ed25519_verify if algorithm == "ed25519" else sm2_verify
    if not check(public_key, SIGNED + text.encode("utf-8", "surrogatepass"), signature):
        raise BadError("signature: 签名无效，内容已被改动 · the content is not what was signed")
    content = json.loads(text)
    if not isinstance(content, dict):
        raise UnusableError("the content is no JSON object")
    return content


def verify_certificate_receipt(certificate: dict[str, Any], keys: Keys) -> Checkpoint:
    """That the ledger holds the record of issuing this very content."""
    receipt = field(certificate, "receipt", dict)
    digest = sha256(certificate["content"].encode("utf-8", "surrogatepass")).hex()
    record = json.loads(field(receipt, "record", str))
    if not isinstance(record, dict) or record.get("verb") != "registration.certificate":
        raise BadError("receipt: 存证记录不是发证记录 · the record is not of issuing a certificate")
    if (record.get("detail") or {}).get("content_sha256") != digest:
        raise BadError("receipt: 存证记录属于另一证书 · the record is of another certificate")
    return verify_receipt(receipt, keys)


def certificate_key(certificate: dict[str, Any]) -> Keys:
    mark = field(certificate, "signature", dict)
    name, algorithm, key = (field(mark, one, str) for one in ("name", "algorithm", "public_key"))
    return {name: (algorithm, decode(key))}


def run_certificate(arguments: argparse.Namespace) -> int:
    certificate = load_certificate(arguments.file)
    trusted = dict(map(parse_key, arguments.key))
    offered = trusted or certificate_key(certificate)
    keys = {name: key for name, key in offered.items() if key[0] in TYPES}
    if not keys:
        print("signature not checked: 未核验签名 · the algorithm is not known")
        return UNCHECKED
    content = verify_certificate(certificate, keys)
    mark = certificate["signature"]["name"]
    ledger = {name: key for name, key in keys.items() if name != mark}
    if "receipt" in certificate and not trusted:
        ledger = embedded_keys(field(certificate, "receipt", dict))
    checkpoint = None
    if "receipt" in certificate:
        checkpoint = verify_certificate_receipt(certificate, ledger)
    print("good: 证书签名有效，内容未改动 · the certificate is signed and unchanged")
    for name, title in SHOWN.items():
        value = content.get(name)
        print(f"  {title}: {value.get('zh') if isinstance(value, dict) else value}")
    if not trusted:
        print("  公钥来自证书本身 · the key is the certificate's: compare it with the published")
        print(f"    {mark}={keys[mark][0]}:{base64.b64encode(keys[mark][1]).decode()}")
    if checkpoint is not None:
        print(f"  发证记录在账 · issued in the ledger {checkpoint.origin}, size {checkpoint.size}")
    if checkpoint is not None and not ledger:
        print("  检查点签名未核验 · give the ledger's key too, to check its checkpoint")
    print("  是否仍然有效以登记公示页为准 · whether it is still in force: see its public page")
    return GOOD


def run(arguments: argparse.Namespace) -> int:
    trusted = dict(map(parse_key, arguments.key))
    receipt = {} if arguments.consistency else load(arguments.receipt)
    offered = trusted or embedded_keys(receipt)
    keys = {name: key for name, key in offered.items() if key[0] in TYPES}
    if arguments.consistency:
        checkpoint = verify_growth(arguments.consistency, keys)
        print("good: 账本只增未改 · the ledger has only grown")
    else:
        checkpoint = verify_receipt(receipt, keys)
        print(f"good: 记录在账 · the record stands in the ledger, number {receipt['index']}")
    print(f"  {checkpoint.origin} · size {checkpoint.size} · {checkpoint.root.hex()}")
    if not keys:
        unknown = ", ".join(f"{name} ({key[0]})" for name, key in offered.items())
        reason = f"unknown algorithm: {unknown}" if unknown else "no key was given"
        print(f"signature not checked: 未核验签名 · {reason}")
        return UNCHECKED
    print(f"  签名有效 · signed by {', '.join(checkpoint.check_signatures(keys))}")
    if not trusted:
        print("  公钥来自收据本身 · the key is the receipt's own: compare it with the published")
        for name, (algorithm, public_key) in keys.items():
            print(f"    {name}={algorithm}:{base64.b64encode(public_key).decode()}")
    return GOOD


def read_arguments() -> argparse.Namespace:
    if sys.argv[1:2] == ["certificate"]:
        parser = argparse.ArgumentParser(prog="verify.py certificate")
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--key", action="append", default=[], metavar="NAME=ALGORITHM:BASE64")
        parser.set_defaults(run=run_certificate)
        return parser.parse_args(sys.argv[2:])
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("receipt", nargs="?")
    task.add_argument("--consistency", nargs=3, metavar=("OLD", "NEW", "PROOF"))
    parser.add_argument("--key", action="append", default=[], metavar="NAME=ALGORITHM:BASE64")
    parser.set_defaults(run=run)
    return parser.parse_args()


def main() -> int:
    arguments = read_arguments()
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks Chinese must not keep the verdict from being printed.
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return int(arguments.run(arguments))
    except BadError as error:
        print(f"bad: {error}")
        return BAD
    except (UnusableError, TypeError, ValueError, AttributeError) as error:
        print(f"unusable: 无法核验 · {error}", file=sys.stderr)
        return UNUSABLE


if __name__ == "__main__":
    sys.exit(main())
