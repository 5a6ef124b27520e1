"""Who may do what with packs and runs."""

from citybrain.kernel.acting import Permission, Role, permit

permit(
    "pack.manage",
    Permission(
        frozenset({Role.STEWARD}),
        frozenset({Role.ADMINISTRATOR}),
        "场景所属部门的数据专员或数据局管理员",
        "a steward of the scenario's owner or a bureau administrator",
    ),
)
permit(
    "run.work",
    Permission(
        frozenset({Role.STEWARD, Role.MEMBER}),
        frozenset(),
        "办理单位的人员",
        "a member of the office that owns the scenario",
    ),
)
