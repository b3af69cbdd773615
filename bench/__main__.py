"""`./run bench`: measures what the project promises and writes bench/RESULTS.md."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sys
import tempfile
from pathlib import Path

from bench import cases
from bench.measure import each, process

HERE = Path(__file__).resolve().parent


def main() -> int:
    """Run every benchmark; each table row says what was measured and how often."""
    rows: list[tuple[str, str, str]] = []
    say("import of the library")
    walls, _, _ = process("import tiaowen.files, tiaowen.evaluate.answers, tiaowen.cases.format", 9)
    bare, _, _ = process("pass", 9)
    rows.append(("import of the library (whole process minus an empty Python)",
                 f"{walls.median - bare.median:.0f} ms", "< 300 ms"))  # fmt: skip
    say("explained cases")
    explained, plain, rules, answers = cases.run()
    rows += [
        (f"explained case, whole place, p95 ({cases.PEOPLE} cases, {rules} rules, "
         f"{answers:.0f} answers each, all readings)", f"{explained.percentile(0.95):.1f} ms", "≤ 10 ms"),
        ("the same, median", f"{explained.median:.1f} ms", ""),
        ("explained case, per rule, p95", f"{explained.percentile(0.95) / rules:.3f} ms", "≤ 0.2 ms"),
        ("case without words and readings, whole place, p95", f"{plain.percentile(0.95):.1f} ms", ""),
    ]  # fmt: skip
    say("a workbook of 10,000 rows, from file to report")
    with tempfile.TemporaryDirectory() as folder:
        rows += workbook(Path(folder))
    write(rows)
    return 0


def workbook(folder: Path) -> list[tuple[str, str, str]]:
    """File to report in a fresh process, three times."""
    path, report = folder / "firm.xlsx", folder / "report.html"
    each([lambda: _sample(path)], warm_up=0)
    code = (
        "from tiaowen.cli import main\n"
        f"import os\nos.chdir({str(HERE.parent)!r})\n"
        f"assert main(['evaluate', {str(path)!r}, '--on', '2026-11-22', '--out', {str(report)!r}]) == 0\n"
    )
    walls, cpus, peak = process(code, 3)
    size = report.stat().st_size // 1024
    return [
        (f"10,000-row workbook from file to report ({size} KiB of HTML), median of 3",
         f"{walls.median / 1000:.1f} s wall, {cpus[1]:.1f} s CPU", "< 10 s"),
        ("peak memory of that process", f"{peak} MiB", ""),
    ]  # fmt: skip


def _sample(path: Path) -> None:
    from tiaowen.files import open_library
    from tiaowen.workbook import write_sample

    write_sample(path, open_library().vocabulary, staff=10_000)


def say(text: str) -> None:
    sys.stderr.write(f"· {text}\n")


def write(rows: list[tuple[str, str, str]]) -> None:
    """The table, with the machine it was measured on."""
    lines = [
        "# Results",
        "",
        f"Measured {dt.datetime.now(dt.UTC).date().isoformat()} on {os.cpu_count()} cores "
        f"({platform.machine()}), Python {platform.python_version()}. Rerun: `./run bench`.",
        "",
        "| what | measured | promised |",
        "|---|---|---|",
        *(f"| {what} | {found} | {promised} |" for what, found, promised in rows),
        "",
    ]
    (HERE / "RESULTS.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main())
