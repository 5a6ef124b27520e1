"""Writes of the API's own: keys for programs."""

import hashlib
import secrets
from datetime import timedelta

from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed
from citybrain.kernel.models import Membership
from citybrain.surfaces.api.models import ApiKey

KEY_PREFIX = "cbk_"
LONGEST_DAYS = 366


def digest_of(key: str) -> str:
    """What is kept of a key: the hexadecimal SHA-256."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


@action("api_key.create")
def create_api_key(*, acting_party: Acting, days: int = 90, label: str = "") -> tuple[ApiKey, str]:
    """A key for the membership that acts; the key itself is returned once and never kept."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid(
            "bad-lifetime",
            f"有效期应为1至{LONGEST_DAYS}天。",
            f"A key lives for 1 to {LONGEST_DAYS} days.",
        )
    membership = own_membership(acting_party)
    secret = KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        account=membership.account,
        membership=membership,
        digest=digest_of(secret),
        hint=secret[-4:],
        label=label.strip()[:80],
        expires_at=clock.now() + timedelta(days=days),
    )
    ledger.write("api_key.create", key, acting_party)
    return key, secret


def own_membership(acting: Acting) -> Membership:
    """The active membership behind an acting party."""
    found = Membership.objects.select_related("account", "party").filter(
        account__ref=acting.account, party=acting.party, role=acting.role, active=True
    )
    membership = found.first()
    if membership is None:
        raise NotAllowed(
            "membership-ended",
            "您已不能代表该单位操作，请联系数据局管理员。",
            "You can no longer act for this party; ask the bureau's administrator.",
        )
    return membership


@action("api_key.revoke")
def revoke_api_key(*, acting_party: Acting, key_ref: str) -> ApiKey:
    """Make a key worthless at once: its holder may, and the bureau's administrators."""
    key = locked(ApiKey, key_ref, "接口密钥", "API key")
    if key.account.ref != acting_party.account and not acting_party.may("party.manage"):
        raise NotAllowed(
            "not-allowed",
            "只有密钥持有人或数据局管理员可以吊销该密钥。",
            "Only its holder or an administrator of the data bureau may revoke this key.",
        )
    if key.revoked_at:
        raise Conflict("already-revoked", "该密钥已吊销。", "The key has been revoked already.")
    key.revoked_at = clock.now()
    save_next(key)
    ledger.write("api_key.revoke", key, acting_party)
    return key
