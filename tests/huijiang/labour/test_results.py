"""What a survey came to: totals, gaps, striking answers, and what leaders see of it."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from huijiang.accounts.models import Role
from huijiang.labour import outliers, registers, surveys, totals
from huijiang.labour.models import SurveyedFirm, SurveyLine
from tests.huijiang.entitlements.town import DAY, account
from tests.huijiang.labour.town import ANSWER, OCCUPATIONS, Place, answered, asked, client


def test_totals_gaps_and_the_firms_behind_them_are_those_worked_out_by_hand(open_: Place) -> None:
    answered(open_)
    firms = surveys.access_firms(open_.officer, open_.survey)
    assert totals.response(firms) == totals.Response(asked=5, sent=3, draft=0, returned=0, waiting=2)
    rows = totals.in_force(firms)
    by = totals.summed(rows, totals.occupation)
    # 焊工: of 7 + 10 heads those with both figures are 2 + 1 + 10 = 13, wanted 5 + 1 + 2 = 8: 8 / 21 = 380.95 ‰
    assert [(name, each.values["vacancies"], each.values["heads"], each.rate) for name, each in totals.gaps(by)] == [
        ("焊工", 8, 17, 381), ("钳工", 4, 4, 500)]  # fmt: skip
    assert by["钳工"].get("planned_hires") is None  # nobody answered; not 0
    page, uid = client(open_.registrar), open_.survey.uid
    cell = page.get(reverse("labour:desk_cell", args=[uid]) + "?o=1&l=4").content.decode()
    assert "共 <b>2</b> 家" in cell
    assert "丁纺织" in cell
    narrowed = page.get(
        reverse("labour:desk_totals", args=[uid]) + "?place=local-330109-01&industry=制造业"
    ).content.decode()
    assert "<b>2</b> 家已报的单位" in narrowed
    behind = page.get(
        reverse("labour:desk_cell", args=[uid]) + "?o=1&place=local-330109-01&industry=制造业"
    ).content.decode()
    assert "钳工 · 制造业 · " in behind  # what was narrowed to stands above
    for nowhere in ("?o=2", "?o=-1", "?o=", "?o=0&l=99", f"?o={'9' * 5_000}"):
        assert page.get(reverse("labour:desk_cell", args=[uid]) + nowhere).status_code == 404
    assert "38.1%" in page.get(reverse("labour:desk_gaps", args=[uid])).content.decode()
    waiting = page.get(reverse("labour:desk_firms", args=[uid]) + "?state=unanswered").content.decode()
    assert "共 <b>2</b> 家" in waiting
    assert "戊软件" in waiting
    assert page.get(reverse("labour:desk_firms", args=[uid]) + "?state=odd").status_code == 404


def test_striking_answers_are_named_and_ordinary_ones_are_not(here: Place) -> None:
    before = asked(here, counted_on=dt.date(2025, 12, 31))
    before.answer("丁", {("焊工", "高级工"): {"heads": 40}})
    surveys.close(before.survey, here.officer)
    now = asked(here)
    now.answer("甲", ANSWER)
    now.answer(
        "丙", {("焊工", "高级工"): {"heads": 5, "vacancies": 20, "planned_hires": 0, "wage_low": 100, "wage_high": 501}}
    )
    now.answer("丁", {("焊工", "高级工"): {"heads": 10}})
    now.answer(
        "戊",
        {("焊工", "高级工"): {"heads": 10, "vacancies": 19, "planned_hires": 1, "wage_low": 100, "wage_high": 500}},
    )
    rows = totals.in_force(surveys.access_firms(here.officer, now.survey))
    found = outliers.outliers(here.officer, now.survey, rows)
    assert {SurveyedFirm.objects.get(pk=pk).organisation.name: said for pk, said in found.items()} == {
        "丙机械": ["缺口 20 人，是现有 5 人的两倍以上", "缺口 20 人，计划招用 0 人", "焊工（高级工）的工资上限是下限的 5 倍以上"],
        "丁纺织": ["现有 10 人，上次摸排 40 人"],
    }  # fmt: skip
    heads = registers.heads_by_firm(here.officer, [here.firms["甲"].pk], DAY, OCCUPATIONS)
    assert heads == {here.firms["甲"].pk: 6}  # five as 焊工, one as 钳工: as many as the firm's own page says


def test_leaders_see_the_response_then_totals_that_no_two_firms_stand_behind(open_: Place) -> None:
    answered(open_)
    page = client(open_.leader)
    at = reverse("labour:lead_survey", args=[open_.survey.uid])
    early = page.get(at).content.decode()
    assert "填报结束以后显示合计" in early
    assert "焊工</" not in early.replace("、", "").split("职业（工种）")[0]
    surveys.close(open_.survey, open_.officer)
    told = page.get(at).content.decode()
    assert "其余" in told
    assert "丙机械" not in told
    rows = totals.in_force(SurveyedFirm.objects.filter(survey=open_.survey))
    whole = totals.Sum()
    for each in rows:
        whole.add(each.firm.pk, each.line)
    assert totals.told_by_enough(whole) == ("heads", "vacancies")  # insured: 甲 alone
    shown, other = totals.folded(totals.summed(rows, totals.occupation), ("heads", "vacancies"))
    assert shown == []
    assert other is not None
    assert (other.values["heads"], other.values["vacancies"], len(other.firms)) == (21, 12, 3)
    for role in (Role.REVIEWER, Role.FINANCE):
        assert client(account(f"the-{role}", "某某", role, open_.town.xiaoshan)).get(at).status_code == 403
    assert client(open_.agents["甲"]).get(at).status_code == 403


def sum_of(**firms: int) -> totals.Sum:
    made = totals.Sum()
    for name, heads in firms.items():
        made.add(ord(name), SurveyLine(heads=heads))
    return made


def test_a_small_row_takes_the_smallest_large_one_with_it() -> None:
    found = {"甲": sum_of(a=5, b=5, c=5), "乙": sum_of(d=1, e=1, f=1), "丙": sum_of(g=9)}
    shown, other = totals.folded(found, ("heads",))
    assert [name for name, _each in shown] == ["甲"]
    assert other is not None
    assert (other.values["heads"], len(other.firms)) == (12, 4)  # 9 alone would follow from the whole
    assert totals.folded({"甲": sum_of(a=5, b=5), "乙": sum_of(a=1)}, ("heads",)) == ([], None)
    whole, nothing = totals.folded({"甲": sum_of(a=5, b=5, c=5)}, ("heads",))
    assert (len(whole), nothing) == (1, None)
