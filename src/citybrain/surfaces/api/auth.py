"""Who asks: a program with an API key, or a person with a session (and a CSRF token)."""

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import timezone
from ninja.security import APIKeyCookie, HttpBearer

from citybrain.kernel.acting import Acting, acting_for
from citybrain.kernel.errors import NotAllowed
from citybrain.surfaces.api.actions import digest_of
from citybrain.surfaces.api.models import ApiKey


class BearerKey(HttpBearer):
    """`Authorization: Bearer cbk_…`: acts for the membership that the key belongs to."""

    def authenticate(self, request: HttpRequest, token: str) -> Acting | None:
        """The acting party of a key that lives; None for any other text."""
        key = (
            ApiKey.objects.select_related("membership__account", "membership__party")
            .filter(digest=digest_of(token), revoked_at=None, expires_at__gt=timezone.now())
            .first()
        )
        return acting_for(key.membership) if key else None


class _Csrf(CsrfViewMiddleware):
    """Django's check, whose refusal is a reason and not a page."""

    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def lacks_csrf_token(request: HttpRequest) -> bool:
    """Whether a write by a session comes without its CSRF token, or from another site."""
    check = _Csrf(lambda _: HttpResponse())
    # The middleware let the request pass, because API views answer for themselves.
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    return check.process_view(request, _no_view, (), {}) is not None


def _no_view() -> HttpResponse:
    """Stands for a view that is not exempt."""
    return HttpResponse()


class Session(APIKeyCookie):
    """The console's session cookie; a write needs the CSRF token as in the console."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Acting | None:
        """The party that the signed-in person acts for."""
        # A request that names a key is the key's alone: a wrong key never falls back.
        if request.headers.get("Authorization"):
            return None
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Acting | None:
        """See `__call__`; raises `NotAllowed` without a party or CSRF token."""
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        acting: Acting | None = getattr(request, "acting", None)
        if acting is None:
            raise NotAllowed(
                "no-party",
                "您的账号未代表任何单位，请联系数据局管理员。",
                "Your account acts for no party; ask the bureau's administrator.",
            )
        if lacks_csrf_token(request):
            raise NotAllowed(
                "csrf",
                "缺少CSRF令牌，请刷新页面后重试。",
                "The CSRF token is missing; reload the page.",
            )
        return acting


def refuse_keys(request: HttpRequest) -> None:
    """Some things only a person may do: a key that leaked must not make further keys."""
    if request.headers.get("Authorization"):
        raise NotAllowed(
            "session-needed",
            "密钥须由本人登录后创建，不能用密钥创建密钥。",
            "A key is made by a person who is signed in, not by another key.",
        )


def acting_of(request: HttpRequest) -> Acting:
    """The acting party of an authenticated request."""
    acting: Acting = request.auth  # type: ignore[attr-defined]
    return acting
