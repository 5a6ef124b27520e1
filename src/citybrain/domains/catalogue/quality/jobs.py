"""Running profiles: small ones at once, large ones in a process of their own.

A process that dies (kill -9) leaves its row running without a sign of life; the worker puts
it back into the queue. Scanning reads only, so beginning again loses nothing.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog
from django.utils import timezone

from citybrain.domains.catalogue.models import Profile
from citybrain.domains.catalogue.quality import profiling, reading
from citybrain.domains.catalogue.quality.actions import profiles as actions
from citybrain.kernel.actions.resources import data_root
from citybrain.kernel.errors import ActionError, Conflict
from citybrain.kernel.kinds import ServeError

log = structlog.get_logger(__name__)
AT_ONCE_BYTES = 8 * 1024 * 1024
"""Sources up to this size are looked at while the person waits (well under a second)."""
SILENT = timedelta(seconds=60)
LONGEST_SECONDS = 20 * 60
Watch = Callable[[reading.Opened], None]


class CancelledError(Exception):
    """Somebody has stopped this profile."""


def is_quick(profile: Profile) -> bool:
    """Whether the source is small enough to be looked at in the request."""
    size = reading.size_of(profiling.table_of(profile.resource), data_root())
    return size is not None and size <= AT_ONCE_BYTES


def run(profile: Profile, watch: Watch = lambda _seen: None) -> Profile:
    """Look and keep the outcome. Raises `Conflict` when somebody else has begun.

    A source that cannot be read makes a failed profile, no error.
    """
    acting = actions.system_of(profile.resource)
    running = actions.start_profile(acting_party=acting, profile_ref=profile.ref)
    step = partial(_step, running.pk)
    try:
        outcome = profiling.look(running.resource, data_root(), step, watch)
    except CancelledError:
        return Profile.objects.get(pk=running.pk)
    except ServeError as error:
        return _fail(running, error.detail_zh, error.detail_en)
    except (ActionError, ValueError) as error:
        zh = error.zh if isinstance(error, ActionError) else "登记的元数据与数据源不符。"
        return _fail(running, zh, str(error))
    try:
        return actions.finish_profile(acting_party=acting, profile_ref=running.ref, outcome=outcome)
    except Conflict:
        return Profile.objects.get(pk=running.pk)


def _fail(profile: Profile, zh: str, en: str) -> Profile:
    profile = Profile.objects.select_related("resource__owner").get(pk=profile.pk)
    if profile.state != Profile.State.RUNNING:
        return profile
    return actions.fail_profile(
        acting_party=actions.system_of(profile.resource),
        profile_ref=profile.ref,
        reason_zh=zh,
        reason_en=en,
    )


def _step(key: int, percent: int) -> None:
    alive = Profile.objects.filter(pk=key, state=Profile.State.RUNNING)
    if not alive.update(progress=percent, beat_at=timezone.now()):
        raise CancelledError


class Runner:
    """The worker's side: one process at a time, begun and watched without waiting for it."""

    def __init__(self) -> None:
        self.child: subprocess.Popen[bytes] | None = None
        self.began = 0.0

    def __call__(self) -> str:
        """One look at the queue; returns the reference of what was begun, or nothing."""
        if self.child is not None and self.child.poll() is None:
            if time.monotonic() - self.began > LONGEST_SECONDS:
                self.child.kill()
            return ""
        self.child = None
        revive()
        reading.sweep(data_root())
        following = Profile.objects.filter(state=Profile.State.QUEUED).order_by("id").first()
        if following is None:
            return ""
        self.child, self.began = spawn(following.ref), time.monotonic()
        return following.ref


def spawn(ref: str) -> subprocess.Popen[bytes]:
    """A process that runs one profile, with this process's settings."""
    known = os.environ | {
        "PYTHONPATH": os.pathsep.join(one for one in sys.path if one),
        "DJANGO_SETTINGS_MODULE": "citybrain.settings",
    }
    command = [sys.executable, "-m", "citybrain.domains.catalogue.quality.job", ref]
    return subprocess.Popen(command, env=known, stdin=subprocess.DEVNULL)  # noqa: S603


def revive() -> int:
    """Put back what runs without a sign of life; returns how many."""
    silent = Profile.objects.filter(
        state=Profile.State.RUNNING, beat_at__lt=timezone.now() - SILENT
    )
    done = 0
    for one in silent.select_related("resource__owner"):
        try:
            actions.requeue_profile(
                acting_party=actions.system_of(one.resource), profile_ref=one.ref
            )
            done += 1
        except Conflict:
            continue
    return done
