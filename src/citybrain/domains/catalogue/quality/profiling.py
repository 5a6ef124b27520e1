"""One look at one table resource: everything that a profile keeps, without writing it."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from citybrain.domains.catalogue.logic.tables import TableBase
from citybrain.domains.catalogue.models import Expectation, Profile
from citybrain.domains.catalogue.quality import checking, freshness, measuring, reading, scoring
from citybrain.domains.catalogue.quality.masking import cleaned, masked
from citybrain.domains.catalogue.quality.rules import parts, sensitive_kinds, whole
from citybrain.domains.catalogue.quality.scan import Column, scan
from citybrain.domains.catalogue.quality.scoring import Tested
from citybrain.domains.catalogue.quality.sensitive import Found
from citybrain.kernel import clock
from citybrain.kernel.errors import Invalid
from citybrain.kernel.kinds import kind_of
from citybrain.kernel.models import Resource, Use

KINDS = ("table", "verification")
"""Kinds whose source is a table."""
MOST_REFERENCES = 8
GRADES = ("L1", "L2", "L3", "L4")


@dataclass(slots=True)
class Outcome:
    """What a profile keeps of a look, as its fields."""

    digest: str
    source_mark: str
    content_at: datetime | None
    due_on: date | None
    late_days: int | None
    rows: int
    scores: dict[str, int | None]
    overall: int | None
    columns: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)


def table_of(resource: Resource) -> TableBase:
    """The resource's metadata as a table's. Raises `Invalid` for a kind that is none."""
    if resource.kind in KINDS:
        made = kind_of(resource.kind).schema.model_validate(resource.metadata)
        if isinstance(made, TableBase):
            return made
    raise Invalid("no-table", "该资源不是数据表。", "This resource is not a table.")


def look(
    resource: Resource,
    root: Path,
    step: Callable[[int], None] = lambda _percent: None,
    watch: Callable[[reading.Opened], None] = lambda _seen: None,
) -> Outcome:
    """Profile a resource's table. `watch` gets the connection, so as to interrupt it.

    Raises `ServeError` when the source cannot be read.
    """
    table = table_of(resource)
    mark = reading.mark_of(table, root)
    digest = reading.digest_of(table, root)
    content_at = _content_at(resource, table, root, digest)
    step(5)
    written, others = written_for(resource)
    with reading.opened(table, root, others) as seen:
        watch(seen)
        step(15)
        scanned = scan(seen, step)
        found = measuring.find_sensitive(seen, scanned)
        matching = measuring.matching_rows(seen, found)
        protected = protected_columns(table, found)
        tested = measuring.tests_of(seen, scanned, found, matching)
        step(92)
        known = checking.Known(scanned.rows, protected, content_at)
        tested += [checking.run_written(seen, one, known) for one in written]
    tested += _outside(resource, content_at)
    scores = scoring.scores(tested)
    due = freshness.due_after(resource.update_cycle, content_at.date()) if content_at else None
    return Outcome(
        digest=digest,
        source_mark=mark,
        content_at=content_at,
        due_on=due.due_on if due else None,
        late_days=freshness.late_by(due.due_on, clock.today()) if due else None,
        rows=scanned.rows,
        scores=scores,
        overall=scoring.overall(scores),
        columns=[shown_column(one, protected) for one in scanned.columns],
        checks=_failed(tested),
        found=[asdict(one) | {"rows": matching.get(one.column)} for one in found],
    )


def _failed(tested: Sequence[Tested]) -> list[dict[str, Any]]:
    """What failed, the worst first, and every check that somebody wrote."""
    shown = [one.shown() for one in tested if one.failing or one.expectation]
    return sorted(shown, key=lambda one: -(one["failing"] / max(1, one["tested"])))


def _content_at(resource: Resource, table: TableBase, root: Path, digest: str) -> datetime | None:
    """Since when the content is what it is: touching a file makes its content no newer."""
    known = (
        Profile.objects.filter(resource=resource, digest=digest, content_at__isnull=False)
        .order_by("content_at")
        .first()
    )
    changed = reading.modified_at(table, root)
    return min(known.content_at, changed) if known and changed else changed  # type: ignore[type-var]


def written_for(resource: Resource) -> tuple[list[checking.Written], dict[str, TableBase]]:
    """The active checks of a resource, and the tables that references look into."""
    written: list[checking.Written] = []
    others: dict[str, TableBase] = {}
    for one in Expectation.objects.filter(resource=resource, active=True):
        other = ""
        if one.rule == Expectation.Rule.REFERS_TO:
            target = referred(resource, str(one.values.get("resource", "")))
            if target is None or len(others) >= MOST_REFERENCES:
                continue
            other = f"other_{len(others)}"
            others[other] = table_of(target)
        written.append(checking.Written(one.ref, one.rule, one.column, one.values, other))
    return written, others


def referred(resource: Resource, code: str) -> Resource | None:
    """The table that a reference may look into: one's own office's, or one open to all.

    A check tells which values another table lacks, so it must not reach into protected ones.
    """
    target = Resource.objects.filter(code=code, kind__in=KINDS).first()
    if target is None:
        return None
    open_to_all = (
        target.status == Resource.Status.PUBLISHED
        and target.share_type == Resource.ShareType.UNCONDITIONAL
        and target.grade == Resource.Grade.OPEN
    )
    return target if open_to_all or target.owner_id == resource.owner_id else None


def _outside(resource: Resource, content_at: datetime | None) -> list[Tested]:
    """What the table itself does not show: how late it is, how its uses went."""
    since = clock.now() - timedelta(days=whole("accessibility.days"))
    uses = Use.objects.filter(resource=resource, at__gte=since)
    answered = uses.filter(outcome=Use.Outcome.GRANTED).count()
    broken = uses.filter(outcome=Use.Outcome.FAILED).count()
    found = [measuring.accessibility(answered, broken)]
    late = measuring.timeliness(resource.update_cycle, content_at, clock.today())
    return [*found, late] if late else found


def protected_columns(table: TableBase, found: Sequence[Found]) -> dict[str, str]:
    """Column → kind (or empty) of all that the metadata or the content say is protected."""
    kinds = {one.column: one.kind for one in found if sensitive_kinds()[one.kind].personal}
    marked = {item.name: kinds.get(item.name, "") for item in table.items if item.sensitive}
    return kinds | marked


def shown_column(one: Column, protected: dict[str, str]) -> dict[str, Any]:
    """A column as a profile keeps it: values of protected columns only masked."""
    made = asdict(one)
    hide = one.name in protected
    kind = protected.get(one.name, "")
    made["top"] = [[masked(value, kind) if hide else cleaned(value), n] for value, n in one.top]
    if hide:
        made["low"] = masked(one.low, kind) if one.low else None
        made["high"] = masked(one.high, kind) if one.high else None
    return made


def grade_for(found: Sequence[dict[str, Any]]) -> str:
    """The grade of the whole that follows from what its columns hold; empty for nothing."""
    kinds = {str(one["kind"]) for one in found}
    grades = [sensitive_kinds()[one].grade for one in kinds]
    if not grades:
        return ""
    personal = {one for one in kinds if sensitive_kinds()[one].personal}
    combined = parts("grade.combined")
    if personal & {"identity", "bank_card"} and len(personal) > int(combined["others"]):
        grades.append(str(combined["grade"]))
    return max(grades, key=GRADES.index)
