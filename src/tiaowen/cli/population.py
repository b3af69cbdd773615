"""`tiaowen evaluate FOLDER` and `tiaowen explain`: whole populations, and one person of them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tiaowen.check.library import Library
from tiaowen.cli.evaluate import add_language, day_of
from tiaowen.cli.progress import Progress

Commands = Any
MARKS = {True: "✓", False: "✗", None: "?"}


def add_population_options(command: Any) -> None:
    """What `evaluate` takes when it is given a folder."""
    command.add_argument("--memory", default="1GB", help="文件夹：内存上限 folder: bound on memory (1GB)")
    command.add_argument("--since", type=Path, metavar="OUT",
                         help="文件夹：只重算变了的 folder: only what changed since the results in OUT")  # fmt: skip


def add_explain(commands: Commands) -> None:
    command = commands.add_parser("explain", help="人群中一个人的结果为什么 why one person of a population gets what")
    command.add_argument("--person", required=True, metavar="ID", help="person 表里的 id an id of the table person")
    command.add_argument("--folder", required=True, type=Path, help="事实文件夹 folder of Parquet")
    command.add_argument("--benefit", metavar="DOC#ID", help="只看一项 one benefit only")
    command.add_argument("--region", help="按哪里的文件 place whose documents apply (all documents)")
    command.add_argument("--on", help="哪一天 the day of the question (the folder's own, else today)")
    command.add_argument("--drafts", action="store_true", help="也算征求意见稿 drafts too")
    command.add_argument("--all", action="store_true", help="不符合的也列出 refusals too")
    command.add_argument("--json", action="store_true", help="写成 JSON as JSON")
    add_language(command)
    command.set_defaults(run=run_explain)


def evaluate_folder(arguments: argparse.Namespace, library: Library) -> int:
    """0 done; 2 unusable input, nothing of it counts as finished."""
    from tiaowen.cli.targets import TARGETS, write_targets
    from tiaowen.population.errors import PopulationError
    from tiaowen.population.run_folder import SUMMARY, run_folder

    if arguments.out is None:
        return say(arguments.lang, "--out：请给出结果写到哪个文件夹。", "--out: name a folder for the results.")
    on = day_of(arguments.on) if arguments.on else None
    if arguments.on and on is None:
        return say(arguments.lang, f"--on {arguments.on}：不是日期；应为 2026-11-22 这样的写法。",
                   f"--on {arguments.on}: not a date; write it like 2026-11-22.")  # fmt: skip
    progress = Progress(arguments.file.name)
    try:
        found = run_folder(library, arguments.file, arguments.out, region=arguments.region or "",
                           drafts=arguments.drafts, on=on, memory=arguments.memory, since=arguments.since,
                           told=progress)  # fmt: skip
        targets = write_targets(arguments, library, on)
    except (PopulationError, OSError) as error:
        progress.clear()
        return say(arguments.lang, str(error), str(error))
    progress.done()
    summary = json.loads((arguments.out / SUMMARY).read_text(encoding="utf-8"))
    for line in summary_lines(summary, arguments.lang):
        print(line)
    print("指标" if arguments.lang == "zh" else "targets")
    for line in targets:
        print(f"  {line}")
    if arguments.lang == "en":
        print(f"{len(found.computed)} rules computed, {len(found.updated)} brought up to date row by row, "
              f"{len(found.linked)} taken over unchanged, "
              f"{len(found.kept)} already finished")  # fmt: skip
    else:
        print(f"算了 {len(found.computed)} 条规则，按行更新 {len(found.updated)} 条，"
              f"沿用未变的 {len(found.linked)} 条，此前已完成 {len(found.kept)} 条")  # fmt: skip
    if found.updated and found.beyond:
        whole = "、".join(sorted(found.beyond))
        print(f"变动波及太广、整条重算 reached too far, computed whole: {whole}", file=sys.stderr)
    for each in found.left_out:
        print(f"跨文件的叠加未计 stacking over documents left out: {each}", file=sys.stderr)
    print(arguments.out / SUMMARY)
    print(arguments.out / TARGETS)
    return 0


def summary_lines(summary: dict[str, Any], lang: str) -> list[str]:
    """One line per benefit that anyone may get."""
    from tiaowen.report.money import interval

    found = []
    for key, rule in summary["rules"].items():
        outcomes = rule["outcomes"]
        sure, maybe = outcomes.get("entitled", 0), outcomes.get("unknown", 0)
        if rule["kind"] != "benefit" or not (sure or maybe):
            continue
        amount = interval(rule["low"], rule["high"], lang)
        words = f"entitled {sure}, unknown {maybe}" if lang == "en" else f"可领 {sure}，待定 {maybe}"
        found.append(f"{rule['name']}  {words}  {amount}  {key}")
    return found


def run_explain(arguments: argparse.Namespace) -> int:
    """0 explained, 1 nothing to say of the person, 2 unusable input."""
    from tiaowen.cli.library import open_policies
    from tiaowen.population.errors import PopulationError
    from tiaowen.population.person import plans_in, read_person

    library = open_policies(arguments)
    if library is None:
        return 2
    lang = arguments.lang
    region = library.vocabulary.regions.resolve(arguments.region) if arguments.region else ""
    if region is None:
        return say(lang, f"--region {arguments.region}：不认识的地方。", f"--region {arguments.region}: no such place.")
    on = day_of(arguments.on) if arguments.on else None
    if arguments.on and on is None:
        return say(lang, f"--on {arguments.on}：不是日期。", f"--on {arguments.on}: not a date.")
    if region:
        library = library.placed(region, arguments.drafts)
    plans = plans_in(library, region, arguments.drafts)
    known = [rule.key for plan in plans for rule in plan.rules.values()]
    if arguments.benefit and arguments.benefit not in known:
        return say(lang, f"--benefit {arguments.benefit}：没有这一项；如 {known[0] if known else '—'}。",
                   f"--benefit {arguments.benefit}: no such benefit; one is {known[0] if known else '—'}.")  # fmt: skip
    if arguments.benefit:
        plans = [plan for plan in plans if plan.id == arguments.benefit.partition("#")[0]]
    try:
        case = read_person(library, plans, arguments.folder, arguments.person, on=on)
    except PopulationError as error:
        return say(lang, str(error), str(error))
    pairs = [(said, answer) for said, answer in case.answers(library, region, arguments.drafts)
             if not arguments.benefit or answer.rule.key == arguments.benefit]  # fmt: skip
    pairs = [pair for pair in pairs if arguments.benefit or arguments.all or arguments.json
             or pair[1].outcome in ("entitled", "unknown", "excluded", "met", "not met")]  # fmt: skip
    for key, rows in case.beyond.items():
        if not arguments.benefit or key == arguments.benefit:
            print(f"{key}：要看 {rows} 行，请看人群结果 it asks for {rows} rows: see the results of the run",
                  file=sys.stderr)  # fmt: skip
    if arguments.json:
        shown = {"person": arguments.person, "region": region, "on": str(case.facts.on), "release": library.release,
                 "answers": [said.as_json(answer) for said, answer in pairs]}  # fmt: skip
        print(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        for said, answer in pairs:
            print("\n".join(explained(said, answer, lang)))
    return 0 if pairs else 1


def explained(said: Any, answer: Any, lang: str) -> list[str]:
    """An answer in words: what, why, how it was worked out."""
    from tiaowen.report.money import interval

    rule = answer.rule
    amount = interval(answer.low, answer.high, lang) if rule.kind == "benefit" else answer.lines[0].words
    found = [f"{answer.outcome:10} {rule.name}  {answer.holder}  {amount}  {answer.document.number} {rule.clause}"]
    for check in answer.checks:
        found.append(f"    {MARKS[check.outcome]} {check.label}")
        found += [f"        {fact.label}: {fact.value}" for fact in said.facts_of(answer, check)]
        if check.outcome is None:
            found += [f"        ? {each.label}" for each in said.missing_of(answer, check)]
    found += [f"    = {each}" for each in said.working_of(answer)]
    return found


def say(lang: str, zh: str, en: str) -> int:
    print(zh if lang == "zh" else en, file=sys.stderr)
    return 2
