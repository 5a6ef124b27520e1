"""Parties and people of the demo city. The offices are of the kind every city has; the
people and the enterprise are invented and say so."""

import secrets
from dataclasses import dataclass

from citybrain.engines.codes import synthetic_uscc
from citybrain.kernel import founding
from citybrain.kernel.acting import Acting, Role
from citybrain.kernel.actions import parties
from citybrain.kernel.models import Account, Membership, Party

DEPARTMENTS = {
    "bureau": ("市大数据发展管理局", "Big Data Development Bureau"),
    "transport": ("市交通运输局", "Transport Bureau"),
    "civil-affairs": ("市民政局", "Civil Affairs Bureau"),
    "education": ("市教育局", "Education Bureau"),
    "market": ("市市场监督管理局", "Market Regulation Bureau"),
    "port": ("市海洋发展局", "Marine Development Bureau"),
    "social-security": ("市人力资源和社会保障局", "Human Resources and Social Security Bureau"),
    "approval": ("市行政审批服务局", "Administrative Approval Bureau"),
}
FIRM = ("海岸数据有限公司（虚构）", "Coast Data Ltd (invented)")
ADMINISTRATOR = "lin"
PEOPLE = {
    "lin": ("林岚（虚构）", "bureau", Role.ADMINISTRATOR),
    "an": ("安澜（虚构）", "bureau", Role.AUDITOR),
    "su": ("苏航（虚构）", "transport", Role.STEWARD),
    "mo": ("莫凡（虚构）", "transport", Role.MEMBER),
    "ci": ("慈安（虚构）", "civil-affairs", Role.STEWARD),
    "jiao": ("焦育（虚构）", "education", Role.STEWARD),
    "shi": ("石衡（虚构）", "market", Role.STEWARD),
    "hai": ("海宁（虚构）", "port", Role.STEWARD),
    "she": ("佘保（虚构）", "social-security", Role.STEWARD),
    "shen": ("沈批（虚构）", "approval", Role.STEWARD),
    "ye": ("叶舟（虚构）", "firm", Role.ENTERPRISE_MEMBER),
}


@dataclass(frozen=True, slots=True)
class DemoCity:
    """Parties by their code in this module, people by user name, and this run's passwords."""

    parties: dict[str, Party]
    people: dict[str, Acting]
    passwords: dict[str, str]

    def steward_of(self, party: str) -> Acting:
        """The person who acts as steward of a party of the demo."""
        return next(
            one
            for one in self.people.values()
            if one.role == Role.STEWARD and one.party.pk == self.parties[party].pk
        )


def _bureau() -> Acting:
    """The bureau, founded when it does not exist yet, with its first administrator."""
    zh, en = DEPARTMENTS["bureau"]
    if not Membership.objects.filter(role=Role.ADMINISTRATOR).exists():
        founding.found_bureau(
            name_zh=zh, name_en=en, username=ADMINISTRATOR, password=new_password()
        )
    return Acting(
        party=Party.objects.get(is_bureau=True), role=Role.ADMINISTRATOR, account="system"
    )


def new_password() -> str:
    """A password that meets the rules, for this run."""
    return f"Qd-{secrets.token_urlsafe(9)}-7"


def build_city() -> DemoCity:
    """Make the city, or find it made; the people get new generated passwords each time."""
    founder = _bureau()
    known = {"bureau": founder.party}
    for number, (code, (zh, en)) in enumerate(DEPARTMENTS.items()):
        if code != "bureau":
            known[code] = _party(founder, Party.Type.DEPARTMENT, zh, en, number)
    known["firm"] = _party(founder, Party.Type.ENTERPRISE, *FIRM, number=90)
    people, passwords = {}, {}
    for name, (display, party, role) in PEOPLE.items():
        people[name], passwords[name] = _person(founder, name, display, known[party], role)
    return DemoCity(known, people, passwords)


def _party(founder: Acting, type: str, zh: str, en: str, number: int) -> Party:
    found = Party.objects.filter(name_zh=zh).first()
    return found or parties.register_party(
        acting_party=founder,
        type=type,
        name_zh=zh,
        name_en=en,
        code=synthetic_uscc(number),
    )


def _person(
    founder: Acting, name: str, display: str, party: Party, role: str
) -> tuple[Acting, str]:
    password = new_password()
    account = Account.objects.filter(username=name).first()
    if account is None:
        account = parties.create_account(
            acting_party=founder, username=name, password=password, display_name=display
        )
    else:
        account.set_password(password)
        account.display_name = display
        account.save(update_fields=["password", "display_name"])
    if not Membership.objects.filter(account=account, party=party, role=role).exists():
        parties.grant_membership(acting_party=founder, account=account, party=party, role=role)
    return Acting(party=party, role=role, account=account.ref), password
