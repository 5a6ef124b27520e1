"""The main job, once, through the doors that people use: the actions, then HTTP.

The civil affairs bureau registers a survival-status check (生存状态核验); social security,
which must not pay pensions to the dead, asks for it; the owner agrees under a policy; the
other uses it through the gateway; and a receipt proves what was used.
"""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.utils import timezone

from citybrain.config import HOME
from citybrain.kernel import signing
from citybrain.kernel.actions import agreements, requests, resources
from citybrain.kernel.models import Agreement, Entry, LedgerRecord, Offer, Resource, Use
from citybrain.kernel.queries import ledger as ledger_queries
from citybrain.kernel.report import report
from citybrain.surfaces.demo.city import DemoCity

Say = Callable[[str, str, str], None]
"""Called for each step with Chinese, English and what the step left behind."""

Calls = list[dict[str, object]]
ALLOWED_CALLS = 5


class MainJob:
    """One run of the main job against a running server at `address`."""

    def __init__(self, city: DemoCity, address: str, say: Say) -> None:
        self.city, self.address, self.say = city, address.rstrip("/"), say
        self.owner = city.steward_of("civil-affairs")
        self.user = city.steward_of("social-security")

    def run(self, resource: Resource, subjects: Calls) -> None:
        """Offer, ask, agree, use, prove. `subjects` are bodies of calls about invented people."""
        self.say(
            f"登记：{resource.owner.name_zh} 登记了“{resource.title_zh}”",
            f"Registered: {resource.title_en}",
            _left(resource.urn),
        )
        offer = self._offer(resource)
        agreement, token = self._agree(offer)
        replies = self._use(resource, token, subjects)
        self._prove(agreement, replies)

    def _offer(self, resource: Resource) -> Offer:
        until = timezone.now() + timedelta(days=365)
        offer = resources.make_offer(
            acting_party=self.owner,
            resource_ref=resource.ref,
            title_zh="养老待遇资格核验",
            title_en="Pension eligibility check",
            policy=_policy(until),
        )
        self.say("发布：附使用策略的供给条件", "Offered under a policy", _left(offer.urn))
        return offer

    def _agree(self, offer: Offer) -> tuple[Agreement, str]:
        request = requests.draft_request(
            acting_party=self.user,
            offer_ref=offer.ref,
            purpose="social-security",
            basis="《社会保险经办条例》：核验养老待遇领取人的生存状态",
            use_scope="养老待遇领取资格认证",
        )
        for move, who in (
            ("submit", self.user),
            ("accept", self.owner),
            ("review", self.owner),
            ("agree", self.owner),
        ):
            requests.move_request(acting_party=who, request_ref=request.ref, move=move)
        self.say(
            f"申请：{request.requester.name_zh} 提出申请，{offer.resource.owner.name_zh} 审核同意",
            "Requested, accepted, reviewed and agreed",
            _left(request.urn),
        )
        agreement, token = agreements.countersign_agreement(
            acting_party=self.user, agreement_ref=request.agreement.ref, label="demo"
        )
        saving = Entry.objects.filter(agreement=agreement, type=Entry.Type.SAVING).first()
        worth = f"；节省财政资金 {saving.amount_fen / 100:,.2f} 元" if saving else ""
        self.say(
            f"协议：双方签署，策略冻结{worth}",
            "Agreed: both have signed, the policy is frozen",
            _left(agreement.urn),
        )
        return agreement, token

    def _use(
        self, resource: Resource, token: str, subjects: list[dict[str, object]]
    ) -> list[httpx.Response]:
        replies = []
        with httpx.Client(base_url=self.address, timeout=10, trust_env=False) as client:
            for subject in subjects[: ALLOWED_CALLS + 1]:
                reply = client.post(
                    f"/use/{resource.ref}",
                    headers={"Authorization": f"Bearer {token}"},
                    json=subject,
                )
                replies.append(reply)
                self._tell_use(reply)
        return replies

    def _tell_use(self, reply: httpx.Response) -> None:
        answer: dict[str, Any] = reply.json()
        number = reply.headers.get("x-request-id", "")
        if reply.is_success:
            self.say(
                f"使用：经网关核验，回答“{answer['answer']}”（不返回身份证号）",
                f"Used through the gateway: the answer is {answer['answer']!r}",
                f"HTTP {reply.status_code} · {number}",
            )
        else:
            self.say(
                f"拒绝：{answer.get('title', '')}（条款：{answer.get('clause', '')}）",
                f"Refused: {answer.get('type', '')}, clause {answer.get('operand', '')!r}",
                f"HTTP {reply.status_code} · {number}",
            )

    def _prove(self, agreement: Agreement, replies: list[httpx.Response]) -> None:
        use = _sealed_use(replies[0].headers["x-request-id"])
        receipt = ledger_queries.receipt(use.ledger_index)
        path = _receipts_folder() / f"receipt-{use.ledger_index}.json"
        path.write_text(json.dumps(receipt, ensure_ascii=False, indent=1))
        done = subprocess.run(  # noqa: S603
            [sys.executable, str(HOME / "tools" / "verify.py"), str(path), "--key", _ledger_key()],
            capture_output=True,
            text=True,
            check=False,
        )
        shown = path.relative_to(HOME) if path.is_relative_to(HOME) else path
        self.say(
            f"证明：收据离线验证，退出码 {done.returncode}",
            f"Proved offline: {(done.stdout or done.stderr).strip().splitlines()[0]}",
            f"python tools/verify.py {shown}",
        )
        self._account(agreement)

    def _account(self, agreement: Agreement) -> None:
        granted = Use.objects.filter(agreement=agreement, outcome=Use.Outcome.GRANTED).count()
        now = timezone.localdate()
        period = f"{now.year}H{1 if now.month <= 6 else 2}"
        saved = next(row for row in report(period).figures if row.code == "saved-by-sharing")
        self.say(
            f"核算：{period} {saved.title_zh} {saved.value} {saved.unit}；本协议已用 {granted} 次",
            f"Accounted: {saved.title} {saved.value} in {period}; {granted} uses granted",
            f"./citybrain report {period}",
        )


def _policy(until: datetime) -> dict[str, Any]:
    end = until.replace(microsecond=0).isoformat()
    return {
        "action": "verify",
        "constraints": [
            {"operand": "purpose", "operator": "isAnyOf", "value": ["social-security"]},
            {"operand": "dateTime", "operator": "lteq", "value": end},
            {"operand": "count", "operator": "lteq", "value": ALLOWED_CALLS},
            {"operand": "rate", "operator": "lteq", "value": {"limit": 60, "per": "PT1M"}},
        ],
        "duties": [{"operand": "retention", "operator": "lteq", "value": "P30D"}],
        "prohibitions": [{"operand": "onwardTransfer", "operator": "eq", "value": "anyone"}],
    }


def _left(urn: str) -> str:
    """The ledger records that a step has left about its subject."""
    verbs = LedgerRecord.objects.filter(subject=urn).order_by("id").values_list("verb", flat=True)
    return f"{urn} · {'、'.join(dict.fromkeys(verbs))}"


def _ledger_key() -> str:
    """The ledger's public key as `tools/verify.py` takes it."""
    ((name, (algorithm, public_key)),) = signing.ledger_keys().items()
    return f"{name}={algorithm}:{base64.b64encode(public_key).decode()}"


def _receipts_folder() -> Path:
    folder: Path = settings.CITYBRAIN.data_dir / "receipts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sealed_use(request_id: str, patience: float = 10.0) -> Use:
    """The use of a call, once the sealer has taken it from the journal."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        use = Use.objects.filter(request_id=request_id).first()
        if use is not None:
            return use
        time.sleep(0.05)
    raise TimeoutError(f"the sealer has not sealed use {request_id} within {patience:.0f} s")
