"""What every request carries: its id, the reader's language, the party that is acted for."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation

from citybrain.kernel.acting import Acting, acting_for
from citybrain.kernel.models import Membership

Answer = Callable[[HttpRequest], HttpResponseBase]
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
MEMBERSHIP = "membership"
"""Name in the session of the membership that the person chose to act under."""
LANGUAGE = "language"
"""Name in the session of the account's language, for browsers without a choice of their own."""


class RequestId:
    """A well-formed `X-Request-Id` is kept, any other replaced; it also stands in the logs."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-Id", "")
        request.id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(request_id=request.id):  # type: ignore[attr-defined]
            response = self.get_response(request)
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response


class ChineseFirst:
    """The person's choice, then the account's language, then Chinese: never the browser's guess.

    An office machine with an English system would otherwise show an English platform to
    people who never asked for one.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = request.session.get(LANGUAGE, settings.LANGUAGE_CODE)
        with translation.override(chosen):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response


class ActingParty:
    """Sets `request.acting` (an `Acting` or None) and `request.memberships`.

    The acting party is that of the membership chosen in the session while it is active,
    else of the first active one. API calls by token carry no session and cost nothing here.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        rows = memberships_of(request) if SESSION_KEY in request.session else []
        chosen = request.session.get(MEMBERSHIP) if rows else None
        current = next((one for one in rows if one.ref == chosen), rows[0] if rows else None)
        acting: Acting | None = acting_for(current) if current else None
        request.memberships, request.membership, request.acting = rows, current, acting  # type: ignore[attr-defined]
        return self.get_response(request)


def memberships_of(request: HttpRequest) -> list[Membership]:
    """The ways in which the signed-in person may act now."""
    if not request.user.is_authenticated:
        return []
    found = Membership.objects.select_related("party", "account").order_by("id")
    return list(found.filter(account=request.user.pk, active=True, party__active=True))
