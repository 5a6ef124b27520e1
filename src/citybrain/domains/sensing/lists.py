"""What the lists of sensing show."""

from datetime import UTC, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from citybrain.domains.sensing import health
from citybrain.domains.sensing.models import DeviceToken, Quarantined, Stream, StreamClass
from citybrain.ui.labels import localised, party_name
from citybrain.ui.lists import Column, Filter, ListSpec
from citybrain.ui.templatetags.ui import badge

TONES = {"waiting": "warn", "released": "good", "discarded": "neutral"}


def moment(micros: int | None) -> datetime | None:
    """Microseconds as an aware time; None stays None."""
    return None if micros is None else datetime.fromtimestamp(micros / 1e6, UTC)


def name_of(thing: Any) -> str:
    """The name in the reader's language, the Chinese one where there is no other."""
    return str(localised(thing.name_zh, thing.name_en or thing.name_zh))


def result_of(row: Stream) -> str:
    """The latest result with its unit."""
    found = health.newest(row.number)
    places = max(row.stream_class.decimals, 0)
    return "" if found is None else f"{found[1]:.{places}f} {row.stream_class.unit}"


def _at(row: Stream) -> datetime | None:
    found = health.newest(row.number)
    return None if found is None else moment(found[0])


def standing(row: Stream) -> tuple[str, str]:
    """In words, and its tone."""
    if not row.active:
        return _("Not in use"), "neutral"
    return (_("Online"), "good") if health.is_online(row) else (_("Silent"), "warn")


def _classes() -> list[tuple[str, str]]:
    return [(one.code, name_of(one)) for one in StreamClass.objects.all()]


STREAMS = ListSpec(
    name="streams",
    caption=lazy("Streams"),
    columns=(
        Column(
            "name",
            lazy("Name"),
            name_of,
            sort="name_zh",
            link=lambda row: reverse("stream", args=[row.ref]),
        ),
        Column("code", lazy("Code"), "code", sort="code"),
        Column("class", pgettext_lazy("streams", "Class"), lambda row: name_of(row.stream_class)),
        Column("owner", lazy("Owner"), lambda row: party_name(row.owner)),
        Column("district", lazy("District"), "district", sort="district"),
        Column("result", lazy("Latest reading"), result_of, numeric=True),
        Column("at", lazy("Time of the reading"), _at),
        Column(
            "state",
            lazy("State"),
            lambda row: standing(row)[0],
            cell=lambda row: badge(*standing(row)),
        ),
    ),
    filters=(
        Filter("class", pgettext_lazy("streams", "Class"), "stream_class__code", _classes),
        Filter("owner", lazy("Owner"), "owner__ref", lambda: _owners()),
    ),
    search=("code__icontains", "name_zh__icontains", "name_en__icontains"),
    search_hint=lazy("Code or name"),
    default_sort="code",
    count_cap=50_000,
    empty=lazy("Your party has no streams yet. They are registered from a file: see the manual."),
)


def _owners() -> list[tuple[str, str]]:
    from citybrain.kernel.models import Party

    rows = Party.objects.filter(streams__isnull=False).distinct().order_by("id")
    return [(one.ref, party_name(one)) for one in rows]


QUARANTINE = ListSpec(
    name="quarantine",
    caption=lazy("Readings put aside"),
    columns=(
        Column(
            "at",
            lazy("Received"),
            "created_at",
            sort="created_at",
            link=lambda row: reverse("quarantined", args=[row.ref]),
        ),
        Column("reason", lazy("Reason"), lambda row: row.get_reason_display(), sort="reason"),
        Column("count", lazy("Readings"), "count", sort="count", numeric=True),
        Column("streams", lazy("Streams"), "streams"),
        Column("source", lazy("Source"), "source", sort="source"),
        Column("party", lazy("Party"), lambda row: party_name(row.party) if row.party else ""),
        Column(
            "state",
            lazy("State"),
            lambda row: row.get_state_display(),
            sort="state",
            cell=lambda row: badge(row.get_state_display(), TONES[row.state]),
        ),
    ),
    filters=(
        Filter("reason", lazy("Reason"), "reason", Quarantined.Reason.choices),
        Filter("state", lazy("State"), "state", Quarantined.State.choices),
    ),
    search=("streams__icontains", "source__icontains"),
    search_hint=lazy("Stream or source"),
    default_sort="-at",
    count_cap=10_000,
    empty=lazy("Nothing was put aside."),
)


def _token_state(row: DeviceToken) -> tuple[str, str]:
    return (_("Revoked"), "neutral") if row.revoked_at else (_("Valid"), "good")


TOKENS = ListSpec(
    name="device-tokens",
    caption=lazy("Device tokens"),
    columns=(
        Column("label", lazy("Purpose"), "label", sort="label"),
        Column("party", lazy("Party"), lambda row: party_name(row.party)),
        Column("scope", lazy("Classes"), lambda row: ", ".join(row.scope) or _("All")),
        Column("hint", lazy("Last characters"), lambda row: f"…{row.hint}"),
        Column("issued", lazy("Issued"), "created_at", sort="created_at"),
        Column(
            "state",
            lazy("State"),
            lambda row: _token_state(row)[0],
            cell=lambda row: badge(*_token_state(row)),
        ),
    ),
    search=("label__icontains",),
    search_hint=lazy("Purpose"),
    default_sort="-issued",
    empty=lazy("No device has a token yet."),
)
