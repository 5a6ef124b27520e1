"""Small makers for the documented fields of metadata schemas."""

from typing import Any

from pydantic import Field


def described(zh: str, en: str, default: Any = ..., **limits: Any) -> Any:
    """A pydantic field with its English description and its Chinese label."""
    return Field(default, description=en, json_schema_extra={"zh": zh}, **limits)
