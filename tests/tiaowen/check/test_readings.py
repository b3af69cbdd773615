"""Readings are patches: what they merge, remove and replace."""

from __future__ import annotations

import pytest

from tests.tiaowen.check.documents import benefit, failures, library
from tiaowen.check.library import Library
from tiaowen.check.readings import merge
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence, read_yaml

BY = "amount:\n  by: certificate.level\n  高级工: 800 元/人次\n  技师: 1000 元/人次\n  otherwise: not paid"
FIRST = "amount:\n  first of:\n    高级工以上: 800 元/人次 when certificate.level >= 高级工\n    其他: 500 元/人次"


def question(patch: str) -> str:
    return (
        "```question\nid: q\nasks: 怎样算\nabout: all\nreadings:\n  照写: as written\n"
        f"  另一种: {patch}\nruns: 照写\ndecided by: nobody yet\n```\n"
    )


def grants(of: Library, level: str, reading: str, expected: str, on: str = "2024-05-01") -> list[str]:
    return failures(
        of,
        f"  - case: 一张证\n    given:\n      证: certificate, holder 甲, issuer 厂, level {level}, issued_on {on}, hours 40\n"
        f'    expect: {{grant: {{q {reading}: "{expected}"}}}}\n',
    )


@pytest.mark.parametrize(
    ("amount", "patch", "level", "written", "read"),
    [
        (BY, "{grant: {amount: {高级工: 900 元/人次}}}", "高级工", "800 元 to 甲", "900 元 to 甲"),
        (BY, "{grant: {amount: {高级工: 900 元/人次}}}", "技师", "1000 元 to 甲", "1000 元 to 甲"),
        (BY, "{grant: {amount: {高级工: removed}}}", "高级工", "800 元 to 甲", "not paid, for level"),
        (BY, "{grant: {amount: {by: certificate.level, 高级工: 900 元/人次, otherwise: 1 元/人次}}}", "技师", "1000 元 to 甲", "1 元 to 甲"),
        (BY, "{grant: {amount: 700 元/人次}}", "初级工", "not paid, for level", "700 元 to 甲"),
        (FIRST, "{grant: {amount: {其他: 600 元/人次}}}", "初级工", "500 元 to 甲", "600 元 to 甲"),
        (FIRST, "{grant: {amount: {其他: 600 元/人次}}}", "高级工", "800 元 to 甲", "800 元 to 甲"),
        (BY, "{grant: {where: {课时: certificate.hours >= 41}}}", "高级工", "800 元 to 甲", "not paid, for 课时"),
        (BY, "{grant: {where: {在本区: removed, 课时: certificate.hours >= 40 and certificate.issuer.place in here}}}",
         "高级工", "800 元 to 甲", "800 元 to 甲"),
        (BY, "{grant: {limits: {封顶: at most 100 元 per certificate.holder}}}", "高级工", "800 元 to 甲", "100 元 to 甲"),
        (BY, "{front matter: {effective: 2024-05-02}}", "高级工", "800 元 to 甲", "not paid, for 有效期"),
    ],
)  # fmt: skip
def test_a_reading_changes_what_it_names_and_nothing_else(
    amount: str, patch: str, level: str, written: str, read: str
) -> None:
    of = library(benefit("grant", amount), question(patch))
    assert grants(of, level, "照写", written) == []
    assert grants(of, level, "另一种", read) == []


def test_a_reading_may_put_a_dormant_block_in_the_place_of_another() -> None:
    twin = benefit("twin", "amount: 1 元/人次", rest="stands in for: grant\n")
    of = library(benefit("grant"), twin, question("{grant: replaced by twin}"))
    assert set(of.plans["a"].rules) == {"grant"}
    assert set(of.variant("a", {"q": "另一种"}).rules) == {"twin"}


def test_a_reading_changes_a_row_of_the_table_below() -> None:
    target = (
        "```target\nid: stock\nname: 人数\ncounts: person\nrows: table below\nnature: stock\ndeadline: 2026-12-31\n```\n\n"
        "| no | indicator | value |\n|---|---|---|\n| 1 | 技工 | 100 人 |\n| 2 | 技师 | 20 人 |\n\n"
    )
    of = library(target, question("{stock: {rows: {技师: {value: at least 30 人}}}}"))
    assert [each.low for each in of.plans["a"].targets] == [100, 20]
    assert [each.low for each in of.variant("a", {"q": "另一种"}).targets] == [100, 30]


def test_the_document_itself_is_left_as_it_was() -> None:
    of = library(benefit("grant", BY), question("{grant: {amount: {高级工: 900 元/人次}}}"))
    of.variant("a", {"q": "另一种"})
    assert grants(of, "高级工", "照写", "800 元 to 甲") == []


def tree(text: str) -> Node:
    root, problems = read_yaml(text, "a.md")
    assert problems == []
    assert root is not None
    return root


def plain(node: Node) -> object:
    if isinstance(node, Mapping):
        return {key: plain(value) for key, value in node}
    return [plain(item) for item in node.items] if isinstance(node, Sequence) else node.text


@pytest.mark.parametrize(
    ("base", "patch", "merged"),
    [
        ("{a: 1, b: 2}", "{b: 3, c: 4}", {"a": "1", "b": "3", "c": "4"}),
        ("{a: {b: 1, c: 2}}", "{a: {c: removed}}", {"a": {"b": "1"}}),
        ("{a: [1, 2]}", "{a: [3]}", {"a": ["3"]}),
        ("{a: 1}", "{a: {b: 2}}", {"a": {"b": "2"}}),
        ("{a: {by: x, 甲: 1}}", "{a: {乙: 2}}", {"a": {"by": "x", "甲": "1", "乙": "2"}}),
        ("{a: {by: x, 甲: 1}}", "{a: {by: y, 乙: 2}}", {"a": {"by": "y", "乙": "2"}}),
        ("{a: {first of: {甲: 1, 乙: 2}}}", "{a: {乙: 3}}", {"a": {"first of": {"甲": "1", "乙": "3"}}}),
    ],
)
def test_a_patch_merges_by_key(base: str, patch: str, merged: object) -> None:
    before = tree(base)
    kept = plain(before)
    assert plain(merge(before, tree(patch))) == merged
    assert plain(before) == kept


def test_a_patch_over_nothing_is_itself() -> None:
    assert plain(merge(None, Scalar("1", 1, 0))) == "1"
