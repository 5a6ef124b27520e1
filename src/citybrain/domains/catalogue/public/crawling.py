"""`/robots.txt` and the site map: where search engines may go, and what there is."""

from collections.abc import Iterator

from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from citybrain.domains.catalogue.public.answering import FRESH, cached
from citybrain.kernel.queries import visible
from citybrain.ui.navigation import public_paths

PAGE = 10_000
"""Addresses of one part of the site map; the protocol allows 50,000."""
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
ROBOTS = """User-agent: *
{allowed}
Disallow: /

Sitemap: {base}sitemap.xml
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponseBase:
    """Only what is public is worth a crawler's way."""
    allowed = "\n".join(f"Allow: {one}" for one in public_paths())
    text = ROBOTS.format(allowed=allowed, base=request.build_absolute_uri("/"))
    return cached(request, HttpResponse(text, "text/plain; charset=utf-8"))


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """The parts of the site map."""
    base = request.build_absolute_uri("/")
    count = visible.public_resources().order_by().count()
    parts = "".join(
        f"<sitemap><loc>{base}sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(1, max(1, -(-count // PAGE)) + 1)
    )
    text = f'{_HEAD}<sitemapindex xmlns="{_SPACE}">\n{parts}</sitemapindex>\n'
    return cached(request, HttpResponse(text, "application/xml"))


@require_safe
def part(request: HttpRequest, number: int) -> HttpResponseBase:
    """10,000 addresses in the order of registration, written as a stream."""
    base = request.build_absolute_uri("/")
    start = (number - 1) * PAGE
    found = visible.public_resources().order_by("id")
    if number < 1 or (number > 1 and not found[start : start + 1].exists()):
        raise Http404
    rows = (
        found.annotate(changed=Max("versions__at"))
        .order_by("id")
        .values_list("ref", "changed", "published_at")[start : start + PAGE]
    )
    response = StreamingHttpResponse(_lines(base, rows, number == 1), "application/xml")
    patch_cache_control(response, public=True, max_age=FRESH)
    return response


def _lines(base: str, rows: object, first: bool) -> Iterator[str]:
    yield f'{_HEAD}<urlset xmlns="{_SPACE}">\n'
    if first:
        yield f"<url><loc>{base}directory</loc></url>\n"
    for ref, changed, published in rows.iterator(chunk_size=1000):  # type: ignore[attr-defined]
        moment = changed or published
        last = f"<lastmod>{moment.date().isoformat()}</lastmod>" if moment else ""
        yield f"<url><loc>{base}dataset/{ref}</loc>{last}</url>\n"
    yield "</urlset>\n"
