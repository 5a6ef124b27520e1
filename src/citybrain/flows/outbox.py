"""Sending what waits in the outbox, again and again until it has left."""

from datetime import timedelta

import structlog

from citybrain.flows.adapters import adapter_of
from citybrain.flows.models import Message
from citybrain.kernel import clock

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=2)
State = Message.State


def deliver_due(most: int = 200) -> int:
    """Hand over what is due; gives how many left."""
    keys = Message.objects.filter(state=State.QUEUED, due_at__lte=clock.now()).order_by("due_at")
    return sum(_deliver(key) for key in list(keys.values_list("pk", flat=True)[:most]))


def _deliver(key: int) -> bool:
    now = clock.now()
    # Whoever moves the due time on has it; after a crash it is due again when the lease ends.
    mine = Message.objects.filter(pk=key, state=State.QUEUED, due_at__lte=now)
    if not mine.update(due_at=now + LEASE):
        return False
    message = Message.objects.get(pk=key)
    try:
        adapter_of(message.channel).send(message)
    except Exception as error:
        log.warning("message could not be sent", message=message.ref, error=repr(error))
        _put_off(message, type(error).__name__)
        return False
    Message.objects.filter(pk=key).update(
        state=State.SENT, sent_at=clock.now(), attempts=message.attempts + 1, fault=""
    )
    return True


def _put_off(message: Message, fault: str) -> None:
    attempts = message.attempts + 1
    pause = min(FIRST_PAUSE * 2**attempts, LONGEST_PAUSE)
    Message.objects.filter(pk=message.pk).update(
        attempts=attempts,
        fault=fault[:200],
        due_at=clock.now() + pause,
        state=State.FAILED if attempts >= MOST_ATTEMPTS else State.QUEUED,
    )
