"""Writes of profiles: asked for, begun, finished, failed, cancelled, begun again."""

from dataclasses import fields
from typing import Any

from citybrain.domains.catalogue.exchange.drafts import storable
from citybrain.domains.catalogue.models import Profile, QualityStanding
from citybrain.domains.catalogue.quality.actions import follow_up
from citybrain.domains.catalogue.quality.profiling import Outcome, table_of
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, Role, authorise
from citybrain.kernel.actions.base import action, locked, save_next
from citybrain.kernel.errors import Conflict
from citybrain.kernel.models import Resource

WAITING = (Profile.State.QUEUED, Profile.State.RUNNING)
MOST_ATTEMPTS = 3


def system_of(resource: Resource) -> Acting:
    """The platform, doing for the owner what the owner has asked for or the law of cycles asks."""
    return Acting(resource.owner, Role.STEWARD, "system")


@action("profile.ask")
def ask_profile(*, acting_party: Acting, resource_ref: str) -> Profile:
    """Have a table looked at. Raises `Conflict` while a look is under way."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "quality.manage", resource.owner)
    table_of(resource)
    if Profile.objects.filter(resource=resource, state__in=WAITING).exists():
        raise Conflict(
            "profile-under-way",
            "该资源正在评估，请稍候。",
            "This resource is being profiled already; wait a little.",
        )
    profile = Profile.objects.create(resource=resource, resource_version=resource.version)
    ledger.write("profile.ask", profile, acting_party)
    return profile


@action("profile.start")
def start_profile(*, acting_party: Acting, profile_ref: str) -> Profile:
    """Begin; the second of two who begin gets `Conflict`."""
    profile = _held(acting_party, profile_ref, Profile.State.QUEUED)
    profile.state = Profile.State.RUNNING
    profile.resource_version = profile.resource.version
    profile.attempts += 1
    profile.started_at = profile.beat_at = clock.now()
    profile.progress = 0
    save_next(profile)
    ledger.write("profile.start", profile, acting_party)
    return profile


@action("profile.finish")
def finish_profile(*, acting_party: Acting, profile_ref: str, outcome: Outcome) -> Profile:
    """Keep what was found; propose grades, open and close problems of failing checks."""
    profile = _held(acting_party, profile_ref, Profile.State.RUNNING)
    for one in fields(outcome):
        setattr(profile, one.name, _clean(getattr(outcome, one.name)))
    profile.state = Profile.State.DONE
    profile.progress = 100
    profile.finished_at = clock.now()
    save_next(profile)
    follow_up.propose(acting_party, profile)
    follow_up.settle_checks(acting_party, profile)
    _stand(profile)
    ledger.write("profile.finish", profile, acting_party, {"overall": profile.overall})
    return profile


@action("profile.fail")
def fail_profile(
    *, acting_party: Acting, profile_ref: str, reason_zh: str, reason_en: str
) -> Profile:
    """It could not be looked at, and why."""
    profile = _held(acting_party, profile_ref, *WAITING)
    profile.state = Profile.State.FAILED
    profile.reason_zh, profile.reason_en = storable(reason_zh[:500]), storable(reason_en[:500])
    profile.finished_at = clock.now()
    save_next(profile)
    ledger.write("profile.fail", profile, acting_party, {"reasons": profile.reason_zh})
    return profile


@action("profile.cancel")
def cancel_profile(*, acting_party: Acting, profile_ref: str) -> Profile:
    """Stop a look that waits or runs."""
    profile = _held(acting_party, profile_ref, *WAITING)
    profile.state = Profile.State.CANCELLED
    profile.finished_at = clock.now()
    save_next(profile)
    ledger.write("profile.cancel", profile, acting_party)
    return profile


@action("profile.requeue")
def requeue_profile(*, acting_party: Acting, profile_ref: str) -> Profile:
    """Put back one whose process has died; after `MOST_ATTEMPTS` it has failed."""
    profile = _held(acting_party, profile_ref, Profile.State.RUNNING)
    if profile.attempts >= MOST_ATTEMPTS:
        return fail_profile(
            acting_party=acting_party,
            profile_ref=profile_ref,
            reason_zh="多次中断，已放弃；请检查数据源大小和服务器内存。",
            reason_en="It broke off several times; check the source's size and the memory.",
        )
    profile.state = Profile.State.QUEUED
    save_next(profile)
    ledger.write("profile.requeue", profile, acting_party)
    return profile


def _held(acting: Acting, ref: str, *states: str) -> Profile:
    profile = locked(Profile, ref, "评估", "profile")
    authorise(acting, "quality.manage", profile.resource.owner)
    if profile.state not in states:
        raise Conflict(
            "wrong-state",
            f"该评估{profile.get_state_display()}，不能再执行此操作。",
            f"This profile is {profile.state}; that cannot be done any more.",
        )
    return profile


def _stand(profile: Profile) -> None:
    failed = [one for one in profile.checks if one["failing"]]
    worst = failed[0] if failed else {"zh": "", "en": ""}
    QualityStanding.objects.update_or_create(
        resource=profile.resource,
        defaults={
            "profile": profile,
            "overall": profile.overall,
            "failed_checks": len(failed),
            "worst_zh": worst["zh"][:300],
            "worst_en": worst["en"][:300],
            "due_on": profile.due_on,
        },
    )


def _clean(value: Any) -> Any:
    """Texts of a source without what no database keeps."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_clean(name): _clean(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return value
