"""The tables of routes that there are: the console's and those of domains with pages."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, get_resolver

from citybrain.kernel.models import Account


def suites() -> dict[str, ModuleType]:
    """App's short name → its `tests.routes` module (`ROUTES`, `NOT_PAGES`, `build_world`)."""
    apps = ["citybrain.surfaces.console", "citybrain.flows", *settings.DOMAINS]
    found = [f"{app}.tests.routes" for app in apps if find_spec(f"{app}.tests")]
    return {name.split(".")[-3]: import_module(name) for name in found if find_spec(name)}


def page_names() -> set[str]:
    """Names of all addresses that were declared with `@page`, and of the console's own."""
    own = import_module("citybrain.surfaces.console.urls").urlpatterns
    return {str(one.name) for one in _walk(get_resolver().url_patterns) if _is_page(one)} | {
        str(one.name) for one in own
    }


def _walk(patterns: list) -> list[URLPattern]:
    found: list[URLPattern] = []
    for one in patterns:
        found += [one] if isinstance(one, URLPattern) else _walk(one.url_patterns)
    return found


def _is_page(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "is_page", False)


def client_of(name: str) -> Client:
    """A browser in which this person is signed in, without the slow check of the password."""
    client = Client()
    account = Account.objects.get(username=name)
    client.force_login(account, "django.contrib.auth.backends.ModelBackend")
    return client
