"""`./run bench [section …]`: measures what the project promises and writes bench/RESULTS.md.

A section is a module `bench/<section>.py` with `TITLE` and `rows()`: what, measured,
promised.  Only the sections that ran are replaced; the others keep what they said.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
MARK = "## "
# sections that are asked for by name only: they take long or install peers
ASKED = ("population-10m", "registry", "entitlements", "api", "documents", "funds", "claims", "linkage")


def sections() -> dict[str, Path]:
    """Section name → its module; underscores are written as hyphens."""
    found = {}
    for path in sorted(HERE.glob("*.py")):
        if "\ndef rows(" in path.read_text(encoding="utf-8"):
            found[path.stem.replace("_", "-")] = path
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named sections, or all that are not only run when asked."""
    known = sections()
    chosen = list(sys.argv[1:] if arguments is None else arguments)
    wrong = [each for each in chosen if each not in known]
    if wrong:
        sys.stderr.write(f"bench: 没有这一节 no such section: {'、'.join(wrong)}；有 there are {'、'.join(known)}\n")
        return 2
    names = chosen or [each for each in known if each not in ASKED]
    if len(names) > 1:  # each in a process of its own: what one has set up or loaded is not there for the next
        ended = [subprocess.run([sys.executable, "-m", "bench", name], check=False).returncode for name in names]
        return max(ended)
    for name in names:
        say(name)
        module: ModuleType = importlib.import_module(f"bench.{known[name].stem}")
        replace(name, section(name, module.TITLE, module.rows()))
    return 0


def say(text: str) -> None:
    """Progress, on standard error."""
    sys.stderr.write(f"· {text}\n")


def section(name: str, title: str, rows: Sequence[tuple[str, str, str]]) -> str:
    """One section of RESULTS.md, with the machine it was measured on."""
    lines = [
        f"{MARK}{title}",
        "",
        f"Measured {dt.datetime.now(dt.UTC).date().isoformat()} on {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}. Rerun: `./run bench {name}`.",
        "",
        "| what | measured | promised |",
        "|---|---|---|",
        *(f"| {what} | {found} | {promised} |" for what, found, promised in rows),
    ]
    print("\n".join(lines) + "\n")
    return "\n".join(lines)


def replace(name: str, text: str) -> None:
    """Put a section into RESULTS.md in the place of what it said before; sections stand by name."""
    kept: dict[str, str] = {}
    if RESULTS.is_file():
        for part in RESULTS.read_text(encoding="utf-8").split(f"\n{MARK}")[1:]:
            body = f"{MARK}{part.strip()}"
            kept[body.split("./run bench ", 1)[1].split("`", 1)[0]] = body
    kept[name] = text
    order = sorted(kept)
    RESULTS.write_text("\n\n".join(["# Results", *(kept[each] for each in order)]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
