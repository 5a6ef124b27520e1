"""Signing in and out, the password, the language, the party that is acted for."""

from typing import Any

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from citybrain.kernel.models import Account
from citybrain.surfaces.console.middleware import LANGUAGE, MEMBERSHIP
from citybrain.ui.history import refused


class SignInForm(AuthenticationForm):
    """User name and password; the message does not tell which of them was wrong."""

    error_messages = {
        "invalid_login": lazy(
            "The user name or the password is wrong. After five failures sign-in is locked for a "
            "quarter of an hour."
        ),
        "inactive": lazy("This account is switched off; ask the bureau's administrator."),
    }


class SignIn(LoginView):
    """Sign-in by local account, and by the city's identity provider where there is one."""

    authentication_form = SignInForm
    template_name = "console/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        self.request.session[LANGUAGE] = form.get_user().language
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        context = self.get_context_data(form=form)
        return self.render_to_response(context, status=422)

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        return super().get_context_data(
            oidc=reverse("oidc_authentication_init") if settings.CITYBRAIN.oidc_issuer else "",
            **given,
        )


class SignOut(LogoutView):
    """Signing out, by POST only."""

    http_method_names = ["post", "options"]


class ChangePassword(PasswordChangeView):
    """A new password, which must meet the rules; other sessions of the account end."""

    template_name = "console/password.html"
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, _("The password was changed."))
        return super().form_valid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


change_password = login_required(ChangePassword.as_view())


def locked_out(
    request: HttpRequest, response: Any = None, credentials: Any = None
) -> HttpResponseBase:
    """Shown after too many failures: says when to try again (see AXES_COOLOFF_TIME)."""
    pause = get_cool_off(request)
    again = timezone.now() + pause if pause else None
    answer = render(
        request,
        "console/locked_out.html",
        {"again": again, "minutes": int(pause.total_seconds() // 60) if pause else None},
        status=429,
    )
    if pause:
        answer["Retry-After"] = str(int(pause.total_seconds()))
    return answer


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language in a cookie, and for a signed-in person in the account too."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in dict(settings.LANGUAGES):
        Account.objects.filter(pk=request.user.pk).update(language=language)
        request.session[LANGUAGE] = language
    return django_set_language(request)


@require_POST
@login_required
def act_for(request: HttpRequest) -> HttpResponseBase:
    """Act under another of one's memberships from now on."""
    chosen = request.POST.get("membership", "")
    if chosen not in {one.ref for one in request.memberships}:  # type: ignore[attr-defined]
        return refused(request, 403, _("You have no such membership, or it has ended."))
    request.session[MEMBERSHIP] = chosen
    return redirect(_safe_next(request))


def _safe_next(request: HttpRequest) -> str:
    """Home, unless the page one came from is this site's own.

    The page may belong to the other party alone; then it answers 404 with a way home.
    """
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if safe else reverse("home")
