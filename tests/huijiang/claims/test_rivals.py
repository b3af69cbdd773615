"""Two at once: a rival acts at a named point of somebody's work, over a connection of its own; and many officers
press at the same moment on claims that together exceed a limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.db.models import Sum

from huijiang.access import humans
from huijiang.access.models import Agency
from huijiang.access.viewers import as_agent
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, as_staff
from huijiang.claims import acts, determine, dues, intake, locks, moving, public_notice, review
from huijiang.claims.errors import CannotMove, ClaimError, Excluded, LimitReached, MayNot
from huijiang.claims.models import Act, CapGroup, CapUse, Claim, Due, ServiceTerms
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import State
from huijiang.regions.models import Region
from huijiang.registry.models import MODELS, Coverage, Organisation, Person
from huijiang.sealed import keys
from tests.huijiang.claims.office import ON, Office, office
from tests.huijiang.entitlements.town import DAY, TRAINER, account, town
from tiaowen.identifiers.person import person_check_character

pytestmark = pytest.mark.django_db(transaction=True)
AGENCY = "huzhou-2023-55#agency-reward"


@pytest.fixture
def desk(transactional_db: None, settings: Any, tmp_path: Path) -> Office:
    settings.DATA = tmp_path
    keys.ensure(settings.KEY_FILE)
    return office(town())


def beside(act: Callable[[], Any]) -> Any:
    """Done by somebody else: in a thread with its own connection; gives what it gives, raises what it raises."""

    def alone() -> Any:
        close_old_connections()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(alone).result()


def test_the_same_claim_is_not_approved_twice(desk: Office) -> None:
    """While one second reviewer opens the claim, another has approved it already."""
    claim = desk.second_review()
    locks.RIVALS["before claim"] = lambda: beside(lambda: review.second_review(claim, desk.staff["fourth"], on=ON))
    with pytest.raises(CannotMove):
        review.second_review(claim, desk.staff["second"], on=ON)
    assert Act.objects.filter(claim=claim, kind=Kind.SECOND_REVIEW).count() == 1


def test_the_claim_is_held_while_it_is_worked_on(desk: Office) -> None:
    """A rival who won't wait is turned away at each point after the claim is taken."""
    desk.without_notice()
    claim = desk.second_review(TRAINER)
    turned_away: list[str] = []

    def impatient(point: str) -> None:
        try:
            with transaction.atomic():
                Claim.objects.select_for_update(nowait=True).get(pk=claim.pk)
        except DatabaseError:
            turned_away.append(point)

    points = ("claim held", "before signature", "before approval", "before limits", "limits held", "before dues")
    for each in points:
        locks.RIVALS[each] = lambda point=each: beside(lambda: impatient(point))  # type: ignore[misc]
    review.second_review(claim, desk.staff["second"], on=ON)
    assert tuple(turned_away) == points
    claim.refresh_from_db()
    assert claim.state == State.APPROVED


def test_whoever_signs_under_two_accounts_at_once_signs_once(desk: Office) -> None:
    """First and second reviewer are one human; the second account signs between the check and the signature."""
    number = "33999919900101101"
    humans.know(desk.user("first"), number + person_check_character(number), desk.user("watch"))
    claim = desk.in_review(TRAINER)
    made = moving.last_of(claim)
    assert made is not None
    one = humans.human_of(desk.user("first"))

    def rival() -> None:
        Act.objects.create(
            claim=claim, human=one, user=desk.user("third"), kind="review", determination=made, digest=made.digest
        )

    with transaction.atomic():
        held = Claim.objects.get(pk=claim.pk)
        found = acts.why_not(held, desk.user("first"), Kind.REVIEW)
        assert found == ""
        beside(rival)
        with pytest.raises(MayNot):
            acts.sign(held, desk.staff["first"], Kind.REVIEW, made)


def test_the_last_of_a_limit_goes_to_one(desk: Office) -> None:
    """The certificate's grant is paid once: before our limits are taken, a rival's claim has taken the place."""
    claim = desk.second_review(TRAINER)
    other = desk.submitted()
    want = determined(claim)

    def rival() -> None:
        with transaction.atomic():
            (group,) = locks.limits([want]).values()
            CapUse.objects.create(group=group, claim=other, amount=1)

    locks.RIVALS["before limits"] = lambda: beside(rival)
    with pytest.raises(LimitReached):
        review.second_review(claim, desk.staff["second"], on=ON)
    claim.refresh_from_db()
    assert (claim.state, claim.acts.filter(kind="second_review").exists()) == (State.SECOND_REVIEW, False)


def determined(claim: Claim) -> locks.Wanted:
    made = moving.last_of(claim)
    assert made is not None
    (want,) = determine.wanted(made)
    return want


def test_the_same_due_is_made_once(desk: Office) -> None:
    """Two nightly runs meet on one claim whose notice is over."""
    claim = desk.on_notice(TRAINER)
    locks.RIVALS["before claim"] = lambda: beside(public_notice.take_down)
    public_notice.take_down()
    assert Due.objects.filter(claim=claim, cancelled_at=None).count() == 1
    with pytest.raises(Excluded), transaction.atomic():
        dues.make(locks.claim(claim), ON)


def test_two_that_are_sent_at_once_have_two_numbers(desk: Office) -> None:
    first, second = desk.draft(), desk.draft(TRAINER)
    locks.RIVALS["before number"] = lambda: beside(lambda: intake.submit(second, desk.agent, on=ON))
    intake.submit(first, desk.worker, on=ON)
    numbers = sorted(Claim.objects.values_list("number", flat=True))
    assert [each[:22] for each in numbers] == ["330109-20261123-000001", "330109-20261123-000002"]


def test_two_who_take_the_next_claim_take_two(desk: Office) -> None:
    desk.in_review()
    desk.in_review(TRAINER)
    with transaction.atomic():
        mine = review.take_next(desk.staff["first"])
        theirs = beside(lambda: review.take_next(desk.staff["third"]))
        assert mine is not None
        assert theirs is not None
        assert mine.pk != theirs.pk


OFFICERS, CLAIMS, LEFT = 64, 24, 10


def test_sixty_four_officers_never_exceed_a_limit_together(desk: Office) -> None:
    """湖州: 500 yuan for each worker brought, at most 50,000 yuan an agency and year.  45,000 are used; 24 claims wait,
    64 officers press at once on them: ten are approved, not one more, and no claim twice."""
    claims, officers = agency_claims()
    start = threading.Barrier(OFFICERS, timeout=120)
    told: list[str] = []

    def press(at: int) -> None:
        close_old_connections()
        try:
            start.wait()
            review.second_review(claims[at % CLAIMS], officers[at], on=ON)
            told.append("approved")
        except (ClaimError, MayNot) as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(at,)) for at in range(OFFICERS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(300)
    assert len(told) == OFFICERS
    assert told.count("approved") == LEFT
    assert set(told) == {"approved", "LimitReached", "CannotMove"}
    group = CapGroup.objects.get()
    assert (group.used, group.cap) == (5_000_000, 5_000_000)
    assert Due.objects.filter(cancelled_at=None).aggregate(sum=Sum("amount"))["sum"] == LEFT * 50_000
    assert Claim.objects.filter(state=State.APPROVED).count() == LEFT
    made = review.recalculate(Claim.objects.filter(state=State.SECOND_REVIEW)[0], officers[0], "额度用完", on=ON)
    assert (made.outcome, made.high, made.point) == ("excluded", 0, None)


def agency_claims() -> tuple[list[Claim], list[Viewer]]:
    """24 claims of one agency, reviewed once, and 64 second reviewers."""
    huzhou = Region.objects.get(code="330500")
    told: dict[str, Any] = {"managed_by": huzhou, "source": "登记", "as_of": DAY}
    firm = Organisation.objects.create(
        name="丙厂", kind="企业", place=huzhou, above_scale=True, manufacturing=True, **told
    )
    agency = Organisation.objects.create(name="丁人力", kind="人力资源服务机构", place=huzhou, **told)
    placed = [
        MODELS["placement"].objects.create(
            worker=Person.objects.create(name=f"工{n}", birth_date="1990-01-01", works_in=huzhou, spouse_none=True, **told),
            agency=agency, recruiter_none=True, employer=firm, origin_id="330281", skilled=True, insured_months_stated=12,
            month_12_stated="2026-06-30", started_on="2025-07-01", **told,
        ) for n in range(CLAIMS)
    ]  # fmt: skip
    Coverage.objects.create(table="placement", complete=True, source="登记", as_of=DAY)
    someone = account("huzhou-intake", "收", Role.INTAKE, huzhou)
    ServiceTerms.objects.create(region=huzhou, notice_due=False, made_by=someone)
    owner = account("huzhou-agent", "丁")
    Agency.objects.create(user=owner, organisation=agency, power="owner", starts_on="2020-01-01", appointed_by=someone)
    agent, intake_, first = (
        as_agent(owner),
        as_staff(someone),
        as_staff(account("huzhou-first", "一", Role.REVIEWER, huzhou)),
    )
    assert agent is not None
    assert intake_ is not None
    assert first is not None
    kept = intake.make_account(agent, holder="丁人力", number="6222020000000099", bank="甲", organisation=agency.pk)
    claims = []
    for each in placed:
        claim = intake.open_draft(agent, huzhou, AGENCY, f"placement:{each.pk}", on=ON)
        claim = intake.submit(intake.use_account(claim, agent, kept), agent, on=ON)
        review.accept(claim, intake_, on=ON)
        review.checked(claim, None, on=ON)
        review.review(claim, first, on=ON)
        claims.append(claim)
    made = moving.last_of(claims[0])
    assert made is not None
    assert made.point == 50_000
    want = determined(claims[0])
    with transaction.atomic():
        (group,) = locks.limits([want]).values()
        earlier = Claim.objects.create(
            region=huzhou, benefit=AGENCY, holder="placement:0", payee_organisation=agency, applicant=owner, way="firm"
        )
        CapUse.objects.create(group=group, claim=earlier, amount=want.cap - LEFT * 50_000)
    officers = [as_staff(account(f"huzhou-{n}", "二", Role.SECOND_REVIEWER, huzhou)) for n in range(OFFICERS)]
    return claims, [each for each in officers if each is not None]
