"""Packs: imported or edited as drafts, checked, brought into use; bound to agreements."""

import hashlib
from collections.abc import Mapping

from django.db.models import Max

from citybrain.flows import secret
from citybrain.flows.faults import FaultyError
from citybrain.flows.machine import try_example
from citybrain.flows.models import Binding, PackVersion
from citybrain.flows.packs import Pack, check, digest_of, read_pack
from citybrain.flows.queries import bound_names
from citybrain.flows.versions import pack_of
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.agreements import issue_token, revoke_token
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from citybrain.kernel.models import Agreement, AgreementToken, Party, Scenario


@action("pack.import")
def import_pack(
    *, acting_party: Acting, files: Mapping[str, str], owner: Party | None = None, note: str = ""
) -> PackVersion:
    """Store the files of a pack as a draft; the same files again give the same version.

    Raises `Invalid` for files that cannot be read as a pack.
    """
    office = owner or acting_party.party
    authorise(acting_party, "pack.manage", office)
    pack = _readable(files)
    code, digest = pack.scenario.code, digest_of(files)
    versions = PackVersion.objects.select_for_update().filter(code=code)
    known = versions.order_by("number").last()
    if known is not None and known.owner_id != office.pk:
        raise NotAllowed(
            "pack-taken",
            f"场景代码 {code} 属于其他单位。",
            f"The pack {code} belongs to another party.",
        )
    same = versions.filter(digest=digest).first()
    return same or _store(acting_party, pack, office, note)


def _readable(files: Mapping[str, str]) -> Pack:
    try:
        return read_pack(files)
    except FaultyError as error:
        raise _refusal(error) from None


def _refusal(error: FaultyError) -> Invalid:
    fields = {one.place or "pack": (one.zh, one.en) for one in error.faults}
    zh = "；".join(f"{one.place} {one.zh}" for one in error.faults[:5])
    en = "; ".join(f"{one.place}: {one.en}" for one in error.faults[:5])
    return Invalid("faulty-pack", f"场景包有误：{zh}", f"The pack is faulty: {en}", fields)


def _store(acting: Acting, pack: Pack, owner: Party, note: str) -> PackVersion:
    one = pack.scenario
    last = PackVersion.objects.filter(code=one.code).aggregate(last=Max("number"))["last"] or 0
    version = PackVersion.objects.create(
        code=one.code,
        number=last + 1,
        label=one.version,
        digest=pack.digest,
        owner=owner,
        title_zh=one.title.zh,
        title_en=one.title.en,
        kind=one.kind,
        note=note.strip(),
        files=dict(pack.files),
    )
    ledger.write("pack.import", version, acting, {"digest": version.digest})
    return version


@action("pack.edit")
def edit_pack(
    *, acting_party: Acting, version_ref: str, changes: Mapping[str, str], note: str
) -> PackVersion:
    """A new draft out of a version with some files changed; faults of sense may remain."""
    base = locked(PackVersion, version_ref, "场景包", "pack")
    authorise(acting_party, "pack.manage", base.owner)
    if not note.strip():
        zh, en = "请说明改了什么。", "Say what has changed."
        raise Invalid("note-missing", zh, en, {"note": (zh, en)})
    files = {**base.files, **changes}
    pack = _readable(files)
    if pack.scenario.code != base.code:
        raise Invalid("other-code", "不能更改场景代码。", "The code of a pack cannot change.")
    if PackVersion.objects.filter(code=base.code, digest=pack.digest).exists():
        raise Conflict("nothing-changed", "内容与已有版本相同。", "A version is the same already.")
    return _store(acting_party, pack, base.owner, note)


@action("pack.activate")
def activate_pack(*, acting_party: Acting, version_ref: str) -> PackVersion:
    """Let new runs begin with this version; running ones stay with theirs.

    Everything is checked first: sense, agreements, examples. Also registers the scenario.
    """
    version = locked(PackVersion, version_ref, "场景包", "pack")
    authorise(acting_party, "pack.manage", version.owner)
    if version.state == PackVersion.State.ACTIVE:
        raise Conflict("already-active", "该版本已启用。", "The version is in use already.")
    pack = pack_of(version)
    faults = check(pack, bound_names(version.code))
    if faults:
        raise _refusal(FaultyError(faults))
    _pass_examples(pack)
    _retire(acting_party, version.code)
    version.scenario = _scenario(acting_party, pack, version.owner)
    version.state, version.activated_at = PackVersion.State.ACTIVE, clock.now()
    save_next(version)
    ledger.write("pack.activate", version, acting_party, {"digest": version.digest})
    return version


def _pass_examples(pack: Pack) -> None:
    if not pack.examples:
        raise Invalid("no-examples", "场景包没有样例。", "The pack has no examples.")
    failed = [
        one.file for one in pack.examples if try_example(pack, one.content).mismatches(one.content)
    ]
    if failed:
        names = ", ".join(failed[:5])
        raise Invalid("examples-fail", f"样例不符：{names}。", f"These examples fail: {names}.")


def _retire(acting: Acting, code: str) -> None:
    """At most one version is in use."""
    current = PackVersion.objects.select_for_update(of=("self",)).filter(
        code=code, state=PackVersion.State.ACTIVE
    )
    for one in current:
        one.state = PackVersion.State.RETIRED
        save_next(one)
        ledger.write("pack.retire", one, acting)


@action("pack.stop")
def stop_pack(*, acting_party: Acting, version_ref: str) -> PackVersion:
    """Let no new runs begin; running ones go on."""
    version = locked(PackVersion, version_ref, "场景包", "pack")
    authorise(acting_party, "pack.manage", version.owner)
    if version.state != PackVersion.State.ACTIVE:
        raise Conflict("not-active", "该版本未启用。", "The version is not in use.")
    _retire(acting_party, version.code)
    version.refresh_from_db()
    return version


def _scenario(acting: Acting, pack: Pack, owner: Party) -> Scenario:
    """The registered record of the pack, as its newest version describes it."""
    one = pack.scenario
    described = {"title_zh": one.title.zh, "title_en": one.title.en, "purpose": one.purpose}
    found = Scenario.objects.select_for_update(of=("self",)).filter(code=one.code).first()
    if found is None:
        made = Scenario.objects.create(owner=owner, code=one.code, **described)
        ledger.write("scenario.register", made, acting)
        return made
    if found.owner_id != owner.pk:
        raise NotAllowed(
            "pack-taken",
            f"场景代码 {one.code} 属于其他单位。",
            f"The scenario {one.code} belongs to another party.",
        )
    if any(getattr(found, name) != value for name, value in described.items()):
        for name, value in described.items():
            setattr(found, name, value)
        save_next(found)
        ledger.write("scenario.change", found, acting)
    return found


@action("pack.bind")
def bind_resource(*, acting_party: Acting, code: str, name: str, agreement_ref: str) -> Binding:
    """Let a pack use a resource that it names under an agreement of its owner."""
    newest = PackVersion.objects.filter(code=code).order_by("number").last()
    if newest is None:
        raise NotFound("not-found", "找不到该场景包。", "There is no such pack.")
    authorise(acting_party, "pack.manage", newest.owner)
    authorise(acting_party, "token.manage", newest.owner)
    agreement = (
        Agreement.objects.select_related("consumer", "resource")
        .filter(ref=agreement_ref, consumer=newest.owner)
        .first()
    )
    needed = next((n for n in pack_of(newest).scenario.resources if n.name == name), None)
    if needed is None:
        raise NotFound("not-found", "场景包中没有该资源。", "The pack names no such resource.")
    if agreement is None:
        zh, en = "请选择本单位的协议。", "Choose an agreement of your own party."
        raise Invalid("agreement-missing", zh, en, {"agreement": (zh, en)})
    if agreement.state != Agreement.State.ACTIVE or agreement.resource.kind != needed.kind:
        raise Conflict(
            "wrong-agreement",
            "须为已生效、且资源类型相符的协议。",
            "The agreement must be active and about a resource of the kind that is asked for.",
        )
    token = issue_token(
        acting_party=acting_party, agreement_ref=agreement_ref, label=f"{code}/{name}"
    )
    binding = Binding.objects.select_for_update(of=("self",)).filter(code=code, name=name).first()
    if binding is not None:
        _revoke(acting_party, binding)
    binding = binding or Binding(code=code, name=name, version=0)
    binding.agreement, binding.token = agreement, secret.encrypted(token)
    save_next(binding)
    ledger.write("pack.bind", binding, acting_party, {"agreement": agreement.urn})
    return binding


def _revoke(acting: Acting, binding: Binding) -> None:
    """The token of the former agreement is worthless from now on."""
    digest = hashlib.sha256(secret.decrypted(binding.token).encode()).hexdigest()
    old = AgreementToken.objects.filter(digest=digest, revoked_at=None).first()
    if old is not None:
        revoke_token(acting_party=acting, token_ref=old.ref)
