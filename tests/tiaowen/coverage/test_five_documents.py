"""The five documents against their originals: nothing unaccounted, nothing unread, nothing invented."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.tiaowen.coverage.originals_at_hand import DOCUMENTS, POLICIES, UNITS, original, policy
from tiaowen.coverage import index as indexes
from tiaowen.coverage import run
from tiaowen.coverage.account import account
from tiaowen.coverage.align import align
from tiaowen.coverage.comparison import compare, differences, index_of
from tiaowen.coverage.encoded import encoded_figures
from tiaowen.coverage.figures import Figure
from tiaowen.coverage.index import Index
from tiaowen.coverage.originals import read_original
from tiaowen.language.blocks import read_blocks


def kept(document: str) -> Index:
    path = next(POLICIES.rglob(f"{document}{indexes.SUFFIX}"))
    found, problems = indexes.read(path.read_text(encoding="utf-8"), path.name)
    assert problems == []
    assert found is not None
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_figure_and_clause_in_the_index_has_its_block(document: str) -> None:
    report = run(document, folder=POLICIES)
    assert report.ok, report.show("en")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_index_is_what_the_original_gives(document: str) -> None:
    text = original(document)
    report = run(document, text, folder=POLICIES)
    assert report.ok, report.show("en")
    assert report.other_digest is False


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_index_holds_no_sentence(document: str) -> None:
    for figures in kept(document).clauses.values():
        assert [
            figure.token for figure in figures if len(figure.token) > 20 or re.search(r"[，。；]", figure.token)
        ] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_any_changed_figure_of_the_original_is_noticed(document: str) -> None:
    index, read = kept(document), policy(document)
    aligned = align(index.clauses, read)
    encoded = encoded_figures(read)
    overlooked = []
    for label, figures in index.clauses.items():
        for at, figure in enumerate(figures):
            if figure.low is None or figure.role == "year":
                continue
            changed = replace(figure, low=figure.low + 7, high=(figure.high or figure.low) + 7)
            printed = {**index.clauses, label: [*figures[:at], changed, *figures[at + 1 :]]}
            found = account(printed, aligned, encoded, read, UNITS)
            if all(line.by is not None or line.figure.role == "wording" for line in found.lines):
                overlooked.append((label, figure.token))
    assert overlooked == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_any_changed_target_of_the_policy_is_noticed(document: str) -> None:
    index, read = kept(document), policy(document)
    aligned = align(index.clauses, read)
    encoded = encoded_figures(read)
    overlooked = []
    for at, each in enumerate(encoded):
        if each.kind != "target" or each.low is None or each.reading or each.group not in ("value", "rows"):
            continue
        for step in (-1, 1):
            changed = replace(each, low=each.low + step, high=(each.high or each.low) + step)
            found = account(index.clauses, aligned, [*encoded[:at], changed, *encoded[at + 1 :]], read, UNITS)
            complete = all(line.by is not None or line.figure.role == "wording" for line in found.lines)
            if complete and not found.unsourced:
                overlooked.append((each.place, step))
    assert overlooked == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_block_taken_out_leaves_its_figures_unaccounted(document: str) -> None:
    index, read = kept(document), policy(document)
    aligned = align(index.clauses, read)
    encoded = encoded_figures(read)
    paying = {e.block for e in encoded if e.kind == "benefit" and e.group == "amount" and e.low and not e.reading}
    for block in sorted(paying):
        rest = [each for each in encoded if each.block != block]
        found = account(index.clauses, aligned, rest, read, UNITS)
        assert [line for line in found.lines if line.by is None and line.figure.role != "wording"], block


def test_two_targets_that_trade_their_values_are_noticed() -> None:
    path = next(POLICIES.rglob("huzhou-2023-55.md"))
    source = path.read_text(encoding="utf-8")
    traded = source.replace("value: 30 万人次", "value: X").replace("value: striving for 80 万人", "value: 30 万人次")
    traded = traded.replace("value: X", "value: striving for 80 万人")
    report = compare("huzhou-2023-55", read_blocks(traded, path.name), UNITS, kept("huzhou-2023-55"))
    assert report.unaccounted == []
    assert [label for label, _ in report.account.misordered] == ["二", "二"]


def test_one_altered_number_in_an_original_is_noticed() -> None:
    text = original("xiaoshan-2025-3")
    index, read = kept("xiaoshan-2025-3"), policy("xiaoshan-2025-3")
    if text is None:
        clauses = {**index.clauses, "二(四)10": [Figure(1, "1001元", "amount", Decimal(1001), Decimal(1001), "元")]}
        made = replace(index, clauses=clauses)
    else:
        altered = text.replace("一次性 1000 元", "一次性 1001 元")
        assert altered != text
        made = index_of("xiaoshan-2025-3", read_original(altered), UNITS)
    assert [label for label, _ in differences(index, made)] == ["二(四)10"]
    report = compare("xiaoshan-2025-3", read, UNITS, made)
    assert [(line.clause, line.figure.token) for line in report.unaccounted] == [("二(四)10", "1001元")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_wrapped_lines_and_page_breaks_change_nothing(document: str) -> None:
    text = original(document)
    index = kept(document)
    if text is None:
        assert index.clauses
        return
    wrapped: list[str] = []
    for line in text.split("\n"):
        if any(word in line for word in ("\t", "检索", "提示", "电话")):
            wrapped.append(line)
            continue
        for start in range(0, max(1, len(line)), 30):
            wrapped.append(line[start : start + 30])
            if len(wrapped) % 25 == 0:
                wrapped += [f"— {len(wrapped) // 25} —", "\f"]
    assert differences(index, index_of(document, read_original("\n".join(wrapped)), UNITS)) == []


def test_a_changed_policy_file_is_compared_and_not_the_one_on_disk() -> None:
    path = next(POLICIES.rglob("xiaoshan-2025-3.md"))
    source = path.read_text(encoding="utf-8")
    changed = source.replace("每家每年封顶: at most 5 万元", "每家每年封顶: at most 6 万元")
    assert changed != source
    report = compare("xiaoshan-2025-3", read_blocks(changed, path.name), UNITS, kept("xiaoshan-2025-3"))
    assert [line.figure.token for line in report.unaccounted] == ["5万元"]
    assert [each.place for _, each in report.account.unsourced] == ["self-certification-award · limits · 每家每年封顶"]
