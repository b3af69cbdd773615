"""`tiaowen vocabulary` and `tiaowen conformance`: what is published beside the policies."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tiaowen.problems import PolicyError

Commands = Any


def add_vocabulary(commands: Commands) -> None:
    command = commands.add_parser("vocabulary", help="词汇表页面 the page of tables, columns and codes")
    command.add_argument("--write", type=Path, help="写入文件 write it to a file instead of printing it")
    command.set_defaults(run=run_vocabulary)


def add_conformance(commands: Commands) -> None:
    command = commands.add_parser("conformance", help="开放一致性测试 the open conformance suite")
    command.add_argument("action", choices=("run", "write"), help="运行或由案例重写 run it, or write it from the cases")
    command.add_argument("folder", nargs="?", type=Path, help="文件夹 its folder (conformance/)")
    command.set_defaults(run=run_conformance)


def run_vocabulary(arguments: argparse.Namespace) -> int:
    """Print or write the vocabulary page.  1 when the policy files have errors."""
    from tiaowen.docs import vocabulary_page
    from tiaowen.files import open_library

    try:
        library = open_library(arguments.policies)
    except PolicyError as error:
        return _unusable(error, arguments.lang)
    except FileNotFoundError as error:
        return _no_folder(error)
    if library.errors:
        return _unusable(PolicyError(library.errors), arguments.lang, 1)
    page = vocabulary_page(library.vocabulary)
    if arguments.write is None:
        sys.stdout.write(page)
    else:
        arguments.write.write_text(page, encoding="utf-8")
        print(arguments.write)
    return 0


def run_conformance(arguments: argparse.Namespace) -> int:
    """Run the vectors of a folder, or write them.  1 when one does not hold."""
    from tiaowen.conformance.run import SuiteError, conformance_library, run_suite
    from tiaowen.conformance.vectors import VectorError
    from tiaowen.files import default_folder

    try:
        policies = arguments.policies or default_folder()
        folder = arguments.folder or policies.parent / "conformance"
        if not folder.is_dir():
            return _no_folder(FileNotFoundError(folder))
        library = conformance_library(policies, folder)
        if library.errors:
            return _unusable(PolicyError(library.errors), arguments.lang, 1)
        if arguments.action == "write":
            return _write(library, policies, folder)
        count, differences = run_suite(library, folder)
    except (SuiteError, VectorError) as error:
        print(error)
        return 1
    except PolicyError as error:
        return _unusable(error, arguments.lang)
    except FileNotFoundError as error:
        return _no_folder(error)
    for difference in differences:
        print(difference.show())
    failed = len({difference.vector for difference in differences})
    print(f"{count} vectors, {failed} failed" if arguments.lang == "en" else f"向量 {count}，不符 {failed}")
    return 1 if failed else 0


def _write(library: Any, policies: Path, folder: Path) -> int:
    from tiaowen.conformance.vectors import suites_in, vector_files

    files = vector_files(library, suites_in(policies, folder / "documents"))
    place = folder / "vectors"
    place.mkdir(exist_ok=True)
    for old in place.glob("*.json"):
        if old.name not in files:
            old.unlink()
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
        print(place / name)
    return 0


def _unusable(error: PolicyError, language: str, status: int = 2) -> int:
    for each in error.problems:
        print(each.show(language))
    return status


def _no_folder(error: FileNotFoundError) -> int:
    print(f"找不到文件夹 no such folder: {error}")
    return 2
