"""Short ways for tests to a published resource, an offer, a request, an agreement.

The kind `echo` exists in tests alone: it answers with its text and what was asked.
"""

from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from citybrain.kernel.acting import Acting
from citybrain.kernel.actions import agreements, requests, resources
from citybrain.kernel.kinds import Answer, Call, Kind, ServeError, UseContext, register
from citybrain.kernel.models import Agreement, Offer, Request, Resource
from tests.personas import City


class EchoMetadata(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str


async def serve_echo(context: UseContext, call: Call) -> Answer:
    if call.path == "broken":
        raise ServeError(502, "upstream-error", "上游出错。", "The source failed.")
    body = orjson.dumps({"text": context.resource.metadata.text, "path": call.path})
    return Answer(body=body, units=1, rows=1)


def probe_echo(metadata: BaseModel, root: Path) -> dict[str, Any]:
    if metadata.text == "unreadable":
        raise ServeError(422, "unreadable", "数据源不可读。", "The source cannot be read.")
    return {"length": len(metadata.text)}


ECHO = register(
    Kind(
        code="echo",
        zh="回声",
        en="Echo",
        about_zh="仅供测试。",
        about_en="For tests only.",
        schema=EchoMetadata,
        serve=serve_echo,
        unit="call",
        unit_zh="次",
        outputs=("json",),
        output_of=lambda call: "json",
        probe=probe_echo,
        public_facts=frozenset({"length"}),
    )
)

POLICY: dict[str, Any] = {
    "action": "use",
    "constraints": [
        {"operand": "purpose", "operator": "isAnyOf", "value": ["public-service"]},
        {"operand": "count", "operator": "lteq", "value": 100},
    ],
}


def echo_resource(city: City, code: str = "T-0001", **changes: Any) -> Resource:
    """A draft of the transport commission."""
    description: dict[str, Any] = {
        "title_zh": "公交线路表",
        "title_en": "Bus lines",
        "summary_zh": "全市公交线路",
        "share_type": "conditional",
        "share_scope": "用于公共服务",
        "update_cycle": "monthly",
        "grade": "L2",
    } | changes
    return resources.register_resource(
        acting_party=city.su, code=code, kind="echo", metadata={"text": "hello"}, **description
    )


def published(city: City, code: str = "T-0001", **changes: Any) -> Resource:
    resource = echo_resource(city, code, **changes)
    return resources.publish_resource(acting_party=city.su, resource_ref=resource.ref)


def offered(city: City, policy: dict[str, Any] | None = None, code: str = "T-0001") -> Offer:
    resource = published(city, code)
    return resources.make_offer(
        acting_party=city.su,
        resource_ref=resource.ref,
        title_zh="公共服务使用",
        title_en="For public service",
        policy=policy or POLICY,
    )


def requested(city: City, offer: Offer, who: Acting | None = None) -> Request:
    request = requests.draft_request(
        acting_party=who or city.ci,
        offer_ref=offer.ref,
        purpose="public-service",
        basis="职责法定",
        use_scope="便民服务",
    )
    return moved(request, who or city.ci, "submit")


def moved(request: Request, who: Acting, *moves: str, reasons: str = "") -> Request:
    given = {"reasons": reasons} if reasons else {}
    for move in moves:
        request = requests.move_request(
            acting_party=who, request_ref=request.ref, move=move, given=given
        )
    return request


def agreed(city: City, policy: dict[str, Any] | None = None, code: str = "T-0001") -> Agreement:
    """An agreement that waits for the countersignature."""
    request = requested(city, offered(city, policy, code))
    moved(request, city.su, "accept", "review", "agree")
    return Agreement.objects.get(request=request)


def active(
    city: City, policy: dict[str, Any] | None = None, code: str = "T-0001"
) -> tuple[Agreement, str]:
    """An active agreement and its token."""
    return agreements.countersign_agreement(
        acting_party=city.ci, agreement_ref=agreed(city, policy, code).ref
    )
