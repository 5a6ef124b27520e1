"""Who may do what about registrations."""

from citybrain.kernel.acting import Permission, Role, permit

_NOBODY: frozenset[str] = frozenset()

permit(
    "registration.apply",
    Permission(
        frozenset({Role.STEWARD, Role.ENTERPRISE_MEMBER}),
        _NOBODY,
        "申请单位的数据专员或企业人员",
        "a steward or enterprise member of the applicant",
    ),
)
permit(
    "registration.decide",
    Permission(
        _NOBODY,
        frozenset({Role.ADMINISTRATOR}),
        "登记机构（数据局）管理员",
        "an administrator of the registering bureau",
    ),
)
