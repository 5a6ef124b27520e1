"""Invented numbers: they pass every check and lie where no number is ever issued.

Both carry the area code of rule `synthetic.area`, which no authority has ever used. It is
preferred to an impossible birth year because the age of invented persons must be plausible
where a scenario depends on it (school, pension).
"""

from datetime import date
from pathlib import Path

from citybrain.engines.codes import identity, uscc
from citybrain.engines.codes.checks import CodeError
from citybrain.engines.law import load

TABLE = load(Path(__file__).parent / "law" / "synthetic.toml")
AREA = str(TABLE["synthetic.area"].value)

FIRST_BORN = date(1930, 1, 1)
DAYS = 34_698
"""Birth dates from 1930 to 2024."""
PERSONS = DAYS * 1000
_PERSON_STEP = 21_444_547
"""Has no common factor with PERSONS; neighbours in n differ in age, sex and sequence."""

ORGANISATIONS = 10**8
_ORGANISATION_STEP = 61_803_399


def synthetic_identity(n: int) -> str:
    """The n-th invented citizen number, the same for ever; all differ for n < `PERSONS`."""
    if not 0 <= n < PERSONS:
        raise CodeError(f"n must be 0 to {PERSONS - 1}")
    days, sequence = divmod(n * _PERSON_STEP % PERSONS, 1000)
    return identity.make(AREA, date.fromordinal(FIRST_BORN.toordinal() + days), sequence)


def synthetic_uscc(n: int, department: str = "9", kind: str = "1") -> str:
    """The n-th invented credit code, an enterprise's by default; all differ for n < 10^8."""
    if not 0 <= n < ORGANISATIONS:
        raise CodeError(f"n must be 0 to {ORGANISATIONS - 1}")
    return uscc.make(department, kind, AREA, f"{n * _ORGANISATION_STEP % ORGANISATIONS:08}")


def is_synthetic(code: str) -> bool:
    """True for a citizen number or credit code of the invented range."""
    if identity.validate(code).level == "ok":
        return code[:6] == AREA
    return uscc.validate(code).level != "error" and code[2:8] == AREA
