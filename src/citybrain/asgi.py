"""The application that a server serves: `citybrain.asgi:application`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citybrain.settings")

import django

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - after the set-up
from django.utils.module_loading import autodiscover_modules  # noqa: E402

from citybrain.gateway.shell import Shell  # noqa: E402

autodiscover_modules("native")
application = Shell(wsgi=get_wsgi_application)
