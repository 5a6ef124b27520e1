"""What the catalogue's own acts take, beside the kernel's table."""

from citybrain.kernel.acting import Permission, Role, permit

_STEWARD = frozenset({Role.STEWARD})
_NOBODY: frozenset[str] = frozenset()

permit(
    "quality.manage",
    Permission(_STEWARD, _NOBODY, "资源所属部门的数据专员", "a steward of the resource's owner"),
)
permit(
    "preview.unmask",
    Permission(_STEWARD, _NOBODY, "资源所属部门的数据专员", "a steward of the resource's owner"),
)
