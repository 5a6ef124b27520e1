"""Invented persons for the survival-status table (生存状态): nobody's data, and marked so."""

from random import Random

from citybrain.engines.codes.synthetic import PERSONS, synthetic_identity

DISTRICTS = (
    *("370202", "370203", "370211", "370212", "370213", "370214", "370215"),
    *("370281", "370283", "370285"),
)
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_DECEASED_IN_100 = 8
HEADER = ("identity", "name", "district", "status", "invented")

Person = tuple[str, str, str, str, str]


def synthetic_persons(n: int, seed: int = 2025) -> list[Person]:
    """Rows of identity number, name, district, status and "true" for invented.

    The same `n` and `seed` give the same rows. Names read as examples ("王示例0001").
    """
    random = Random(seed)  # noqa: S311 - invented data, not a secret
    numbers = random.sample(range(PERSONS), n)
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
