"""Invented persons for the survival-status table (生存状态): nobody's data, and marked so."""

from datetime import date, timedelta
from random import Random

from citybrain.domains.catalogue.logic.subjects import identity_check

NEVER_ISSUED_AREA = "379999"
"""No county of Shandong has this code, so these numbers pass the check and belong to nobody."""
DISTRICTS = (
    *("370202", "370203", "370211", "370212", "370213", "370214", "370215"),
    *("370281", "370283", "370285"),
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_DECEASED_IN_100 = 8
_FIRST_DAY, _DAYS = date(1930, 1, 1), 29_000
HEADER = ("identity", "name", "district", "status", "invented")

Person = tuple[str, str, str, str, str]


def synthetic_identity(number: int) -> str:
    """A well-formed identity number that was never issued; each `number` up to 28 million
    gives another one."""
    day, sequence = number % _DAYS, number // _DAYS
    if number < 0 or sequence > 998:
        raise ValueError("number is out of range")
    first17 = f"{NEVER_ISSUED_AREA}{_FIRST_DAY + timedelta(day):%Y%m%d}{sequence + 1:03d}"
    return first17 + identity_check(first17)


def synthetic_persons(n: int, seed: int = 2025) -> list[Person]:
    """Rows of identity number, name, district, status and "true" for invented.

    The same `n` and `seed` give the same rows. Names read as examples ("王示例0001").
    """
    random = Random(seed)  # noqa: S311 - invented data, not a secret
    numbers = random.sample(range(max(n * 20, 1000)), n)
    return [
        (
            synthetic_identity(number),
            f"{random.choice(_SURNAMES)}示例{place:04d}",
            random.choice(DISTRICTS),
            "deceased" if random.randrange(100) < _DECEASED_IN_100 else "alive",
            "true",
        )
        for place, number in enumerate(numbers, 1)
    ]
