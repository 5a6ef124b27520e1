"""JSON by orjson: faster than the standard library, and Chinese stays readable."""

from typing import Any

import orjson
from django.http import HttpRequest
from ninja.renderers import BaseRenderer


class JsonRenderer(BaseRenderer):
    """UTF-8 JSON; texts that wait for a language become text."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """The body of an answer."""
        return orjson.dumps(data, default=str, option=orjson.OPT_NON_STR_KEYS)
