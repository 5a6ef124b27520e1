"""What every record of the kernel has: an opaque reference, a URN, a version, a state."""

import math
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models

from citybrain.engines.refs import LENGTH, new_ref
from citybrain.kernel import clock
from citybrain.kernel.errors import Invalid


class Sealed(models.Model):
    """A record that the ledger vouches for: the audit compares each row with it."""

    urn_type: ClassVar[str]
    unsealed: ClassVar[frozenset[str]] = frozenset({"id"})
    """Fields that the ledger does not vouch for, because they are caches."""
    added: ClassVar[frozenset[str]] = frozenset()
    """Fields that came after records had been sealed: they are sealed once they hold more than
    their default, so that what was sealed before they existed still agrees."""

    ref: "models.CharField[str, str]"

    class Meta:
        abstract = True

    @property
    def urn(self) -> str:
        """`urn:citybrain:<type>:<ref>`; carries no personal data."""
        return f"urn:citybrain:{self.urn_type}:{self.ref}"

    def ledger_state(self) -> dict[str, Any]:
        """The sealed fields as canonical JSON values: what the ledger vouches for."""
        return {
            field.attname: _plain(getattr(self, field.attname))
            for field in self._meta.concrete_fields
            if field.name not in self.unsealed and not self._is_unfilled(field)
        }

    def _is_unfilled(self, field: "models.Field[Any, Any]") -> bool:
        return field.name in self.added and getattr(self, field.attname) == field.get_default()


class Registered(Sealed):
    """A record whose every write leaves a ledger record (see `ledger_state`)."""

    ref = models.CharField(max_length=LENGTH, unique=True, default=new_ref, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save what every database keeps alike. Raises `Invalid`, naming each faulty field."""
        check_fields(self)
        super().save(*args, **kwargs)


def check_fields(record: models.Model) -> None:
    """Raise `Invalid`, naming each field whose value a database could not keep."""
    faults = {}
    for field in record._meta.concrete_fields:
        fault = _fault(getattr(record, field.attname), getattr(field, "max_length", None))
        if fault:
            faults[field.name] = fault
    if faults:
        raise Invalid(
            "bad-value", "请更正标出的字段。", "Correct the fields that are marked.", faults
        )


DEEPEST = 40
"""Levels of JSON in a field: what is deeper exhausts the stack of whoever walks it next."""


def _fault(value: Any, longest: int | None) -> tuple[str, str] | None:
    """Why a database could not keep this value; SQLite would take some that PostgreSQL refuses."""
    if isinstance(value, str) and longest is not None and len(value) > longest:
        return (f"不得超过{longest}个字符。", f"At most {longest} characters.")
    if not _is_keepable(value, DEEPEST):
        return (
            "内容含有空字符、无效的Unicode字符或超出范围的数字，或嵌套过深。",
            "It holds a NUL, invalid Unicode or a number out of range, or is nested too deep.",
        )
    return None


def _is_keepable(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return abs(value) < 2**63
    if isinstance(value, dict | list | tuple):
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        return depth > 0 and all(_is_keepable(one, depth - 1) for one in parts)
    return True


def _plain(value: Any) -> Any:
    """JSON without floats: numbers with a fraction as text, times in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)
