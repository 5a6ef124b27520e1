"""What the tests of every kind need: a resource, a context, a call, an answer read whole."""

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from citybrain.kernel.kinds import Answer, Call, ServedResource, UseContext, kind_of
from citybrain.kernel.policy.decision import Delivery

_numbers = itertools.count()
SECRET = b"a key of one agreement only"


class World:
    """A data folder, and uses of resources in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, name: str, content: str | bytes) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def resource(self, kind: str, metadata: dict[str, Any] | BaseModel) -> ServedResource:
        model = kind_of(kind).schema.model_validate(metadata)
        ref = f"ref{next(_numbers)}"
        return ServedResource(ref, f"urn:x:{ref}", kind, 1, "题", "Title", model, self.root)

    def use(
        self,
        resource: ServedResource,
        path: str = "",
        query: dict[str, list[str]] | None = None,
        delivery: Delivery | None = None,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        return asyncio.run(self.start(resource, path, query, delivery, method, headers, body))

    async def start(
        self,
        resource: ServedResource,
        path: str = "",
        query: dict[str, list[str]] | None = None,
        delivery: Delivery | None = None,
        method: str = "GET",
        headers: dict[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        context = UseContext(
            resource, delivery or Delivery(), "urn:x:consumer", "agreement", "req", 1.7e9, SECRET
        )
        call = Call(method, path, query or {}, headers or {}, body)
        answer = await kind_of(resource.kind).serve(context, call)
        if not isinstance(answer.body, bytes):
            answer.body = b"".join([chunk async for chunk in answer.body])
        return answer


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = tmp_path / "data"
    root.mkdir()
    return World(root)
