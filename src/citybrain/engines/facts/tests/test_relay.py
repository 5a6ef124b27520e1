"""Readings from a process that does not hold the store."""

import pytest

from citybrain.engines.facts import (
    BadReadings,
    Facts,
    Relay,
    RelayServer,
    StoreBusy,
    make,
)

T0 = 1_751_299_200_000_000


def test_what_is_handed_over_is_kept_and_repeats_are_recognised(tmp_path):
    with Facts(tmp_path, tend=False) as facts:
        facts.define([1, 2], 0, 1)
        server = RelayServer(facts)
        relay = Relay(tmp_path)
        rows = make([1, 2], [T0, T0], [1, 2])
        assert relay.append_blocking(rows) == (2, 0, 0)
        assert relay.append_blocking(rows) == (0, 2, 0)
        with pytest.raises(BadReadings, match="not defined"):
            relay.append_blocking(make([7], [T0], [1]))
        assert relay.append_blocking(make([], [], [])) == (0, 0, 0)
        assert facts.accepted == 2
        relay.close()
        server.close()
    with pytest.raises(StoreBusy):
        Relay(tmp_path)
