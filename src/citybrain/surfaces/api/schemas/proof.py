"""The ledger and the report."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from citybrain.surfaces.api.schemas.common import Object


class CheckpointOut(Schema):
    """A signed statement of size and root; `text` is the C2SP note."""

    size: int
    root: str
    at: datetime
    text: str


class LedgerRecordOut(Schema):
    """A leaf; `body` is the canonical JSON that was hashed."""

    index: int
    verb: str
    subject: str
    at: datetime
    body: str
    leaf: str


class InclusionOut(Schema):
    """That a leaf is in the tree of `size` leaves; hashes in base 64."""

    index: int
    size: int
    leaf: str
    proof: list[str]


class ConsistencyOut(Schema):
    """That the tree of `old` leaves is a beginning of that of `new`; hashes in base 64."""

    old: int
    new: int
    proof: list[str]


class FigureOut(Schema):
    """A figure of the report and the query behind it; `not built` ones have no value."""

    code: str
    title: str
    title_zh: str
    value: int | str | None
    unit: str
    status: str
    query: str


class ReportOut(Schema):
    """The report of a period with the ledger's checkpoint."""

    period: str
    figures: list[FigureOut]
    checkpoint: Object | None = Field(None)
