"""Agreements: drawn up when the owner agrees, active when both have signed, then watched.

Every change that a gateway must hear of raises the epoch in the same transaction.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from citybrain.kernel import clock, clocks, ledger, signing
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.accounts import book_saving
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.epochs import next_epoch
from citybrain.kernel.errors import Conflict, Invalid
from citybrain.kernel.models import Agreement, AgreementToken, Consent, LedgerRecord, Request
from citybrain.kernel.moves import move_of
from citybrain.kernel.policies import checked_policy, valid_window
from citybrain.kernel.process import process

PROCESS = process("request")
TOKEN_PREFIX = "cb1_"  # noqa: S105


def draw_up_agreement(request: Request, acting: Acting) -> Agreement:
    """Freeze the policy and put the owner's signature under it (part of "agree")."""
    policy = checked_policy(request.policy)
    valid_from, valid_until = valid_window(policy)
    agreement = Agreement(
        request=request,
        resource=request.resource,
        provider=request.resource.owner,
        consumer=request.requester,
        scenario=request.scenario,
        purpose=request.purpose,
        policy=policy.canonical(),
        policy_digest=policy.digest(),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    agreement.signatures = [_signature(agreement, "provider", acting)]
    agreement.epoch = next_epoch()
    agreement.save()
    ledger.write("agreement.draw-up", agreement, acting, {"policy": agreement.policy_digest})
    return agreement


def _signature(agreement: Agreement, side: str, acting: Acting) -> dict[str, str]:
    """The platform's signature on behalf of one side (平台参与的签署)."""
    at = clock.now().isoformat(timespec="seconds")
    text = "\n".join(
        (agreement.urn, agreement.policy_digest, side, acting.party.urn, acting.account, at)
    )
    signer = signing.signer("agreements")
    return {
        "side": side,
        "party": acting.party.urn,
        "account": acting.account,
        "at": at,
        "algorithm": signer.algorithm,
        "key": signer.name,
        "signature": signer.sign(text.encode()).hex(),
    }


@action("agreement.countersign")
def countersign_agreement(
    *, acting_party: Acting, agreement_ref: str, label: str = ""
) -> tuple[Agreement, str]:
    """The requester signs: the agreement is active and its first token is returned, once.

    Also books the saving of reuse, because this is the moment in which a party need no
    longer build what exists.
    """
    agreement = locked(Agreement, agreement_ref, "协议", "agreement")
    authorise(acting_party, "agreement.sign", agreement.consumer)
    if agreement.state != Agreement.State.AWAITING:
        raise Conflict("already-signed", "该协议已签署。", "The agreement has been signed already.")
    agreement.signatures = [
        *agreement.signatures,
        _signature(agreement, "consumer", acting_party),
    ]
    agreement.signed_at = clock.now()
    _turn(agreement, Agreement.State.ACTIVE)
    _move_request(agreement, "deliver", {"system"}, {})
    token = _new_token(agreement, acting_party, label)
    book_saving(agreement, acting_party)
    ledger.write("agreement.countersign", agreement, acting_party)
    return agreement, token


def _turn(agreement: Agreement, state: str, reason: str = "") -> None:
    agreement.state, agreement.state_reason = state, reason
    agreement.epoch = next_epoch()
    save_next(agreement)


def _move_request(
    agreement: Agreement, move: str, sides: set[str], given: Mapping[str, str]
) -> None:
    """Carry the request along, so that both tell the same story."""
    request = Request.objects.select_for_update(of=("self",)).get(pk=agreement.request_id)
    chosen = move_of(PROCESS, request.state, move, sides, given)
    request.state = chosen.to
    save_next(request)
    clocks.apply(
        chosen,
        request.urn,
        agreement.provider,
        agreement.consumer,
        {"share_type": agreement.resource.share_type},
    )
    ledger.write(f"request.{move}", request, None)


@action("agreement.suspend")
def suspend_agreement(*, acting_party: Acting, agreement_ref: str, reasons: str) -> Agreement:
    """Stop an active agreement for the time being; calls are refused within a second."""
    return _change(
        acting_party,
        agreement_ref,
        "suspend",
        Agreement.State.ACTIVE,
        Agreement.State.SUSPENDED,
        reasons,
    )


@action("agreement.resume")
def resume_agreement(*, acting_party: Acting, agreement_ref: str) -> Agreement:
    """Let a suspended agreement go on; what the bureau stopped only the bureau lets go on."""
    agreement = locked(Agreement, agreement_ref, "协议", "agreement")
    if not acting_party.party.is_bureau and _stopped_by(agreement) != agreement.provider.urn:
        authorise(acting_party, "request.supervise")
    return _change(
        acting_party,
        agreement_ref,
        "resume",
        Agreement.State.SUSPENDED,
        Agreement.State.ACTIVE,
        None,
    )


def _stopped_by(agreement: Agreement) -> str:
    """The URN of the party that suspended it last."""
    last = LedgerRecord.objects.filter(subject=agreement.urn, verb="agreement.suspend").last()
    return str(json.loads(last.body)["party"]) if last else agreement.provider.urn


def _change(
    acting: Acting, ref: str, move: str, before: str, after: str, reasons: str | None
) -> Agreement:
    agreement = locked(Agreement, ref, "协议", "agreement")
    authorise(acting, "agreement.manage", agreement.provider)
    if agreement.state != before:
        raise Conflict(
            "wrong-state",
            f"协议当前为“{agreement.get_state_display()}”，不能执行此操作。",
            f"The agreement is {agreement.state}; this cannot be done now.",
        )
    if reasons is not None and not reasons.strip():
        raise Invalid("reasons-missing", "请说明理由。", "Give the reasons.")
    _turn(agreement, after, (reasons or "").strip())
    _move_request(agreement, move, {"owner", "bureau", "system"}, {"reasons": reasons or ""})
    ledger.write(f"agreement.{move}", agreement, acting, {"reasons": (reasons or "").strip()})
    return agreement


@action("agreement.end")
def end_agreement(*, acting_party: Acting, agreement_ref: str, reasons: str) -> Agreement:
    """End an agreement for good, by the provider, the bureau or the consumer."""
    agreement = locked(Agreement, agreement_ref, "协议", "agreement")
    if not acting_party.may("agreement.sign", agreement.consumer):
        authorise(acting_party, "agreement.manage", agreement.provider)
    if agreement.state == Agreement.State.ENDED:
        raise Conflict("already-ended", "该协议已终止。", "The agreement has ended already.")
    if not reasons.strip():
        raise Invalid("reasons-missing", "请说明理由。", "Give the reasons.")
    _turn(agreement, Agreement.State.ENDED, reasons.strip())
    _move_request(
        agreement, "end", {"owner", "requester", "bureau", "system"}, {"reasons": reasons}
    )
    ledger.write("agreement.end", agreement, acting_party, {"reasons": reasons.strip()})
    return agreement


def _new_token(agreement: Agreement, acting: Acting, label: str) -> str:
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = AgreementToken.objects.create(
        agreement=agreement,
        digest=hashlib.sha256(token.encode()).hexdigest(),
        label=label.strip()[:80],
        hint=token[-4:],
    )
    ledger.write("token.issue", row, acting)
    return token


@action("token.issue")
def issue_token(*, acting_party: Acting, agreement_ref: str, label: str = "") -> str:
    """A further token of a signed agreement; it is shown once and kept as a hash."""
    agreement = locked(Agreement, agreement_ref, "协议", "agreement")
    authorise(acting_party, "token.manage", agreement.consumer)
    if agreement.state not in (Agreement.State.ACTIVE, Agreement.State.SUSPENDED):
        raise Conflict("not-signed", "协议未生效。", "The agreement is not in force.")
    return _new_token(agreement, acting_party, label)


@action("token.revoke")
def revoke_token(*, acting_party: Acting, token_ref: str) -> AgreementToken:
    """Make a token worthless within a second."""
    token = locked(AgreementToken, token_ref, "令牌", "token")
    agreement = Agreement.objects.select_for_update(of=("self",)).get(pk=token.agreement_id)
    if not acting_party.may("agreement.manage", agreement.provider):
        authorise(acting_party, "token.manage", agreement.consumer)
    if token.revoked_at:
        raise Conflict("already-revoked", "该令牌已吊销。", "The token has been revoked already.")
    token.revoked_at = clock.now()
    save_next(token)
    _turn(agreement, agreement.state, agreement.state_reason)
    ledger.write("token.revoke", token, acting_party)
    ledger.write("agreement.token-revoked", agreement, acting_party)
    return token


@action("consent.record")
def record_consent(
    *,
    acting_party: Acting,
    agreement_ref: str,
    subject: str,
    valid_until: datetime | None = None,
) -> Consent:
    """Record that a person consents to the uses of an agreement.

    `subject` is the person's pseudonym under the agreement (64 hex digits), which the
    consumer learns from a verification answer and never a number that names the person.
    """
    agreement = locked(Agreement, agreement_ref, "协议", "agreement")
    authorise(acting_party, "token.manage", agreement.consumer)
    if len(subject) != 64 or set(subject) - set("0123456789abcdef"):
        raise Invalid(
            "bad-subject", "应为64位十六进制假名。", "The pseudonym has 64 hexadecimal digits."
        )
    consent = Consent.objects.create(agreement=agreement, subject=subject, valid_until=valid_until)
    ledger.write("consent.record", consent, acting_party)
    return consent


@action("consent.withdraw")
def withdraw_consent(*, acting_party: Acting, consent_ref: str) -> Consent:
    """Take a consent back; uses that need it are refused from then on."""
    consent = locked(Consent, consent_ref, "授权同意", "consent")
    authorise(acting_party, "token.manage", consent.agreement.consumer)
    if consent.withdrawn_at:
        raise Conflict("already-withdrawn", "该同意已撤回。", "It has been withdrawn already.")
    consent.withdrawn_at = clock.now()
    save_next(consent)
    ledger.write("consent.withdraw", consent, acting_party)
    return consent
