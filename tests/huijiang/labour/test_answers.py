"""A firm answers, beside the registers: begun, kept, sent, corrected, withdrawn, sent back; and what nobody can do."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from huijiang.access.models import Sighting
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.audit.models import Event
from huijiang.jobs.models import Run
from huijiang.labour import answering, comparing, registers, surveys, totals
from huijiang.labour.errors import MayNot, SurveyError
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm, SurveyLine
from huijiang.notices.models import Notice
from huijiang.registry import merging
from huijiang.registry.models import Coverage, Organisation
from tests.huijiang.entitlements.town import DAY, account
from tests.huijiang.labour.town import ANSWER, OCCUPATIONS, Place, asked, client, place, states

State = SurveyAnswer.State


# --- the officer opens ----------------------------------------------------------


def test_an_officer_opens_a_survey_by_form_and_its_firms_are_told_once(here: Place) -> None:
    page = client(here.registrar)
    form = {
        "region": "330109", "title": "重点企业用工摸排", "counted_on": "2026-06-30", "opens_on": today().isoformat(),
        "closes_on": (today() + dt.timedelta(days=7)).isoformat(), "occupations": "焊工\n钳工，焊工\n", "scope": "list",
        "listed": "91339999MA0000001M 、91339999MA0000002Q\n91339999MA00000052",
    }  # fmt: skip
    assert (
        "焊工" in page.get(reverse("labour:desk_new")).content.decode()
    )  # the commonest of the register, to begin with
    wrong = page.post(reverse("labour:desk_new"), form | {"listed": "91339999MA0000001N", "closes_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert "校验" in wrong.content.decode()
    assert "不早于开始填报" in wrong.content.decode()
    assert EmployerSurvey.objects.count() == 0
    for nothing in ({"listed": ""}, {"occupations": "，、\n"}):
        refused = page.post(reverse("labour:desk_new"), form | nothing)
        assert (refused.status_code, "请至少给出一个" in refused.content.decode()) == (422, True)
    assert (
        page.post(reverse("labour:desk_new"), form | {"occupations": "\n".join(map(str, range(61)))}).status_code == 422
    )
    assert EmployerSurvey.objects.count() == 0

    made = page.post(reverse("labour:desk_new"), form)
    survey = EmployerSurvey.objects.get()
    assert made.headers["Location"] == reverse("labour:desk_survey", args=[survey.uid])
    assert (survey.state, survey.occupations) == ("draft", ["焊工", "钳工"])
    assert survey.chosen == ["91339999MA0000001M", "91339999MA0000002Q", "91339999MA00000052"]
    seen = page.get(reverse("labour:desk_survey", args=[survey.uid])).content.decode()
    assert "找到 2 家单位" in seen
    assert "91339999MA00000052" in seen  # not in the register of this region
    assert client(here.agents["丙"]).get(reverse("labour:survey", args=[survey.uid])).status_code == 404
    far = client(account("far", "余远", Role.REGISTRAR, here.town.yuyao))
    assert far.get(reverse("labour:desk_survey", args=[survey.uid])).status_code == 404

    for _ in range(2):
        page.post(reverse("labour:desk_publish", args=[survey.uid]))
    assert {each.organisation.name for each in survey.firms.all()} == {"丙机械", "丁纺织"}
    assert [(each.industry, each.place.name if each.place else "") for each in survey.firms.order_by("pk")] == [
        ("制造业", "城厢街道"), ("制造业", "北干街道")]  # fmt: skip
    assert Run.objects.filter(kind=surveys.TELL, unique=str(survey.uid)).count() == 1
    assert [surveys.tell_firms(survey), surveys.tell_firms(survey)] == [2, 0]
    assert Notice.objects.filter(template="survey_opened", organisation=here.firms["丙"]).count() == 1
    assert Event.objects.filter(action="labour.survey_opened").count() == 1
    assert client(here.agents["甲"]).get(reverse("labour:survey", args=[survey.uid])).status_code == 404
    mine = client(here.agents["丙"]).get(reverse("labour:surveys")).content.decode()
    assert "重点企业用工摸排" in mine


@pytest.mark.parametrize(
    ("scope", "chosen", "above_scale", "wanted"),
    [
        ("all", [], False, {"甲厂", "丙机械", "丁纺织", "戊软件", "己食品"}),  # the school is no firm
        ("all", [], True, {"甲厂"}),
        ("industry", ["制造业"], False, {"甲厂", "丙机械", "丁纺织"}),
        ("street", ["local-330109-02"], False, {"丁纺织", "戊软件", "己食品"}),
    ],
)
def test_a_scope_means_these_firms(
    here: Place, scope: str, chosen: list[str], above_scale: bool, wanted: set[str]
) -> None:
    survey = asked(here, scope=scope, chosen=chosen, above_scale=above_scale).survey
    assert set(survey.firms.values_list("organisation__name", flat=True)) == wanted


def test_a_scope_without_firms_is_not_opened_and_says_so(here: Place) -> None:
    with pytest.raises(SurveyError, match="没有找到单位"):
        asked(here, scope="list", chosen=["91339999MA00000052"])
    survey = EmployerSurvey.objects.get()
    surveys.drop(survey, here.officer)
    with pytest.raises(SurveyError, match="已作废"):
        surveys.publish(survey, here.officer)


# --- the registers ------------------------------------------------------------------


def test_the_officers_comparison_is_the_one_worked_out_by_hand(open_: Place) -> None:
    open_.answer("甲", ANSWER)
    firm = open_.firm("甲")
    known = registers.registered(open_.officer, firm.organisation, DAY)
    assert (len(known.staff), known.unsure) == (7, 1)
    assert {level: known.heads("焊工", level) for level in ("无等级", "中级工", "高级工", "技师")} == {
        "无等级": 2, "中级工": 1, "高级工": 1, "技师": 1}  # fmt: skip
    assert (known.heads("焊工"), known.insured("焊工"), len(known.holders("焊工"))) == (5, 4, 3)
    assert (known.heads("钳工"), known.insured("钳工"), known.heads("钳工", "无等级")) == (1, 1, 1)
    assert known.holders("钳工", "高级工") == [open_.staff["王八"].pk]
    assert known.sources["certificate"].complete
    assert not known.sources["employment"].complete

    sent = answering.sent_of(firm)
    found = comparing.compare(answering.lines_of(sent), known, OCCUPATIONS)
    whole = {each.occupation: {side.figure: (side.answered, side.registered, side.difference) for side in each.sides}
             for each in found if each.level == ""}  # fmt: skip
    assert whole == {
        "焊工": {"heads": (7, 5, 2), "insured": (6, 4, 2), "certified": (4, 3, 1)},
        "钳工": {"heads": (None, 1, None), "insured": (None, 1, None), "certified": (None, 1, None)},
    }
    none_at_senior = next(each for each in found if (each.occupation, each.level) == ("焊工", "高级工"))
    assert [(side.answered, side.registered) for side in none_at_senior.sides] == [(2, 1), (2, 1), (2, 1)]
    reasons = next(each.reasons for each in found if each.occupation == "焊工" and each.level == "")
    assert "就业、参保登记不齐全，可能少算" in reasons
    assert "另有 1 名在册职工没有登记职业（工种）" in reasons  # 王八
    assert "另有 1 名职工的入职或离职日期没有登记，没有算入" in reasons  # 王十

    page = client(open_.registrar)
    told = page.get(reverse("labour:desk_firm", args=[open_.survey.uid, firm.uid])).content.decode()
    assert "多填 2" in told
    assert "劳动合同 <time>2026-06-30</time>" in told


def test_nobody_registered_in_an_incomplete_register_is_not_zero_and_in_a_complete_one_is(open_: Place) -> None:
    lines = {("焊工", "技师"): {"heads": 3, "insured": None, "certified": 0}}
    open_.answer("丁", lines)
    firm = open_.firm("丁")

    def side(figure: str) -> tuple[int | None, int | None, int | None]:
        known = registers.registered(open_.officer, firm.organisation, DAY)
        found = comparing.compare(answering.lines_of(answering.sent_of(firm)), known, OCCUPATIONS)[0].side(figure)
        assert found is not None
        return found.answered, found.registered, found.difference

    assert side("heads") == (3, None, None)
    assert side("insured") == (None, None, None)
    Coverage.objects.create(
        table="employment", by="employer", complete=True, since="2021-01-01", source="登记", as_of=DAY
    )
    assert side("heads") == (3, None, None)  # whoever began before 2021 may be missing
    Coverage.objects.filter(table="employment").update(since=None)
    assert side("heads") == (3, 0, 3)
    assert side("certified") == (0, 0, 0)


def test_the_firm_sees_its_own_peoples_certificates_only_and_the_list_has_as_many_as_the_figure(open_: Place) -> None:
    viewer = open_.agent("甲")
    known = registers.registered(viewer, open_.firms["甲"], DAY)
    assert (known.heads("焊工"), known.heads("焊工", None), known.heads("焊工", "无等级")) == (5, 2, 0)
    assert known.holders("钳工") == []  # 王八's was entered with another firm
    page = client(open_.agents["甲"])
    at = reverse("labour:survey_people", args=[open_.survey.uid])
    told = page.get(f"{at}?f=heads&o=0&l=all").content.decode()
    assert "共 <b>5</b> 人" in told
    assert [name for name in open_.staff if name in told] == ["林小英", "王二", "王三", "王四", "王六"]
    insured = page.get(f"{at}?f=insured&o=0&l=all").content.decode()
    assert "共 <b>4</b> 人" in insured
    assert "王四" not in insured
    for wrong in ("f=heads&o=7", "f=pay&o=0", "f=heads&o=0&l=99", "f=heads&o=x"):
        assert page.get(f"{at}?{wrong}").status_code == 404
    compared = page.get(reverse("labour:survey_compare", args=[open_.survey.uid])).content.decode()
    assert "单位只能看到发证当天登记在本单位或由本单位发的证书" in compared


def test_an_officer_sees_people_for_a_purpose_masked_and_is_named_to_them(open_: Place) -> None:
    firm = open_.firm("甲")
    page = client(open_.registrar)
    at = reverse("labour:desk_people", args=[open_.survey.uid, firm.uid]) + "?f=heads&o=0&l=all"
    assert "请说明用途" in page.get(at).content.decode()
    assert not Sighting.objects.exists()
    assert page.post(at, {"purpose": "curiosity"}).status_code == 422
    assert page.post(at, {"purpose": "data"}).headers["Location"] == at
    told = page.get(at).content.decode()
    assert "共 <b>5</b> 人" in told
    assert "林**" in told
    assert "林小英" not in told
    assert Sighting.objects.filter(viewer=open_.registrar, purpose="data").count() == 5
    leader = client(open_.leader)
    assert leader.get(at).status_code == 403
    assert leader.get(reverse("labour:desk_firm", args=[open_.survey.uid, firm.uid])).status_code == 403


# --- the firm answers ----------------------------------------------------------------


def test_a_firm_begins_with_what_is_registered_fills_in_sends_corrects_and_every_version_stays(open_: Place) -> None:
    page, uid = client(open_.agents["甲"]), open_.survey.uid
    firm = open_.firm("甲")
    first = page.get(reverse("labour:survey", args=[uid])).content.decode()
    assert "在册 7 人，可以替您填好 3 行" in first
    page.post(reverse("labour:survey_start", args=[uid]), {"from": "registers"})
    filled = {
        key: (line["heads"], line["insured"], line["certified"])
        for key, line in answering.lines_of(answering.draft_of(firm)).items()
    }
    assert filled == {("焊工", "中级工"): (1, 1, 1), ("焊工", "高级工"): (1, 1, 1), ("焊工", "技师"): (1, 1, 1)}

    at = reverse("labour:survey_occupation", args=[uid, 0])
    wrong = page.post(
        at, {"0-heads": "3", "0-insured": "4", "3-wage_low": "9000", "4-heads": "-1", "4-vacancies": "两个"}
    )
    assert wrong.status_code == 422
    told = wrong.content.decode()
    assert "不多于现有人数 3" in told
    assert "工资下限和上限一起填" in told
    form = {"0-heads": "3", "0-insured": "2", "3-heads": "1", "3-insured": "1", "3-certified": "1", "4-heads": "2", "4-insured": "2",
            "4-certified": "2", "4-vacancies": "5", "4-planned_hires": "4", "4-planned_training": "3", "4-wage_low": "8000",
            "4-wage_high": "12,000.50", "4-difficulty": "会氩弧焊的少", "5-heads": "1", "5-insured": "1", "5-certified": "1",
            "5-vacancies": "1", "act": "next"}  # fmt: skip
    saved = page.post(at, form)
    assert saved.headers["Location"] == reverse("labour:survey_occupation", args=[uid, 1])
    kept = {key: {name: value for name, value in line.items() if value not in (None, "")}
            for key, line in answering.lines_of(answering.draft_of(firm)).items()}  # fmt: skip
    assert kept == ANSWER
    page.post(reverse("labour:survey_occupation", args=[uid, 1]), {"act": "nobody"})
    bench = {key: line for key, line in answering.lines_of(answering.draft_of(firm)).items() if key[0] == "钳工"}
    assert len(bench) == 9
    assert {line["vacancies"] for line in bench.values()} == {0}

    send = reverse("labour:survey_send", args=[uid])
    assert page.post(send, {"version": "1"}).status_code == 422  # not ticked that it was checked
    for _ in range(2):
        assert page.post(send, {"version": "1", "checked": "on", "words": "含派遣工"}).status_code == 302
    assert states(firm) == [(1, "sent")]
    assert (
        answering.keep(firm, open_.agent("甲"), answering.lines_of(answering.sent_of(firm))) is False
    )  # nothing changed
    assert states(firm) == [(1, "sent")]

    page.post(reverse("labour:survey_start", args=[uid]))
    assert states(firm) == [(1, "sent"), (2, "draft")]
    changed = ANSWER | {("焊工", "技师"): {"heads": 2}}
    assert answering.keep(firm, open_.agent("甲"), changed)
    assert totals.response(SurveyedFirm.objects.filter(pk=firm.pk)).sent == 1  # the first still counts
    page.post(send, {"version": "2", "checked": "on"})
    assert states(firm) == [(1, "replaced"), (2, "sent")]
    old = page.get(reverse("labour:survey_version", args=[uid, 1])).content.decode()
    assert "含派遣工" in old
    page.post(reverse("labour:survey_withdraw", args=[uid]), {"version": "2"})
    page.post(reverse("labour:survey_withdraw", args=[uid]), {"version": "2"})
    assert states(firm) == [(1, "replaced"), (2, "withdrawn")]
    assert surveys.unanswered(SurveyedFirm.objects.filter(pk=firm.pk)).exists()
    assert Event.objects.filter(action="labour.answer_sent", subject=f"surveyed:{firm.uid}").count() == 2


def test_an_answer_is_sent_back_with_a_reason_the_firm_reads_it_and_mends_it(open_: Place) -> None:
    open_.answer("甲", ANSWER)
    firm, desk = open_.firm("甲"), client(open_.registrar)
    at = reverse("labour:desk_return", args=[open_.survey.uid, firm.uid])
    assert desk.post(at, {"version": "1", "reason": "  "}).status_code == 422
    assert desk.post(at, {"version": "9", "reason": "核对焊工"}).status_code == 422
    assert desk.post(at, {"version": "1", "reason": "焊工比登记多 2 人，请核对"}).status_code == 302
    assert states(firm) == [(1, "returned")]
    assert Notice.objects.filter(organisation=open_.firms["甲"], template="survey_returned").count() == 1
    page = client(open_.agents["甲"])
    assert "焊工比登记多 2 人，请核对" in page.get(reverse("labour:survey", args=[open_.survey.uid])).content.decode()
    page.post(reverse("labour:survey_start", args=[open_.survey.uid]))
    assert len(answering.lines_of(answering.draft_of(firm))) == 4
    assert surveys.standing_of(firm) == "returned"
    assert "要提交的第 1 版已经不是草稿" in page.post(
        reverse("labour:survey_send", args=[open_.survey.uid]), {"version": "1", "checked": "on"}).content.decode()  # fmt: skip
    page.post(reverse("labour:survey_send", args=[open_.survey.uid]), {"version": "2", "checked": "on"})
    assert states(firm) == [(1, "returned"), (2, "sent")]
    counter = account("street", "陈街道", Role.COUNTER, open_.town.xiaoshan)
    assert client(counter).post(at, {"version": "2", "reason": "不归他"}).status_code == 403


def test_nobody_answers_for_another_firm(open_: Place) -> None:
    firm, other = open_.firm("甲"), open_.agent("丙")
    for act in (
        lambda: answering.begin(firm, other), lambda: answering.keep(firm, other, ANSWER), lambda: answering.send(firm, other, 1),
        lambda: answering.withdraw(firm, other, 1), lambda: answering.begin(firm, open_.officer),
    ):  # fmt: skip
        with pytest.raises(MayNot):
            act()
    with pytest.raises(SurveyError, match="没有问“电工”"):
        answering.keep(firm, open_.agent("甲"), {("电工", "技师"): {"heads": 1}})
    answering.begin(firm, open_.agent("甲"))
    with pytest.raises(SurveyError, match="一项也没有填"):
        answering.send(firm, open_.agent("甲"), 1)
    assert SurveyLine.objects.count() == 0


# --- the end ------------------------------------------------------------------------


def test_reminders_go_once_a_day_to_who_has_not_answered_and_an_extension_tells_them(open_: Place) -> None:
    open_.answer("甲", ANSWER)
    page, uid = client(open_.registrar), open_.survey.uid
    for _ in range(2):
        page.post(reverse("labour:desk_remind", args=[uid]))
    assert Notice.objects.filter(template="survey_reminder").count() == 4
    assert not Notice.objects.filter(template="survey_reminder", organisation=open_.firms["甲"]).exists()
    SurveyedFirm.objects.update(reminded_on=today() - dt.timedelta(days=1))
    on = open_.survey.closes_on - dt.timedelta(days=3)
    assert surveys.night(on - dt.timedelta(days=1)) == (0, 0)
    assert surveys.night(on) == (0, 4)
    early = page.post(reverse("labour:desk_extend", args=[uid]), {"until": today().isoformat()}, follow=True)
    assert "新的截止日期应晚于" in early.content.decode()
    later = open_.survey.closes_on + dt.timedelta(days=5)
    page.post(reverse("labour:desk_extend", args=[uid]), {"until": later.isoformat()})
    open_.survey.refresh_from_db()
    assert open_.survey.closes_on == later
    assert Notice.objects.filter(template="survey_extended").count() == 4
    assert surveys.night(later + dt.timedelta(days=1)) == (1, 0)
    open_.survey.refresh_from_db()
    assert (open_.survey.state, open_.survey.closed_by) == ("closed", None)


def test_a_firm_that_is_being_asked_is_not_merged_away(open_: Place) -> None:
    twin = Organisation.objects.create(name="甲厂有限公司", managed_by=open_.town.xiaoshan, source="登记", as_of=DAY)
    with pytest.raises(merging.Refused, match="用工摸排还没有结束"):
        merging.merge(open_.registrar, twin, open_.firms["甲"], "同一家")
    surveys.close(open_.survey, open_.officer)
    assert merging.merge(open_.registrar, twin, open_.firms["甲"], "同一家").pk


def test_a_street_office_sees_and_reminds_its_own_firms_only(open_: Place) -> None:
    street = open_.firms["丁"].place
    Organisation.objects.filter(pk__in=[open_.firms["丁"].pk, open_.firms["戊"].pk]).update(managed_by=street)
    clerk = client(account("street", "陈街道", Role.COUNTER, street))
    firms = clerk.get(reverse("labour:desk_firms", args=[open_.survey.uid])).content.decode()
    assert [name for name in ("甲厂", "丙机械", "丁纺织", "戊软件", "己食品") if name in firms] == ["丁纺织", "戊软件"]
    assert clerk.get(reverse("labour:desk_firm", args=[open_.survey.uid, open_.firm("甲").uid])).status_code == 404
    clerk.post(reverse("labour:desk_remind", args=[open_.survey.uid]))
    assert Notice.objects.filter(template="survey_reminder").count() == 2
    assert clerk.post(reverse("labour:desk_close", args=[open_.survey.uid])).status_code == 403


def test_a_closed_survey_changes_by_nobody_and_not_by_raw_sql(open_: Place) -> None:
    sent = open_.answer("甲", ANSWER)
    answering.begin(open_.firm("丙"), open_.agent("丙"))
    client(open_.registrar).post(reverse("labour:desk_close", args=[open_.survey.uid]))
    firm, viewer = open_.firm("甲"), open_.agent("甲")
    for act in (
        lambda: answering.begin(firm, viewer), lambda: answering.withdraw(firm, viewer, 1), lambda: answering.keep(firm, viewer, {}),
        lambda: answering.give_back(firm, open_.officer, 1, "核对"), lambda: surveys.remind(open_.survey, open_.officer),
        lambda: surveys.extend(open_.survey, open_.officer, today() + dt.timedelta(days=99)),
        lambda: surveys.drop(open_.survey, open_.officer),
    ):  # fmt: skip
        with pytest.raises(SurveyError):
            act()
    assert surveys.close(open_.survey, open_.officer) is False
    line, survey = sent.lines.first(), open_.survey.pk
    assert line is not None
    for law, statement, values in (
        ("of_a_draft", "UPDATE labour_surveyline SET heads = 99 WHERE id = %s", [line.pk]),
        ("of_a_draft", "DELETE FROM labour_surveyline WHERE id = %s", [line.pk]),
        ("moves", "UPDATE labour_surveyanswer SET state = 'withdrawn', ended_at = now(), ended_by_id = sent_by_id WHERE id = %s", [sent.pk]),
        ("never_deleted", "DELETE FROM labour_surveyanswer WHERE id = %s", [sent.pk]),
        ("moves", "UPDATE labour_employersurvey SET state = 'open', closed_at = NULL, closed_by_id = NULL WHERE id = %s", [survey]),
        ("moves", "UPDATE labour_employersurvey SET closes_on = closes_on + 9 WHERE id = %s", [survey]),
        ("of_an_open_survey", "UPDATE labour_surveyedfirm SET industry = '采矿业' WHERE id = %s", [firm.pk]),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=law), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    told = client(open_.agents["甲"]).get(reverse("labour:survey", args=[open_.survey.uid])).content.decode()
    assert "填报已经结束" in told


def test_the_database_keeps_an_open_surveys_answers_too(open_: Place) -> None:
    sent = open_.answer("甲", ANSWER)
    for law, statement, values in (
        ("of_a_draft", "UPDATE labour_surveyline SET heads = 99 WHERE answer_id = %s", [sent.pk]),
        ("moves", "UPDATE labour_surveyanswer SET state = 'draft', sent_at = NULL, sent_by_id = NULL WHERE id = %s", [sent.pk]),
        ("moves", "UPDATE labour_surveyanswer SET words = '改过' WHERE id = %s", [sent.pk]),
        ("moves", "UPDATE labour_employersurvey SET counted_on = counted_on - 1 WHERE id = %s", [open_.survey.pk]),
        ("moves", "UPDATE labour_employersurvey SET closes_on = closes_on - 1 WHERE id = %s", [open_.survey.pk]),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=law), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
    answering.begin(open_.firm("甲"), open_.agent("甲"))
    draft = answering.draft_of(open_.firm("甲"))
    for law, told in (
        ("survey_line_insured_within", {"heads": 1, "insured": 2}), ("survey_line_pay", {"wage_low": 2, "wage_high": 1}),
        ("survey_line_pay", {"wage_low": 2}), ("survey_line_says_something", {}), ("of_a_draft", {"occupation": "电工", "heads": 1}),
    ):  # fmt: skip
        with pytest.raises(DatabaseError, match=law), transaction.atomic():
            SurveyLine.objects.create(**({"answer": draft, "occupation": "钳工", "level": "技师"} | told))


# --- two at once --------------------------------------------------------------------


def at_once(*acts: Any) -> list[str]:
    """Each in a thread and a transaction of its own, all let go together; the name of what each raised, or nothing."""
    gate, said = threading.Barrier(len(acts)), [""] * len(acts)

    def run(at: int, act: Any) -> None:
        try:
            gate.wait(timeout=20)
            act()
        except SurveyError as error:
            said[at] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    return said


@pytest.mark.django_db(transaction=True)
def test_two_people_of_a_firm_send_at_once_and_one_answer_is_in_force(settings: Any, tmp_path: Any) -> None:
    from huijiang.sealed import keys

    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    found = asked(place())
    firm, viewer = found.firm("甲"), found.agent("甲")
    answering.keep(firm, viewer, ANSWER)
    assert at_once(*(lambda: answering.send(firm, viewer, 1) for _ in range(3))) == ["", "", ""]
    assert states(firm) == [(1, "sent")]
    assert Event.objects.filter(action="labour.answer_sent").count() == 1

    officer: Viewer = found.officer
    said = at_once(lambda: answering.withdraw(firm, viewer, 1), lambda: answering.give_back(firm, officer, 1, "核对"))
    assert sorted(bool(each) for each in said) == [False, True]
    assert len(states(firm)) == 1
    assert states(firm)[0][1] in ("withdrawn", "returned")
