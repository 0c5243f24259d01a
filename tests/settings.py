"""Django settings of the test run: an own data folder, quick password hashing."""

import atexit
import os
import shutil
import tempfile
from typing import Any

_folder = tempfile.mkdtemp(prefix="madang-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["MADANG_DATA"] = _folder
os.environ.pop("MADANG_PORT_OFFSET", None)

from madang.app.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    # one per run, so that two runs on one server do not take each other's database away
    DATABASES["default"]["TEST"] = {"NAME": f"test_madang_{os.getpid()}"}  # noqa: F405

    from django.db.backends.postgresql.creation import DatabaseCreation

    def _drop_with_sessions(creation: Any, name: str, _verbosity: int) -> None:
        """Drop a test database although the thread of a live server has not hung up yet."""
        creation.connection.close_pool()
        with creation._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    DatabaseCreation._destroy_test_db = _drop_with_sessions

INSTALLED_APPS = [*INSTALLED_APPS, "tests.access.register.apps.RegisterConfig"]  # noqa: F405
