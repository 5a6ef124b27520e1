"""Registering, publishing, changing and withdrawing resources; offers and scenarios."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions import versions
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.actions.description import describe
from citybrain.kernel.epochs import next_epoch
from citybrain.kernel.errors import ActionError, Conflict, Invalid, NotAllowed, NotFound
from citybrain.kernel.kinds import Kind, ServeError, kind_of
from citybrain.kernel.models import Offer, Party, Resource, Scenario, SourceClaim
from citybrain.kernel.policies import checked_policy
from citybrain.kernel.policy.vocabulary import PURPOSES


def data_root() -> Path:
    """The folder that metadata paths are relative to."""
    root: Path = settings.CITYBRAIN.data_dir / "files"
    return root


@action("resource.register")
def register_resource(
    *,
    acting_party: Acting,
    code: str,
    kind: str,
    metadata: dict[str, Any],
    **description: Any,
) -> Resource:
    """Describe a resource of one's own party as a draft.

    `description` holds the fields of `description.DESCRIPTION`. The metadata are validated by the
    kind's schema and the source is opened once, so that what is registered can be served.
    Raises `Invalid` with a message for each field at fault, `Conflict` for a known code.
    """
    authorise(acting_party, "resource.manage", acting_party.party)
    the_kind = _known_kind(kind)
    if Resource.objects.filter(code=code).exists():
        raise _code_taken(code)
    resource = Resource(code=code, kind=kind, owner=acting_party.party)
    describe(resource, description, acting_party)
    _attach(resource, the_kind, metadata, acting_party)
    resource.epoch = next_epoch()
    resource.save()
    versions.keep([resource], "resource.register", acting_party)
    ledger.write("resource.register", resource, acting_party)
    return resource


@dataclass(frozen=True, slots=True)
class Wanted:
    """One resource of a batch, as `register_resource` takes it."""

    code: str
    kind: str
    metadata: dict[str, Any]
    description: dict[str, Any]


class ManyInvalid(Invalid):
    """A batch was refused whole; `errors` has the refusal of each one at fault, by position."""

    def __init__(self, errors: dict[int, ActionError]) -> None:
        count = len(errors)
        super().__init__(
            "batch-refused",
            f"{count}个资源有误，未登记任何资源。",
            f"{count} resources are at fault; none was registered.",
        )
        self.errors = errors


@action("resource.register-many")
def register_resources(*, acting_party: Acting, wanted: Sequence[Wanted]) -> list[Resource]:
    """Describe many resources of one's own party as drafts, all or none.

    Each is checked as by `register_resource` and leaves the same ledger record; only the
    statements are fewer. Raises `ManyInvalid`.
    """
    authorise(acting_party, "resource.manage", acting_party.party)
    taken = _taken([one.code for one in wanted])
    batch = frozenset(one.code for one in wanted)
    made, errors = [], {}
    for position, one in enumerate(wanted):
        try:
            made.append(_unsaved(acting_party, one, taken, batch))
        except ActionError as error:
            errors[position] = error
    if errors:
        raise ManyInvalid(errors)
    # Late: whoever else changes a resource waits from here to the commit.
    epoch = next_epoch()
    for resource in made:
        resource.epoch = epoch
    Resource.objects.bulk_create(made, batch_size=ledger.CHUNK)
    versions.keep(made, "resource.register", acting_party)
    ledger.write_many("resource.register", made, acting_party)
    return made


def _taken(codes: Sequence[str]) -> set[str]:
    taken: set[str] = set()
    for start in range(0, len(codes), ledger.CHUNK):
        found = Resource.objects.filter(code__in=codes[start : start + ledger.CHUNK])
        taken.update(found.values_list("code", flat=True))
    return taken


def _unsaved(acting: Acting, one: Wanted, taken: set[str], batch: frozenset[str]) -> Resource:
    kind = _known_kind(one.kind)
    if one.code in taken:
        raise _code_taken(one.code)
    resource = Resource(code=one.code, kind=one.kind, owner=acting.party)
    describe(resource, one.description, acting, batch)
    _attach(resource, kind, one.metadata, acting)
    taken.add(one.code)
    return resource


def _code_taken(code: str) -> Conflict:
    return Conflict(
        "code-taken", f"目录代码 {code} 已被使用。", f"The directory code {code} is in use."
    )


def _known_kind(code: str) -> Kind:
    try:
        return kind_of(code)
    except KeyError:
        raise Invalid(
            "unknown-kind", f"没有“{code}”这种资源类型。", f"There is no kind {code!r}."
        ) from None


def _attach(resource: Resource, kind: Kind, metadata: dict[str, Any], acting: Acting) -> None:
    try:
        parsed = kind.schema.model_validate(metadata)
        # Before the source is opened: what another party owns is not even looked at.
        _claim(kind.claims(parsed, data_root()) if kind.claims else [], resource.owner, acting)
        resource.facts = kind.probe(parsed, data_root()) if kind.probe else {}
    except ValidationError as error:
        raise Invalid(
            "bad-metadata",
            "元数据不符合该类型的要求。",
            "The metadata do not fit the kind.",
            {
                "metadata." + ".".join(map(str, one["loc"])): (one["msg"], one["msg"])
                for one in error.errors()
            },
        ) from None
    except ServeError as error:
        raise Invalid(error.reason, error.detail_zh, error.detail_en) from None
    resource.metadata = parsed.model_dump(mode="json")


def _claim(names: list[str], owner: Party, acting: Acting) -> None:
    for name in sorted(names):
        claim, created = SourceClaim.objects.get_or_create(name=name, defaults={"party": owner})
        if created:
            ledger.write("source.claim", claim, acting)
        elif claim.party_id != owner.pk:
            raise NotAllowed(
                "source-taken",
                "该数据来源（文件或凭据）属于其他单位，不能登记为本单位的资源。",
                "This source (a file or a credential) belongs to another party.",
            )


@action("resource.publish")
def publish_resource(*, acting_party: Acting, resource_ref: str) -> Resource:
    """Put a draft or withdrawn resource into the directory."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "resource.manage", resource.owner)
    if resource.status == Resource.Status.PUBLISHED:
        raise Conflict("already-published", "该资源已发布。", "The resource is published already.")
    versions.keep_missing([resource])
    resource.status = Resource.Status.PUBLISHED
    resource.published_at = clock.now()
    resource.epoch = next_epoch()
    save_next(resource)
    versions.keep([resource], "resource.publish", acting_party)
    ledger.write("resource.publish", resource, acting_party)
    return resource


@action("resource.publish-many")
def publish_resources(*, acting_party: Acting, resource_refs: Sequence[str]) -> list[Resource]:
    """Put many drafts or withdrawn resources into the directory, all or none.

    Each leaves the ledger record that `publish_resource` would; gateways hear of all at once.
    """
    rows: list[Resource] = []
    for start in range(0, len(resource_refs), ledger.CHUNK):
        found = Resource.objects.select_for_update(of=("self",)).select_related("owner")
        rows += found.filter(ref__in=resource_refs[start : start + ledger.CHUNK])
    for owner in {one.owner for one in rows}:
        authorise(acting_party, "resource.manage", owner)
    if len(rows) != len(resource_refs):
        raise NotFound("not-found", "找不到其中的资源。", "Some of the resources do not exist.")
    if any(one.status == Resource.Status.PUBLISHED for one in rows):
        raise Conflict("already-published", "其中有已发布的资源。", "Some are published already.")
    versions.keep_missing(rows)
    epoch, now = next_epoch(), clock.now()
    for one in rows:
        one.status, one.published_at, one.epoch = Resource.Status.PUBLISHED, now, epoch
        one.version += 1
    changed = ["status", "published_at", "epoch", "version"]
    Resource.objects.bulk_update(rows, changed, batch_size=ledger.CHUNK)
    versions.keep(rows, "resource.publish", acting_party)
    ledger.write_many("resource.publish", rows, acting_party)
    return rows


@action("resource.change")
def change_resource(
    *,
    acting_party: Acting,
    resource_ref: str,
    expected_version: int | None = None,
    metadata: dict[str, Any] | None = None,
    reasons: str = "",
    **description: Any,
) -> Resource:
    """Change the description or the metadata; running agreements see the new version.

    What it was before stays readable as the version before (`queries/versions.py`).
    """
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "resource.manage", resource.owner)
    expect_version(resource, expected_version)
    versions.keep_missing([resource])
    describe(resource, description, acting_party)
    if metadata is not None:
        _attach(resource, kind_of(resource.kind), metadata, acting_party)
    resource.epoch = next_epoch()
    save_next(resource)
    why = reasons.strip()
    versions.keep([resource], "resource.change", acting_party, why)
    detail = {"fields": sorted(description)} | ({"reasons": why} if why else {})
    ledger.write("resource.change", resource, acting_party, detail)
    return resource


@action("resource.withdraw")
def withdraw_resource(*, acting_party: Acting, resource_ref: str, reasons: str) -> Resource:
    """Take a resource out of the directory; its agreements refuse from the next second on."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "resource.manage", resource.owner)
    if resource.status != Resource.Status.PUBLISHED:
        raise Conflict("not-published", "该资源未在目录中发布。", "The resource is not published.")
    if not reasons.strip():
        raise Invalid("reasons-missing", "请说明撤回理由。", "Give the reasons of the withdrawal.")
    versions.keep_missing([resource])
    resource.status = Resource.Status.WITHDRAWN
    resource.epoch = next_epoch()
    save_next(resource)
    versions.keep([resource], "resource.withdraw", acting_party, reasons.strip())
    ledger.write("resource.withdraw", resource, acting_party, {"reasons": reasons.strip()})
    return resource


@action("offer.make")
def make_offer(
    *,
    acting_party: Acting,
    resource_ref: str,
    title_zh: str,
    title_en: str,
    policy: dict[str, Any],
) -> Offer:
    """Say who may use a published resource, for what, how much, at what price."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "offer.manage", resource.owner)
    if resource.status != Resource.Status.PUBLISHED:
        raise Conflict("not-published", "请先发布该资源。", "Publish the resource first.")
    if resource.share_type == Resource.ShareType.NONE:
        raise Conflict(
            "not-shared",
            "该资源属于不予共享类。",
            "This resource is of the type that is not shared.",
        )
    if not title_zh.strip() or not title_en.strip():
        raise Invalid("title-missing", "请填写中英文标题。", "Give a Chinese and English title.")
    checked = checked_policy(policy)
    offer = Offer.objects.create(
        resource=resource,
        title_zh=title_zh.strip(),
        title_en=title_en.strip(),
        policy=checked.canonical(),
        policy_digest=checked.digest(),
    )
    ledger.write("offer.make", offer, acting_party, {"policy": offer.policy_digest})
    return offer


@action("offer.withdraw")
def withdraw_offer(*, acting_party: Acting, offer_ref: str) -> Offer:
    """Take an offer back; agreements that were made under it stand."""
    offer = locked(Offer, offer_ref, "供给条件", "offer")
    authorise(acting_party, "offer.manage", offer.resource.owner)
    if offer.status != Offer.Status.OPEN:
        raise Conflict("offer-withdrawn", "该供给条件已撤回。", "The offer is withdrawn already.")
    offer.status = Offer.Status.WITHDRAWN
    save_next(offer)
    ledger.write("offer.withdraw", offer, acting_party)
    return offer


@action("scenario.register")
def register_scenario(
    *, acting_party: Acting, owner: Party, code: str, title_zh: str, title_en: str, purpose: str
) -> Scenario:
    """State why resources are used."""
    authorise(acting_party, "scenario.manage", owner)
    if purpose not in PURPOSES:
        raise Invalid("unknown-purpose", f"没有“{purpose}”这种用途。", f"No purpose {purpose!r}.")
    if Scenario.objects.filter(code=code).exists():
        raise Conflict("code-taken", f"场景代码 {code} 已被使用。", f"The code {code} is in use.")
    scenario = Scenario.objects.create(
        owner=owner, code=code, title_zh=title_zh, title_en=title_en, purpose=purpose
    )
    ledger.write("scenario.register", scenario, acting_party)
    return scenario
