"""Writes of the harvest: which catalogues, and what a run brings in, changes and withdraws."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from citybrain.domains.catalogue.exchange.drafts import Draft, check, storable
from citybrain.domains.catalogue.exchange.foreign import is_link
from citybrain.domains.catalogue.harvest.peers import Offered
from citybrain.domains.catalogue.models import HarvestEntry, HarvestRun, HarvestSource
from citybrain.engines.ledger.canonical import canonical
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import ActionError, Conflict, Invalid
from citybrain.kernel.models import Resource

T = TypeVar("T")
CHUNK = 200
"""Entries of one transaction, so that others may write in between."""
MOST_REFUSED = 1000
FEW = 20
"""As many may vanish at once without suspicion."""
GONE_ZH = "来源目录中已不再有此条目。"


@action("harvest_source.add")
def add_source(
    *,
    acting_party: Acting,
    title: str,
    type: str,
    url: str,
    every_hours: int = 24,
    prefix: str = "",
    update_cycle: str = "",
    publish: bool = False,
    private_network: bool = False,
) -> HarvestSource:
    """Have another catalogue taken in for one's own office.

    `private_network`: its host may lie in a private network. Raises `Invalid`, `Conflict`.
    """
    authorise(acting_party, "resource.manage", acting_party.party)
    faults = _source_faults(title, type, url, every_hours, prefix, update_cycle)
    if faults:
        raise Invalid("bad-source", "请更正标出的字段。", "Correct what is marked.", faults)
    known = HarvestSource.objects.filter(owner=acting_party.party, url=url, dropped_at=None)
    if known.exists():
        raise Conflict("known-source", "该来源已存在。", "This source is there already.")
    source = HarvestSource.objects.create(
        owner=acting_party.party,
        title=title.strip(),
        type=type,
        url=url,
        every_hours=every_hours,
        prefix=prefix,
        update_cycle=update_cycle,
        publish=publish,
        private_network=private_network,
    )
    ledger.write("harvest_source.add", source, acting_party)
    return source


def _source_faults(
    title: str, type_: str, url: str, every_hours: int, prefix: str, update_cycle: str
) -> dict[str, tuple[str, str]]:
    cycles = ["", *Resource.UpdateCycle.values]
    checks = {
        "title": (0 < len(title.strip()) <= 200, "1至200个字符。", "1 to 200 characters."),
        "type": (type_ in HarvestSource.Type.values, "可选：ckan、dcat", "ckan or dcat."),
        "url": (
            is_link(url) and len(url) <= 500,
            "应为 http 或 https 地址。",
            "Must be an http or https address.",
        ),
        "every_hours": (1 <= every_hours <= 8784, "1至8784小时。", "1 to 8784 hours."),
        "prefix": (
            len(prefix) <= 20 and not any(one.isspace() for one in prefix),
            "至多20个字符，不含空格。",
            "At most 20 characters without blanks.",
        ),
        "update_cycle": (update_cycle in cycles, f"可选：{cycles}", f"One of: {cycles}"),
    }
    return {name: (zh, en) for name, (good, zh, en) in checks.items() if not good}


@dataclass(slots=True)
class Report:
    """What a run did."""

    new: int = 0
    changed: int = 0
    same: int = 0
    gone: int = 0
    refused: list[dict[str, str]] = field(default_factory=list)

    def refuse(self, entry: str, zh: str, en: str) -> None:
        """Note why an entry was not taken."""
        if len(self.refused) < MOST_REFUSED:
            told = {"entry": entry[:300], "zh": zh[:600], "en": en[:600]}
            self.refused.append({name: storable(text) for name, text in told.items()})


def key_of(source_id: str) -> str:
    """What an entry is known by between runs."""
    return hashlib.sha256(source_id.encode("utf-8", "replace")).hexdigest()


def digest_of(draft: Draft) -> str:
    """Changes when what we would write of the entry changes; the peer's own clock does not."""
    metadata = {key: one for key, one in draft.metadata.items() if key != "source_modified"}
    return hashlib.sha256(canonical([draft.code, draft.description, metadata])).hexdigest()


def take_in(
    acting: Acting,
    source: HarvestSource,
    drafts: Sequence[Draft],
    told: Offered,
    beat: Callable[[], None] = lambda: None,
) -> Report:
    """Bring the directory to what the source offers now, entry by entry.

    A faulty entry is refused and named, the others go on. What the source has no longer is
    withdrawn, unless so much vanished at once that the source itself is to be doubted. What
    it says is unchanged (`told`) stays as it is.
    """
    report = Report()
    check(drafts)
    known = {one.key: one for one in source.entries.select_related("resource")}
    for part in _parts(drafts):
        with transaction.atomic():
            _take_part(acting, source, part, known, report, told)
        beat()
    keys = _keys(drafts)
    unseen = {key: one for key, one in known.items() if key not in keys}
    left = {} if told.partial else unseen
    left = {key: one for key, one in left.items() if one.page not in told.unchanged}
    report.same += len(unseen) - len(left)
    _withdraw(acting, source, left, len(known), report)
    return report


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))


def _keys(drafts: Sequence[Draft]) -> set[str]:
    return {key_of(one.metadata["source_id"]) for one in drafts}


def _take_part(
    acting: Acting,
    source: HarvestSource,
    part: Sequence[Draft],
    known: dict[str, HarvestEntry],
    report: Report,
    told: Offered,
) -> None:
    fresh, moved = [], []
    for draft in part:
        if draft.faults:
            _refuse(draft, report)
            continue
        entry = known.get(key_of(draft.metadata["source_id"]))
        page = told.pages.get(draft.metadata["source_id"], "")
        if entry is not None and entry.page != page:
            entry.page = page
            moved.append(entry)
        if entry is None:
            fresh.append(draft)
        elif entry.digest == digest_of(draft) and entry.resource.status != "withdrawn":
            report.same += 1
        else:
            _change(acting, source, draft, entry, report)
    HarvestEntry.objects.bulk_update(moved, ["page"])
    _add(acting, source, fresh, report, told)


def _refuse(draft: Draft, report: Report) -> None:
    zh = "；".join(f"{one.name}：{one.words[0]}" for one in draft.faults)
    en = "; ".join(f"{one.name}: {one.words[1]}" for one in draft.faults)
    report.refuse(draft.place.sheet, zh, en)


def _add(
    acting: Acting, source: HarvestSource, fresh: list[Draft], report: Report, told: Offered
) -> None:
    """Register; those that the kernel refuses are named, and the others tried again."""
    while fresh:
        wanted = [
            resources.Wanted(one.code, one.kind, one.metadata, one.description) for one in fresh
        ]
        try:
            made = resources.register_resources(acting_party=acting, wanted=wanted)
        except resources.ManyInvalid as refused:
            for position, error in refused.errors.items():
                report.refuse(fresh[position].place.sheet, *_words(error))
            fresh = [one for at, one in enumerate(fresh) if at not in refused.errors]
            continue
        rows = zip(fresh, made, strict=True)
        HarvestEntry.objects.bulk_create([_entry(source, draft, one, told) for draft, one in rows])
        if source.publish:
            refs = [one.ref for one in made]
            resources.publish_resources(acting_party=acting, resource_refs=refs)
        report.new += len(made)
        return


def _entry(source: HarvestSource, draft: Draft, resource: Resource, told: Offered) -> HarvestEntry:
    name = draft.metadata["source_id"]
    return HarvestEntry(
        source=source,
        key=key_of(name),
        digest=digest_of(draft),
        resource=resource,
        page=told.pages.get(name, ""),
    )


def _words(error: ActionError) -> tuple[str, str]:
    zh = "；".join([error.zh, *(f"{name}：{one[0]}" for name, one in error.fields.items())])
    return zh, "; ".join([error.en, *(f"{name}: {one[1]}" for name, one in error.fields.items())])


def _change(
    acting: Acting, source: HarvestSource, draft: Draft, entry: HarvestEntry, report: Report
) -> None:
    try:
        with transaction.atomic():
            changed = resources.change_resource(
                acting_party=acting,
                resource_ref=entry.resource.ref,
                metadata=draft.metadata,
                **draft.description,
            )
            if source.publish and changed.status == Resource.Status.WITHDRAWN:
                resources.publish_resource(acting_party=acting, resource_ref=changed.ref)
            entry.digest = digest_of(draft)
            entry.save(update_fields=["digest"])
    except ActionError as error:
        report.refuse(draft.place.sheet, *_words(error))
        return
    report.changed += 1


def _withdraw(
    acting: Acting,
    source: HarvestSource,
    left: dict[str, HarvestEntry],
    before: int,
    report: Report,
) -> None:
    gone = [one for one in left.values() if one.resource.status == Resource.Status.PUBLISHED]
    if len(gone) > FEW and len(left) * 2 > before:
        report.refuse(
            source.title,
            f"来源一次少了{len(gone)}条（原有{before}条），未撤回，请核实。",
            f"{len(gone)} of {before} entries vanished at once; none was withdrawn, please check.",
        )
        return
    for part in _parts(gone):
        with transaction.atomic():
            for one in part:
                resources.withdraw_resource(
                    acting_party=acting, resource_ref=one.resource.ref, reasons=GONE_ZH
                )
    report.gone = len(gone)


@action("harvest_source.run")
def record_run(
    *,
    acting_party: Acting,
    source: HarvestSource,
    started_at: datetime,
    report: Report | None,
    reason: str = "",
    detail: str = "",
) -> HarvestRun:
    """Keep the report of a run; `report` is None when the peer could not be read."""
    authorise(acting_party, "resource.manage", source.owner)
    outcome = HarvestRun.Outcome.DONE if report else HarvestRun.Outcome.FAILED
    told = report or Report()
    run = HarvestRun.objects.create(
        source=source,
        started_at=started_at,
        finished_at=clock.now(),
        outcome=outcome,
        reason=reason,
        detail=storable(detail[:400]),
        new=told.new,
        changed=told.changed,
        same=told.same,
        gone=told.gone,
        refused=told.refused,
    )
    counts: dict[str, Any] = {name: getattr(told, name) for name in ("new", "changed", "gone")}
    counts |= {"outcome": str(outcome), "reason": reason, "refused": len(told.refused)}
    ledger.write("harvest_source.run", source, acting_party, counts)
    return run


def _kept(acting: Acting, ref: str) -> HarvestSource:
    source = locked(HarvestSource, ref, "来源", "source")
    authorise(acting, "resource.manage", source.owner)
    if source.dropped_at is not None:
        raise Conflict("dropped", "该来源已删除。", "This source has been dropped.")
    return source


@action("harvest_source.ask")
def ask_run(*, acting_party: Acting, source_ref: str) -> HarvestSource:
    """Have the worker harvest it soon, whatever its hours."""
    source = _kept(acting_party, source_ref)
    source.asked_at = clock.now()
    source.save(update_fields=["asked_at"])
    ledger.write("harvest_source.ask", source, acting_party)
    return source


@action("harvest_source.switch")
def switch_source(*, acting_party: Acting, source_ref: str, active: bool) -> HarvestSource:
    """Let it run when it is due, or not."""
    source = _kept(acting_party, source_ref)
    if source.active == active:
        raise Conflict("already-so", "该来源已是此状态。", "The source is in this state already.")
    source.active = active
    save_next(source)
    ledger.write("harvest_source.switch", source, acting_party, {"active": active})
    return source


@action("harvest_source.drop")
def drop_source(*, acting_party: Acting, source_ref: str) -> HarvestSource:
    """Never harvest it again. What it brought stays in the directory, in its owner's hands."""
    source = _kept(acting_party, source_ref)
    source.active, source.dropped_at, source.asked_at = False, clock.now(), None
    save_next(source)
    ledger.write("harvest_source.drop", source, acting_party)
    return source
