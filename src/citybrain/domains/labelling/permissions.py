"""Who may run a labelling project, annotate in it, and settle what annotators disagree on."""

from typing import Final

from citybrain.kernel.acting import Permission, Role, permit

_NOBODY: Final[frozenset[str]] = frozenset()
MANAGE: Final = "labelling.manage"
ANNOTATE: Final = "labelling.annotate"
REVIEW: Final = "labelling.review"

permit(
    MANAGE,
    Permission(
        frozenset({Role.STEWARD}),
        _NOBODY,
        "标注项目所属部门的数据专员",
        "a steward of the party that owns the project",
    ),
)
permit(
    ANNOTATE,
    Permission(
        frozenset({Role.STEWARD, Role.MEMBER, Role.ENTERPRISE_MEMBER}),
        _NOBODY,
        "项目所属单位或受邀单位的人员",
        "a member of the project's party or of an invited one",
    ),
)
permit(
    REVIEW,
    Permission(
        frozenset({Role.STEWARD}),
        _NOBODY,
        "标注项目所属部门的数据专员",
        "a steward of the party that owns the project",
    ),
)
