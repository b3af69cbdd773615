"""The desk's list: what waits, the most urgent first, by pages that a hundred thousand cases do not slow down.

Three things keep it quick: a page is found by where the one before ended (deadline and id), never by skipping rows; a
count stops at MOST_COUNTED; points, checks and days of a page are fetched for its rows alone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer
from huijiang.claims import clock, standing_in
from huijiang.claims.access import access_claims
from huijiang.claims.models import Batch, Check, Claim, Determination
from huijiang.claims.models.checks import Verdict
from huijiang.claims.states import RUNNING, State

PER_PAGE: Final = 50
MOST_COUNTED: Final = 1_000
LARGEST_ID: Final = 2**63 - 1
MOST_BATCHES: Final = 50


@dataclass(frozen=True)
class View:
    """One tab: which states, sorted by which column."""

    name: str
    label: Any
    states: tuple[State, ...]
    by: str = "deadline"
    mine: bool = False


WORK: Final = (State.SUBMITTED, State.CHECKING, State.IN_REVIEW, State.SECOND_REVIEW)
VIEWS: Final[dict[str, View]] = {
    each.name: each
    for each in (
        View("mine", gettext_lazy("我的"), WORK, mine=True),
        View("all", gettext_lazy("全科室"), WORK),
        View("correction", gettext_lazy("待补正"), (State.AWAITING_CORRECTION,), "state_since"),
        View("second", gettext_lazy("复核中"), (State.SECOND_REVIEW,)),
        View("notice", gettext_lazy("公示中"), (State.PUBLIC_NOTICE,), "state_since"),
        View("objection", gettext_lazy("异议中"), (State.UNDER_OBJECTION,), "state_since"),
        View("decided", gettext_lazy("批准的"), (State.APPROVED, State.PAYABLE, State.PAID, State.PAYMENT_RETURNED), "state_since"),
        View("over", gettext_lazy("办结的"), (State.REFUSED, State.WITHDRAWN, State.RECOVERED, State.CLOSED), "state_since"),
    )
}  # fmt: skip
assert frozenset(WORK) == RUNNING


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to."""

    number: str = ""
    benefit: str = ""
    state: str = ""
    region: str = ""
    overdue: bool = False
    batch: str = ""
    passed: bool = False


def opening(viewer: Viewer, on: dt.date) -> View:
    """The tab that the desk opens on: one's own work while there is some, else what waits for one's role."""
    working = bool(viewer.roles & set(standing_in.WORKING))
    if working and listed(viewer, VIEWS["mine"], Asked(), on).exists():
        return VIEWS["mine"]
    if viewer.roles == {Role.SECOND_REVIEWER} and listed(viewer, VIEWS["second"], Asked(), on).exists():
        return VIEWS["second"]
    return VIEWS["all"]


def batches(viewer: Viewer, view: View) -> list[tuple[uuid.UUID, str]]:
    """Batches of organisations with claims in a tab, the newest first: for the filter."""
    within = access_claims(viewer).filter(state__in=[str(each) for each in view.states], batch=OuterRef("pk"))
    found = Batch.objects.filter(Exists(within.order_by()), sent_at__isnull=False)
    return [
        (each.uid, _("%(firm)s %(day)s（%(n)s 件）") % {
            "firm": each.organisation.name if each.organisation else "", "day": f"{timezone.localtime(each.sent_at):%m-%d}", "n": each.taken})
        for each in found.select_related("organisation").order_by("-id")[:MOST_BATCHES]
    ]  # fmt: skip


def listed(viewer: Viewer, view: View, asked: Asked, on: dt.date) -> QuerySet[Claim]:
    """The claims of a tab, in no order yet."""
    found = access_claims(viewer).filter(state__in=[str(each) for each in view.states])
    if view.by == "deadline":
        # The clock runs in all of these states, so this loses no row; said, so that the partial index
        # `claim_by_deadline` may be walked in its order and left after a page.
        found = found.filter(deadline__isnull=False)
    if view.mine:
        found = found.filter(assigned_to__in=[viewer.user.pk, *standing_in.covered(viewer.user, on)])
    if asked.number:
        found = found.filter(number__startswith=asked.number.strip().upper())
    if asked.benefit:
        found = found.filter(benefit=asked.benefit)
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.region:
        found = found.filter(region__path__contains=f"{asked.region}/")
    if asked.batch:
        found = found.filter(batch__uid=asked.batch)
    if asked.overdue:
        found = found.filter(deadline__lt=on)
    if asked.passed:
        found = found.filter(all_passed())
    return found


def all_passed() -> Q:
    """快速通道: checks were run and the last word of every one of them is that it passed.  Still decided by people."""
    said = Check.objects.filter(claim=OuterRef("pk"))
    later = Check.objects.filter(claim=OuterRef("claim"), verifier=OuterRef("verifier"), pk__gt=OuterRef("pk"))
    return Q(Exists(said)) & ~Q(Exists(said.exclude(verdict=Verdict.PASSED).filter(~Exists(later))))


def counted(found: QuerySet[Claim]) -> int:
    """How many, up to one more than MOST_COUNTED."""
    return found.order_by().values("pk")[: MOST_COUNTED + 1].count()


def shown(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


@dataclass(frozen=True)
class Page:
    """Some rows and where the next page begins; empty at the end."""

    rows: list[Claim]
    onward: str


def page(found: QuerySet[Claim], view: View, after: str = "") -> Page:
    """The rows after a place in the list (`after`: what `Page.onward` said).  An unreadable place is the beginning."""
    place = _read(view, after)
    if place is not None:
        at, pk = place
        found = found.filter(Q(**{f"{view.by}__gte": at}) & (Q(**{f"{view.by}__gt": at}) | Q(pk__gt=pk)))
    last = Determination.objects.filter(claim=OuterRef("pk")).order_by("-number")
    rows: list[Any] = list(
        found.order_by(view.by, "pk")
        .select_related("region", "payee_person", "payee_organisation", "assigned_to")
        .annotate(point=Subquery(last.values("point")[:1]), low=Subquery(last.values("low")[:1]),
                  high=Subquery(last.values("high")[:1]), outcome=Subquery(last.values("outcome")[:1]))[: PER_PAGE + 1]
    )  # fmt: skip
    onward = ""
    if len(rows) > PER_PAGE:
        rows = rows[:PER_PAGE]
        onward = f"{getattr(rows[-1], view.by).isoformat()}_{rows[-1].pk}"
    return Page(rows, onward)


def _read(view: View, after: str) -> tuple[dt.date | dt.datetime, int] | None:
    at, _sep, pk = after.rpartition("_")
    try:
        read = dt.date.fromisoformat(at) if view.by == "deadline" else dt.datetime.fromisoformat(at)
        number = int(pk)
    except ValueError:
        return None
    hourless = isinstance(read, dt.datetime) and read.tzinfo is None
    return None if hourless or abs(number) > LARGEST_ID else (read, number)


def checks_of(claims: Iterable[Claim]) -> dict[int, tuple[int, int, int]]:
    """Claim → how many checks passed, how many there are, how many failed and nobody judged, of the latest of each."""
    latest = (
        Check.objects.filter(claim__in=[each.pk for each in claims])
        .order_by("claim_id", "verifier", "-id").distinct("claim_id", "verifier").values("pk")
    )  # fmt: skip
    found = (
        Check.objects.filter(pk__in=latest).order_by().values_list("claim_id")
        .annotate(passed=Count("pk", Q(verdict="passed") | Q(judgement="cleared")), of=Count("pk"),
                  open=Count("pk", Q(verdict="failed", judgement="")))
    )  # fmt: skip
    return {claim: (passed, of, open_) for claim, passed, of, open_ in found}


def days_left(claims: Sequence[Claim], on: dt.date) -> dict[int, int]:
    """Claim → working days until its deadline, negative when it is over; not those whose clock stands."""
    running = [each for each in claims if each.deadline is not None]
    found: dict[int, int] = {}
    for region in {each.region for each in running}:
        here = [each for each in running if each.region_id == region.pk]
        days = [each.deadline for each in here if each.deadline is not None]
        said = clock.overrides(region, min([on, *days]), max([on, *days]))
        for each in here:
            assert each.deadline is not None
            first, last = sorted((on, each.deadline))
            worked = sum(clock.is_worked(first + dt.timedelta(days=n), said) for n in range(1, (last - first).days + 1))
            found[each.pk] = worked if on <= each.deadline else -worked
    return found


_BENEFITS = """
WITH RECURSIVE each AS (
    (SELECT benefit FROM claims_claim ORDER BY benefit LIMIT 1)
    UNION ALL
    SELECT (SELECT c.benefit FROM claims_claim AS c WHERE c.benefit > each.benefit ORDER BY c.benefit LIMIT 1)
    FROM each WHERE each.benefit IS NOT NULL
) SELECT benefit FROM each WHERE benefit IS NOT NULL LIMIT 500
"""


def benefits() -> list[str]:
    """The benefits that anybody ever claimed, for the filter: hopping from one to the next in the index
    `claim_of_event`, because DISTINCT would read every row."""
    with connection.cursor() as cursor:
        cursor.execute(_BENEFITS)
        return [row[0] for row in cursor.fetchall()]


def workload(viewer: Viewer, on: dt.date) -> list[dict[str, Any]]:
    """Per officer and state: `count`, `overdue`, `oldest` (submitted when).  `assigned_to` None: nobody has them."""
    found: Any = (
        access_claims(viewer).filter(state__in=[str(each) for each in (*WORK, State.AWAITING_CORRECTION)])
        .order_by("assigned_to__name", "assigned_to", "state").values("assigned_to", "assigned_to__name", "state")
        .annotate(count=Count("pk"), overdue=Count("pk", Q(deadline__lt=on)), oldest=Min("submitted_at"))
    )  # fmt: skip
    return list(found)
