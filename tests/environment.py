"""Loaded before Django's settings: tests work in a data folder of their own.

`CITYBRAIN_TEST_POSTGRES` does not switch the database by itself; `./citybrain test` runs
the tests a second time with `CITYBRAIN_DATABASE_URL` set to it.
"""

import atexit
import os
import shutil
import tempfile

if "CITYBRAIN_TEST_DATA_DIR" not in os.environ:
    _folder = tempfile.mkdtemp(prefix="citybrain-test-")
    os.environ["CITYBRAIN_TEST_DATA_DIR"] = _folder
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
os.environ["CITYBRAIN_DATA_DIR"] = os.path.join(os.environ["CITYBRAIN_TEST_DATA_DIR"], _worker)  # noqa: PTH118
os.environ["CITYBRAIN_LOG_FORMAT"] = "console"
os.environ["CITYBRAIN_LOG_LEVEL"] = "WARNING"
# Playwright keeps an event loop in the main thread of a worker; Django would take every
# later test of that worker for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
