"""A year in the demo county: claims of every benefit that has an event, each in a few states and together in all, and
their money there and back, month by month under the demo's clock (`present.lived`).

Besides, every benefit of the documents of the county and of the other places of its province is claimed by its worked
cases (`examples`), in the office of the place: those years are lived through together.

Made whole or not at all; a second call finds it and changes nothing.  The same county on the same day gives the same.

| day of a span of thirty | what happens |
|---|---|
| 1 | the night's next periods; the year turns; a round is opened |
| 1–12 | claims come in and are worked on |
| 13 | public notices; visitors object two days later, two days on somebody answers |
| 22 | notices come down; money is held, or waited for |
| 24–28 | a batch is built, signed, sent and answered; what came back is paid again in the next |
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction

from huijiang import audit, present
from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import proactive, public_notice
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Batch, Claim
from huijiang.claims.states import State
from huijiang.claims.tasks import next_periods
from huijiang.demo import ending, money, people
from huijiang.demo.calendar import LAST, Calendar, Span, begun, ended, event_day
from huijiang.demo.examples import Examples, others
from huijiang.demo.filing import Filing, fresh
from huijiang.demo.panel import Judging
from huijiang.demo.paying import FOUND, Paying
from huijiang.demo.plan import BACK, OVER, PER_BENEFIT, Ending, Wanted, days_ago, plan, results, short_of
from huijiang.documents import library
from huijiang.entitlements.models import Standing
from huijiang.entitlements.models import State as Result
from huijiang.funds.batches import BatchError
from huijiang.funds.models import Payment, Reservation, Source
from huijiang.regions.models import Region

LIVED: Final = "demo.year"
LEFT: Final = 6  # payments (and an eighth of all) for the batches that are under way in the end
LIST: Final = 8  # claims of a firm's list
FOUND_IN, ROUND_FROM, ROUND_UNTIL, MORE_IN, SHARED_IN, LISTS_IN = 8, 5, 10, 6, 10, 9
Say = Callable[[str], None]


def lived(region: Region) -> bool:
    """Whether the year is there."""
    return AuditEvent.objects.filter(action=LIVED, subject=f"region:{region.code}").exists()


def live(region: Region, say: Say = lambda _: None, most: int = PER_BENEFIT) -> bool:
    """Live the year of a region, once; whether it was lived now.  `most`: claims of a benefit.

    Raises NotADemo where time may not be another.
    """
    if lived(region):
        return False
    end = ended(present.now(), region)
    desk = people.desk_of(region)
    with present.lived(begun(end)) as clock:
        calendar = Calendar(clock, end, region)
        years = [Year(desk, say, most, calendar, money.NAMED)]
        for number, (place, name) in enumerate(others(region), start=1):
            office = people.office_of(place, name, desk[people.SEEN_BY], number)
            if not place.contains(region):
                people.complete(place)
            years.append(Year(office, say, most, calendar, money.named_of(place)))
        for year in years:
            year.begin()
        for span in calendar.spans:
            say(f"  {span.begins:%Y-%m}")
            span_of_all(years, calendar, span)
        for year in years:
            year.end()
    return True


def span_of_all(years: Sequence[Year], calendar: Calendar, span: Span) -> None:
    """A span of every place.  What the platform does by itself it does once for them all, when each has come that far:
    next periods after every place's year has turned, notices down after every place has put up its own."""
    calendar.on(span.day(0))
    for year in years:
        year.turns(span)
    next_periods(present.today())
    for year in years:
        year.files(span)
    calendar.on(span.day(22))
    public_notice.take_down()
    for year in years:
        year.pays(span)


@dataclass
class Task:
    """One claim to be made in a span or later, of the first of some results that can be claimed."""

    ending: Ending
    results: list[Standing]
    span: int
    batch: Batch | None = None
    proactive: bool = False


@dataclass
class Held:
    """Claims on their way through notices."""

    over: list[Claim] = field(default_factory=list)
    standing: list[Claim] = field(default_factory=list)
    objected: list[Claim] = field(default_factory=list)
    dismissed: list[Claim] = field(default_factory=list)
    upheld: list[Claim] = field(default_factory=list)


class Year:
    """One place's year; those of several places go through the same spans together."""

    def __init__(self, desk: people.Desk, say: Say, most: int, calendar: Calendar, named: money.Named) -> None:
        self.desk, self.say, self.most, self.calendar, self.named = desk, say, most, calendar, named
        self.filing, self.paying = Filing(desk, calendar), Paying(desk)
        self.examples = Examples(self.filing, calendar)
        self.tasks: dict[int, list[Task]] = defaultdict(list)
        self.first: dict[int, int] = {}  # result → the first span after its event
        self.reserved: set[str] = set()  # the benefit of the round, while it is open
        self.turn = 0
        self.found = False
        self.held = Held()  # of the span

    def begin(self) -> None:
        found = results(self.desk)
        short = short_of(found)
        self.calendar.on(self.calendar.spans[0].begins)
        self.money = money.make(self.desk, short, self.named)
        self.plan(found, short[0] if short else "")
        self.judging = self.round_of(found, short[0] if short else "")

    def end(self) -> None:
        made = proactive.prepare(self.desk.region)  # 免申即享: what the last night found, ready to be confirmed
        if made.made:
            self.say(f"  免申即享 made ready: {made.made}")
        for each in self.examples.told():
            self.say(each)
        claims = Claim.objects.filter(region=self.desk.region).count()
        audit.record(None, LIVED, f"region:{self.desk.region.code}", self.desk.region.code, claims=claims)

    # -- what is to come ----------------------------------------------------------------
    def plan(self, found: dict[str, dict[str, list[Standing]]], short: str) -> None:
        for wanted in (*self.of_workers(), *plan(found, short or None, self.most)):
            left = list(wanted.results)
            for each in wanted.endings:
                at = self.next_span(wanted.benefit == short) if each in BACK else LAST
                if each is Ending.APPROVED and not wanted.benefit:
                    at = self.first_span(left[0])  # a worker's: at once, before everybody's, so that it is paid in full
                self.tasks[at].append(Task(each, left, at, proactive=wanted.proactive))
        for organisation in sorted(self.desk.agents):
            self.listed(organisation)

    def next_span(self, from_the_first: bool) -> int:
        """Spread over the year, in turn; of the benefit whose line runs dry somebody waits from the first span on."""
        self.turn += 1
        return 0 if from_the_first and self.turn % 3 == 1 else self.turn * 5 % LAST

    def of_workers(self) -> list[Wanted]:
        """Each demo worker: one thing refused, one paid, one still to claim; the first one's comes by itself."""
        wanted = []
        for number, person in enumerate(sorted(self.desk.workers)):
            live_ = Standing.objects.filter(person=person, region=self.desk.region, last_run=None).order_by("pk")
            missed = tuple(live_.filter(state__in=(Result.NEAR, Result.UNKNOWN)))
            wanted.append(Wanted("", (Ending.REFUSED,), missed))
            ready = list(live_.filter(state=Result.READY))
            paid = ready[:-1] if len(ready) > 1 else ready[: number % 2]
            wanted += [Wanted("", (Ending.APPROVED,), (each,), proactive=number < 2) for each in paid[:2]]
            if number == 2 and len(ready) > len(paid):
                wanted.append(Wanted("", (Ending.DRAFT,), (ready[-1],), proactive=True))
        return wanted

    def listed(self, organisation: int) -> None:
        """A firm's list: made together, each judged by itself; what is left stays to be claimed."""
        ready = list(Standing.objects.filter(organisation=organisation, region=self.desk.region, last_run=None,
                                             state=Result.READY).order_by("benefit", "holder"))  # fmt: skip
        some = ready[: max(1, min(LIST, len(ready) - 1))]
        if not some:
            return
        at = min(LAST, max(LISTS_IN, *(self.first_span(each) for each in some)))
        endings = (Ending.APPROVED, Ending.APPROVED, Ending.APPROVED, Ending.IN_REVIEW)
        batch = Batch(region=self.desk.region, organisation_id=organisation, made_by=self.desk.agents[organisation].user,
                      rows=len(some))  # fmt: skip
        self.tasks[at] += [Task(endings[n % 4], [each], at, batch) for n, each in enumerate(some)]

    def round_of(
        self, found: dict[str, dict[str, list[Standing]]], short: str
    ) -> tuple[int, str, list[Standing]] | None:
        """The span and benefit of a round with a panel: of open amount where there is one, with entrants enough."""
        best: list[tuple[bool, int, str, list[Standing]]] = []
        for benefit, states in found.items():
            ready = states.get(Result.READY, [])
            spans = sorted(self.first_span(each) for each in ready)
            if benefit != short and len(spans) >= 4 and spans[3] <= ROUND_UNTIL:
                at = max(ROUND_FROM, spans[3])
                able = [each for each in ready if self.first_span(each) <= at]
                best.append((all(each.low == each.high for each in able[:4]), at, benefit, able))
        return min(best, key=lambda each: each[:3])[1:] if best else None

    def first_span(self, standing: Standing) -> int:
        if standing.pk not in self.first:
            day = event_day(self.desk.region.code, standing)
            self.first[standing.pk] = self.calendar.span_of(day) if day else 0
        return min(self.first[standing.pk], LAST)

    # -- a span ---------------------------------------------------------------------------
    def turns(self, span: Span) -> None:
        if present.today().year > self.money.year:
            self.money.turn()
        if span.number == MORE_IN:
            self.money.add()

    def files(self, span: Span) -> None:
        """What comes in and is worked on, up to the answers to what was objected on notices."""
        self.held = Held()
        if self.judging is not None and self.judging[0] == span.number:
            self.held.over += self.judged(span)
        self.claims(span, self.held)
        self.examples.claims(span, self.held)
        self.notices(span, self.held)

    def pays(self, span: Span) -> None:
        if span.number == LAST:
            self.noticed_last(self.held)
        self.pay(span)
        self.reserved.clear()

    def judged(self, span: Span) -> list[Claim]:
        assert self.judging is not None
        _at, benefit, entrants = self.judging
        try:
            with transaction.atomic():
                won = Judging(self.filing, benefit, span).run(entrants)
        except (ClaimError, MayNot) as error:
            self.calendar.clock.again()
            self.say(f"  “{self.named_as(benefit)}”没有评审：{error}")
            return []
        self.reserved.add(benefit)
        return won

    def claims(self, span: Span, held: Held) -> None:
        for number, task in enumerate(self.tasks.pop(span.number, [])):
            if not self.claimed(span, number, task, held) and span.number < LAST:
                later = [self.first_span(each) for each in task.results]
                at = max(span.number + 1, min(later, default=LAST))
                self.tasks[min(at, LAST)].append(task)

    def claimed(self, span: Span, number: int, task: Task, held: Held) -> bool:
        """The first of the results that can be claimed now; one that can't be will be tried again at the end."""
        able = [
            each for each in task.results if self.first_span(each) <= span.number and each.benefit not in self.reserved
        ]
        for each in able:
            task.results.remove(each)
            ago = dt.timedelta(days=days_ago(task.ending, number))
            day = span.day(1 + number % 6) if task.ending in OVER else self.calendar.last - ago
            self.filing.begins(max(day, span.begins))
            if self.one(each, task, held):
                return True
            self.first[each.pk] = LAST
            if span.number < LAST:
                task.results.append(each)
        return False

    def one(self, standing: Standing, task: Task, held: Held) -> bool:
        """A claim of one result, as far as it goes; whether it went there."""
        try:
            with transaction.atomic():
                ending.reached(self.filing, standing, task.ending, self.batch_of(task), task.proactive, held)
        except (ClaimError, MayNot) as error:
            self.calendar.clock.again()
            if self.calendar.spans[LAST].begins <= self.filing.began:
                self.say(f"  “{self.named_as(standing.benefit)}”的一件：{error}")
            return False
        return True

    def named_as(self, benefit: str) -> str:
        return library.placed(self.desk.region.code).rule(benefit).name

    def batch_of(self, task: Task) -> Batch | None:
        """The firm's list, sent when its first claim is."""
        if task.batch is not None and task.batch._state.adding:
            task.batch.save()
            task.batch.refresh_from_db()
            task.batch.sent_at = task.batch.made_at
        if task.batch is not None:
            task.batch.taken = (task.batch.taken or 0) + 1
            task.batch.save(update_fields=["taken", "sent_at"])
        return task.batch

    # -- notices and objections ---------------------------------------------------------
    def notices(self, span: Span, held: Held) -> None:
        filing = self.filing
        filing.announce([fresh(each) for each in (*held.over, *held.dismissed)], span.day(13), 300)
        filing.later(span.day(15), 60)
        for each in held.dismissed:
            if fresh(each).state == State.PUBLIC_NOTICE:
                filing.objected(each)
        filing.later(span.day(17), 90)
        for each in held.dismissed:
            filing.answered(each, upheld=False)

    def noticed_last(self, held: Held) -> None:
        """What stands on a notice in the end, and what was objected to there."""
        filing, day = self.filing, self.calendar.workday_before_last()
        filing.announce([*held.standing, *held.objected, *held.upheld], day, 0)
        filing.later(day, 150)
        for each in (*held.objected, *held.upheld):
            if fresh(each).state == State.PUBLIC_NOTICE:
                filing.objected(each)
        filing.later(day, 330)
        for each in held.upheld:
            filing.answered(each, upheld=True)

    # -- money ----------------------------------------------------------------------------
    def pay(self, span: Span) -> None:
        self.calendar.on(span.day(23))
        if span.number == SHARED_IN:
            self.money.share_out((self.desk["finance-2"].user, self.desk["finance-3"].user))
        self.money.decide()
        for source in self.money.sources.values():
            for year in (self.money.year - 1, self.money.year):
                self.batches(span, source, year)
        self.calendar.on(span.day(28), 120)
        if self.found:
            self.paying.comes_back()
        elif span.number == LAST - 1 or (span.number >= FOUND_IN and len(self.paying.doubtful()) == len(FOUND)):
            self.paying.find()
            self.found = True
        if span.number == LAST:
            self.money.ask_for_more()
            self.paying.handled()
            ending.close(self.desk, self.filing)

    def batches(self, span: Span, source: Source, year: int) -> None:
        """All that is held goes in one batch; in the last span batches stand in every state."""
        held = Reservation.objects.filter(
            line__source=source, line__year=year, state=Reservation.State.HELD, due__claim__state=State.PAYABLE
        )
        waiting = list(held.order_by("due__due_on", "due").values_list("due__payee_person", flat=True))
        last = span.number == LAST
        if not waiting or span.number == LAST - 1:  # the last span has the money of two, for batches in every state
            return
        self.calendar.on(span.day(24), 60)
        most = self.in_the_last(waiting) if last else len(waiting)
        try:
            _batch, said = self.paying.sent(source, most, year)
        except BatchError as error:
            self.say(f"  {source.name} {year}: {error}")
            return
        self.calendar.on(span.day(27), 30)
        self.paying.take(said)
        if last:
            self.paying.take(said[:1])  # the same file once more
        self.again(source, spared=last)
        if last:
            ending.batches_under_way(self.paying, source, len(waiting) - most, self.calendar, self.say)

    def in_the_last(self, waiting: Sequence[int | None]) -> int:
        """How many of those who wait, in a batch's order, the last full one pays: some are left for the batches under
        way, but none of the demo's workers, who are to see their money come."""
        workers = [at for at, payee in enumerate(waiting, start=1) if payee in self.desk.workers]
        return max(1, len(waiting) - LEFT - len(waiting) // 8, *workers)

    def again(self, source: Source, spared: bool) -> None:
        """Whoever's money came back names another account; of the last ones one is still waited for."""
        back = Payment.objects.filter(batch__source=source, due__claim__state=State.PAYMENT_RETURNED)
        claims = list(dict.fromkeys(each.due.claim_id for each in back.order_by("pk")))
        for pk in claims[:-1] if spared else claims:
            self.paying.again(Claim.objects.get(pk=pk))
