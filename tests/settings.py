"""The settings of the tests: a throw-away home, made before Django reads it; the database is SQLite unless
NIGHTLIGHT_DATABASE_URL names another (see tests/with_postgres.py)."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="nightlight-tests-"))
atexit.register(shutil.rmtree, _home, True)
for _name in [name for name in os.environ if name.startswith("NIGHTLIGHT_")]:
    if _name not in ("NIGHTLIGHT_DATABASE_URL", "NIGHTLIGHT_SCREENSHOTS"):
        del os.environ[_name]
os.environ["NIGHTLIGHT_HOME"] = str(_home)
os.environ["NIGHTLIGHT_COUNTRY"] = "DE,NL,FR"
os.environ["NIGHTLIGHT_LIMITS"] = "off"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # the browser tests run an event loop beside the ORM

from nightlight.vault import KeyRing  # noqa: E402

KeyRing.create(_home / "keys")

from nightlight.server.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the tests sign in often
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in production: threads of a test share it under WAL, which a database in memory can't do.
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "tests.sqlite3")}  # noqa: F405
