"""Rows that the gateway needs, made directly, and a kind that does as it is told."""

import asyncio
import hashlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from citybrain.kernel.epochs import next_epoch
from citybrain.kernel.kinds import Answer, Call, Kind, ServeError, UseContext, register
from citybrain.kernel.models import Agreement, AgreementToken, Offer, Party, Request, Resource
from citybrain.kernel.policy import Policy


class PlainMetadata(BaseModel):
    """Nothing but a text."""

    model_config = ConfigDict(extra="forbid")

    text: str = "plain"


async def serve_plain(context: UseContext, call: Call) -> Answer:
    """The path says what happens; without one the answer is a small JSON object."""
    does = _DOES.get(call.path)
    if does is not None:
        return await does(context, call)
    rows = int(call.query.get("rows", ["1"])[0])
    body = orjson.dumps({"path": call.path, "body": call.body.decode("latin-1")})
    return Answer(body, rows=rows, subject=call.headers.get("x-test-subject"))


async def _raise(context: UseContext, call: Call) -> Answer:
    raise RuntimeError("a fault in the kind")


async def _fail(context: UseContext, call: Call) -> Answer:
    raise ServeError(404, "no-such-row", "没有该行。", "There is no such row.")


async def _hang(context: UseContext, call: Call) -> Answer:
    await asyncio.sleep(float(call.query.get("for", ["3600"])[0]))
    return Answer(b"late")


async def _stream(context: UseContext, call: Call) -> Answer:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(4):
            yield b"x" * 250

    return Answer(chunks(), "application/octet-stream", size=1000)


async def _headers(context: UseContext, call: Call) -> Answer:
    return Answer(orjson.dumps(dict(call.headers)), headers={"Content-Length": "3", "X-Own": "1"})


_DOES = {
    "raise": _raise,
    "fail": _fail,
    "hang": _hang,
    "stream": _stream,
    "headers": _headers,
}

PLAIN = register(
    Kind(
        code="plain",
        zh="测试",
        en="Plain",
        about_zh="仅供测试。",
        about_en="For tests only.",
        schema=PlainMetadata,
        serve=serve_plain,
        unit="call",
        unit_zh="次",
        outputs=("json", "csv"),
        output_of=lambda call: "csv" if "csv" in call.query else "json",
    )
)


@dataclass
class Made:
    """An agreement and its token."""

    agreement: Agreement
    resource: Resource
    token: str

    @property
    def path(self) -> str:
        return f"/use/{self.resource.ref}"

    def headers(self, **more: str) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in more.items()}
        return {"authorization": f"Bearer {self.token}"} | named


def clause(operand: str, operator: str, value: Any) -> dict[str, Any]:
    return {"operand": operand, "operator": operator, "value": value}


def count(limit: int) -> dict[str, Any]:
    return clause("count", "lteq", limit)


def make_party(type: str = "department") -> Party:
    name = secrets.token_hex(4)
    return Party.objects.create(type=type, name_zh=f"单位{name}", name_en=f"Party {name}")


def make_resource(kind: str = "plain", metadata: dict[str, Any] | None = None) -> Resource:
    return Resource.objects.create(
        code=secrets.token_hex(8),
        kind=kind,
        owner=make_party(),
        title_zh="测试资源",
        title_en="Test resource",
        share_type="conditional",
        update_cycle="daily",
        status="published",
        metadata={"text": "plain"} if metadata is None else metadata,
    )


def make_agreement(
    *constraints: dict[str, Any],
    resource: Resource | None = None,
    state: str = "active",
    duties: list[dict[str, Any]] | None = None,
    consumer: Party | None = None,
) -> Made:
    """An agreement under these clauses, with a token; the epoch is raised."""
    policy = Policy.parse({"constraints": list(constraints), "duties": duties or []})
    resource = resource or make_resource()
    consumer = consumer or make_party("enterprise")
    stored = {"policy": policy.canonical(), "resource": resource}
    offer = Offer.objects.create(
        title_zh="供给", title_en="Offer", policy_digest=policy.digest(), **stored
    )
    request = Request.objects.create(
        offer=offer,
        requester=consumer,
        purpose="public-service",
        basis="法定职责",
        use_scope="测试",
        state="delivered",
        **stored,
    )
    agreement = Agreement.objects.create(
        request=request,
        provider=resource.owner,
        consumer=consumer,
        purpose="public-service",
        policy_digest=policy.digest(),
        state=state,
        epoch=next_epoch(),
        **stored,
    )
    return Made(agreement, resource, make_token(agreement))


def make_token(agreement: Agreement) -> str:
    token = "cb1_" + secrets.token_urlsafe(32)
    digest = hashlib.sha256(token.encode()).hexdigest()
    AgreementToken.objects.create(agreement=agreement, digest=digest, hint=token[-4:])
    return token


def turn(agreement: Agreement, state: str) -> None:
    """Change an agreement's state as the kernel's actions do."""
    agreement.state = state
    agreement.epoch = next_epoch()
    agreement.save()
