"""Who may do what with streams."""

from citybrain.kernel.acting import Permission, Role, permit

_STEWARD = frozenset({Role.STEWARD})
_ADMINISTRATOR = frozenset({Role.ADMINISTRATOR})

permit(
    "stream.manage",
    Permission(
        _STEWARD,
        frozenset(),
        "感知数据流所属部门的数据专员",
        "a steward of the stream's owner",
    ),
)
permit(
    "stream-class.manage",
    Permission(
        frozenset(),
        _ADMINISTRATOR,
        "数据局管理员",
        "an administrator of the data bureau",
    ),
)
permit(
    "readings.query",
    Permission(
        frozenset(),
        frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
        "数据局管理员或审计员",
        "an administrator or auditor of the data bureau",
    ),
)
