"""Every benefit of the five documents is claimed, approved, refused and objected to, by the facts of their worked cases.

The list is that of the policies: a benefit that comes later fails here until it has a case that grants it and one that
refuses it, or until it is written down why that can't be.
"""

from __future__ import annotations

import datetime as dt
from itertools import islice
from typing import Any, Final

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from huijiang.access.viewers import Viewer
from huijiang.accounts.models import Grant, Role, User
from huijiang.accounts.viewers import Capacity, as_staff
from huijiang.claims import deciding, determine, disputes, intake, opinions, questions, review
from huijiang.claims.errors import ClaimError
from huijiang.claims.models import Check, Claim, ServiceTerms
from huijiang.claims.models.decision import Basis
from huijiang.claims.models.disputes import Ground
from huijiang.claims.moving import last_of
from huijiang.claims.states import State
from huijiang.claims.verifiers import running
from huijiang.documents import library
from huijiang.entitlements import live
from huijiang.regions.models import Region
from huijiang.registry.models import Coverage
from huijiang.registry.vocabulary import vocabulary
from huijiang.sealed import keys
from tests.huijiang.claims.worked_cases import Worked, cases_of, settle
from tests.huijiang.entitlements.town import account, town
from tiaowen.evaluate.facts import Row
from tiaowen.plan.rules import DocumentPlan, Rule

pytestmark = pytest.mark.django_db

DOCUMENTS: Final = ("zhejiang-2023", "xiaoshan-2025-3", "yuyao-2021-draft", "huzhou-2023-55", "shangyu-2022-3")
FIXED: Final = 100_000  # fen, where the text leaves the amount to a person
OPEN, PAYEE = "unknown：", "还不知道发给谁"
NOT_APPROVED: Final = {
    # The text (or a list that no place has entered) leaves a condition open: a local rule has to settle it first.
    "zhejiang-2023#priority-training-subsidy": f"{OPEN}省重点产业或紧缺工种",
    "xiaoshan-2025-3#student-aid": f"{OPEN}符合资助条件",
    "xiaoshan-2025-3#student-certificate-grant": f"{OPEN}符合条件",
    "xiaoshan-2025-3#training-subsidy": f"{OPEN}符合条件",
    "xiaoshan-2025-3#digital-grant": f"{OPEN}符合条件",
    "huzhou-2023-55#priority-training-tilt": f"{OPEN}省市重点产业或紧缺职业（工种）",
    "shangyu-2022-3#level-training-subsidy": f"{OPEN}符合条件",
    # The text names nobody who is paid.
    "shangyu-2022-3#short-stay-board": PAYEE,
}
NOT_REFUSED: Final = {"shangyu-2022-3#short-stay-board": PAYEE}
"""Besides: nothing of a draft (余姚征求意见稿) can be claimed."""
MOST_CASES: Final = 4
MOST_TRIED: Final = 2  # events of a case
HOPS: Final = 3
OFFICERS: Final = {
    "intake": Role.INTAKE,
    "first": Role.REVIEWER,
    "second": Role.SECOND_REVIEWER,
    "watch": Role.SUPERVISOR,
}


def benefits() -> list[tuple[DocumentPlan, Rule]]:
    """Every benefit of the five documents, as the policies have them now."""
    plans = library.current().plans
    return [(plans[name], rule) for name in DOCUMENTS for rule in plans[name].rules.values() if rule.kind == "benefit"]


class Bureau:
    """One office for every place of the five documents."""

    def __init__(self) -> None:
        town()
        for table in vocabulary().tables:
            Coverage.objects.get_or_create(
                table=table, complete=True, defaults={"source": "登记", "as_of": "2026-06-30"}
            )
        plans = library.current().plans
        self.places = {name: Region.objects.get(code=plans[name].region) for name in DOCUMENTS}
        self.applicant = account("applicant", "申报人")
        for login, role in OFFICERS.items():
            user = account(f"bureau-{login}", login, role, self.places[DOCUMENTS[0]])
            for each in list(self.places.values())[1:]:
                Grant.objects.create(user=user, role=role, region=each, starts_on=dt.date(2020, 1, 1))
        for each in self.places.values():
            ServiceTerms.objects.create(region=each, notice_due=False, made_by=self.applicant)

    def __getitem__(self, name: str) -> Viewer:
        found = as_staff(User.objects.get(login=f"bureau-{name}"))
        assert found is not None
        return found

    def claimed(self, plan: DocumentPlan, rule: Rule, worked: Worked) -> tuple[Claim, Viewer] | str:
        """The first claim that the facts allow for an event of the rule, by whoever may file it; sent in and
        determined.  Else why there is none."""
        place, why = self.places[plan.id], ""
        made = settle(worked.facts, place)
        for event in worked.facts.rows(rule.table)[:MOST_TRIED]:
            for party in parties(event):
                row = made[party.table, party.id]
                kind = Capacity.WORKER if party.table == "person" else Capacity.AGENT
                viewer = Viewer(self.applicant, kind, worked.on, **{party.table: row.pk})
                groups = (
                    self._groups(party.table, row.pk, place, rule.key, worked.on) if rule.grouping is not None else []
                )
                for holder in groups or [f"{rule.table}:{made[event.table, event.id].pk}"]:
                    try:
                        claim = intake.open_draft(viewer, place, rule.key, holder, on=worked.on)
                    except (ClaimError, PermissionDenied) as error:
                        why = why or str(error)
                        continue  # not theirs, or paid to somebody else of the case
                    return self._determined(claim, viewer, worked), viewer
        return why or "没有这样的行"

    @staticmethod
    def _groups(table: str, pk: int, place: Region, key: str, on: dt.date) -> list[str]:
        """The holders of a rule that looks at several rows together."""
        found = (
            live.of_person(pk, place.pk, on) if table == "person" else live.of_organisation(pk, place.pk, on, only=key)
        )
        return [each.holder for each in found.entitlements if each.key == key]

    def _determined(self, claim: Claim, viewer: Viewer, worked: Worked) -> Claim:
        payee = claim.payee_person or claim.payee_organisation
        assert payee is not None
        used = intake.make_account(
            viewer, holder=payee.name, number=f"6222021{claim.pk:09}", bank="甲银行",
            person=claim.payee_person_id, organisation=claim.payee_organisation_id,
        )  # fmt: skip
        intake.use_account(claim, viewer, used)
        open_ = questions.open_questions(claim, worked.on)
        answers = [{"table": q.table, "complete": False} if not q.column else
                   {"table": q.table, "row": q.row, "column": q.column, "value": None} for q in open_]  # fmt: skip
        if answers:
            intake.save_answers(Claim.objects.get(pk=claim.pk), viewer, answers)
        claim = intake.submit(Claim.objects.get(pk=claim.pk), viewer, on=worked.on)
        review.accept(claim, self["intake"], on=worked.on)
        review.checked(claim, None, on=worked.on)
        return Claim.objects.get(pk=claim.pk)

    def approved(self, claim: Claim, on: dt.date) -> str:
        """Approve it; why not, where that can't be."""
        made = last_of(claim)
        assert made is not None
        for label in opinions.left(claim):
            made = deciding.give_opinion(claim, self["first"], label, True, "年度名单第 3 号")
        if made.outcome != "entitled":
            return f"{made.outcome}：{'、'.join(determine.open_conditions(made))}"
        if made.point is None:
            asked = determine.asked(made)
            assert asked is not None
            determine.determine(
                claim, self["first"], figure=asked.at_most(FIXED), basis=Basis.AUDITED_COST, basis_words="审定", on=on
            )
        review.review(claim, self["first"], on=on)
        for check in Check.objects.filter(claim=claim, verdict="failed", judgement=""):
            running.judge(check, self["watch"], running.Judgement.CLEARED, "已核实")
        review.second_review(Claim.objects.get(pk=claim.pk), self["second"], on=on)
        claim.refresh_from_db()
        return "" if claim.state == State.APPROVED else str(claim.state)

    def refused(self, claim: Claim, label: str) -> str:
        made = last_of(claim)
        assert made is not None
        if label not in determine.open_conditions(made):
            return f"{made.outcome}：{'、'.join(determine.open_conditions(made))}"
        review.refuse(claim, self["first"], label, f"经核查，“{label}”不满足。")
        claim.refresh_from_db()
        return "" if claim.state == State.REFUSED else str(claim.state)

    def objected(self, claim: Claim, viewer: Viewer, on: dt.date) -> str:
        """The applicant objects to the refusal; whoever signed nothing answers."""
        found = disputes.make(claim, viewer, Ground.REFUSAL, "事实有误，请复核。", on=on)
        disputes.answer(found, self["watch"], False, "已核对登记，事实无误。", on=on)
        claim.refresh_from_db()
        return (
            ""
            if claim.state == State.REFUSED and found.claim.movements.filter(event="dismiss").exists()
            else str(claim.state)
        )


def parties(event: Row) -> list[Row]:
    """The people and bodies of an event, the nearest first."""
    found, near = [event], [event]
    for _hop in range(HOPS):
        near = [each for row in near for each in row.values.values() if isinstance(each, Row) and each not in found]
        found += near
    return [each for each in dict.fromkeys(found) if each.table in ("person", "organisation")]


def tried(bureau: Bureau, plan: DocumentPlan, rule: Rule, refused: bool) -> str:
    """Go through the worked cases until one comes out as it should; empty then, else why each did not."""
    why: list[str] = []
    for worked in islice(cases_of(plan.id, rule.id, refused), MOST_CASES):
        try:
            with transaction.atomic():
                said = once(bureau, plan, rule, worked, refused)
                if said:
                    transaction.set_rollback(True)
        except ClaimError as error:
            said = str(error)
        if not said:
            return ""
        why.append(f"{worked.sentence}: {said}")
    return "；".join(why) or "没有这样的例子"


def once(bureau: Bureau, plan: DocumentPlan, rule: Rule, worked: Worked, refused: bool) -> str:
    found = bureau.claimed(plan, rule, worked)
    if isinstance(found, str):
        return found
    claim, viewer = found
    if not refused:
        return bureau.approved(claim, worked.on)
    return bureau.refused(claim, worked.label) or bureau.objected(claim, viewer, worked.on)


@pytest.fixture
def bureau(settings: Any, tmp_path: Any) -> Bureau:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return Bureau()


def test_every_benefit_is_claimed_approved_refused_and_objected_to(bureau: Bureau) -> None:
    wrong, claimed = [], set()
    for plan, rule in benefits():
        for refused, stated in ((False, NOT_APPROVED), (True, NOT_REFUSED)):
            said, why = tried(bureau, plan, rule, refused), reason(plan, rule, stated)
            if (why not in said) if why else said:
                wrong.append(
                    f"{rule.key} {'refused' if refused else 'approved'}: {said or 'it was'}; stated: {why or '—'}"
                )
        if plan.status == "in force" and rule.key not in NOT_REFUSED:
            claimed.add(rule.key)
    assert wrong == [], "\n".join(wrong)
    assert claimed
    refusals = Claim.objects.filter(state=State.REFUSED)
    assert set(refusals.values_list("benefit", flat=True)) == claimed
    assert not refusals.exclude(disputes__answered_at__isnull=False).exists()
    assert set(Claim.objects.filter(state=State.APPROVED).values_list("benefit", flat=True)) == claimed - set(
        NOT_APPROVED
    )


def reason(plan: DocumentPlan, rule: Rule, stated: dict[str, str]) -> str:
    return "没有这个项目" if plan.status == "draft" else stated.get(rule.key, "")


def test_what_is_stated_is_about_benefits_that_there_are() -> None:
    known = {rule.key for _plan, rule in benefits()}
    assert {*NOT_APPROVED, *NOT_REFUSED} <= known
