"""Parties, accounts, memberships: for administrators of the bureau alone."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import parties as actions
from citybrain.kernel.errors import NotFound
from citybrain.kernel.models import Account, Membership, Party
from citybrain.surfaces.console.forms.faults import attempt
from citybrain.surfaces.console.forms.plain import AccountForm, MembershipForm, PartyForm
from citybrain.ui.history import history_of
from citybrain.ui.labels import party_name
from citybrain.ui.lists import Column, Filter, ListSpec, list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.shapes import Item

PARTIES = ListSpec(
    name="parties",
    caption=lazy("Parties"),
    columns=(
        Column(
            "name",
            lazy("Name"),
            party_name,
            sort="name_zh",
            link=lambda row: reverse("party", args=[row.ref]),
        ),
        Column("type", lazy("Type"), lambda row: row.get_type_display(), sort="type"),
        Column("code", lazy("Unified social credit code"), "code", sort="code"),
        Column("active", lazy("Switched on"), "active"),
        Column("since", lazy("Registered"), "created_at", sort="created_at"),
    ),
    filters=(Filter("type", lazy("Type"), "type", Party.Type.choices),),
    search=("name_zh__icontains", "name_en__icontains", "code__icontains"),
    search_hint=lazy("Name or code"),
    default_sort="name",
)
ACCOUNTS = ListSpec(
    name="accounts",
    caption=lazy("People"),
    columns=(
        Column(
            "username",
            lazy("User name"),
            "username",
            sort="username",
            link=lambda row: reverse("account", args=[row.ref]),
        ),
        Column("name", lazy("Name"), "display_name", sort="display_name"),
        Column("active", lazy("Switched on"), "is_active"),
        Column("last", lazy("Last sign-in"), "last_login", sort="last_login"),
    ),
    search=("username__icontains", "display_name__icontains"),
    search_hint=lazy("Name"),
    default_sort="username",
)


@page()
def parties(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Every party."""
    authorise(acting, "party.manage")
    return list_response(request, PARTIES, Party.objects.all(), "console/parties.html")


@page("GET", "POST")
def register_party(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """A new party."""
    authorise(acting, "party.manage")
    form = PartyForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(
                form, lambda: actions.register_party(acting_party=acting, **form.cleaned_data)
            )
            if made:
                messages.success(request, _("The party is registered."))
                return redirect("party", made.ref)
    return _form(request, form, _("Register a party"), "parties", _("Parties"), status)


def _form(
    request: HttpRequest, form: Any, title: str, back: str, back_title: str, status: int
) -> HttpResponseBase:
    context = {"form": form, "title": title, "crumbs": [(back_title, reverse(back)), (title, "")]}
    return render(request, "console/form.html", context, status=status)


def _found(model: Any, ref: str) -> Any:
    row = model.objects.filter(ref=ref).first()
    if row is None:
        raise NotFound("not-found", "找不到该记录。", "There is no such record.")
    return row


@page()
def party(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One party and its people."""
    authorise(acting, "party.manage")
    row = _found(Party, ref)
    context = {
        "party": row,
        "items": [
            Item(_("Name in Chinese"), row.name_zh),
            Item(_("Name in English"), row.name_en),
            Item(_("Type"), row.get_type_display()),
            Item(_("Unified social credit code"), row.code),
            Item(_("Switched on"), row.active),
            Item(
                _("Resources"),
                row.resources.count(),
                f"{reverse('resources')}?owner={row.ref}" if row.resources.exists() else "",
            ),
        ],
        "members": list(
            row.memberships.select_related("account", "party").order_by("-active", "id")
        ),
        "history": history_of(row.urn, acting),
    }
    return render(request, "console/party.html", context)


@page()
def accounts(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Every account."""
    authorise(acting, "party.manage")
    return list_response(request, ACCOUNTS, Account.objects.all(), "console/accounts.html")


@page("GET", "POST")
def create_account(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """A new sign-in."""
    authorise(acting, "party.manage")
    form = AccountForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            made, status = attempt(
                form, lambda: actions.create_account(acting_party=acting, **form.cleaned_data)
            )
            if made:
                messages.success(request, _("The account is made; grant it a membership now."))
                return redirect("account", made.ref)
    return _form(request, form, _("Make an account"), "accounts", _("People"), status)


@page()
def account(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One account and whom it acts for."""
    authorise(acting, "party.manage")
    return _account(request, ref)


def _account(
    request: HttpRequest, ref: str, status: int = 200, form: MembershipForm | None = None
) -> HttpResponseBase:
    row = _found(Account, ref)
    context = {
        "account": row,
        "items": [
            Item(_("User name"), row.username),
            Item(_("Name"), row.display_name),
            Item(_("Switched on"), row.is_active),
            Item(_("Last sign-in"), row.last_login),
        ],
        "memberships": list(row.memberships.select_related("party").order_by("-active", "id")),
        "form": form or MembershipForm(parties=_choices()),
    }
    return render(request, "console/account.html", context, status=status)


def _choices() -> list[tuple[str, str]]:
    return [(one.ref, party_name(one)) for one in Party.objects.filter(active=True)]


@page("POST")
def grant(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Let a person act for a party."""
    authorise(acting, "party.manage")
    row = _found(Account, ref)
    form = MembershipForm(request.POST, parties=_choices())
    status = 422
    if form.is_valid():
        given = form.cleaned_data
        made, status = attempt(
            form,
            lambda: actions.grant_membership(
                acting_party=acting,
                account=row,
                party=_found(Party, given["party"]),
                role=given["role"],
            ),
        )
        if made:
            messages.success(request, _("The membership is granted."))
            return redirect("account", ref)
    return _account(request, ref, status, form)


@page("POST")
def end(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Stop a person from acting for a party."""
    authorise(acting, "party.manage")
    row = _found(Membership, ref)
    return pressed(
        request,
        lambda: actions.end_membership(acting_party=acting, membership_ref=ref),
        _("The membership has ended."),
        reverse("account", args=[row.account.ref]),
        lambda status: _account(request, row.account.ref, status),
    )
