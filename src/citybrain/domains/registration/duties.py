"""What the platform does by itself: close notices that have run out, remind, expire."""

from collections.abc import Callable, Iterable

from django.db.models import Exists, OuterRef

from citybrain.domains.registration.actions.moves import close_notice
from citybrain.domains.registration.actions.registrations import DECIDING, expire, remind
from citybrain.domains.registration.logic.rules import RENEWAL
from citybrain.domains.registration.models import Application, Registration
from citybrain.kernel import clock
from citybrain.kernel.duties import add_duty
from citybrain.kernel.errors import ActionError
from citybrain.kernel.models import Deadline

EVERY = 300.0
AT_ONCE = 100
"""Records of one sort in one round: the rest waits for the next."""


def close_notices() -> int:
    """Close public notices whose last day has passed; returns how many."""
    over = Deadline.objects.filter(
        rule="registration-notice", state=Deadline.State.OPEN, due_on__lt=clock.today()
    )
    refs = [urn.rpartition(":")[2] for urn in over.values_list("subject", flat=True)[:AT_ONCE]]
    return _each(refs, lambda ref: close_notice(acting_party=None, application_ref=ref))


def remind_of_expiry() -> int:
    """Remind the holders of what expires within the window for renewal; returns how many."""
    limit = clock.today().toordinal() + RENEWAL.days
    due = Registration.objects.filter(
        state=Registration.State.VALID,
        reminded_on=None,
        valid_to__lte=clock.today().fromordinal(limit),
    )
    refs = list(due.values_list("ref", flat=True)[:AT_ONCE])
    return _each(refs, lambda ref: remind(acting_party=None, registration_ref=ref))


def expire_what_is_over() -> int:
    """Expire registrations past their last day; returns how many."""
    renewing = Application.objects.filter(
        registration=OuterRef("pk"), kind=Application.Kind.RENEWAL, state__in=DECIDING
    )
    due = Registration.objects.filter(
        ~Exists(renewing), state=Registration.State.VALID, valid_to__lt=clock.today()
    )
    refs = list(due.values_list("ref", flat=True)[:AT_ONCE])
    return _each(refs, lambda ref: expire(acting_party=None, registration_ref=ref))


def _each(refs: Iterable[str], act: Callable[[str], object]) -> int:
    """Act on each in a transaction of its own; one that somebody was faster with is let be."""
    done = 0
    for ref in refs:
        try:
            act(ref)
            done += 1
        except ActionError:
            continue
    return done


def day_round() -> int:
    """All three, in the order in which they depend on one another."""
    return close_notices() + remind_of_expiry() + expire_what_is_over()


add_duty("registration", EVERY, day_round)
