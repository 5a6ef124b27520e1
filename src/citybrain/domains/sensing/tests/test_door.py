"""The native door, over ASGI: what goes in, what is put aside, what is refused."""

import asyncio
import io
import json

import numpy as np
import pyarrow as pa
import pytest

from citybrain.domains.sensing import actions, native, stores
from citybrain.domains.sensing.intake import unpacked
from citybrain.domains.sensing.models import Quarantined, StreamClass
from citybrain.domains.sensing.tests.conftest import DAY, MINUTE, T0
from citybrain.domains.sensing.tests.posting import batch, count, post

pytestmark = pytest.mark.django_db(transaction=True)
assert native


def test_columns_are_kept_and_a_repeat_is_recognised(ask, network):
    body = batch(network)
    first, second = ask(post(network, body), post(network, body))
    assert first.json() == {"accepted": 9, "repeated": 0, "quarantined": 0, "reasons": {}}
    assert second.json() == {"accepted": 0, "repeated": 9, "quarantined": 0, "reasons": {}}
    assert count() == 9


def as_arrow(columns):
    sink = io.BytesIO()
    table = pa.table(columns)
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def as_text(columns, line):
    return "\n".join(line(*row) for row in zip(*columns.values(), strict=True)).encode()


def test_every_format_brings_the_same(ask, network):
    codes = {"stream": ["sensor-3", "sensor-4"], "time": [T0, T0], "result": [1.5, 2.5]}
    iso = codes | {"time": ["2025-07-01T00:00:00+08:00", "2025-06-30T16:00:00Z"]}
    instants = pa.array([T0, T0], pa.timestamp("us", "UTC"))
    bodies = [
        ("application/json", json.dumps(codes).encode()),
        ("application/json; charset=utf-8", json.dumps(iso).encode()),
        ("application/vnd.apache.arrow.stream", as_arrow(codes)),
        ("application/vnd.apache.arrow.stream", as_arrow(codes | {"time": instants})),
        (
            "application/x-ndjson",
            as_text(iso, lambda s, t, r: json.dumps({"stream": s, "time": t, "result": r})),
        ),
        ("text/csv", b"stream,time,result\n" + as_text(iso, lambda s, t, r: f"{s},{t},{r}")),
        ("text/csv", b"stream,time,result\n" + as_text(codes, lambda s, t, r: f"{s},{t},{r}")),
    ]
    replies = ask(*(post(network, body, kind, path="/ingest/v1/readings") for kind, body in bodies))
    assert [reply.status_code for reply in replies] == [200] * 7, [one.text for one in replies]
    assert [reply.json()["accepted"] for reply in replies] == [2, 0, 0, 0, 0, 0, 0]
    assert [reply.json()["repeated"] for reply in replies[1:]] == [2] * 6


def test_a_large_batch_of_numbers_is_read_the_fast_way_to_the_same_result(ask, network):
    many = 20_000
    rows = {
        "stream": [network.numbers[3]] * many,
        "time": [T0 + n for n in range(many)],
        "result": [round(n / 1000, 1) for n in range(many)],
        "sequence": list(range(many)),
    }
    spaced = json.dumps(rows, indent=1).encode()
    first, second = ask(post(network, json.dumps(rows).encode()), post(network, spaced))
    assert (first.json()["accepted"], second.json()["repeated"]) == (many, many)
    raw = stores.snapshot().raw([network.numbers[3]], T0, T0 + DAY)
    assert raw["result"].to_pylist() == rows["result"]
    assert raw["sequence"].to_pylist() == rows["sequence"]


def test_each_reading_that_is_wrong_is_put_aside_with_its_reason(ask, network):
    good, level = network.numbers[3], network.numbers[0]
    far = 4_000_000_000_000_000
    rows = [
        (good, T0, 50.0),
        (999_999, T0, 1.0),
        (network.foreign.number, T0, 1.0),
        (good, T0 + 1, 201.0),
        (good, T0 + 2, -1.0),
        (good, far, 1.0),
        (good, 2**61, 1.0),
        (level, T0, 1.0),
        (level, T0 + MINUTE, 9.0),
        (level, T0 + 2 * MINUTE, 1.5),
    ]
    stream, time, result = (list(column) for column in zip(*rows, strict=True))
    (reply,) = ask(post(network, {"stream": stream, "time": time, "result": result}))
    assert reply.json() == {
        "accepted": 2,
        "repeated": 0,
        "quarantined": 8,
        "reasons": {
            "unknown-stream": 1,
            "foreign-stream": 1,
            "out-of-range": 2,
            "clock-skew": 1,
            "bad-time": 1,
            "step": 2,
        },
    }
    kept = {one.reason: one for one in Quarantined.objects.all()}
    assert sum(one.count for one in kept.values()) == 8
    assert unpacked(kept["out-of-range"].columns)["result"].to_pylist() == [201.0, -1.0]
    assert {one.party_id for one in kept.values()} == {network.city.transport.pk}


def test_readings_that_are_not_numbers_are_put_aside_too(ask, network):
    number = network.numbers[3]
    body = as_arrow(
        {
            "stream": [number] * 3,
            "time": [T0, T0 + 1, T0 + 2],
            "result": np.array([1.0, np.nan, np.inf]),
        }
    )
    (reply,) = ask(post(network, body, "application/vnd.apache.arrow.stream"))
    assert reply.json()["reasons"] == {"not-finite": 2}
    assert count() == 1


def test_a_stuck_stream_is_kept_and_marked_as_suspect(ask, network):
    level = network.numbers[0]
    calls = [
        post(network, {"stream": [level], "time": [T0 + n * MINUTE], "result": [1.25]})
        for n in range(6)
    ]
    ask(*calls)
    raw = stores.snapshot().raw([level], T0, T0 + DAY)
    assert raw["quality"].to_pylist() == [0, 0, 0, 1, 1, 1]


def test_a_stream_that_was_registered_a_moment_ago_is_known(ask, network):
    def register(house):
        return house.database(
            lambda: actions.register_streams(
                acting_party=network.city.su,
                wanted=[actions.WantedStream("late-comer", "speed", "新测点")],
            )
        )

    async def wait(house):
        await asyncio.sleep(1.1)

    replies = ask(
        register,
        wait,
        post(network, {"stream": ["late-comer"], "time": [T0], "result": [1]}),
    )
    assert replies[2].json()["accepted"] == 1


def test_what_was_put_aside_is_taken_in_when_a_steward_releases_it(ask, network):
    from citybrain.domains.sensing.intake import Intake
    from citybrain.kernel.errors import ActionError

    number = network.numbers[3]
    ask(post(network, {"stream": [number], "time": [T0], "result": [250.0]}))
    row = Quarantined.objects.get()
    facts = stores.open_writer(tend=False)
    intake = Intake()
    intake.refresh(facts)
    with pytest.raises(ActionError):
        actions.release(
            acting_party=network.city.zhao,
            quarantined_ref=row.ref,
            appender=lambda: facts,
            intake=intake,
        )
    done = actions.release(
        acting_party=network.city.su,
        quarantined_ref=row.ref,
        appender=lambda: facts,
        intake=intake,
    )
    assert (done.state, done.accepted) == ("released", 1)
    assert count() == 1
    with pytest.raises(ActionError):
        actions.discard(acting_party=network.city.su, quarantined_ref=row.ref, note="no")


def test_classes_and_streams_are_registered_by_those_who_may(network):
    from citybrain.kernel.errors import ActionError

    with pytest.raises(ActionError):
        actions.register_class(
            acting_party=network.city.su,
            code="x",
            name_zh="x",
            name_en="x",
            observed_property="x",
            unit="1",
            interval_seconds=1,
        )
    with pytest.raises(ActionError) as refused:
        actions.register_streams(
            acting_party=network.city.su,
            wanted=[
                actions.WantedStream("sensor-1", "speed", "重复"),
                actions.WantedStream("bad code", "speed", "空格"),
                actions.WantedStream("new-1", "nothing", "无类别"),
                actions.WantedStream("new-2", "speed", "坐标", longitude=200, latitude=0),
                actions.WantedStream("new-3", "speed", ""),
            ],
        )
    assert len(refused.value.fields) == 5
    assert StreamClass.objects.count() == 2
