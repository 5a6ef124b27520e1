"""Parties, accounts and the roles between them."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import translation

from citybrain.engines.codes import uscc
from citybrain.kernel import ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Account, Membership, Party

Role = Membership.Role


@action("party.register")
def register_party(
    *,
    acting_party: Acting,
    type: str,
    name_zh: str,
    name_en: str,
    code: str | None = None,
) -> Party:
    """Register a department, enterprise, operator, peer city or person."""
    authorise(acting_party, "party.manage")
    if type not in Party.Type.values:
        raise Invalid("unknown-party-type", f"没有“{type}”这种主体类型。", f"No type {type!r}.")
    if not name_zh.strip() or not name_en.strip():
        raise Invalid("name-missing", "请填写中文和英文名称。", "Give a Chinese and English name.")
    if code:
        _check_code(code)
    party = Party.objects.create(
        type=type, name_zh=name_zh.strip(), name_en=name_en.strip(), code=code or None
    )
    ledger.write("party.register", party, acting_party)
    return party


def _check_code(code: str) -> None:
    """A wrong check digit is let pass, because registries have issued such codes."""
    result = uscc.validate(code)
    if result.level == "error":
        raise Invalid(
            "bad-credit-code",
            "统一社会信用代码格式不正确，应为18位。",
            "The unified social credit code is malformed; it has 18 characters.",
        )
    if Party.objects.filter(code=code).exists():
        raise Conflict(
            "code-taken",
            "该统一社会信用代码已登记。",
            "A party with this code is registered already.",
        )


@action("account.create")
def create_account(
    *, acting_party: Acting, username: str, password: str, display_name: str = ""
) -> Account:
    """Create a sign-in. The password must meet the rules; it is stored as an Argon2 hash."""
    authorise(acting_party, "party.manage")
    if Account.objects.filter(username=username).exists():
        raise Conflict("username-taken", "该用户名已存在。", "This user name is taken.")
    account = Account(username=username, display_name=display_name)
    try:
        account.full_clean(exclude=["password"])
        validate_password(password, account)
    except ValidationError as error:
        raise Invalid("bad-account", *_both_languages(error)) from None
    account.set_password(password)
    account.changed_by = acting_party
    account.save()
    return account


def _both_languages(error: ValidationError) -> tuple[str, str]:
    texts = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            texts.append(" ".join(str(one) for one in error.messages))
    return texts[0], texts[1]


@action("membership.grant")
def grant_membership(
    *, acting_party: Acting, account: Account, party: Party, role: str
) -> Membership:
    """Let a person act for a party in a role; granting it again wakes a dormant one."""
    authorise(acting_party, "party.manage")
    if not _fits(party, role):
        raise Invalid(
            "role-does-not-fit", "该角色不适用于此类单位。", "This role does not fit this party."
        )
    membership, created = Membership.objects.get_or_create(account=account, party=party, role=role)
    if not created:
        membership.active = True
        save_next(membership)
    ledger.write("membership.grant", membership, acting_party)
    return membership


def _fits(party: Party, role: str) -> bool:
    if role in (Role.ADMINISTRATOR, Role.AUDITOR):
        return party.is_bureau
    if role == Role.ENTERPRISE_MEMBER:
        return party.type != Party.Type.DEPARTMENT
    return role in Role.values and party.type == Party.Type.DEPARTMENT


@action("membership.end")
def end_membership(*, acting_party: Acting, membership_ref: str) -> Membership:
    """Stop a person from acting for a party."""
    authorise(acting_party, "party.manage")
    membership = locked(Membership, membership_ref, "任职关系", "membership")
    _keep_an_administrator(membership)
    membership.active = False
    save_next(membership)
    ledger.write("membership.end", membership, acting_party)
    return membership


def _keep_an_administrator(leaving: Membership) -> None:
    """Without an administrator nobody could let anybody in; the place must be filled first."""
    others = Membership.objects.filter(
        role=Role.ADMINISTRATOR, active=True, account__is_active=True
    ).exclude(pk=leaving.pk)
    if leaving.role == Role.ADMINISTRATOR and not others.exists():
        raise Conflict(
            "last-administrator",
            "这是最后一位数据局管理员，请先任命继任者。",
            "This is the last administrator; appoint a successor first.",
        )
