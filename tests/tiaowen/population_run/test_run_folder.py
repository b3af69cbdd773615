"""A whole run over a folder: what it writes, that a kill costs nothing, that only what changed runs again."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from tests.tiaowen.population_run.town import DAY, GRANT, LIBRARY, PLACE, same_results, town, write_town
from tiaowen.cli import main
from tiaowen.files import default_folder
from tiaowen.population import PopulationError, write_facts
from tiaowen.population.ledger import LEDGER, file_of
from tiaowen.population.run_folder import SUMMARY, plans_of, run_folder
from tiaowen.population.units import units

TRAINING = "xiaoshan-2025-3#training-subsidy"
PLANS = plans_of(LIBRARY, PLACE)
RULES = {f"{plan.id}#{name}" for plan in PLANS for name in plan.rules}


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("town") / "facts")


@pytest.fixture(scope="module")
def whole(facts: Path) -> Path:
    """The results of a run that nothing disturbed."""
    out = facts.parent / "whole"
    run_folder(LIBRARY, facts, out, region=PLACE)
    return out


def test_every_rule_of_the_place_has_a_file_with_every_condition(whole: Path) -> None:
    assert {key for key in RULES if file_of(whole, key).is_file()} == RULES
    columns = duckdb.connect().read_parquet(str(file_of(whole, GRANT))).columns
    assert {f"check:{each.label}" for each in LIBRARY.rule(GRANT).conditions} <= set(columns)


def test_the_summary_counts_what_was_counted_by_hand(whole: Path) -> None:
    summary = json.loads((whole / SUMMARY).read_text(encoding="utf-8"))
    grant = summary["rules"][GRANT]
    assert (grant["lines"], grant["outcomes"]) == (5, {"entitled": 4, "refused": 1})
    assert (grant["low"], grant["high"]) == (550_000, 550_000)
    assert (summary["on"], summary["release"]) == (DAY.isoformat(), LIBRARY.release)


def test_a_finished_run_started_again_computes_nothing_and_stays_as_it_is(facts: Path, whole: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in whole.glob("*/*.parquet")}
    again = run_folder(LIBRARY, facts, whole, region=PLACE)
    assert (again.computed, set(again.kept)) == ([], RULES)
    assert {path: path.stat().st_mtime_ns for path in whole.glob("*/*.parquet")} == before


def test_a_run_that_is_killed_goes_on_and_ends_like_one_that_was_not(facts: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "tiaowen", "--policies", str(default_folder()), "evaluate", str(facts),
               "--out", str(out), "--region", PLACE]  # fmt: skip
    paths = os.pathsep.join(each for each in sys.path if each)
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and len(_finished(out)) < 3:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    finished = _finished(out)
    assert finished < RULES
    there = {key: file_of(out, key).stat().st_ino for key in finished}
    rest = run_folder(LIBRARY, facts, out, region=PLACE)
    assert (set(rest.kept), set(rest.computed)) == (finished, RULES - finished)
    assert {key: file_of(out, key).stat().st_ino for key in finished} == there
    assert same_results(out, whole) == []
    assert (out / SUMMARY).read_text(encoding="utf-8") == (whole / SUMMARY).read_text(encoding="utf-8")
    assert [path.name for path in out.iterdir() if path.name.startswith(".scratch")] == []


# A town is done within the time between two writings of the ledger; here it is written after every unit.
EACH_UNIT = """
import sys
from tiaowen.cli import main
from tiaowen.population import running
running.OFTEN = 0
sys.exit(main(sys.argv[1:]))
"""


def test_a_run_since_an_earlier_one_that_is_killed_goes_on_too(whole: Path, tmp_path: Path) -> None:
    changed, out = town(), tmp_path / "out"
    for row in changed.rows("person"):
        row.values["birth_date"] = dt.date(1980, 1, 1)
    write_facts(changed, tmp_path / "facts")
    command = [sys.executable, "-c", EACH_UNIT, "--policies", str(default_folder()), "evaluate", str(tmp_path / "facts"),
               "--out", str(out), "--region", PLACE, "--since", str(whole)]  # fmt: skip
    paths = os.pathsep.join(each for each in sys.path if each)
    linked = len(run_folder(LIBRARY, tmp_path / "facts", tmp_path / "calm", region=PLACE, since=whole).linked)
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.DEVNULL) as process:
        while process.poll() is None and len(_finished(out)) <= linked:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    finished = _finished(out)
    rest = run_folder(LIBRARY, tmp_path / "facts", out, region=PLACE, since=whole)
    assert set(rest.kept) == finished < RULES
    run_folder(LIBRARY, tmp_path / "facts", tmp_path / "full", region=PLACE)
    assert same_results(out, tmp_path / "full") == []


def _finished(out: Path) -> set[str]:
    if not (out / LEDGER).is_file():
        return set()
    return set(json.loads((out / LEDGER).read_text(encoding="utf-8"))["rules"])


def test_a_file_that_lost_bytes_is_made_again(facts: Path, whole: Path, tmp_path: Path) -> None:
    run_folder(LIBRARY, facts, tmp_path, region=PLACE, since=whole)
    path = file_of(tmp_path, GRANT)
    short = path.read_bytes()[:-1]
    path.unlink()  # the link, not the file that both folders share
    path.write_bytes(short)
    again = run_folder(LIBRARY, facts, tmp_path, region=PLACE)
    assert GRANT in again.computed
    assert same_results(tmp_path, whole) == []


def test_since_looks_only_at_rules_whose_tables_changed_and_equals_a_full_run(whole: Path, tmp_path: Path) -> None:
    changed = town()
    changed.tables["training"][0].values["place"] = "330108"
    write_facts(changed, tmp_path / "facts")
    run = run_folder(LIBRARY, tmp_path / "facts", tmp_path / "out", region=PLACE, since=whole)
    run_folder(LIBRARY, tmp_path / "facts", tmp_path / "full", region=PLACE)
    reads_training = {key for plan in PLANS for unit in units(plan) if "training" in unit.tables(LIBRARY.vocabulary)
                   for key in unit.keys}  # fmt: skip
    assert {*run.updated, *run.computed} == reads_training
    assert TRAINING in run.updated
    assert GRANT in run.linked
    assert same_results(tmp_path / "out", tmp_path / "full") == []


def test_another_day_of_the_question_makes_a_rule_run_again_only_where_the_day_matters(
    facts: Path, whole: Path, tmp_path: Path
) -> None:
    other = DAY.replace(year=2027)
    run = run_folder(LIBRARY, facts, tmp_path / "out", region=PLACE, since=whole, on=other)
    run_folder(LIBRARY, facts, tmp_path / "full", region=PLACE, on=other)
    assert run.computed
    assert run.linked
    assert same_results(tmp_path / "out", tmp_path / "full") == []


def test_rules_of_a_place_asked_before_are_swept_away(facts: Path, tmp_path: Path) -> None:
    run_folder(LIBRARY, facts, tmp_path, region=PLACE)
    run_folder(LIBRARY, facts, tmp_path, region="浙江省")
    assert not file_of(tmp_path, GRANT).exists()
    assert GRANT not in json.loads((tmp_path / SUMMARY).read_text(encoding="utf-8"))["rules"]


def test_every_rule_is_in_exactly_one_unit_with_what_it_is_stacked_with() -> None:
    plan = LIBRARY.plans["xiaoshan-2025-3"]
    every = [unit.rules for unit in units(plan)]
    assert sorted(name for rules in every for name in rules) == sorted(plan.rules)
    assert ("trainer-grant", "employer-grant") in every


def test_results_do_not_go_where_the_facts_are(facts: Path) -> None:
    with pytest.raises(PopulationError, match="facts"):
        run_folder(LIBRARY, facts, facts)


def test_a_folder_without_a_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PopulationError, match=r"person\.parquet"):
        run_folder(LIBRARY, tmp_path / "empty", tmp_path / "out")


def test_a_file_that_is_no_parquet_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts" / "person.parquet").write_text("id,birth_date", encoding="utf-8")
    with pytest.raises(PopulationError, match=r"person\.parquet: 读不了"):
        run_folder(LIBRARY, tmp_path / "facts", tmp_path / "out", region=PLACE)
    assert [each.name for each in (tmp_path / "out").iterdir()] == [".lock"]


def test_a_bound_on_memory_that_is_none_is_named(facts: Path, tmp_path: Path) -> None:
    with pytest.raises(PopulationError, match=r"memory 12parsecs.*600MB"):
        run_folder(LIBRARY, facts, tmp_path / "out", region=PLACE, memory="12parsecs")


def test_a_ledger_of_something_else_is_refused(facts: Path, tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_text("{}", encoding="utf-8")
    with pytest.raises(PopulationError, match=LEDGER):
        run_folder(LIBRARY, facts, tmp_path)


def test_the_command_says_what_each_benefit_comes_to(
    facts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(facts), "--out", str(tmp_path / "out"), "--region", PLACE, "--lang", "zh"]) == 0
    said = capsys.readouterr().out
    assert "企业自主培养资助  可领 4，待定 0  5,500 元" in said


def test_the_command_without_a_folder_for_results_says_so(facts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(facts)]) == 2
    assert "--out" in capsys.readouterr().err
