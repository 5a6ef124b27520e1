"""What every record of the kernel has: an opaque reference, a URN, a version, a state."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import models

from citybrain.engines.refs import LENGTH, new_ref
from citybrain.kernel import clock


class Registered(models.Model):
    """A record whose every write leaves a ledger record (see `ledger_state`)."""

    urn_type: ClassVar[str]
    unsealed: ClassVar[frozenset[str]] = frozenset({"id"})
    """Fields that the ledger does not vouch for, because they are caches."""

    ref = models.CharField(max_length=LENGTH, unique=True, default=new_ref, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

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
            if field.name not in self.unsealed
        }


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
