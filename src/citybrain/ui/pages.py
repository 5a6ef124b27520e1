"""Who gets in: every page needs a signed-in person who acts for a party.

A page is declared with `@page`. What the kernel refuses becomes an answer here: nothing
that one may not see exists (404), what one may not do is forbidden (403), and a POST that
is refused shows the page it came from with the reason, never an error page.
"""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import ActionError, NotAllowed, NotFound

P = ParamSpec("P")
T = TypeVar("T")
View = Callable[..., HttpResponseBase]
PageView = Callable[Concatenate[HttpRequest, Acting, P], HttpResponseBase]


def page(*methods: str) -> Callable[[PageView[P]], View]:
    """A view `(request, acting, …)` for the given methods (default: GET and HEAD)."""

    def declare(view: PageView[P]) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            acting: Acting | None = request.acting  # type: ignore[attr-defined]
            if acting is None:
                return render(request, "ui/no_party.html", status=403)
            return _answered(lambda: view(request, acting, *args, **kwargs))

        allowed = list(methods) or ["GET", "HEAD"]
        bound = require_http_methods([*allowed, *(["HEAD"] if "GET" in allowed else [])])(enter)
        bound.is_page = True  # type: ignore[attr-defined]  # the tests look for it
        return bound

    return declare


def _answered(work: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        return work()
    except NotFound as error:
        raise Http404(text(error)) from None
    except NotAllowed as error:
        raise PermissionDenied(text(error)) from None
    except ActionError as error:
        raise BadRequest(text(error)) from None


def text(error: ActionError) -> str:
    """The refusal in the reader's language."""
    return error.text(get_language() or "zh-hans")


def pressed(
    request: HttpRequest,
    work: Callable[[], Any],
    done: Any,
    url: str,
    show: Callable[[int], HttpResponseBase],
) -> HttpResponseBase:
    """Carry out what a button stands for: on success the message `done` and on to `url`.

    A refusal is shown on the page as it is now (`show`, called with the status): who was
    second sees what the first has done.
    """
    try:
        work()
    except NotFound:
        raise
    except ActionError as error:
        messages.error(request, text(error))
        return show(error.status)
    messages.success(request, done)
    return redirect(url)


def may(acting: Acting, permission: str, owner: Any = None) -> bool:
    """For templates' contexts: whether to show a button."""
    return acting.may(permission, owner)


def version_of(text: str) -> int | None:
    """The version that a form was shown for; None for anything that is no version."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
