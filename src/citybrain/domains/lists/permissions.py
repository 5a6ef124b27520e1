"""Who may file and answer demands, rate answers, tell stories, supervise."""

from citybrain.kernel.acting import Permission, Role, permit

_STAFF = frozenset({Role.STEWARD, Role.MEMBER, Role.ENTERPRISE_MEMBER})
_STEWARD = frozenset({Role.STEWARD})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})
_NOBODY: frozenset[str] = frozenset()
_BUREAU = ("数据局管理员", "an administrator of the data bureau")

permit(
    "demand.file", Permission(_STAFF, _NOBODY, "需求单位的人员", "a member of the demanding party")
)
permit(
    "demand.answer",
    Permission(
        _STEWARD,
        _ADMINISTRATOR,
        "数源部门的数据专员或数据局管理员",
        "a steward of the assigned office or a bureau administrator",
    ),
)
permit("demand.assign", Permission(_NOBODY, _ADMINISTRATOR, *_BUREAU))
permit(
    "rating.give",
    Permission(
        _STAFF,
        _NOBODY,
        "申请方或问题提出方的人员",
        "a member of the party that asked or raised the problem",
    ),
)
permit(
    "story.write",
    Permission(_STEWARD, _NOBODY, "资源所属部门的数据专员", "a steward of the resource's owner"),
)
permit("story.feature", Permission(_NOBODY, _ADMINISTRATOR, *_BUREAU))
permit("escalation.raise", Permission(_NOBODY, _ADMINISTRATOR, *_BUREAU))
permit("escalation.note", Permission(_NOBODY, _ADMINISTRATOR, *_BUREAU))
