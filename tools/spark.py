"""Spark for ./run soak: a Java that is new enough, and an environment of its own with PySpark in it.

PySpark is large and published as source only, so it is no part of .venv: its own
environment holds it alone and sees the project's packages by a path file.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import machine, venv
from tools.progress import SetupError, step

HOME = venv.CACHE / "spark-venv"
PYTHON = HOME / "bin" / "python"
LOCK = venv.ROOT / "requirements" / "spark.txt"
STAMP = HOME / "installed-spark"
OLDEST_JAVA = 17
MEND = "Mend: check that pip reaches its package index (pip config list), then run this again."


def ensure() -> None:
    """Make sure that Spark can start here. Raises SetupError with what to run."""
    ensure_java()
    lock = hashlib.sha256(LOCK.read_bytes() + os.fsencode(HOME)).hexdigest()
    if PYTHON.exists() and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == lock:
        return
    venv.ensure("base")
    with venv.only_one_at_a_time():
        install(lock)


def install(lock: str) -> None:
    log = venv.LOGS / "spark.log"
    base = Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"
    python = base if base.exists() else Path(sys.executable)
    step("creating an environment for Spark", [python, "-m", "venv", "--clear", HOME], log=log, mend=MEND)
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    pip += ["--require-hashes", "--no-cache-dir"]
    builder = HOME / "builder.txt"
    builder.write_text(only("setuptools"), encoding="utf-8")
    step("installing setuptools for Spark", [*pip, "--only-binary", ":all:", "-r", builder], log=log, mend=MEND)
    # PySpark has no wheel; it is built here by the locked setuptools alone
    built = [*pip, "--no-build-isolation", "--use-pep517", "-r", LOCK]
    step("installing requirements/spark.txt (450 MB)", built, log=log, mend=MEND)
    packages = HOME / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    project = venv.HOME / "lib" / packages.parent.name / "site-packages"
    (packages / "huijiang.pth").write_text(f"{project}\n{venv.ROOT / 'src'}\n", encoding="utf-8")
    STAMP.write_text(lock, encoding="utf-8")


def only(package: str) -> str:
    """The lines of the lock that are about one package."""
    found = re.search(rf"^{package}==(?:.*\\\n)*.*\n", LOCK.read_text(encoding="utf-8"), re.MULTILINE)
    if found is None:
        raise SetupError(f"requirements/{LOCK.name} does not lock {package}. Mend the lock.")
    return found.group()


def ensure_java() -> None:
    seen = java_version()
    if seen is None or seen < OLDEST_JAVA:
        machine.install_packages(["default-jre-headless"], f"Spark (Java {OLDEST_JAVA} or newer)")
        seen = java_version()
    if seen is None or seen < OLDEST_JAVA:
        raise SetupError(
            f"Spark needs Java {OLDEST_JAVA} or newer; here it is {seen or 'missing'}. "
            f"Install one (Debian, Ubuntu: sudo apt-get install openjdk-{OLDEST_JAVA}-jre-headless) "
            "or name one by JAVA_HOME, then run this again."
        )


def java_version() -> int | None:
    """The feature number of the Java that Spark would start, None without one."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None or not Path(java).is_file():
        return None
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(found.group(1)) if found else None
