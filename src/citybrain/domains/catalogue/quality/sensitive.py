"""Whether values are personal or otherwise protected: by their shape, then by check digits.

Each kind has a `shape` (RE2 syntax, matched against the whole trimmed value by DuckDB and by
Python alike) and a test `holds`, which sees more than a shape can: check digits, a real date,
the surname. Chance hits are what `least` in `law/quality.toml` is for: of random 18-digit
numbers about 1 % pass as identity numbers, of 19-digit ones 10 % pass Luhn's check.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from citybrain.domains.catalogue.quality.names import SURNAMES, TWO_SYLLABLES
from citybrain.domains.catalogue.quality.rules import sensitive_kinds
from citybrain.engines.codes import identity, uscc

Test = Callable[[str], bool]
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


@dataclass(frozen=True, slots=True)
class Detector:
    """How one kind is told. `certainty` (percent) is how much a full column of it proves."""

    code: str
    shape: str
    holds: Test
    certainty: int
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A kind in a column. `share`: percent of the sample that passes; `embedded`: inside text."""

    column: str
    kind: str
    share: int
    confidence: int
    tested: int
    passed: int
    embedded: bool = False


def luhn(digits: str) -> bool:
    """Luhn's check over a text of digits."""
    total = 0
    for place, one in enumerate(reversed(digits)):
        value = int(one) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


_BIN = re.compile(r"62\d{14,17}|4\d{15}|5[1-5]\d{14}|3[47]\d{13}|35\d{14}|9558\d{15}|60\d{17}")
_MOBILE = re.compile(r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-8]|8\d|9\d)\d{8}")
_PLATE = re.compile(
    rf"[{PROVINCES}使领][A-Z][·•. ]?(?:[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9挂学警港澳]"
    r"|[A-HJK][A-HJ-NP-Z0-9][0-9]{4}|[0-9]{5}[A-HJK])"
)
_ROAD = "(?:路|街|道|巷|弄|村|里|社区|小区|花园|胡同|广场|大厦|苑)"
_HOUSE = re.compile(
    _ROAD
    + r".{0,20}?[0-9０-９一二三四五六七八九十百]+(?:-[0-9]+)?"
    + r"(?:号(?![线站口文令机院])|栋|幢|单元|室|座|弄)"
)
_NOT_NAMES = re.compile(
    r".*(?:[村镇街路区县市站局店校院厂处科室队所桥港湾山河湖海岛园林]|公司|医院|大学)"
)
_CHINESE = re.compile(r"[\u3400-\u9fff]{2,4}")
_WITH_DOT = re.compile(r"[\u3400-\u9fff]{2,6}[·•][\u3400-\u9fff]{2,8}")


def _is_identity(value: str) -> bool:
    return identity.validate(value.upper()).level == "ok"


def _is_card(value: str) -> bool:
    digits = re.sub(r"[ -]", "", value)
    return _BIN.fullmatch(digits) is not None and luhn(digits)


def _is_mobile(value: str) -> bool:
    digits = re.sub(r"[ -]", "", value)
    digits = re.sub(r"^(?:\+?86)(?=1\d{10}$)", "", digits)
    return _MOBILE.fullmatch(digits) is not None


def _is_plate(value: str) -> bool:
    return _PLATE.fullmatch(value.upper()) is not None


def _is_address(value: str) -> bool:
    return 6 <= len(value) <= 120 and _HOUSE.search(value) is not None


def is_name(value: str) -> bool:
    """A Chinese personal name by its surname and length; places and offices are none."""
    if _WITH_DOT.fullmatch(value):
        return True
    if not _CHINESE.fullmatch(value) or _NOT_NAMES.fullmatch(value):
        return False
    if value[:2] in TWO_SYLLABLES:
        return len(value) >= 3
    return value[0] in SURNAMES and len(value) <= 3


def _is_uscc(value: str) -> bool:
    return not value.isdecimal() and uscc.validate(value.upper()).level == "ok"


def _always(_value: str) -> bool:
    return True


DETECTORS: tuple[Detector, ...] = (
    Detector("identity", r"[1-9][0-9]{16}[0-9Xx]", _is_identity, 99, ("身份", "证件", "identity")),
    Detector("uscc", r"[0-9A-Za-z]{2}[0-9]{6}[0-9A-Za-z]{10}", _is_uscc, 99, ("信用代码", "uscc")),
    Detector(
        "bank_card",
        r"[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{3,7}",
        _is_card,
        95,
        ("卡号", "账号", "card", "account"),
    ),
    Detector(
        "mobile",
        r"(\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}",
        _is_mobile,
        92,
        ("手机", "电话", "联系", "mobile", "phone"),
    ),
    Detector(
        "landline",
        r"\(?(010|02[0-57-9]|0[3-9][0-9]{2})\)?[ -]?[2-8][0-9]{6,7}(-[0-9]{1,6})?",
        _always,
        85,
        ("电话", "座机", "传真", "phone", "fax"),
    ),
    Detector(
        "plate",
        rf"[{PROVINCES}使领][A-Za-z][·•. ]?[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警港澳]",
        _is_plate,
        95,
        ("车牌", "号牌", "plate"),
    ),
    Detector(
        "email",
        r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
        _always,
        97,
        ("邮箱", "邮件", "mail"),
    ),
    Detector(
        "address",
        r".{2,60}(路|街|道|巷|弄|村|里|区|园|胡同|广场|厦|苑).{0,40}(号|栋|幢|单元|室|座|弄).{0,40}",
        _is_address,
        85,
        ("地址", "住址", "住所", "address"),
    ),
    Detector(
        "name",
        r"[\x{3400}-\x{9fff}]{2,4}|[\x{3400}-\x{9fff}]{2,6}[·•][\x{3400}-\x{9fff}]{2,8}",
        is_name,
        75,
        ("姓名", "联系人", "name"),
    ),
)
BY_CODE = {one.code: one for one in DETECTORS}
_SHAPES = {
    one.code: re.compile(re.sub(r"\\x\{([0-9a-f]+)\}", r"\\u\1", one.shape)) for one in DETECTORS
}
_EMBEDDED = {
    "identity": re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])"),
    "mobile": re.compile(r"(?<![0-9A-Za-z.])1[3-9][0-9]{9}(?![0-9A-Za-z])"),
    "bank_card": re.compile(r"(?<![0-9A-Za-z.])[3-9][0-9]{14,18}(?![0-9A-Za-z])"),
    "email": re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
}
FEWEST_NAMES, FEWEST_EMBEDDED, HINT = 8, 3, 10


def holds(code: str, value: str) -> bool:
    """Whether one whole value is of this kind."""
    text = value.strip()
    return _SHAPES[code].fullmatch(text) is not None and BY_CODE[code].holds(text)


def inside(text: str) -> list[tuple[str, str]]:
    """(kind, part) of what lies within a longer text, each with its check digits right."""
    return [(code, part) for code, part in _shaped_inside(text) if BY_CODE[code].holds(part)]


def _shaped_inside(text: str) -> list[tuple[str, str]]:
    return [
        (code, match[0])
        for code, expression in _EMBEDDED.items()
        for match in expression.finditer(text)
    ]


def inside_many(values: Iterable[str]) -> dict[str, int]:
    """Kind → values that hold it. Where most of what has the shape fails its check digits,
    the others pass by chance, as order numbers do."""
    shaped: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for value in values:
        parts = _shaped_inside(value)
        shaped.update({code for code, _part in parts})
        passed.update({code for code, part in parts if BY_CODE[code].holds(part)})
    return {code: n for code, n in passed.items() if n >= FEWEST_EMBEDDED and 2 * n >= shaped[code]}


def kinds_in(column: str, title: str, values: Sequence[str]) -> list[Found]:
    """What a column's sample shows: one kind of whole values, or kinds inside its texts."""
    sample = [one.strip() for one in values if one.strip()]
    if not sample:
        return []
    whole = [one for one in (_whole(column, title, d, sample) for d in DETECTORS) if one]
    if whole:
        return [max(whole, key=lambda one: one.share)]
    return _embedded(column, sample)


def _whole(column: str, title: str, detector: Detector, sample: Sequence[str]) -> Found | None:
    passed = sum(holds(detector.code, one) for one in sample)
    share = 100 * passed // len(sample)
    if share < sensitive_kinds()[detector.code].least:
        return None
    if detector.code == "name" and not _as_varied_as_names(sample):
        return None
    hinted = any(one in f"{title} {column}".lower() for one in detector.hints)
    confidence = min(99, detector.certainty * share // 100 + (HINT if hinted else 0))
    return Found(column, detector.code, share, confidence, len(sample), passed)


def _as_varied_as_names(sample: Iterable[str]) -> bool:
    """Names differ, and so do their surnames; categories and districts do not."""
    different = set(sample)
    return len(different) >= FEWEST_NAMES and len({one[0] for one in different}) >= 4


def _embedded(column: str, sample: Sequence[str]) -> list[Found]:
    return [
        Found(column, code, 100 * n // len(sample), 60, len(sample), n, embedded=True)
        for code, n in inside_many(sample).items()
    ]
