"""Cases in the public format from YAML or JSON, and answers as JSON."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from tiaowen.cases.format import CaseError, read_case
from tiaowen.cases.suite import plain
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import answer_case
from tiaowen.evaluate.facts import Facts
from tiaowen.language.yamltext import read_yaml
from tiaowen.report.money import interval

MAX_BYTES = 200_000_000
MOST_NODES = 2_000_000


class Unreadable(ValueError):
    """A case file that is not YAML or JSON; the text says where."""


def load_case(path: Path, lang: str = "zh") -> dict[str, Any]:
    """The case as plain data: numbers stay text.  Raises Unreadable with the line."""
    if path.stat().st_size > MAX_BYTES:
        raise Unreadable(f"{path.name}: > {MAX_BYTES} bytes")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Unreadable(f"{path.name}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path.name}: UTF-8 → {error}") from None
    if path.suffix.lower() == ".json":
        try:
            case = json.loads(text, parse_float=str, parse_constant=str, object_pairs_hook=_once)
        except json.JSONDecodeError as error:
            raise Unreadable(f"{path.name}:{error.lineno}:{error.colno}: {error.msg}") from None
        except (RecursionError, ValueError) as error:
            raise Unreadable(f"{path.name}: {error}") from None
    else:
        root, problems = read_yaml(text, path.name, most=MOST_NODES)
        if problems:
            raise Unreadable("\n".join(each.show(lang) for each in problems))
        case = plain(root)
    try:
        json.dumps(case, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:  # half a character, written as an escape
        raise Unreadable(f"{path.name}: UTF-8 → {error.reason}") from None
    if not isinstance(case, dict):
        raise Unreadable(f"{path.name}:1: 应是“键: 值” a case is a map of region, on, tables, covers")
    return case


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"{key}: 写了两次 stands twice")
        found[key] = value
    return found


def evaluate_case(arguments: argparse.Namespace, library: Library, region: str | None, on: dt.date) -> int:
    """One case: JSON, or a line per answer.  2 when the case can't be used."""
    try:
        case = load_case(arguments.file, arguments.lang)
        if arguments.on is not None or not case.get("on"):
            case["on"] = on.isoformat()
        if region is not None:
            case["region"] = region
        facts, place = read_case(library.vocabulary, case)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    except CaseError as error:
        for each in error.problems:
            print(f"{arguments.file.name}: {each}", file=sys.stderr)
        return 2
    if arguments.json:
        return print_answers(library, facts, place, arguments.drafts)
    shown = 0
    for answer in answer_case(library, facts, place, arguments.drafts):
        if answer.outcome in ("refused", "not in force", "not applicable"):
            continue
        shown += 1
        amount = (
            interval(answer.low, answer.high, arguments.lang)
            if answer.rule.kind == "benefit"
            else answer.lines[0].words
        )
        print(
            f"{answer.outcome:10} {answer.rule.name}  {answer.holder}  {amount}  {answer.document.number} {answer.rule.clause}"
        )
    return 0 if shown else 1


def print_answers(library: Library, facts: Facts, place: str, drafts: bool) -> int:
    """All answers, one a line inside one JSON object.  1 when no document applies."""
    answers = answer_case(library, facts, place, drafts)
    write = sys.stdout.write
    head = {"region": place, "on": facts.on.isoformat() if facts.on else None, "release": library.release}
    write(json.dumps(head, ensure_ascii=False)[:-1] + ', "answers": [')
    count = 0
    for answer in answers:
        write(("" if count == 0 else ",") + "\n" + json.dumps(answers.as_json(answer), ensure_ascii=False))
        count += 1
    write("\n]}\n")
    return 0 if count else 1
