"""What the values of choices are called. Codes of formats stand for themselves."""

from django.utils.translation import gettext_lazy as _

VALUES = {
    "": _("none"),
    "file": _("file"),
    "database": _("database"),
    "identity": _("identity number"),
    "uscc": _("unified social credit code"),
    "text": _("any text"),
    "eq": _("equals"),
    "ne": _("differs from"),
    "lt": _("less than"),
    "lte": _("at most"),
    "gt": _("more than"),
    "gte": _("at least"),
    "in": _("one of"),
    "PointColumns": _("two columns of longitude and latitude"),
    "GeometryColumn": _("one column of geometry"),
    "C": _("C text"),
    "N": _("N number"),
    "Y": _("Y money"),
    "D": _("D date"),
    "T": _("T date and time"),
    "L": _("L yes or no"),
    "M": _("M long text"),
    "G": _("G general"),
    "B": _("B double"),
    "I": _("I whole number"),
    "F": _("F floating point"),
    "\t": _("tabulator"),
    ",": _("comma ,"),
    ";": _("semicolon ;"),
    "|": _("bar |"),
    "实时": _("real time"),
    "每日": _("daily"),
    "每周": _("weekly"),
    "每月": _("monthly"),
    "每季度": _("quarterly"),
    "每半年": _("half-yearly"),
    "每年": _("yearly"),
    "不更新": _("not updated"),
}


def value_label(value: str) -> str:
    """A choice's value in words where it has any."""
    return str(VALUES.get(value, value))
