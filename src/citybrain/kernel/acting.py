"""Who acts, for which party, in which role; and what each role may do.

The table `PERMISSIONS` is the whole of authorisation by role; a domain adds its rows in its
`permissions.py` by `permit`. What depends on the record (own department's resources, own
requests) is checked by `authorise` with the party that the record belongs to.
"""

from dataclasses import dataclass
from typing import Final

from citybrain.kernel.errors import NotAllowed
from citybrain.kernel.models import Membership, Party

Role = Membership.Role
_OWN_STAFF: Final = frozenset({Role.STEWARD})
_ANY_STAFF: Final = frozenset({Role.STEWARD, Role.MEMBER, Role.ENTERPRISE_MEMBER})
_ADMINISTRATOR: Final = frozenset({Role.ADMINISTRATOR})
_NOBODY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Permission:
    """`own`: roles that may when the record is their party's; `any`: on every record."""

    own: frozenset[str]
    any: frozenset[str]
    zh: str
    en: str


PERMISSIONS: Final[dict[str, Permission]] = {
    "party.manage": Permission(
        _NOBODY, _ADMINISTRATOR, "数据局管理员", "an administrator of the data bureau"
    ),
    "scenario.manage": Permission(
        _OWN_STAFF, _ADMINISTRATOR, "所属部门的数据专员", "a steward of the owning department"
    ),
    "resource.manage": Permission(
        _OWN_STAFF, _NOBODY, "资源所属部门的数据专员", "a steward of the resource's owner"
    ),
    "offer.manage": Permission(
        _OWN_STAFF, _NOBODY, "资源所属部门的数据专员", "a steward of the resource's owner"
    ),
    "request.make": Permission(
        _ANY_STAFF, _NOBODY, "申请方的人员", "a member of the requesting party"
    ),
    "request.answer": Permission(
        _OWN_STAFF, _NOBODY, "资源所属部门的数据专员", "a steward of the resource's owner"
    ),
    "request.supervise": Permission(
        _NOBODY, _ADMINISTRATOR, "数据局管理员", "an administrator of the data bureau"
    ),
    "agreement.sign": Permission(
        frozenset({Role.STEWARD, Role.ENTERPRISE_MEMBER}),
        _NOBODY,
        "申请方的数据专员或企业人员",
        "a steward or enterprise member of the requesting party",
    ),
    "agreement.manage": Permission(
        _OWN_STAFF,
        _ADMINISTRATOR,
        "提供方的数据专员或数据局管理员",
        "a steward of the provider or a bureau administrator",
    ),
    "token.manage": Permission(
        frozenset({Role.STEWARD, Role.ENTERPRISE_MEMBER}),
        _NOBODY,
        "使用方的数据专员或企业人员",
        "a steward or enterprise member of the consumer",
    ),
    "issue.raise": Permission(_ANY_STAFF, _NOBODY, "提出方的人员", "a member of the raising party"),
    "issue.answer": Permission(
        _OWN_STAFF,
        _ADMINISTRATOR,
        "资源所属部门的数据专员或数据局管理员",
        "a steward of the resource's owner or a bureau administrator",
    ),
    "account.settle": Permission(
        _NOBODY, _ADMINISTRATOR, "数据局管理员", "an administrator of the data bureau"
    ),
}


def permit(code: str, permission: Permission) -> None:
    """Add a row for a domain's own acts; a second row under the same code is a mistake."""
    if PERMISSIONS.get(code, permission) != permission:
        raise ValueError(f"permission {code!r} is declared twice")
    PERMISSIONS[code] = permission


@dataclass(frozen=True, slots=True)
class Acting:
    """A person acting for a party in a role. `account` is the account's reference."""

    party: Party
    role: str
    account: str

    @property
    def reads_all(self) -> bool:
        """Administrators and auditors of the bureau see every record."""
        return self.party.is_bureau and self.role in (Role.ADMINISTRATOR, Role.AUDITOR)

    def may(self, permission: str, party: Party | None = None) -> bool:
        """Whether the role allows it, on records of `party` (None: of nobody in particular)."""
        rule = PERMISSIONS[permission]
        if self.role in rule.any and (self.party.is_bureau or self.role != Role.ADMINISTRATOR):
            return True
        return self.role in rule.own and party is not None and party.pk == self.party.pk


def acting_for(membership: Membership) -> Acting:
    """The acting party of an active membership. Raises `NotAllowed` for a dormant one."""
    alive = membership.active and membership.party.active and membership.account.is_active
    if not alive:
        raise NotAllowed(
            "membership-ended",
            "您已不能代表该单位操作，请联系数据局管理员。",
            "You can no longer act for this party; ask the bureau's administrator.",
        )
    return Acting(membership.party, membership.role, membership.account.ref)


def authorise(acting: Acting, permission: str, party: Party | None = None) -> None:
    """Raise `NotAllowed`, saying who may, unless the acting party may do this."""
    if not acting.may(permission, party):
        rule = PERMISSIONS[permission]
        raise NotAllowed(
            "not-allowed",
            f"您没有权限执行此操作，需由{rule.zh}办理。",
            f"You may not do this; it takes {rule.en}.",
        )
