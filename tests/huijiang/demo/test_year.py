"""The demo's year over a small town: every state is there, the books agree, and a second call changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from huijiang import present
from huijiang.access import demo as accounts
from huijiang.access import humans
from huijiang.access.models import Binding
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.audit import seals
from huijiang.claims.clock import is_worked
from huijiang.claims.models import Act, Claim, Determination, Dispute, Movement, Round
from huijiang.claims.states import State
from huijiang.demo import people, year
from huijiang.demo.calendar import ended
from huijiang.entitlements import nightly
from huijiang.entitlements.models import Standing
from huijiang.funds import journal
from huijiang.funds.models import Batch, Closing, FundQuestion, Line, Payment, Recovery, Reservation, Waiting
from huijiang.present import HERE, day_of
from huijiang.registry.models import MODELS, Coverage, Organisation, Person
from huijiang.sealed import keys
from tests.huijiang.claims.test_every_benefit import NOT_APPROVED, NOT_REFUSED, OPEN, benefits
from tests.huijiang.demo.reading import pages_of
from tests.huijiang.entitlements.town import DAY, Town, town

pytestmark = pytest.mark.django_db(transaction=True)
CHIEFS, CERTIFICATES = 9, {"丙学校": 3, "丁学校": 4, "戊学校": 18}


@pytest.fixture
def village(settings: Any, tmp_path: Path) -> Town:
    """A town in which nine were named chief technician, and three schools trained for 25 certificates."""
    settings.DATA, settings.DEMO = tmp_path, True
    keys.ensure(settings.KEY_FILE)
    made = town()
    told: dict[str, Any] = {"managed_by": made.xiaoshan, "source": "登记", "as_of": DAY}
    Coverage.objects.create(table="membership", complete=True, source="登记", as_of=DAY)  # as the demo's county has it
    for number in range(CHIEFS):
        person = Person.objects.create(name=f"林技{number}", birth_date="1980-01-01", employer=made.employer,
                                       works_in=made.xiaoshan, spouse_none=True, **told)  # fmt: skip
        for place in (made.xiaoshan, made.yuyao)[: 1 + (number < people.WORKERS)]:
            MODELS["recognition"].objects.create(
                person=person, employer=made.employer, honour="区首席技师", granted_by=place, recommended_by=place,
                named_on="2026-06-15", ended_on_none=True, **told,
            )  # fmt: skip
    for name, count in CERTIFICATES.items():
        school = Organisation.objects.create(name=name, kind="培训机构", place=made.xiaoshan, **told)
        for number in range(count):
            person = Person.objects.create(
                name=f"{name[0]}生{number}", birth_date="1992-01-01", works_in=made.xiaoshan, **told
            )
            MODELS["certificate"].objects.create(
                holder=person, holder_employer=made.employer, issuer=school, trainer=school, trained_directly=number != 1,
                kind="职业技能等级证书", occupation="焊工", level="技师", issued_on="2026-05-11", first_stated=True, **told,
            )  # fmt: skip
    nightly.run(today())
    return made


def everything() -> dict[str, int]:
    """How many rows each table of the rooms has."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()
            if model.__module__.startswith("huijiang")}  # fmt: skip


def test_a_year_is_lived_once_and_every_state_is_there(village: Town) -> None:
    region = village.xiaoshan
    accounts.make(region, workers=people.workers_of(region), firms=people.firms_of(region))
    told: list[str] = []
    assert year.live(region, told.append, most=18)
    assert told

    states = Counter(Claim.objects.values_list("state", flat=True))
    assert set(states) == {str(each) for each in State}, states
    assert set(Batch.objects.values_list("state", flat=True)) >= {"frozen", "signed", "sent", "settled", "dropped"}
    assert set(Payment.objects.values_list("state", flat=True)) >= {
        "paid",
        "rejected",
        "returned",
        "sent",
        "prepared",
        "dropped",
    }
    assert set(Recovery.objects.values_list("state", flat=True)) == {"recovered", "coming_back"}
    begun = day_of(ended(present.now(), region)) - dt.timedelta(days=359)
    for line in Line.objects.filter(year=begun.year if begun.year < today().year else 1):
        assert (line.frozen_at is not None, line.free) == (True, 0), line
    short = Line.objects.exclude(benefit="").get(dry="pro_rata")
    assert Closing.objects.get(line=short).state == "applied"
    assert Waiting.objects.filter(line=short, ended_at=None).exists()
    assert journal.disagreements() == []

    # Each refusal has its condition; nobody signed twice, and no officer is unknown as a person.
    refused = Movement.objects.filter(target="refused").exclude(event="dismiss")  # back to what was objected to
    assert all(each.condition for each in refused)
    assert [each for each in humans.unknown_signers() if each.login.startswith("demo-")] == []
    for claim in Claim.objects.filter(state="paid"):
        live = Act.objects.filter(claim=claim, voided_at=None).values_list("human", "kind")
        assert len({human for human, _kind in live}) == len(set(live)), "somebody signed as two"
    assert Claim.objects.filter(way="proactive", state="paid").exists()
    assert Claim.objects.filter(way="firm", batch__isnull=False).exists()
    assert all(Determination.objects.filter(claim=each).exists() for each in Claim.objects.filter(state="paid"))

    # A round with its panel: minutes, places, one without a place; and what the night made ready.
    held = Round.objects.get()
    assert (held.settled_at is not None, held.panel.minutes.lines.count()) == (True, held.places.count())
    assert set(held.places.values_list("standing", flat=True)) == {"in", "reserve"}
    assert Claim.objects.filter(round=held, state="refused").exists()
    assert Claim.objects.filter(way="proactive", state="draft", applicant=None).exists()

    # What the demo's workers see: something refused; among them something paid, and something still to claim.
    workers = list(Binding.objects.filter(user__login__startswith="demo-worker").values_list("person", flat=True))
    mine = Claim.objects.filter(payee_person__in=workers)
    assert len({each.payee_person_id for each in mine.filter(state="refused")}) >= 2
    assert mine.filter(state="paid").exists()
    ready = Standing.objects.filter(person__in=workers, state="ready", last_run=None)
    claimed = set(Claim.objects.exclude(state="draft").values_list("benefit", "holder"))
    assert [each for each in ready if (each.benefit, each.holder) not in claimed]

    in_their_months(begun)
    every_benefit_of_the_documents("\n".join(told))

    each_role_reads_it()

    now = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    seals.seal(now)
    assert list(seals.verify()) == []
    counted = everything()
    assert not year.live(region, told.append, most=18)
    assert everything() == counted


READ: dict[str, dict[str, tuple[str, ...]]] = {
    "worker-1": {"claims:my_cases": ("不予支持", "已拨付"), "funds:my_payments": ("已付",), "entitlements:mine": ("可以申领",)},
    "agent-1": {"claims:org_cases": ("已拨付",), "claims:batches": ("上传过的批次",), "funds:org_payments": ("已付",)},
    "reviewer": {"claims:desk_notices": ("公示中",), "claims:desk_rounds": ("结果已定",), "claims:team": ("审核中", "复核中")},
    "supervisor": {"claims:disputes": ("待答复", "已答复")},
    "finance": {
        "funds:lines": ("额度不足", "以后年度的承诺"), "funds:batches": ("已对账",), "funds:answers": ("1 行待处理",),
        "funds:recoveries": ("待核实", "追回中 1", "已办结 1"),
    },
    "finance-bureau": {"funds:batches": ("已对账",), "funds:journal": ("补贴支出", "应收追回款")},
    "auditor": {"funds:batches": ("已对账",), "funds:recoveries": ("待核实",), "claims:team": ("各人在办",)},
    "leader": {"claims:reach": ("已申报或已发",), "claims:panels": ("结果已定",)},
    "assessor": {"claims:panels": ("结果已定",)},
    "audit-admin": {"accounts:events": ("演示数据过了一年",)},
}  # fmt: skip
"""Last part of a sign-in's name → page → what it says of the year."""
READERS_WRITE_NOTHING = ("新开额度", "组批次", "上传回单")


def each_role_reads_it() -> None:
    """Every sign-in opens every page that its navigation offers; those of the year's people tell of it."""
    of_one_place = User.objects.filter(login__regex=r"^demo-[a-z-]+(-1)?$").exclude(
        login__regex="-(huzhou|shangyu|zhejiang)-"
    )
    told = {user.login.removeprefix("demo-"): pages_of(user) for user in of_one_place}
    assert len(told) >= 20
    missing = [(who, page, words) for who, pages in READ.items() for page, some in pages.items() for words in some
               if words not in told[who].get(page, "")]  # fmt: skip
    assert missing == []
    for who in ("auditor", "finance-bureau"):
        assert not [words for page in told[who].values() for words in READERS_WRITE_NOTHING if words in page]


def every_benefit_of_the_documents(told: str) -> None:
    """Claimed, granted, refused with its condition, objected to and answered; what can't be is said, in the rule's words."""
    rules = {rule.key: rule for plan, rule in benefits() if plan.status == "in force"}
    claims = Claim.objects.filter(benefit__in=rules)
    granted = set(claims.filter(movements__event="approve").values_list("benefit", flat=True))
    refused = {
        each.claim.benefit: each for each in Movement.objects.filter(claim__in=claims, target="refused", event="refuse")
    }
    contested = Dispute.objects.filter(claim__in=claims, ground="refusal", against="refused").select_related("claim")
    assert set(refused) == {each.claim.benefit for each in contested} == set(rules) - set(NOT_REFUSED)
    assert set(rules) - granted == set(NOT_APPROVED)
    assert set(claims.values_list("benefit", flat=True)) == set(rules) - set(NOT_REFUSED)
    assert all(each.condition and each.words for each in refused.values())
    for each in contested:
        assert each.answered_at is not None, each
        assert not each.claim.acts.exclude(kind="objection_answer").filter(user=each.answered_by).exists(), each
        owner = Binding.objects.filter(user=each.by, person=each.claim.payee_person)
        assert owner.exists() or each.by.agencies.filter(organisation=each.claim.payee_organisation).exists(), each
    for key, why in NOT_APPROVED.items():
        assert f"“{rules[key].name}”没有核准的办件：" in told
        assert why.removeprefix(OPEN) in told, key
    named = Person.objects.filter(documents__isnull=False, managed_by__in=("330500", "330604"))
    assert {each.isalpha() and 2 <= len(each) <= 5 for each in named.values_list("name", flat=True)} == {True}
    bodies = Organisation.objects.filter(managed_by__in=("330500", "330604")).values_list("name", flat=True)
    assert all(len(each) >= 5 for each in bodies), bodies
    states = {key: set(claims.filter(benefit=key).values_list("state", flat=True)) for key in rules}
    assert all(len(each) >= 2 for key, each in states.items() if key not in NOT_REFUSED), states
    paid = claims.filter(dues__payments__state="paid").values_list("region", flat=True)
    assert set(paid) == {"330109", "330500", "330604"}  # of the province's one benefit a list leaves a condition open


def in_their_months(begun: dt.date) -> None:
    """Events of June and September: claims, money and replies follow month by month, each step after the one before."""
    months = {each.astimezone(HERE).date().replace(day=1) for each in Claim.objects.filter(submitted_at__isnull=False)
              .values_list("submitted_at", flat=True)}  # fmt: skip
    assert len(months) >= 4, months
    assert min(months) >= begun.replace(day=1)
    held = {each.astimezone(HERE).month for each in Reservation.objects.values_list("made_at", flat=True)}
    assert len(held) >= 4, held
    assert len(set(Payment.objects.filter(state="paid").values_list("settled_on__month", flat=True))) >= 3
    now = present.now()
    for claim in Claim.objects.all():
        moments = list(Movement.objects.filter(claim=claim).order_by("number").values_list("at", flat=True))
        assert moments == sorted(moments), claim
        assert all(each <= now for each in moments)
        assert all(is_worked(day_of(each), {}) for each in moments), (claim, moments)
    for batch in Batch.objects.exclude(sent_at=None):
        assert batch.made_at <= batch.frozen_at <= batch.sent_at
        assert all(is_worked(day_of(each), {}) for each in (batch.made_at, batch.frozen_at, batch.sent_at)), batch
    # Only what no source was named for stood without a line: no place's year turned after its next periods were made.
    asked = FundQuestion.objects.values_list("benefit")
    assert not Waiting.objects.filter(line=None).exclude(due__claim__benefit__in=asked).exists()
