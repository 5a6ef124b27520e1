"""The page where anybody checks a licence; nothing that is sent in is kept."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from citybrain.domains.credentials.checking import LARGEST, Verdict, checked
from citybrain.domains.credentials.forms import VerifyForm
from citybrain.domains.credentials.logic.wire import claim_titles
from citybrain.domains.credentials.views.words import STANDINGS, reason_text
from citybrain.ui.labels import localised
from citybrain.ui.shapes import Item


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponseBase:
    """Paste or send what a paper's code or a wallet holds; read whether it is good."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    verdict, status = None, 200
    if request.method == "POST":
        text = _text(form)
        status = 200 if text else 422
        verdict = checked(text) if text else None
    context = {
        "form": form,
        "verdict": verdict,
        "why": reason_text(verdict.reason) if verdict else "",
        "standing": STANDINGS.get(verdict.standing, "") if verdict else "",
        "items": _items(verdict) if verdict else [],
    }
    return render(request, "credentials/public/verify.html", context, status=status)


def _text(form: VerifyForm) -> str:
    """What was pasted or sent; empty with words in the form when there is nothing usable."""
    if not form.is_valid():
        return ""
    text = form.cleaned_data["code"].strip()
    file = form.cleaned_data["file"]
    if not text and file:
        text = file.read(LARGEST + 1).decode("utf-8", "replace").strip()
    if not text:
        form.add_error("code", _("Paste the code, or choose a file."))
    return text


def _items(verdict: Verdict) -> list[Item]:
    if verdict.type is None:
        return []
    titles = claim_titles(verdict.type)
    shown = verdict.claims or {}
    told = [(localised(*titles[name]), shown[name]) for name in titles if name in shown]
    return [
        Item(_("Type of licence"), localised(verdict.type.name_zh, verdict.type.name_en)),
        *(Item(title, _plain(value)) for title, value in told),
        Item(_("Valid from"), verdict.valid_from),
        Item(_("Valid to"), verdict.valid_to or _("without end")),
    ]


def _plain(value: object) -> object:
    return {True: _("Yes"), False: _("No")}[value] if isinstance(value, bool) else value
