"""What a text leaves to somebody's judgement, and what it leaves open for several periods, is settled by a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import ProgrammingError, transaction

from huijiang.claims import deciding, determine, dues, moving, opinions, replay, review
from huijiang.claims.errors import CannotDetermine, FactsChanged
from huijiang.claims.models import Claim, Opinion
from huijiang.claims.models.decision import Basis
from huijiang.claims.pages_panels import award_of
from huijiang.claims.states import State
from huijiang.demo.worked_cases import cases_of
from huijiang.registry.models import MODELS
from tests.huijiang.claims.test_every_benefit import Bureau, benefits, bureau

pytestmark = pytest.mark.django_db
__all__ = ["bureau"]


def claimed(desk: Bureau, key: str) -> tuple[Claim, dt.date]:
    """A claim by the first worked case that grants a benefit, determined and in review."""
    plan, rule = next((plan, rule) for plan, rule in benefits() if rule.key == key)
    worked = next(iter(cases_of(plan.id, rule.id, refused=False)))
    found = desk.claimed(plan, rule, worked)
    assert not isinstance(found, str), found
    return found[0], worked.day


def test_a_finding_settles_what_the_text_leaves_to_a_judgement(bureau: Bureau) -> None:
    claim, on = claimed(bureau, "shangyu-2022-3#elite-training")
    made = moving.last_of(claim)
    assert made is not None
    assert (made.outcome, determine.open_conditions(made)) == ("unknown", ["一线优秀技能人才"])
    assert opinions.left(claim) == {"一线优秀技能人才": "区人力社保局"}
    with pytest.raises(CannotDetermine, match="依据"):
        deciding.give_opinion(claim, bureau["first"], "一线优秀技能人才", True, " ")
    with pytest.raises(CannotDetermine, match="不是留给人认定"):
        deciding.give_opinion(claim, bureau["first"], "申领期限", True, "名单")

    no = deciding.give_opinion(claim, bureau["first"], "一线优秀技能人才", False, "名单上没有")
    assert (no.outcome, determine.open_conditions(no)) == ("refused", ["一线优秀技能人才"])
    yes = deciding.give_opinion(claim, bureau["first"], "一线优秀技能人才", True, "2026 年度名单第 3 号")
    assert yes.outcome == "entitled"
    (told,) = [each for each in determine.body_of(yes)["conditions"] if each["label"] == "一线优秀技能人才"]
    assert [(each["label"], each["value"], each["source"]) for each in told["facts"]] == [
        ("区人力社保局", "2026 年度名单第 3 号", "认定意见")
    ]
    assert determine.facts_of(yes)["opinions"][0]["met"] is True  # signed with the facts, and replayed from them
    assert replay.replay(yes) == []
    assert determine.still_holds(claim, yes)

    if yes.point is None:
        asked = determine.asked(yes)
        assert asked is not None
        determine.determine(
            claim, bureau["first"], figure=asked.at_most(1_000), basis=Basis.AUDITED_COST, basis_words="审定", on=on
        )
    review.review(claim, bureau["first"], on=on)
    with transaction.atomic(), pytest.raises(ProgrammingError, match="judged_in_review"):
        Opinion.objects.create(
            claim=claim,
            label="一线优秀技能人才",
            judge="区人力社保局",
            met=False,
            words="改口",
            made_by=bureau.applicant,
        )
    with transaction.atomic(), pytest.raises(ProgrammingError, match="added_only"):
        Opinion.objects.filter(claim=claim).update(met=False)


def test_one_figure_goes_for_every_open_period(bureau: Bureau) -> None:
    """湖州：租房补贴 up to 1500 元/人·月，最多 3 年；核定每月 1200 元，不足一月的不算。"""
    claim, on = claimed(bureau, "huzhou-2023-55#rent-subsidy")
    made = moving.last_of(claim)
    assert made is not None
    asked = determine.asked(made)
    assert asked is not None
    assert (asked.low, asked.high, asked.per_period) == (0, 150_000, True)
    for wrong in (150_001, -1):
        with transaction.atomic(), pytest.raises(CannotDetermine, match="不在文件允许的范围内"):
            deciding.fix_amount(claim, bureau["first"], wrong, Basis.AUDITED_COST, "租赁合同")
    made = determine.determine(
        claim, bureau["first"], figure=120_000, basis=Basis.AUDITED_COST, basis_words="租赁合同", on=on
    )
    body = determine.body_of(made)
    assert {each["amount"] for each in body["due"]} == {120_000}
    assert (made.point, len(body["due"])) == (120_000 * asked.begun, asked.begun)
    assert {each["high"] for each in body["coming"]} == {120_000}
    assert made.later == 120_000 * asked.coming
    assert asked.begun + asked.coming == 36

    review.review(claim, bureau["first"], on=on)
    review.second_review(Claim.objects.get(pk=claim.pk), bureau["second"], on=on)
    claim.refresh_from_db()
    assert claim.state == State.APPROVED
    following = dt.date.fromisoformat(body["coming"][0]["from"])
    assert [each.amount for each in dues.next_periods(claim, following)] == [120_000]


def test_an_award_of_each_period_is_shown_as_that(bureau: Bureau) -> None:
    claim, on = claimed(bureau, "huzhou-2023-55#rent-subsidy")
    assert award_of(claim, None).text == "—"
    determine.determine(claim, bureau["first"], figure=120_000, basis=Basis.ASSESSED_AWARD, basis_words="纪要", on=on)
    assert (award_of(claim, 120_000).text, award_of(claim, 120_000).note) == ("1,200", "每期")


def test_a_period_whose_conditions_no_longer_hold_takes_no_signed_figure(bureau: Bureau) -> None:
    claim, on = claimed(bureau, "huzhou-2023-55#rent-subsidy")
    made = determine.determine(
        claim, bureau["first"], figure=120_000, basis=Basis.AUDITED_COST, basis_words="租赁合同", on=on
    )
    following = dt.date.fromisoformat(determine.body_of(made)["coming"][0]["from"])
    review.review(claim, bureau["first"], on=on)
    review.second_review(Claim.objects.get(pk=claim.pk), bureau["second"], on=on)
    held: Any = MODELS["hire"].objects.get(pk=claim.holder.partition(":")[2])
    MODELS["person"].objects.filter(pk=held.worker_id).update(rents_in=None)
    with pytest.raises(FactsChanged):
        dues.next_periods(Claim.objects.get(pk=claim.pk), following)


def test_no_figure_is_given_while_a_period_that_has_begun_is_not_known(bureau: Bureau) -> None:
    """湖州：安家补贴按年付，每年看“仍在该企业”；何时离开不知道，后一年就不知道。"""
    claim, on = claimed(bureau, "huzhou-2023-55#settling-subsidy")
    MODELS["hire"].objects.filter(pk=claim.holder.partition(":")[2]).update(ended_on=None, ended_on_none=False)
    later = on.replace(year=on.year + 2)
    with transaction.atomic(), pytest.raises(CannotDetermine, match="条件还不清楚"):
        determine.determine(
            claim, bureau["first"], figure=100_000, basis=Basis.AUDITED_COST, basis_words="合同", on=later
        )
    made = determine.determine(claim, None, on=later)
    assert (made.point, determine.asked(made), determine.body_of(made)["due"]) == (None, None, [])
