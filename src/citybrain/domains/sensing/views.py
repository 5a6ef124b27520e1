"""Pages of sensing: the network at a glance, streams, what was put aside, tokens."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from citybrain.domains.sensing import actions, charts, health, lists, queries, stores
from citybrain.domains.sensing.intake import Intake
from citybrain.domains.sensing.lists import QUARANTINE, STREAMS, TOKENS, moment, name_of
from citybrain.engines.facts import QueryRefused, StoreBusy, StoreDamaged
from citybrain.kernel.acting import Acting
from citybrain.kernel.errors import Conflict
from citybrain.ui.history import records_about, told
from citybrain.ui.labels import party_name, resource_title
from citybrain.ui.lists import list_response
from citybrain.ui.pages import page, pressed
from citybrain.ui.shapes import Figure, Item


@page()
def overview(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """The network: how many send, how much comes, what waits."""
    found = health.standings(queries.streams(acting))
    return render(
        request,
        "sensing/overview.html",
        {"figures": _figures(acting, found), "standings": found},
    )


def _figures(acting: Acting, found: list[health.Standing]) -> list[Figure]:
    total, online = sum(one.streams for one in found), sum(one.online for one in found)
    waiting = queries.quarantined(acting).filter(state="waiting").count()
    readings = sum(count for _day, count in health.by_day(_numbers(acting)))
    streams = reverse("streams")
    return [
        Figure(_("Streams in use"), total, streams, icon="chart-line", tone="info"),
        Figure(
            _("Online"),
            online,
            streams,
            note=_("%(share)s%% of those in use") % {"share": round(100 * online / total)}
            if total
            else "",
            icon="antenna",
            tone="good" if online == total else "warn",
        ),
        Figure(
            _("Readings in 30 days"),
            readings,
            reverse("sensing"),
            icon="chart-bar",
            tone="info",
        ),
        Figure(
            _("Batches put aside"),
            waiting,
            f"{reverse('quarantine')}?state=waiting",
            note=_("waiting for a decision"),
            icon="filter",
            tone="warn" if waiting else "good",
        ),
    ]


def _numbers(acting: Acting) -> list[int] | None:
    """The numbers of the streams that one sees; None for all of them."""
    if acting.reads_all:
        return None
    return list(queries.streams(acting).values_list("number", flat=True))


@page()
def days(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Readings of each day, as a chart."""
    rows = health.by_day(_numbers(acting))
    return JsonResponse(charts.per_day(rows))


@page()
def streams(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Every stream one sees."""
    return list_response(request, STREAMS, queries.streams(acting), "sensing/streams.html")


@page()
def stream(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One stream: what it is, its readings, its gaps."""
    return _stream(request, acting, ref)


def _stream(request: HttpRequest, acting: Acting, ref: str, status: int = 200) -> HttpResponseBase:
    row = queries.stream(acting, ref)
    span = charts.span_named(request.GET.get("span", ""))
    words, tone = lists.standing(row)
    context = {
        "stream": row,
        "name": name_of(row),
        "state": words,
        "tone": tone,
        "items": _items(row),
        "span": span,
        "spans": charts.SPANS,
        "gaps": charts.gaps_of(row),
        "may_switch": acting.may("stream.manage", row.owner),
        "to_active": [("active", "no" if row.active else "yes")],
        "history": told(records_about(row.urn), acting),
    }
    return render(request, "sensing/stream.html", context, status=status)


def _items(row: Any) -> list[Item]:
    found, of = health.newest(row.number), row.stream_class
    place = "" if row.longitude is None else f"{row.longitude:.5f}, {row.latitude:.5f}"
    items = [
        Item(_("Latest reading"), lists.result_of(row) or "–"),
        Item(_("Time of the reading"), localtime(moment(found[0])) if found else "–"),
        Item(pgettext("streams", "Class"), name_of(of)),
        Item(_("Observed property"), of.observed_property),
        Item(_("Unit (UCUM)"), of.unit),
        Item(_("Expected interval, seconds"), of.interval_seconds),
        Item(_("Number"), row.number),
        Item(_("Owner"), party_name(row.owner)),
        Item(_("District"), row.district or "–"),
        Item(_("Place (WGS-84)"), place or "–"),
        Item(_("Invented"), _("yes") if row.invented else _("no")),
    ]
    if row.resource:
        url = reverse("resource", args=[row.resource.ref])
        items.append(Item(_("Requested as"), resource_title(row.resource), url))
    return items


@page()
def readings(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """The chart of a stream: raw, by hour or by day."""
    row = queries.stream(acting, ref)
    span = charts.span_named(request.GET.get("span", ""))
    try:
        return JsonResponse(charts.of_stream(row, span, name_of(row)))
    except (QueryRefused, StoreDamaged) as error:
        return JsonResponse({"error": str(error)}, status=502)


@page("POST")
def switch(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Out of use, or into use again."""
    row = queries.stream(acting, ref)
    return pressed(
        request,
        lambda: actions.switch_stream(
            acting_party=acting, stream_ref=row.ref, active=request.POST.get("active") == "yes"
        ),
        _("The stream was switched."),
        reverse("stream", args=[row.ref]),
        lambda status: _stream(request, acting, ref, status),
    )


@page()
def quarantine(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """What was put aside."""
    rows = queries.quarantined(acting)
    return list_response(request, QUARANTINE, rows, "sensing/quarantine.html")


def _quarantined(
    request: HttpRequest, acting: Acting, ref: str, status: int = 200
) -> HttpResponseBase:
    row = queries.quarantined_one(acting, ref)
    first, last = moment(row.first_time), moment(row.last_time)
    manager = (
        acting.may("stream.manage", row.party) if row.party else acting.may("stream-class.manage")
    )
    context = {
        "row": row,
        "tone": lists.TONES[row.state],
        "items": [
            Item(_("Readings"), row.count),
            Item(_("Streams"), row.streams),
            Item(_("Source"), row.source),
            Item(_("Received"), localtime(row.created_at)),
            Item(_("First reading"), localtime(first) if first else _("out of range")),
            Item(_("Last reading"), localtime(last) if last else _("out of range")),
            Item(_("Taken in"), row.accepted),
            Item(_("Note"), row.note or "–"),
        ],
        "sample": charts.sample_of(row),
        "may_decide": manager and row.state == "waiting",
        "history": told(records_about(row.urn), acting),
    }
    return render(request, "sensing/quarantined.html", context, status=status)


@page()
def quarantined(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """One batch that was put aside, and what to do with it."""
    return _quarantined(request, acting, ref)


def _decided(
    request: HttpRequest, acting: Acting, ref: str, work: Callable[[], Any], done: str
) -> HttpResponseBase:
    queries.quarantined_one(acting, ref)
    url = reverse("quarantined", args=[ref])
    return pressed(
        request, work, done, url, lambda status: _quarantined(request, acting, ref, status)
    )


@page("POST")
def release(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Take the readings in after all."""

    def work() -> Any:
        return actions.release(
            acting_party=acting,
            quarantined_ref=ref,
            appender=_appender,
            intake=Intake(),
            note=request.POST.get("note", ""),
        )

    return _decided(request, acting, ref, work, _("The readings were taken in."))


def _appender() -> stores.Appender:
    try:
        return stores.appender()
    except StoreBusy:
        raise Conflict(
            "store-busy",
            "读数存储暂不可用，请稍后重试。",
            "The store of readings takes nothing now; try again in a moment.",
        ) from None


@page("POST")
def discard(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Leave the readings out for good."""
    return _decided(
        request,
        acting,
        ref,
        lambda: actions.discard(
            acting_party=acting, quarantined_ref=ref, note=request.POST.get("note", "")
        ),
        _("The readings were left out."),
    )


@page()
def tokens(request: HttpRequest, acting: Acting) -> HttpResponseBase:
    """Tokens of devices."""
    return _tokens(request, acting)


def _tokens(request: HttpRequest, acting: Acting, status: int = 200) -> HttpResponseBase:
    mine = [
        one
        for one in queries.device_tokens(acting).filter(revoked_at=None)
        if acting.may("stream.manage", one.party)
    ]
    rows = queries.device_tokens(acting)
    answer = list_response(request, TOKENS, rows, "sensing/tokens.html", {"mine": mine})
    answer.status_code = status if answer.status_code == 200 else answer.status_code
    return answer


@page("POST")
def revoke(request: HttpRequest, acting: Acting, ref: str) -> HttpResponseBase:
    """Make a token worthless."""
    row = queries.device_token(acting, ref)
    return pressed(
        request,
        lambda: actions.revoke_device_token(acting_party=acting, token_ref=row.ref),
        _("The token was revoked."),
        reverse("device-tokens"),
        lambda status: _tokens(request, acting, status),
    )
