"""./run check: everything that can be said about the code without running the tests.

STEPS is the whole list; to add a check, add a row. They run two at a time.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools import venv
from tools.progress import say

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2


# Rooms of the platform whose types are held, lowest first.  To bring a further one in, mend what
# `mypy --config-file tools/mypy-platform.toml -p huijiang.<room>` says and add it.
TYPED = ("web", "sealed", "audit", "jobs", "health", "regions", "accounts", "registry", "access", "documents", "entitlements",
         "files", "letters", "notices", "claims", "funds", "people", "labour", "api", "demo", "supervisor", "synth", "picture")  # fmt: skip
TYPED_MODULES = ("configuration", "disk", "logs", "prepared", "rooms", "server")
SETTINGS = {"HUIJIANG_SECRET_KEY": "to read the settings, nothing else", "HUIJIANG_HOME": ".cache/types"}


@dataclass(frozen=True)
class Step:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    needs: str = "."  # a path; the step has nothing to look at while it does not exist


STEPS = (
    Step("types", ["-m", "mypy", "-p", "tools"]),
    Step(
        "types of the engine", ["-m", "mypy", "--cache-dir", ".cache/mypy-engine", "-p", "tiaowen"], needs="src/tiaowen"
    ),
    Step(
        "types of the platform",
        [
            "-m",
            "mypy",
            "--config-file",
            "tools/mypy-platform.toml",
            *(word for name in TYPED for word in ("-p", f"huijiang.{name}")),
            *(word for name in TYPED_MODULES for word in ("-m", f"huijiang.{name}")),
        ],
        SETTINGS,
        "src/huijiang",
    ),
    Step("layers", [".venv/bin/lint-imports", "--no-logo", "--cache-dir", ".cache/import-linter"], needs="src/tiaowen"),
    Step("laws", ["-m", "pytest", "-q", "tests/laws"]),
    Step("lint", ["-m", "ruff", "check", "--output-format", "concise", "--quiet"]),
    Step("format", ["-m", "ruff", "format", "--check", "--output-format", "concise"]),
)

FIXES = (
    Step("lint, mended", ["-m", "ruff", "check", "--fix", "--quiet"]),
    Step("format, mended", ["-m", "ruff", "format", "--quiet"]),
)


@dataclass(frozen=True)
class Outcome:
    step: Step
    code: int
    output: str
    seconds: float


def run(*, fix: bool) -> int:
    """Run every step, print each failure's output in full; 0 when all passed, else 1."""
    if fix:
        for mended in map(perform, FIXES):
            print_outcome(mended)
    steps = [step for step in STEPS if (ROOT / step.needs).exists()]
    for step in STEPS:
        if step not in steps:
            say(f"{step.name}: nothing to check, {step.needs} is not there yet")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = []
        for outcome in pool.map(perform, steps):
            print_outcome(outcome)
            outcomes.append(outcome)
    failed = [outcome.step.name for outcome in outcomes if outcome.code != 0]
    if failed:
        say(f"check: failed in {', '.join(failed)}")
        return 1
    say("check: clean")
    return 0


def perform(step: Step) -> Outcome:
    begun = time.monotonic()
    done = subprocess.run(
        [venv.PYTHON, *step.command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env={**os.environ, **step.environment},
    )
    return Outcome(step, done.returncode, done.stdout, time.monotonic() - begun)


def print_outcome(outcome: Outcome) -> None:
    verdict = "passed" if outcome.code == 0 else "FAILED"
    say(f"{outcome.step.name}: {verdict} in {outcome.seconds:.1f} s")
    if outcome.code != 0:
        print(outcome.output.rstrip(), file=sys.stderr, flush=True)
