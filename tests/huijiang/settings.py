"""The platform's settings as the tests run them: a folder of their own; the database's address comes
from conftest.py when the first test needs one."""

import os
import tempfile
from pathlib import Path

os.environ["HUIJIANG_SECRET_KEY"] = "only for tests, never for anything that people use"
os.environ["HUIJIANG_HOME"] = tempfile.mkdtemp(prefix="huijiang-home-")

from huijiang.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the strong ones are slow by design
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405

INSTALLED_APPS += ["tests.huijiang.sealed.held"]  # noqa: F405
DATABASES["default"]["ENGINE"] = "tests.huijiang.engine"  # noqa: F405
INSTALLED_APPS += ["tests.huijiang.jobs.chores"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405

# Fonts that were cut once are cut for every run: seven seconds each time otherwise.  Their names say what they hold.
FONTS = Path(__file__).resolve().parents[2] / ".cache" / "tests" / "fonts"
FONTS.mkdir(parents=True, exist_ok=True)
(DATA / "fonts").symlink_to(FONTS)  # noqa: F405
