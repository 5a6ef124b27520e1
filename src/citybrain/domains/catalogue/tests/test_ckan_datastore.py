"""Rows by CKAN's `datastore_search`, asked by CKAN's own client of a served city."""

import json

import httpx
import pytest
from ckanapi import RemoteCKAN
from ckanapi.errors import CKANAPIError, NotAuthorized, ValidationError
from tests.served import served

from citybrain.domains.catalogue.ckan.datastore import query_of
from citybrain.domains.catalogue.ckan.errors import CkanError

SCRIPT = """
import json
from citybrain.domains.catalogue.datasets import datasets
from citybrain.domains.catalogue.tests import listed
from citybrain.kernel.acting import acting_for
from citybrain.kernel.actions import agreements, requests, resources
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.models import Agreement, Membership
from tests import exchange
from tests.personas import City

people = {one.account.username: acting_for(one) for one in Membership.objects.all()}
class city: pass
for name, one in people.items():
    setattr(city, name, one)
by_code = {one.code: one for one in listed.demo_like(city)}
streets = by_code["streets"]
def agree(resource, *constraints):
    offer = resources.make_offer(
        acting_party=city.su, resource_ref=resource.ref, title_zh="用", title_en="Use",
        policy={"action": "use", "constraints": [
            {"operand": "purpose", "operator": "isAnyOf", "value": ["public-service"]},
            *constraints]})
    request = exchange.requested(city, offer)
    exchange.moved(request, city.su, "accept", "review", "agree")
    agreement = Agreement.objects.get(request=request)
    _, token = agreements.countersign_agreement(acting_party=city.ci, agreement_ref=agreement.ref)
    return token
print(json.dumps({
    "ref": streets.ref, "tide": by_code["tide"].ref, "token": agree(streets),
    "narrow": agree(streets, {"operand": "fields", "operator": "isAnyOf", "value": ["name"]}),
    "twice": agree(streets, {"operand": "count", "operator": "lteq", "value": 2}),
}))
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with served(tmp_path_factory.mktemp("ckan")) as city:
        yield city.address, json.loads(city.tell(SCRIPT))


def rows(site, key: str, **given):
    address, made = site
    with RemoteCKAN(address, apikey=made[key]) as remote:
        return remote.action.datastore_search(resource_id=made["ref"] + "-1", **given)


def test_the_client_reads_rows_with_an_agreements_token_as_its_key(site):
    found = rows(site, "token", limit=3)
    assert found["total"] == 141 and len(found["records"]) == 3 and found["limit"] == 3
    assert [one["id"] for one in found["fields"]] == list(found["records"][0])
    assert {"id": "name", "type": "text"} in found["fields"]
    following = rows(site, "token", limit=3, offset=3)["records"]
    assert not [one for one in following if one in found["records"]]


def test_filters_words_columns_and_order_are_those_of_ckan(site):
    first = rows(site, "token", limit=2, sort="name desc", fields=["code", "name"])["records"]
    assert list(first[0]) == ["code", "name"] and first[0]["name"] >= first[1]["name"]
    one = rows(site, "token", filters={"code": first[0]["code"]})
    assert one["total"] == 1
    both = rows(site, "token", filters={"code": [row["code"] for row in first]})
    assert both["total"] == 2
    assert rows(site, "token", q="八大峡")["total"] == 1
    assert rows(site, "token", q={"name": "八大峡"})["total"] == 1
    listed = rows(site, "token", limit=1, fields="name", records_format="lists")
    assert isinstance(listed["records"][0], list)
    assert "total" not in rows(site, "token", include_total=False)


def test_the_agreement_decides_what_may_be_seen(site):
    assert [one["id"] for one in rows(site, "narrow")["fields"]] == ["name"]
    with pytest.raises(NotAuthorized):
        rows(site, "narrow", fields="code")
    with pytest.raises(NotAuthorized):
        rows(site, "narrow", filters={"code": "1"})
    rows(site, "twice")
    rows(site, "twice")
    with pytest.raises(CKANAPIError):
        rows(site, "twice")


def test_without_a_token_nothing_is_had_and_the_answer_says_how(site):
    address, made = site
    with RemoteCKAN(address) as remote:
        with pytest.raises(NotAuthorized) as caught:
            remote.action.datastore_search(resource_id=made["ref"] + "-1")
        assert f"/use/{made['ref']}" in str(caught.value)
    with RemoteCKAN(address, apikey=made["token"]) as remote:
        with pytest.raises(NotAuthorized):
            remote.action.datastore_search(resource_id=made["tide"] + "-1")
        with pytest.raises(ValidationError):
            remote.action.datastore_search(resource_id="../" + made["ref"])


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"filters": {"colour": "red"}}, 409),
        ({"fields": ["colour"]}, 409),
        ({"sort": "colour asc"}, 409),
        ({"limit": "many"}, 409),
        ({"distinct": True}, 409),
        ({"colour": 1}, 409),
        ({"records_format": "pdf"}, 409),
    ],
)
def test_what_cannot_be_asked_is_refused_in_ckans_words(site, given, status):
    address, made = site
    answer = httpx.post(
        f"{address}/api/3/action/datastore_search",
        json={"resource_id": made["ref"] + "-1", **given},
        headers={"Authorization": made["token"]},
        trust_env=False,
    )
    assert answer.status_code == status
    assert answer.json()["error"]["__type"] == "Validation Error"


def test_malformed_and_oversized_bodies_are_refused(site):
    address, _ = site
    url = f"{address}/api/3/action/datastore_search"
    for body, status in ((b"{", 409), (b"[]", 400), (b" " * (2 << 20), 413)):
        answer = httpx.post(url, content=body, trust_env=False)
        assert answer.status_code == status and answer.json()["success"] is False
    assert httpx.put(url, content=b"{}", trust_env=False).status_code == 405


def test_values_with_commas_and_quotes_stay_one_value():
    query = query_of({"filters": {"name": ['a,"b', "c"], "none": None}, "sort": '"x y" desc'})
    assert query["where.name"] == ['in.("a,""b","c")'] and query["where.none"] == ["is.null"]
    assert query["order"] == ["x y.desc"]
    with pytest.raises(CkanError):
        query_of({"filters": {"name": {"deep": 1}}})
