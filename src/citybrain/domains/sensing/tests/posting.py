"""Sending batches to the door, in the test's own process."""

import json

from citybrain.domains.sensing import stores
from citybrain.domains.sensing.tests.conftest import DAY, MINUTE, T0


def post(network, body, kind="application/json", token=None, path="/ingest/v1/columns", **headers):
    async def call(house):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        bearer = network.token if token is None else token
        sent = {"authorization": f"Bearer {bearer}", "content-type": kind} | headers
        return await house.client.post(path, content=data, headers=sent)

    return call


def batch(network, minutes=range(3), result=2.0, which=slice(3, 6)):
    numbers = network.numbers[which]
    return {
        "stream": [one for _ in minutes for one in numbers],
        "time": [T0 + minute * MINUTE for minute in minutes for _ in numbers],
        "result": [result] * len(numbers) * len(minutes),
    }


def count():
    return stores.snapshot().count(0, T0 + 1000 * DAY)
