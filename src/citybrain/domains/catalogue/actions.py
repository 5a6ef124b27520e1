"""Writes of the catalogue: taking in many descriptions at once, all or none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from citybrain.domains.catalogue.exchange.drafts import Draft, Fault, check, field_name
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import resources
from citybrain.kernel.actions.base import action
from citybrain.kernel.errors import ActionError, Conflict, Invalid
from citybrain.kernel.models import Resource


@dataclass(frozen=True, slots=True)
class Taken:
    """How many entries were new, changed, and the same as before."""

    new: int
    changed: int
    same: int


class FaultsError(Invalid):
    """Nothing was imported; `faults` names each thing to mend."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        count = len(faults)
        super().__init__(
            "import-refused",
            f"发现{count}处错误，未导入任何内容。",
            f"{count} errors; nothing was imported.",
            {str(number): (one.text("zh"), one.text("en")) for number, one in enumerate(faults, 1)},
        )
        self.faults = list(faults)


@action("directory.import")
def import_drafts(
    *,
    acting_party: Acting,
    drafts: Sequence[Draft],
    faults: Sequence[Fault] = (),
    publish: bool = False,
    change: bool = False,
) -> Taken:
    """Register all drafts for the acting party, or none.

    `faults` are those that reading found beside the drafts. `change`: a code that one's own
    office has already is changed where it differs; without it that is a fault. Every write is
    one of the kernel's actions with its own ledger record. Raises `FaultsError`.
    """
    authorise(acting_party, "resource.manage", acting_party.party)
    check(drafts)
    known = _known([one.code for one in drafts]) if change else {}
    fresh = [one for one in drafts if one.code not in known]
    # First, so that an entry that is changed may be related to one that is new.
    _register(acting_party, fresh, publish)
    done = Counter(
        _changed(acting_party, one, known[one.code]) for one in drafts if one.code in known
    )
    found = [*faults, *(one for draft in drafts for one in draft.faults)]
    if found:
        raise FaultsError(found)
    return Taken(len(fresh), done["changed"], done["same"])


def _known(codes: Sequence[str]) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    for start in range(0, len(codes), 500):
        rows = Resource.objects.select_related("owner", "source_party").filter(
            code__in=codes[start : start + 500]
        )
        found |= {one.code: one for one in rows}
    return found


def _register(acting: Acting, drafts: Sequence[Draft], publish: bool) -> None:
    wanted = [resources.Wanted(one.code, one.kind, one.metadata, one.description) for one in drafts]
    try:
        made = resources.register_resources(acting_party=acting, wanted=wanted)
    except resources.ManyInvalid as refused:
        for position, error in refused.errors.items():
            _note(drafts[position], error)
        return
    if publish:
        refs = [one.ref for one in made]
        resources.publish_resources(acting_party=acting, resource_refs=refs)


def _changed(acting: Acting, draft: Draft, known: Resource) -> str:
    """What was done, in a transaction of its own so that a fault leaves nothing behind."""
    try:
        with transaction.atomic():
            return _change(acting, draft, known)
    except ActionError as error:
        _note(draft, error)
        return "refused"


def _change(acting: Acting, draft: Draft, known: Resource) -> str:
    authorise(acting, "resource.manage", known.owner)
    if known.kind != draft.kind:
        raise Conflict(
            "other-kind",
            f"已登记为另一种类型（{known.kind}）。",
            f"It is registered as another kind ({known.kind}).",
        )
    schema = resources.kind_of(draft.kind).schema
    parsed = schema.model_validate(draft.metadata) if not draft.faults else None
    metadata = parsed.model_dump(mode="json") if parsed else draft.metadata
    if _says_the_same(known, draft.description) and metadata == known.metadata:
        return "same"
    resources.change_resource(
        acting_party=acting, resource_ref=known.ref, metadata=draft.metadata, **draft.description
    )
    return "changed"


def _says_the_same(known: Resource, wanted: dict[str, Any]) -> bool:
    given = dict(wanted)
    if "source_party" in given:
        given["source_party"] = given["source_party"] or known.owner
    if "related" in given:
        given["related"] = [one for one in given["related"] if one]
    now = {name: getattr(known, name) for name in given}
    if "source_party" in now:
        now["source_party"] = now["source_party"] or known.owner
    return now == given


def _note(draft: Draft, error: ActionError) -> None:
    """The kernel's refusal at the field that it is about."""
    for name, (zh, en) in error.fields.items():
        draft.fault(field_name(name.removeprefix("metadata.")), zh, en)
    if error.fields:
        return
    place = "path" if "path" in draft.metadata or "source" in draft.metadata else "code"
    if isinstance(error, Conflict):
        place = "code"
    if error.reason == "unknown-kind":
        place = "kind"
    draft.fault(place, error.zh, error.en)
