"""Credentials of upstream services and databases, by name (CITYBRAIN_CREDENTIALS_FILE).

Metadata hold the name only. Each entry says where it may be used, because anyone who may
register a resource may write any name into its metadata: without that list a steward
could have another office's key sent to a host of his own.

    [weather]
    hosts = ["api.example.gov.cn"]
    header = "Authorization"
    value = "Bearer …"

    [population]
    dsn = "postgresql://reader:…@db.example.gov.cn/population"
    tables = ["public.streets"]
"""

import stat
import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings

from citybrain.domains.catalogue.logic.errors import source
from citybrain.kernel.kinds import ServeError


def _unusable() -> ServeError:
    return source(
        "credential-unusable",
        "平台未配置此凭据，或凭据不允许用于此处；请联系平台管理员。",
        "The credential is not configured, or not for use here; tell the administrator.",
    )


def _entries(path: Path | None) -> dict[str, Any]:
    try:
        if path is None or stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise _unusable()
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise _unusable() from None


def _entry(name: str, place: str, list_of: str) -> dict[str, Any]:
    entry = _entries(settings.CITYBRAIN.credentials_file).get(name)
    if not isinstance(entry, dict) or place not in entry.get(list_of, []):
        raise _unusable()
    return entry


def header_for(name: str, host: str) -> tuple[str, str]:
    """Header and value that sign a call to `host`. Raises `ServeError` "credential-unusable"."""
    entry = _entry(name, host, "hosts")
    if not isinstance(entry.get("value"), str):
        raise _unusable()
    return str(entry.get("header", "Authorization")), entry["value"]


def dsn_for(name: str, table: str) -> str:
    """The address of the database that may be asked for `table`."""
    entry = _entry(name, table, "tables")
    if not isinstance(entry.get("dsn"), str):
        raise _unusable()
    return str(entry["dsn"])
