"""The same cases by API, under the same rules."""

from typing import Any

import pytest
from tests.done import client_of
from tests.personas import City

from citybrain.flows.tests.house import in_use, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("door")]


def post(client: Any, path: str, **body: Any) -> Any:
    return client.post(f"/api/v1{path}", data=body, content_type="application/json")


def test_a_case_goes_from_its_beginning_to_its_end_by_api(city: City) -> None:
    version = in_use(city)
    ci = client_of(city.ci)
    packs = ci.get("/api/v1/packs").json()
    assert [(one["code"], one["digest"]) for one in packs] == [("journey", version.digest)]
    assert "flow.yaml" in ci.get(f"/api/v1/packs/{version.ref}").json()["files"]
    made = post(ci, "/runs", code="journey", number="N-7", given={"age": 70})
    assert made.status_code == 201 and made.json()["pack"] == "journey"
    ref = made.json()["ref"]
    assert post(ci, "/runs", code="journey", number="N-7", given={}).json()["ref"] == ref
    work()
    assert ci.get(f"/api/v1/runs/{ref}").json()["state"] == "asking"
    assert post(ci, f"/runs/{ref}/answer", given={"age": "x"}).status_code == 422
    assert post(ci, f"/runs/{ref}/answer", given={"phone": "1", "stops": []}).status_code == 200
    work()
    assert post(ci, f"/runs/{ref}/decide", step="look", outcome="huh").status_code == 422
    assert post(ci, f"/runs/{ref}/decide", step="look", outcome="fine").status_code == 200
    work()
    assert post(ci, f"/runs/{ref}/event", event="other").status_code == 409
    assert post(ci, f"/runs/{ref}/event", event="ready").status_code == 200
    work()
    done = ci.get(f"/api/v1/runs/{ref}").json()
    assert (done["state"], done["result"], done["waived"]) == ("ended", "arrived", ["map"])
    assert done["data"]["fare"] == 0 and done["outcomes"][1]["sets"]["group"] == "old"
    assert [one["ref"] for one in ci.get("/api/v1/runs?state=ended").json()] == [ref]
    assert post(ci, f"/runs/{ref}/cancel", reasons="x").status_code == 409
    seen = client_of(city.an).get(f"/api/v1/runs/{ref}").json()
    assert seen["data"] is None and all(one["sets"] is None for one in seen["outcomes"])
