"""The kind registry: what can be a resource, and how a use of it is served.

A domain declares its kinds in `kinds.py` with `register(Kind(...))`; the kernel
imports that file of every installed domain when Django starts. The console, the
API, the lists, search and the docs read the registry, so that adding a kind is
adding a file.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from citybrain.kernel.policy.decision import Delivery, Refused


@dataclass(frozen=True, slots=True)
class ServedResource:
    """A resource as the gateway hands it to its kind: no database behind it."""

    ref: str
    urn: str
    kind: str
    version: int
    title_zh: str
    title_en: str
    metadata: BaseModel
    data_root: Path
    """Folder that holds the platform's own files; paths in metadata are relative to it."""


@dataclass(frozen=True, slots=True)
class UseContext:
    """Who uses what under which obligations."""

    resource: ServedResource
    delivery: Delivery
    consumer: str
    agreement: str
    request_id: str
    at: float
    secret: bytes
    """Key for pseudonyms of this agreement: the same subject gets the same hash under it."""


@dataclass(frozen=True, slots=True)
class Call:
    """The caller's HTTP request below `/use/{resource}`, already limited in size."""

    method: str
    path: str
    """What follows the resource in the path, without the leading slash."""
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    """Lower-case names."""
    body: bytes = b""


@dataclass(slots=True)
class Answer:
    """What leaves. `body` is bytes, or an asynchronous stream whose length is `size`.

    `units` is what is metered in the kind's unit; `rows` counts table rows;
    `subject` is the pseudonym (hex) of the person or firm that was asked about.
    """

    body: bytes | AsyncIterator[bytes]
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    units: int = 1
    rows: int = 0
    size: int | None = None
    subject: str | None = None


class ServeError(Exception):
    """The kind could not answer: `status` 4xx is the caller's, 5xx the source's fault.

    `reason` is a stable code in kebab case, for example "unknown-field" or
    "upstream-timeout"; `detail_zh` and `detail_en` say what to do next.
    """

    def __init__(self, status: int, reason: str, detail_zh: str, detail_en: str) -> None:
        super().__init__(detail_en)
        self.status, self.reason = status, reason
        self.detail_zh, self.detail_en = detail_zh, detail_en


class PolicyRefusal(Exception):  # noqa: N818 - no error, a decision
    """The kind found that the policy forbids this answer (a field, a region, a cohort)."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.en)
        self.refused = refused


Serve = Callable[[UseContext, Call], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource. `outputs` are the output forms that it can answer in.

    `schema` validates `Resource.metadata` (its field titles and descriptions are
    the form and the documentation; each field's `json_schema_extra["zh"]` is its
    Chinese label). `output_of` tells, before serving, which output form a call
    asks for. `probe` checks at registration that the source can be read and
    returns what is known of it (columns, row count, size), raising `ServeError`.

    `claims` names what a resource draws from and only one party may: a file of the data
    folder, a credential. Whoever registers it first has it; without this a steward could
    register another office's file as his own and serve it to whom he likes.

    `public` names the metadata and `public_facts` the facts that everyone who sees the
    resource may read: what a requester must know. All others, such as where the source
    lies and how it is reached, are for the owner's party and the bureau
    (`queries/described.py`). A kind that names nothing shows nothing.
    """

    code: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    schema: type[BaseModel]
    serve: Serve
    unit: str
    unit_zh: str
    outputs: tuple[str, ...]
    output_of: Callable[[Call], str]
    probe: Callable[[BaseModel, Path], dict[str, Any]] | None = None
    icon: str = "database"
    claims: Callable[[BaseModel, Path], list[str]] | None = None
    public: frozenset[str] = frozenset()
    public_facts: frozenset[str] = frozenset()


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind; a second kind under the same code is a programming error."""
    known = _kinds.get(kind.code)
    if known is not None and known.serve is not kind.serve:
        raise ValueError(f"kind {kind.code!r} is registered twice")
    _kinds[kind.code] = kind
    return kind


def kind_of(code: str) -> Kind:
    """The kind with this code. Raises `KeyError` when no domain declares it."""
    return _kinds[code]


def all_kinds() -> list[Kind]:
    """Every kind, sorted by code."""
    return [_kinds[code] for code in sorted(_kinds)]
