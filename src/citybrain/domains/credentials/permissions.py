"""Who may do what about licences."""

from citybrain.kernel.acting import Permission, Role, permit

_NOBODY: frozenset[str] = frozenset()
_STEWARD = frozenset({Role.STEWARD})

permit(
    "licence-type.manage",
    Permission(_STEWARD, _NOBODY, "发证部门的数据专员", "a steward of the issuing office"),
)
permit(
    "licence.manage",
    Permission(_STEWARD, _NOBODY, "发证部门的数据专员", "a steward of the issuing office"),
)
