"""`python -m citybrain.domains.catalogue.quality.job REF`: one profile in its own process."""

import sys
import threading
from contextlib import suppress

import django


def main(ref: str) -> int:
    """Run it; 0 when it is done, 1 when it has failed or was somebody else's."""
    django.setup()
    from citybrain.domains.catalogue.models import Profile
    from citybrain.domains.catalogue.quality import jobs
    from citybrain.kernel.errors import Conflict

    profile = Profile.objects.select_related("resource__owner").filter(ref=ref).first()
    if profile is None:
        return 1
    ended = threading.Event()
    try:
        done = jobs.run(profile, lambda seen: _watch(profile.pk, seen, ended))
    except Conflict:
        return 1
    finally:
        ended.set()
    return 0 if done.state == Profile.State.DONE else 1


def _watch(key: int, seen: object, ended: threading.Event) -> None:
    threading.Thread(target=_beat, args=(key, seen, ended), daemon=True).start()


def _beat(key: int, seen: object, ended: threading.Event) -> None:
    """Give a sign of life each few seconds; interrupt DuckDB when the profile was cancelled."""
    import duckdb
    from django.db import connection
    from django.utils import timezone

    from citybrain.domains.catalogue.models import Profile

    while not ended.wait(3):
        alive = Profile.objects.filter(pk=key, state=Profile.State.RUNNING)
        if not alive.update(beat_at=timezone.now()):
            with suppress(duckdb.Error):
                seen.base.interrupt()  # type: ignore[attr-defined]
    connection.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
