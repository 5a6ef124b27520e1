"""Signing in: keys for programs, sessions for people."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone
from tests.done import ClientFor, body_of
from tests.personas import City

from citybrain.kernel.models import LedgerRecord, Membership
from citybrain.surfaces.api.actions import create_api_key, revoke_api_key
from citybrain.surfaces.api.models import ApiKey

ME = "/api/v1/me"


def status_with(secret: str) -> int:
    return Client(headers={"Authorization": f"Bearer {secret}"}).get(ME).status_code


def test_a_key_acts_for_its_membership(city: City, client_for: ClientFor):
    me = body_of(client_for(city.su).get(ME))
    assert (me["party"]["ref"], me["role"]) == (city.transport.ref, "steward")


def test_only_the_hash_of_a_key_is_kept(city: City):
    key, secret = create_api_key(acting_party=city.su, label="nightly job")
    row = ApiKey.objects.get()
    assert secret not in str(vars(row))
    assert row.hint == secret[-4:]
    assert LedgerRecord.objects.get(subject=key.urn).verb == "api_key.create"


def test_a_revoked_or_expired_key_is_worthless(city: City):
    key, secret = create_api_key(acting_party=city.su)
    assert status_with(secret) == 200
    revoke_api_key(acting_party=city.su, key_ref=key.ref)
    assert status_with(secret) == 401
    key, secret = create_api_key(acting_party=city.su)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert status_with(secret) == 401


def test_a_key_ends_with_the_membership(city: City):
    _, secret = create_api_key(acting_party=city.su)
    Membership.objects.filter(account__username="su").update(active=False)
    assert status_with(secret) == 403


def signed_in(city: City) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(
        Membership.objects.get(account__username="su").account,
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def test_a_session_reads_without_and_writes_only_with_a_csrf_token(city: City):
    client = signed_in(city)
    assert client.get(ME).status_code == 200
    refused = client.post("/api/v1/api-keys", {}, content_type="application/json")
    assert refused.status_code == 403
    assert body_of(refused)["type"] == "urn:citybrain:problem:csrf"
    client.cookies["csrftoken"] = "a" * 32
    written = client.post(
        "/api/v1/api-keys",
        {},
        content_type="application/json",
        headers={"X-CSRFToken": "a" * 32},
    )
    assert written.status_code == 201, written.content


def test_any_other_authorization_is_401_and_never_falls_back_to_the_session(city: City):
    client = signed_in(city)
    for header in ("Bearer", "Bearer ", "Bearer nonsense", "Bearer \xe4", "Basic c3U6eA==", "x"):
        assert client.get(ME, headers={"Authorization": header}).status_code == 401, header


def test_a_session_without_a_party_is_told_so(city: City):
    client = signed_in(city)
    Membership.objects.filter(account__username="su").update(active=False)
    answer = client.get(ME)
    assert answer.status_code == 403
    assert body_of(answer)["type"] == "urn:citybrain:problem:no-party"
