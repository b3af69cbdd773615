"""What set-up needs of the machine itself: a browser, Chinese fonts, Python's venv module.

As root on Debian or Ubuntu it installs them; anyone else is told, in one line, what to run.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.progress import SetupError, step

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / ".cache" / "setup"

BROWSER_VARIABLE = "HUIJIANG_CHROMIUM"
BROWSER_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_APPLICATIONS = (
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
)
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")
CHINESE_FONT_PATTERNS = ("*CJK*", "*SourceHanS*", "wqy-*", "*SC-Regular*")


def find_browser() -> Path | None:
    """The machine's Chromium: the variable HUIJIANG_CHROMIUM, the path, the applications folder."""
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        if not Path(named).is_file():
            raise SetupError(f"{BROWSER_VARIABLE} names {named}, which is not a file. Mend or unset the variable.")
        return Path(named)
    for command in BROWSER_COMMANDS:
        found = shutil.which(command)
        if found:
            return Path(found)
    return next((path for path in BROWSER_APPLICATIONS if path.is_file()), None)


def has_chinese_font() -> bool:
    if sys.platform == "darwin":
        return True
    return any(
        next(folder.rglob(pattern), None) is not None for folder in FONT_FOLDERS for pattern in CHINESE_FONT_PATTERNS
    )


def ensure_browser() -> None:
    """Make sure that pages can be drawn with Chinese text. Raises SetupError with what to run."""
    missing = []
    if find_browser() is None:
        missing.append("chromium")
    if not has_chinese_font():
        missing.append("fonts-noto-cjk")
    if missing:
        install_packages(missing, "drawing pages (a browser and Chinese fonts)")
        if find_browser() is None:
            raise SetupError(f"no Chromium was found after the install; set {BROWSER_VARIABLE} to its path.")


def install_packages(names: Sequence[str], purpose: str) -> None:
    """Install Debian packages as root; otherwise raise SetupError with the command to run."""
    apt = shutil.which("apt-get")
    listed = " ".join(names)
    if apt is None:
        raise SetupError(
            f"{purpose}: missing on this machine. Install the like of these packages: {listed}; then run this again."
        )
    if os.geteuid() != 0:
        raise SetupError(
            f"{purpose}: missing on this machine. Run 'sudo apt-get install -y {listed}', then run this again."
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    wait = ["-o", "DPkg::Lock::Timeout=300"]
    mend = f"Mend: run 'apt-get update && apt-get install -y {listed}' by hand and see what it says."
    update = [apt, *wait, "update"]
    install = [apt, *wait, "install", "-y", "--no-install-recommends", *names]
    step(
        "refreshing the system's package list", update, log=LOGS / "apt-update.log", mend=mend, environment=environment
    )
    step(f"installing {listed}", install, log=LOGS / "apt-install.log", mend=mend, environment=environment)
