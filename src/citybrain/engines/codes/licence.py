"""Identifiers of electronic licences (电子证照标识, GB/T 36904-2018).

Root · type code (18 + 3 characters) · issuer (credit code) · serial · version (3 digits) ·
check character (ISO 7064 MOD 37,36 over the four middle parts without their dots).
"""

import re
from dataclasses import dataclass

from citybrain.engines.codes.checks import OK, CodeError, Result, mod_37_36

ROOT = "1.2.156.3005.2"

_SHAPE = re.compile(
    re.escape(ROOT)
    + r"\.([0-9A-Z]{18}[0-9A-Z]{3})\.([0-9A-Z]{18})\.([0-9A-Z]{1,64})\.([0-9]{3})\.([0-9A-Z])"
)


@dataclass(frozen=True, slots=True)
class Parts:
    """`type_code`: credit code of the ministry in charge and 3 characters; `issuer`: USCC."""

    type_code: str
    issuer: str
    serial: str
    version: str
    check: str


def check_character(type_code: str, issuer: str, serial: str, version: str) -> str:
    """Over digits and capitals only; the root is not part of it."""
    return mod_37_36(f"{type_code}{issuer}{serial}{version}")


def validate(identifier: str) -> Result:
    """`error` for a wrong shape or a wrong check character."""
    match = _SHAPE.fullmatch(identifier) if isinstance(identifier, str) else None
    if match is None:
        return Result("error", "电子证照标识的结构不符。", "The identifier has another shape.")
    if check_character(*match.groups()[:4]) != match[5]:
        return Result("error", "电子证照标识的校验位不符。", "The check character is wrong.")
    return OK


def parse(identifier: str) -> Parts:
    """The parts of a valid identifier; raises `CodeError` for another."""
    result = validate(identifier)
    if not result:
        raise CodeError(result.en)
    return Parts(*identifier.removeprefix(ROOT + ".").split("."))


def make(type_code: str, issuer: str, serial: str, version: int = 1) -> str:
    """An identifier with its check character; `version` is 1 to 999."""
    middle = f"{type_code}.{issuer}.{serial}.{version:03}"
    if _SHAPE.fullmatch(f"{ROOT}.{middle}.0") is None:
        raise CodeError(f"no identifier can be made of {middle!r}")
    return f"{ROOT}.{middle}.{mod_37_36(middle.replace('.', ''))}"
