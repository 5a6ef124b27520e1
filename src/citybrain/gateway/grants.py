"""What the gateway keeps of an agreement: read once from the database, decided on in memory."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.utils import timezone
from pydantic import ValidationError

from citybrain.kernel.kinds import Kind, ServedResource, kind_of
from citybrain.kernel.models import Agreement, AgreementToken, Consent, Party, Resource
from citybrain.kernel.policy import CompiledPolicy, Policy, PolicyFault, Quota, compile_policy

log = structlog.get_logger(__name__)

PLACES = ("constraints", "duties", "prohibitions")


@dataclass(slots=True)
class Grant:
    """One token's right to use. `barred` is the reason why not, "" when it may.

    `agreement`, `resource` and `consumer` are primary keys for the journal.
    """

    token: int
    agreement: int
    resource: int
    consumer: int
    resource_ref: str
    barred: str
    agreement_ref: str = ""
    agreement_urn: str = ""
    consumer_urn: str = ""
    consumer_type: str = ""
    purpose: str = ""
    paid: bool = False
    kind: Kind | None = None
    served: ServedResource | None = None
    policy: CompiledPolicy | None = None
    before: tuple[Quota, ...] = ()
    """Quotas of uses: taken before the call is served."""
    after: tuple[Quota, ...] = ()
    """Quotas of rows, bytes and privacy loss: taken when the answer is known."""
    secret: bytes = b""


def load_grant(digest: str) -> Grant | None:
    """The grant of a token's SHA-256 (hex), None when there is no such token."""
    token = (
        AgreementToken.objects.filter(digest=digest)
        .select_related("agreement__resource", "agreement__consumer", "agreement__provider")
        .first()
    )
    if token is None:
        return None
    agreement, resource = token.agreement, token.agreement.resource
    grant = Grant(
        token=token.pk,
        agreement=agreement.pk,
        resource=resource.pk,
        consumer=agreement.consumer_id,
        resource_ref=resource.ref,
        barred=_barred(token),
        agreement_ref=agreement.ref,
        agreement_urn=agreement.urn,
        consumer_urn=agreement.consumer.urn,
        consumer_type=agreement.consumer.type,
        purpose=agreement.purpose,
    )
    _fill(grant, agreement, resource)
    return grant


def _barred(token: AgreementToken) -> str:
    agreement = token.agreement
    if token.revoked_at is not None:
        return "token-revoked"
    if agreement.state != Agreement.State.ACTIVE:
        return f"agreement-{agreement.state}"
    if agreement.resource.status != Resource.Status.PUBLISHED:
        return "resource-withdrawn"
    return ""


def _fill(grant: Grant, agreement: Agreement, resource: Resource) -> None:
    """Compile the policy and check the metadata; what cannot be, is barred and logged."""
    try:
        grant.policy = _compiled(orjson.dumps(agreement.policy, option=orjson.OPT_SORT_KEYS))
        grant.kind = kind_of(resource.kind)
        grant.served = _served(resource.pk, resource.version, resource.kind)
    except (PolicyFault, ValidationError, KeyError) as error:
        log.error("agreement cannot be served", agreement=agreement.ref, error=repr(error))
        grant.barred = grant.barred or "kind-unavailable"
        return
    quotas = grant.policy.quotas
    grant.before = tuple(one for one in quotas if one.metric == "uses")
    grant.after = tuple(one for one in quotas if one.metric != "uses")
    grant.paid = agreement.paid_fen >= grant.policy.prepaid
    grant.secret = hmac.digest(_installation_key(), agreement.ref.encode(), "sha256")


@lru_cache(maxsize=4096)
def _compiled(stored: bytes) -> CompiledPolicy:
    """Most agreements of an offer have the same policy: it is compiled and kept once."""
    return compile_policy(Policy.parse(orjson.loads(stored)))


@lru_cache(maxsize=4096)
def _served(key: int, version: int, kind: str) -> ServedResource:
    """The resource of this version, shared by all agreements about it."""
    resource = Resource.objects.get(pk=key)
    root: Path = settings.CITYBRAIN.data_dir / "files"
    return ServedResource(
        ref=resource.ref,
        urn=resource.urn,
        kind=kind,
        version=version,
        title_zh=resource.title_zh,
        title_en=resource.title_en,
        metadata=kind_of(kind).schema.model_validate(resource.metadata),
        data_root=root,
    )


def about_agreement(key: int) -> dict[str, Any]:
    """What `/use/{resource}/agreement` says of an agreement, read from the database."""
    agreement = Agreement.objects.select_related("resource", "consumer", "provider").get(pk=key)
    resource, policy = agreement.resource, agreement.policy
    return {
        "agreement": agreement.urn,
        "state": agreement.state,
        "purpose": agreement.purpose,
        "consumer": _party(agreement.consumer),
        "provider": _party(agreement.provider),
        "resource": {
            "urn": resource.urn,
            "kind": resource.kind,
            "zh": resource.title_zh,
            "en": resource.title_en,
        },
        "clauses": sum(len(policy.get(place, ())) for place in PLACES),
        "valid_from": agreement.valid_from and agreement.valid_from.isoformat(),
        "valid_until": agreement.valid_until and agreement.valid_until.isoformat(),
    }


def _party(party: Party) -> dict[str, str]:
    return {"urn": party.urn, "zh": party.name_zh, "en": party.name_en}


def consenting_subject(ref: str, agreement: int) -> str | None:
    """The pseudonym of the person of a consent that is valid now under this agreement."""
    now = timezone.now()
    consent = Consent.objects.filter(ref=ref, agreement_id=agreement, withdrawn_at=None).first()
    if consent is None or (consent.valid_until is not None and consent.valid_until <= now):
        return None
    return consent.subject


@lru_cache(maxsize=1)
def _installation_key() -> bytes:
    """Made once and kept beside the other keys, so that pseudonyms outlive restarts."""
    from citybrain.settings import _secret

    return hashlib.sha256(_secret("pseudonyms").encode()).digest()
