"""The people of the tests. All are invented.

Lin administers the data bureau, An audits. Su is steward of the transport commission,
which owns; Mo is a member there. Ci is steward of the civil affairs bureau, which asks.
Ye works for an enterprise. Zhao is steward of the health commission: the stranger, who
has to do with nothing.
"""

from dataclasses import dataclass
from functools import cache

from django.contrib.auth.hashers import make_password

from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.models import Account, Membership, Party

PASSWORD = "Kite-over-Laoshan-7"


@dataclass(frozen=True)
class City:
    """Parties by what they do, and each person's way to act."""

    bureau: Party
    transport: Party
    civil: Party
    health: Party
    firm: Party
    lin: Acting
    an: Acting
    su: Acting
    mo: Acting
    ci: Acting
    ye: Acting
    zhao: Acting


def build_city() -> City:
    """Make the parties and people; the accounts' user names are the people's names."""
    bureau = _party("department", "大数据发展管理局", "Big Data Bureau", is_bureau=True)
    transport = _party("department", "交通运输局", "Transport Commission")
    civil = _party("department", "民政局", "Civil Affairs Bureau")
    health = _party("department", "卫生健康委员会", "Health Commission")
    firm = _party("enterprise", "海岸数据有限公司", "Coast Data Ltd")
    return City(
        bureau=bureau,
        transport=transport,
        civil=civil,
        health=health,
        firm=firm,
        lin=_person("lin", bureau, Role.ADMINISTRATOR),
        an=_person("an", bureau, Role.AUDITOR),
        su=_person("su", transport, Role.STEWARD),
        mo=_person("mo", transport, Role.MEMBER),
        ci=_person("ci", civil, Role.STEWARD),
        ye=_person("ye", firm, Role.ENTERPRISE_MEMBER),
        zhao=_person("zhao", health, Role.STEWARD),
    )


@cache
def _hashed_once() -> str:
    """Argon2 is slow on purpose; one hash serves all the people of the tests."""
    return make_password(PASSWORD)


def _party(type: str, name_zh: str, name_en: str, is_bureau: bool = False) -> Party:
    party = Party.objects.create(type=type, name_zh=name_zh, name_en=name_en, is_bureau=is_bureau)
    ledger.write("party.found", party, None)
    return party


def _person(name: str, party: Party, role: str) -> Acting:
    account = Account.objects.create(
        username=name, display_name=name.title(), password=_hashed_once()
    )
    membership = Membership.objects.create(account=account, party=party, role=role)
    ledger.write("membership.found", membership, None)
    return Acting(party=party, role=role, account=account.ref)
