"""What one person is owed, worked out by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt

from huijiang.access.viewers import as_agent, as_worker
from huijiang.accounts.viewers import as_staff
from huijiang.entitlements import live, portrait, wording
from huijiang.entitlements.models import State
from huijiang.entitlements.sees import sees
from huijiang.registry.models import MODELS
from tests.huijiang.entitlements.town import CHIEF, DAY, TRAINER, Town

ON = dt.date(2026, 11, 22)


def of(here: Town, on: dt.date = ON) -> live.Result:
    return live.of_person(here.worker.pk, "330109", on)


def test_eighteen_months_are_due_of_thirty_six(here: Town) -> None:
    """15 June 2025 to 15 November 2026: 18 months begun, 1,000 yuan each."""
    found = of(here).find(CHIEF, here.holder)
    assert found is not None
    assert (found.state, found.due_low, found.due_high) == (State.READY, 1_800_000, 1_800_000)
    assert (found.low, found.high) == (3_600_000, 3_600_000)
    assert found.clause == "二(五)11"
    assert of(here).low == of(here).high == 1_800_000


def test_each_condition_has_its_fact_source_and_day(here: Town) -> None:
    found = of(here).find(CHIEF, here.holder)
    assert found is not None
    chosen = {each.label: each for each in found.conditions}
    (fact,) = chosen["萧山区选树"].facts
    assert (fact.value, fact.source, fact.as_of, fact.known) == ("萧山区", "登记", DAY, True)
    assert chosen["有效期"].kind == "force"


def test_money_of_the_training_body_is_not_the_workers(here: Town) -> None:
    result = of(here)
    found = result.find(TRAINER, f"certificate:{here.certificate.pk}")
    assert found is not None
    assert (found.to_me, found.payee, found.low) == (False, "乙培训学校", 100_000)
    assert found not in result.money


def test_the_results_of_a_spouse_are_not_ones_own(here: Town) -> None:
    """The colleague's row names the worker as spouse; nothing of the colleague is judged or shown."""
    assert {each.holder for each in of(here).entitlements if each.holder.startswith("person:")} == {
        f"person:{here.worker.pk}"
    }


def test_time_alone_changes_nothing_of_what_is_missing(here: Town) -> None:
    """Without the place that granted it, the honour is unknown: neither owed nor refused."""
    MODELS["recognition"].objects.filter(pk=here.honour.pk).update(granted_by=None)
    found = of(here).find(CHIEF, here.holder)
    assert found is not None
    assert (found.state, found.low) == (State.UNKNOWN, 0)
    (missing,) = [each for each in found.open if each.label == "萧山区选树"]
    assert missing.missing[0].source == "认定文件"


def test_before_the_honour_nothing_is_due(here: Town) -> None:
    found = of(here, dt.date(2025, 6, 1)).find(CHIEF, here.holder)
    assert found is None or found.due_low == 0


def test_the_first_sentence_counts_what_stands_under_it(here: Town) -> None:
    result = of(here)
    shown = wording.sections(result, lambda each: "/x/")
    first = wording.first_sentence(result, shown)
    by_anchor = {each.anchor: each for each in shown}
    assert first.ready == len(by_anchor["ready"].cards) == 1
    assert str(first.amount) == str(by_anchor["ready"].cards[0].amount.figure) + " 元"  # type: ignore[union-attr]
    assert sum(each.count for each in shown if each.anchor != "firm") == len(
        [each for each in result.entitlements if each.to_me]
    )


def test_the_short_facts_of_a_worker_are_those_that_the_database_gives(here: Town) -> None:
    viewer = as_worker(here.worker_user)
    assert viewer is not None
    told = portrait.my_short(viewer, here.worker, of(here).own)
    assert told == portrait.in_short(viewer, here.worker)
    assert len(told) > 1


def test_an_officer_of_another_place_sees_no_foreign_fact(here: Town) -> None:
    viewer = as_staff(here.elsewhere_user)
    assert viewer is not None
    found = live.of_person(here.worker.pk, "330109", ON, sees(viewer)).find(CHIEF, here.holder)
    assert found is not None
    assert {fact.value for each in found.conditions for fact in each.facts} == {live.HIDDEN}


def test_what_is_shown_follows_the_law_of_columns(here: Town) -> None:
    worker, agent = as_worker(here.worker_user), as_agent(here.agent_user)
    assert worker is not None
    assert agent is not None
    assert sees(worker)("person", "annual_pay", "330109")
    assert not sees(agent)("person", "annual_pay", "330109")
    assert not sees(agent)("certificate", "level", "330109")  # of a person, and who it is of is not known here
    assert sees(agent)("organisation", "kind", "330109")


def test_a_list_that_is_not_complete_is_the_bureaus_to_complete_and_nothing_to_bring(here: Town) -> None:
    found = of(here).find(CHIEF, here.holder)
    assert found is not None
    unpublished = live.Condition(
        "数字职业", None, "where", tuple, lambda: (live.MissingShown("数字职业目录的全文", "人社部门"),)
    )
    unheard = live.Condition(
        "已参保", None, "where", tuple, lambda: (live.MissingShown("参保起始", "社保登记", "insurance"),)
    )
    told = {}
    for name, conditions in {"list": (unpublished,), "both": (unpublished, unheard)}.items():
        unknown = dataclasses.replace(found, state=State.UNKNOWN, conditions=conditions)
        step = wording.next_step(unknown, "/here/")
        assert step is not None
        told[name] = step.text
        claimed = wording.next_step(unknown, "/here/", "/claim/")  # nobody is sent to fill in what they can't know
        assert claimed is not None
        assert claimed.address == ("/here/" if name == "list" else "/claim/")
    assert told["list"] == (
        "要对照数字职业目录的全文，系统里收的还不全，所以现在判断不了。您不用补什么，收全以后这里马上重新判断；"
        "着急的话，请到窗口或拨 12333，由工作人员对照原件核实。"
    )
    assert told["both"].startswith("所缺的信息在：社保登记。")
    assert wording.condition(unpublished, found).fact == "要对照数字职业目录的全文，系统里收的还不全"
    assert wording.condition(unheard, found).fact == "还缺：参保起始（在社保登记）"
