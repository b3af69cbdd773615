"""The verbs of ./run. Standard library only: this runs before anything is installed.

Each verb does its own set-up first. Progress goes to standard error, so that
what a command prints on standard output can be piped.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import check, machine, spark, venv
from tools.progress import SetupError, say

ROOT = Path(__file__).resolve().parent.parent
PLATFORM_GROUPS = ("base", "platform")
DEVELOPER_GROUPS = (*PLATFORM_GROUPS, "test", "check")


def python(*arguments: str) -> int:
    """Run the project's Python in the caller's folder; return its exit code."""
    return subprocess.run([venv.PYTHON, *arguments], check=False).returncode


def setup(arguments: Sequence[str]) -> int:
    if "--fresh" in arguments:
        venv.remove()
    venv.ensure(*DEVELOPER_GROUPS)
    machine.ensure_browser()
    say("everything is in place")
    return 0


def demo(arguments: Sequence[str]) -> int:
    venv.ensure(*PLATFORM_GROUPS)
    return python("-m", "huijiang", "demo", *arguments)


def tiaowen(arguments: Sequence[str]) -> int:
    venv.ensure("base")
    return python("-m", "tiaowen", *arguments)


def huijiang(arguments: Sequence[str]) -> int:
    venv.ensure(*PLATFORM_GROUPS)
    return python("-m", "huijiang", *arguments)


def serve(arguments: Sequence[str]) -> int:
    venv.ensure(*PLATFORM_GROUPS)
    return python("-m", "huijiang", "serve", *arguments)


def run_checks(arguments: Sequence[str]) -> int:
    venv.ensure(*DEVELOPER_GROUPS)
    return check.run(fix="--fix" in arguments)


def test(arguments: Sequence[str]) -> int:
    venv.ensure(*DEVELOPER_GROUPS)
    machine.ensure_browser()
    failed = check.run(fix=False)
    if failed:
        return failed
    os.chdir(ROOT)
    # A worker that is done takes from the other's rest: neither sits while rooms' pages are still walked.
    return python("-m", "pytest", "-n", "2", "--dist", "worksteal", *arguments)


def bench(arguments: Sequence[str]) -> int:
    venv.ensure("base")
    return folder_program("bench", arguments)


def soak(arguments: Sequence[str]) -> int:
    """The generated tests with many more examples than in ./run test; batches of payments with somebody killed in each;
    then Spark against DuckDB.

    `generated`, `funds` or `spark` as the first argument picks one of the three.
    """
    venv.ensure(*PLATFORM_GROUPS, "test")
    os.chdir(ROOT)
    only = arguments[0] if arguments and arguments[0] in ("generated", "funds", "spark") else ""
    rest = arguments[1:] if only else arguments
    failed = 0
    if only in ("", "generated"):
        os.environ["HYPOTHESIS_PROFILE"] = "soak"
        failed = python("-m", "pytest", "-n", "2", "-m", "hypothesis", *rest)
    if only in ("", "funds"):
        failed = (
            python("-m", "pytest", "-q", "-s", "tests/soak/funds_survives_kills.py", *(rest if only else [])) or failed
        )
    if only in ("", "spark"):
        spark.ensure()
        failed = (
            python("-m", "pytest", "-q", "-s", "tests/soak/spark_equals_duckdb.py", *(rest if only else [])) or failed
        )
    return failed


def picture(arguments: Sequence[str]) -> int:
    venv.ensure("base", "test")
    machine.ensure_browser()
    return python(str(ROOT / "tools" / "picture.py"), *arguments)


def folder_program(folder: str, arguments: Sequence[str]) -> int:
    if not (ROOT / folder / "__main__.py").is_file():
        raise SetupError(f"{folder}/__main__.py is not there, so there is nothing to run.")
    os.chdir(ROOT)
    return python("-m", folder, *arguments)


@dataclass(frozen=True)
class Verb:
    act: Callable[[Sequence[str]], int]
    words: str


VERBS = {
    "demo": Verb(demo, "a sample roster, a synthetic county's picture, then the whole platform with both"),
    "serve": Verb(serve, "the platform (--bind ADDRESS:PORT); see docs/operations"),
    "test": Verb(test, "the checks, then every test (more arguments go to pytest)"),
    "check": Verb(run_checks, "format, lint, types, layers, laws, in seconds (--fix mends what it can)"),
    "bench": Verb(bench, "the measurements of bench/"),
    "soak": Verb(
        soak,
        "[generated | funds | spark]: generated tests for a long time, payments with kills, Spark against DuckDB "
        "(the rest goes to pytest)",
    ),
    "tiaowen": Verb(tiaowen, "the tiaowen command line (arguments pass through)"),
    "huijiang": Verb(huijiang, "the platform's command line (arguments pass through)"),
    "picture": Verb(picture, "FILE.html OUT.png or OUT.pdf: draw a page with Chromium"),
    "setup": Verb(setup, "install everything now (--fresh starts over)"),
}


def usage() -> str:
    rows = "\n".join(f"  ./run {name:<8} {verb.words}" for name, verb in VERBS.items())
    return f"usage: ./run VERB [arguments]\n\n{rows}"


def main(arguments: Sequence[str]) -> int:
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        print(usage())
        return 0
    verb = VERBS.get(arguments[0])
    if verb is None:
        print(f"run: there is no verb {arguments[0]!r}.\n\n{usage()}", file=sys.stderr)
        return 2
    try:
        return verb.act(arguments[1:])
    except SetupError as error:
        print(f"run: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
