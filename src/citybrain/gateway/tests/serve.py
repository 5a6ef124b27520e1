"""A served process for tests: `python -m citybrain.gateway.tests.serve PORT WORKERS`.

`… seed '[[clause, …], …]'` migrates the database of the environment and makes one
agreement for each list of clauses, printing their paths and tokens; `… seal` lets the
sealer take everything.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "citybrain.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from citybrain.gateway.server import _leave_soon, run_server  # noqa: E402
from citybrain.gateway.shell import Shell  # noqa: E402
from citybrain.gateway.tests import make  # noqa: E402
from citybrain.gateway.tests.house import page  # noqa: E402
from citybrain.kernel.sealing import seal_all  # noqa: E402


def make_application() -> Shell:
    """The shell without Django's pages, which this test is not about."""
    shell = Shell(lambda: page)
    shell.stopped = _leave_soon
    return shell


def seed(agreements: list[list[dict[str, object]]]) -> None:
    call_command("migrate", verbosity=0)
    made = [make.make_agreement(*clauses) for clauses in agreements]
    told = [{"path": one.path, "token": one.token, "agreement": one.agreement.pk} for one in made]
    print(json.dumps(told))


if __name__ == "__main__":
    if sys.argv[1] == "seed":
        seed(json.loads(sys.argv[2]))
    elif sys.argv[1] == "seal":
        seal_all()
    else:
        run_server(
            "127.0.0.1",
            int(sys.argv[1]),
            int(sys.argv[2]),
            application="citybrain.gateway.tests.serve:make_application",
        )
