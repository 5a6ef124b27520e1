"""What proves it all: the ledger; and the report that follows from it."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import Field

from citybrain.kernel.errors import Invalid, NotAllowed, NotFound
from citybrain.kernel.models import Checkpoint, LedgerRecord
from citybrain.kernel.queries import ledger
from citybrain.kernel.report import BadPeriod, report
from citybrain.surfaces.api import ledger_reading
from citybrain.surfaces.api.auth import acting_of
from citybrain.surfaces.api.schemas import proof as out
from citybrain.surfaces.api.schemas.common import Object

router = Router(tags=["ledger"])
Size = Annotated[int, Field(ge=0, le=2**53)]


@router.get("/ledger/checkpoint", response=out.CheckpointOut)
def latest_checkpoint(request: HttpRequest) -> Checkpoint:
    """The newest signed checkpoint."""
    newest = ledger.latest_checkpoint()
    if newest is None:
        raise NotFound("no-checkpoint", "账本尚无检查点。", "Nothing has been sealed yet.")
    return newest


@router.get("/ledger/records/{index}", response=out.LedgerRecordOut)
def get_record(request: HttpRequest, index: Path[Size]) -> LedgerRecord:
    """A sealed record about something that one may see."""
    return ledger_reading.record(acting_of(request), index)


@router.get("/ledger/proof/inclusion", response=out.InclusionOut)
def prove_inclusion(
    request: HttpRequest, index: Query[Size], size: Query[Size | None] = None
) -> Any:
    """That a leaf is in the tree of `size` leaves (default: the newest)."""
    return ledger.inclusion(index, size)


@router.get("/ledger/proof/consistency", response=out.ConsistencyOut)
def prove_consistency(
    request: HttpRequest, old: Query[Size], new: Query[Size | None] = None
) -> Any:
    """That the tree of `old` leaves is a beginning of the tree of `new`."""
    return ledger.consistency(old, new)


@router.get("/ledger/receipts/{name}", response=Object)
def get_receipt(request: HttpRequest, name: str) -> Any:
    """A receipt for `tools/verify.py`: of a record by index, of a use by its request id."""
    return ledger_reading.receipt(acting_of(request), name)


@router.get("/reports/{period}", response=out.ReportOut)
def get_report(request: HttpRequest, period: str) -> Any:
    """The report of a period such as 2025H1 (the bureau's administrators and auditors)."""
    if not acting_of(request).reads_all:
        raise NotAllowed(
            "not-allowed",
            "报告由数据局管理员或审计员查看。",
            "The report is for the bureau's administrators and auditors.",
        )
    try:
        return report(period[:20]).as_json()
    except BadPeriod:
        raise Invalid("bad-period", BadPeriod.zh, BadPeriod.en) from None
