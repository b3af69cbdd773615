"""`tiaowen check` and `tiaowen mutate`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from tiaowen.cli.progress import Progress
from tiaowen.problems import PolicyError, Problem, Spot, problem

Commands = Any


def add_check(commands: Commands) -> None:
    command = commands.add_parser("check", help="检查全部政策文件与案例 check documents and cases")
    command.add_argument("document", nargs="*", help="文件编号 id of a document; all by default")
    command.add_argument("--warnings", action="store_true", help="也列出提醒 show warnings too")
    command.add_argument("--no-cases", action="store_true", help="不跑案例 leave the cases out")
    command.set_defaults(run=run_check)


def add_mutate(commands: Commands) -> None:
    command = commands.add_parser("mutate", help="变异检查 every mutant must fail a case")
    command.add_argument("document", nargs="*", help="文件编号 id of a document; all by default")
    command.add_argument("--block", default="", help="只查一个块 one block only")
    command.set_defaults(run=run_mutate)


def run_check(arguments: argparse.Namespace) -> int:
    """Check the library and run every case.  1 when anything is wrong."""
    from tiaowen.cases.run import CaseRunner
    from tiaowen.check.boundaries import cases_at_boundaries

    opened = _open(arguments)
    if isinstance(opened, int):
        return opened
    library, suites = opened
    shown = [p for p in library.problems if p.severity == "error" or arguments.warnings]
    for found in shown:
        print(found.show(arguments.lang))
    wrong, whole = len(library.errors), library.whole
    ran = failed = 0
    for suite in suites:
        if arguments.no_cases or (arguments.document and suite.policy not in arguments.document):
            continue
        if suite.policy not in whole:
            said = f"policy: {suite.policy}"
            print(problem("case-facts", Spot(suite.file, 1), said=said).show(arguments.lang))
            wrong += 1
            continue
        for each in suite.problems:
            print(each.show(arguments.lang))
            wrong += 1
        if arguments.warnings:
            for each in cases_at_boundaries(whole[suite.policy], suite.policy, suite):
                print(each.show(arguments.lang))
        failures = CaseRunner(whole[suite.policy], suite.policy).run(suite)
        for failure in failures:
            print(failure.show())
        ran += len(suite.cases)
        failed += len(failures)
    warnings = sum(p.severity == "warning" for p in library.problems)
    if arguments.lang == "en":
        print(f"{len(whole)} documents, {wrong} errors, {warnings} warnings; "
              f"{ran} cases, {failed} failed")  # fmt: skip
    else:
        print(f"{len(whole)} 个文件，错误 {wrong}，提醒 {warnings}；案例 {ran}，不符 {failed}")
    return 1 if wrong or failed else 0


def run_mutate(arguments: argparse.Namespace) -> int:
    """Mutate documents.  1 when a mutant survives that is not listed as equivalent."""
    from tiaowen.cases.run import CaseRunner
    from tiaowen.mutate.run import mutate

    opened = _open(arguments)
    if isinstance(opened, int):
        return opened
    library, suites = opened
    bad, whole = 0, library.whole
    for suite in suites:
        if arguments.document and suite.policy not in arguments.document:
            continue
        held = whole.get(suite.policy, library)
        if suite.problems or CaseRunner(held, suite.policy).run(suite):
            print(f"{suite.policy}：先让案例全部相符，再做变异 make every case hold first: "
                  f"./run tiaowen check {suite.policy}")  # fmt: skip
            bad += 1
            continue
        progress = Progress(suite.policy)
        listed = equivalents(arguments.folder, suite.file)
        report = mutate(held, suite.policy, suite, listed, progress, arguments.block)
        progress.done()
        for mutant in report.survivors:
            print(("存活 " if arguments.lang == "zh" else "survives ") + mutant.key)
        for key in report.stale:
            print(("列为等价却已不存在 " if arguments.lang == "zh" else "listed but gone ") + key)
        if arguments.lang == "en":
            print(f"{suite.policy}: {report.total} mutants, {report.killed} killed, {report.refused} "
                  f"refused by the checker, {len(report.equivalent)} equivalent, "
                  f"{len(report.survivors)} survive")  # fmt: skip
        else:
            print(f"{suite.policy}：变异 {report.total}，案例查出 {report.killed}，检查器拒绝 {report.refused}，"
                  f"等价 {len(report.equivalent)}，存活 {len(report.survivors)}")  # fmt: skip
        bad += not report.ok
    return 1 if bad else 0


def _open(arguments: argparse.Namespace) -> Any:
    """The library and the suites beside it, or an exit status after saying why not."""
    from tiaowen.cases.suite import read_suite
    from tiaowen.check.library import load_library
    from tiaowen.files import default_folder, read_folder

    try:
        folder: Path = arguments.policies or default_folder()
        files = read_folder(folder)
    except PolicyError as error:
        show(error.problems, arguments.lang)
        return 2
    except FileNotFoundError as error:
        print(f"找不到政策文件夹 no folder of policies: {error}. --policies FOLDER")
        return 2
    arguments.folder = folder
    library = load_library(files)
    suites = [read_suite(text, name) for name, text in files.items() if name.endswith(".cases.yaml")]
    for name in getattr(arguments, "document", None) or []:
        if name not in library.whole:
            print(f"没有这个文件 no document {name}: {'、'.join(library.whole)}")
            return 2
    return library, suites


def equivalents(folder: Path, cases: str) -> dict[str, str]:
    """Mutants that no case can tell apart, with the reason, from `<doc>.equivalents.yaml`."""
    from tiaowen.cases.suite import plain
    from tiaowen.language.yamltext import read_yaml

    path = folder / cases.replace(".cases.yaml", ".equivalents.yaml")
    if not path.is_file():
        return {}
    root, problems = read_yaml(path.read_text(encoding="utf-8"), path.name)
    if problems:
        raise PolicyError(problems)
    items = plain(root)
    entries = items.get("equivalent", []) if isinstance(items, dict) else []
    return {entry["mutant"]: entry["because"] for entry in entries if entry.get("because")}


def show(problems: tuple[Problem, ...], language: str) -> None:
    for each in problems:
        print(each.show(language))
