"""What the linter finds in a draft's wording and figures, and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.tiaowen.draft.drafts import GOOD, VOCABULARY, clause, codes, found
from tiaowen.draft.finding import TOKEN, counts
from tiaowen.draft.patterns import PATTERNS
from tiaowen.draft.text import lint_text
from tiaowen.draft.wording import WORDING


def test_a_draft_that_says_everything_has_nothing_to_mend() -> None:
    graver = [each for each in lint_text(GOOD, VOCABULARY) if each.gravity != "note"]
    assert [(each.code, each.token) for each in graver] == []


@pytest.mark.parametrize(
    ("sentence", "code", "token"),
    [
        ("对当选的企业，给予15万的奖励。", "unit-missing", "15万"),
        ("对新获得称号的给予3万元补助。", "payee-missing", "3万元"),
        ("对列入目录的，按技师500元/月给予补助。", "payee-missing", "500元"),
        ("对参赛选手给予一定奖励。", "grant-without-amount", "给予一定奖励"),
        ("对参赛选手给予一定奖励。", "open-word", "一定奖励"),
        ("对符合条件的企业给予1万元补贴。", "conditions-open", "符合条件的"),
        ("对企业按规定给予1万元补贴。", "by-rule", "按规定给予1万元补贴"),
        ("对引进的技师，给予本人一次性1万元补贴。", "once-per-what", "一次性1万元补贴"),
        ("每年引进不少于100名技师。", "each-year", "每年引进不少于100名"),
        ("到2025年，每年引进100名技师。", "each-year-until", "到2025年,每年"),
        ("对企业最高给予20万元补助。", "up-to-who-decides", "最高给予20万元"),
        ("对招用5至10人以上的企业给予1万元补贴。", "range-with-bound", "5至10人以上"),
        ("给予企业5万元左右补贴。", "about-in-money", "5万元左右"),
        ("培育工匠20名左右。", "soft-target", "20名左右"),
        ("职工连续参保满6个月的，给予职工500元补贴。", "in-a-row-from-when", "连续参保满6个月"),
        ("取得高级工以上证书的职工，给予职工500元补贴。", "level-bound", "高级工以上"),
        ("对企业给予上级标准同等额度补助。", "matching-open", "上级标准同等额度补助"),
        ("企业直接培养的技师，给予企业500元补贴。", "in-stock-or-new", "直接培养"),
        ("高技能人才占比达到35%。", "share-of-what", "占比达到35%"),
        ("企业招用满10人的给予企业1万元补贴。", "cliff-in-text", ""),
        ("合格率达到120%。", "percent-too-high", "120%"),
        ("设立工作室5家、培训中心10家、实训点510家。", "outlier", "510家"),
    ],
)
def test_a_wording_is_found_and_quoted_by_its_token(sentence: str, code: str, token: str) -> None:
    (each,) = found(clause(sentence), code)
    assert each.clause == "一"
    assert token.replace(",", "") in each.token.replace(",", "").replace("，", "")


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("对当选的企业，给予15万元的奖励。", "unit-missing"),
        ("对新获得称号的单位给予3万元补助。", "payee-missing"),
        ("每个自然年引进100名技师。", "each-year"),
        ("每年9月设立活动月，办10场比赛。", "each-year"),
        ("对引进的技师给予一次性1万元补贴，同一人只享受一次。", "once-per-what"),
        ("对企业最高给予20万元补助，由市人力社保局核定。", "up-to-who-decides"),
        ("对企业按《办法》规定给予1万元补贴。", "by-rule"),
        ("有关部门要落实补贴政策。", "open-word"),
        ("职工自入职之月起连续参保满6个月的，给予职工500元补贴。", "in-a-row-from-when"),
        ("取得高级工及以上证书的职工，给予职工500元补贴。", "level-bound"),
        ("产值增长120%。", "percent-too-high"),
        ("高技能人才占技能人才总量的比例达到35%。", "share-of-what"),
        ("设立工作室5家、培训中心10家、实训点51家。", "outlier"),
    ],
)
def test_a_wording_that_is_settled_is_left_alone(sentence: str, code: str) -> None:
    assert code not in codes(clause(sentence))


def test_respectively_with_more_items_than_amounts_is_found() -> None:
    (each,) = found(clause("对入选的大工匠、杰出工匠、工匠，分别给予15万元、10万元的补助。"), "counts-differ")
    assert dict(each.values) == {"items": "3", "amounts": "2"}


def test_respectively_with_as_many_items_as_amounts_is_left_alone() -> None:
    assert "counts-differ" not in codes(clause("对新引进技师和高级技师分别给予1万元、3万元的补助。"))


def test_amounts_that_turn_on_their_way_down_are_found() -> None:
    assert "ladder-broken" in codes(clause("对高级技师、技师、高级工分别给予3万元、1万元、2万元补助。"))


def test_a_place_that_slips_in_a_row_of_titles_is_found_with_the_name_it_has_elsewhere() -> None:
    text = clause("培育余姚大工匠2名、余姚工匠8名、宁波青年工匠60名。", "对余姚青年工匠的单位给予1万元。")
    (each,) = found(text, "place-mismatch")
    assert each.token == "宁波青年工匠、余姚青年工匠"
    assert dict(each.values) == {"usual": "余姚", "odd": "宁波"}


def test_titles_of_two_tiers_side_by_side_are_no_slip() -> None:
    assert "place-mismatch" not in codes(clause("新建3家余姚市技能大师工作室、1家宁波市技能大师工作室。"))


def test_a_row_that_begins_with_a_verb_of_its_own_is_another_row() -> None:
    text = clause("培育1名浙江大工匠、5名浙江杰出工匠、培育60名绍兴工匠。", "推荐浙江工匠。")
    assert "place-mismatch" not in codes(text)


def test_money_without_a_fund_is_settled_by_one_sentence_anywhere() -> None:
    assert "fund-missing" in codes(clause("对企业给予1万元补贴。"))
    assert "fund-missing" not in codes(clause("对企业给予1万元补贴。", "所需资金由就业补助资金列支。"))


def test_a_draft_without_dates_issuer_or_departments_is_told_so() -> None:
    missing = {"effective-missing", "expiry-missing", "issuer-missing", "departments-missing", "overlap-unsaid"}
    assert missing <= codes(clause("对企业给予1万元补贴。"))


def test_two_effective_dates_are_found() -> None:
    text = clause("本办法自2026年1月1日起施行。", "第三条自2026年7月1日起施行。")
    assert dict(found(text, "two-dates")[0].values)["dates"] == "2026-01-01 / 2026-07-01"


def test_an_end_before_the_beginning_is_found() -> None:
    assert "two-dates" in codes(clause("本办法自2026年3月1日起施行，有效期至2025年2月28日。"))


def test_no_finding_quotes_more_than_a_few_words() -> None:
    text = clause("对按照规定条件和程序建立完善的职工培训体系并长期组织实施的企业按规定给予一定的职工教育培训补贴。")
    for each in lint_text(text, VOCABULARY):
        assert all(len(token) <= TOKEN for token in each.token.split("、"))


def test_every_pattern_has_words_in_both_languages() -> None:
    assert [pattern.code for pattern in PATTERNS if pattern.code not in WORDING] == []
    for entry in WORDING.values():
        assert all(entry.zh)
        assert all(entry.en)


def test_every_finding_says_what_why_and_how_in_both_languages() -> None:
    for each in lint_text(clause("对符合条件的企业给予一定补贴，最高15万。"), VOCABULARY):
        for lang in ("zh", "en"):
            assert "{" not in each.what(lang) + each.why(lang) + each.mend(lang)


def test_an_empty_text_has_no_clause_to_complain_of() -> None:
    assert counts(each for each in lint_text("", VOCABULARY) if each.clause)["error"] == 0


@pytest.mark.parametrize(
    "text", ["对", "分别", "1万元、", "对余姚工匠、", "连续1年", "按规定补贴", "一、\n", "给予1人。"]
)
def test_a_hostile_length_of_anything_comes_to_an_end(text: str) -> None:
    assert lint_text("一、补贴\n" + text * (20_000 // len(text)), VOCABULARY)
