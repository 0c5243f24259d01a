"""Django settings of the test run: an own data folder, quick password hashing."""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="madang-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["MADANG_DATA"] = _folder
os.environ.pop("MADANG_PORT_OFFSET", None)

from madang.app.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
