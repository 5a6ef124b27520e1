"""Error pages that say what was wrong.

In urls.py: `handler400 = "citybrain.ui.handlers.bad_request"`; Django's own shows no reason.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from citybrain.ui.lists import BadListQuery


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, with the reason where it was written for people; other exceptions may tell too much."""
    reason = str(exception) if isinstance(exception, BadListQuery) else ""
    return HttpResponse(render_to_string("400.html", {"exception": reason}), status=400)
