"""Every page of sensing with who may open it (see `tests.routes`)."""

from dataclasses import dataclass

from tests.personas import City
from tests.routes import BUREAU, EVERYONE, OWNER, Row, at

from citybrain.domains.sensing.intake import Aside as Put
from citybrain.domains.sensing.intake import Incoming, put_aside
from citybrain.domains.sensing.models import DeviceToken, Quarantined, Stream
from citybrain.domains.sensing.tests.conftest import T0, build_network
from citybrain.engines.facts import make

__all__ = ["NOT_PAGES", "ROUTES", "build_world"]
OWN = BUREAU | {"su", "mo"}
NOT_PAGES = {"sensing-days", "stream-readings"}


@dataclass(frozen=True)
class World:
    """A network of the transport commission, a batch that was put aside, a token."""

    stream: Stream
    quarantined: Quarantined
    token: DeviceToken


def build_world(city: City) -> World:
    """Made by the real actions; no reading is taken in."""
    network = build_network(city)
    number = network.numbers[3]
    rows = make([number, number], [T0, T0 + 1], [250, 251])
    put_aside([Put("out-of-range", Incoming(rows))], city.transport.pk, "device-token:test")
    return World(network.streams[3], Quarantined.objects.get(), DeviceToken.objects.get())


ROUTES: dict[str, Row] = {
    "sensing": Row(EVERYONE, at("sensing")),
    "sensing-days": Row(EVERYONE, at("sensing-days")),
    "streams": Row(EVERYONE, at("streams")),
    "stream": Row(OWN, at("stream", "stream.ref")),
    "stream-readings": Row(OWN, at("stream-readings", "stream.ref")),
    "stream-switch": Row(OWNER, at("stream-switch", "stream.ref"), post=True),
    "quarantine": Row(EVERYONE, at("quarantine")),
    "quarantined": Row(OWN, at("quarantined", "quarantined.ref")),
    "quarantine-release": Row(OWNER, at("quarantine-release", "quarantined.ref"), post=True),
    "quarantine-discard": Row(OWNER, at("quarantine-discard", "quarantined.ref"), post=True),
    "device-tokens": Row(EVERYONE, at("device-tokens")),
    "device-token-revoke": Row(OWNER, at("device-token-revoke", "token.ref"), post=True),
}
