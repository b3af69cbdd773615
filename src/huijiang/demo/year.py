"""A year in the demo county: claims of every benefit that has an event, in every state, and their money there and back.

Made whole or not at all; a second call finds it and changes nothing.  The same county on the same day gives the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.db import transaction

from huijiang import audit
from huijiang.audit.models import Event as AuditEvent
from huijiang.claims import intake, public_notice
from huijiang.claims.errors import ClaimError, MayNot
from huijiang.claims.models import Batch, Claim
from huijiang.claims.states import State
from huijiang.demo import money, people
from huijiang.demo.filing import Filing, fresh
from huijiang.demo.paying import Paying
from huijiang.demo.plan import PER_BENEFIT, Ending, Wanted, plan, results, short_of
from huijiang.entitlements.models import Standing
from huijiang.entitlements.models import State as Result
from huijiang.funds import batches
from huijiang.funds.batches import BatchError
from huijiang.funds.models import Payment, Reservation, Source
from huijiang.regions.models import Region

LIVED: Final = "demo.year"
LIST: Final = 8  # claims of a firm's list
Say = Callable[[str], None]


def lived(region: Region) -> bool:
    """Whether the year is there."""
    return AuditEvent.objects.filter(action=LIVED, subject=f"region:{region.code}").exists()


@transaction.atomic
def live(region: Region, say: Say = lambda _: None, most: int = PER_BENEFIT) -> bool:
    """Live the year of a region, once; whether it was lived now.  `most`: claims of a benefit."""
    if lived(region):
        return False
    return Year(people.desk_of(region), say, most).run()


class Year:
    def __init__(self, desk: people.Desk, say: Say, most: int) -> None:
        self.desk, self.say, self.most = desk, say, most
        self.filing = Filing(desk)
        self.ago = 0
        self.on_notice: list[Claim] = []  # their notice is over
        self.standing: list[Claim] = []  # on a notice that has not ended
        self.objected: list[Claim] = []
        self.dismissed: list[Claim] = []
        self.upheld: list[Claim] = []

    def run(self) -> bool:
        found = results(self.desk)
        short = short_of(found)
        sources = money.make(self.desk, short).sources
        self.say("申报与审核 claims and casework")
        self.of_workers()
        self.lists()
        self.filing.announce(self.on_notice)
        public_notice.take_down()  # their money is held first
        for wanted in plan(found, short[0] if short else None, self.most):
            self.claims(wanted)
        self.say("公示与异议 notices and objections")
        self.notices()
        money.relieve(self.desk)
        self.say("拨付与对账 payments and the bank")
        paying = Paying(self.desk)
        for source in sources.values():
            self.pay(paying, source)
        paying.handled()
        paying.recover()
        self.close()
        audit.record(
            None, LIVED, f"region:{self.desk.region.code}", self.desk.region.code, claims=Claim.objects.count()
        )
        return True

    # -- claims -----------------------------------------------------------------------
    def claims(self, wanted: Wanted) -> None:
        """As many of the results as there are endings; one that can't be claimed after all is passed over."""
        left = list(reversed(wanted.endings))
        for each in wanted.results:
            if not left:
                return
            if self.one(each, left[-1]):
                left.pop()

    def one(self, standing: Standing, ending: Ending, batch: Batch | None = None, proactive: bool = False) -> bool:
        """A claim of one result, as far as it goes; whether it went there."""
        self.ago = (self.ago + 5) % 17
        try:
            with transaction.atomic():
                self._one(standing, ending, batch, proactive)
        except (ClaimError, MayNot) as error:
            self.say(f"  {standing.benefit} {standing.holder}: {error}")
            return False
        return True

    def _one(self, standing: Standing, ending: Ending, batch: Batch | None, proactive: bool) -> None:
        filing, ago = self.filing, self.ago
        if proactive:
            filing.draft(standing, proactive=True)
        if ending is Ending.DRAFT:
            if not proactive:
                filing.draft(standing, ago, batch=batch)
            return
        claim = filing.submitted(standing, ago, batch=batch)
        match ending:
            case Ending.SUBMITTED:
                pass
            case Ending.CHECKING:
                filing.accepted(claim, ago)
            case Ending.CORRECTION:
                filing.awaiting_correction(claim, min(ago, 3))
            case Ending.IN_REVIEW:
                filing.in_review(claim, ago)
            case Ending.SECOND_REVIEW:
                filing.second_review(claim, ago)
            case Ending.REFUSED:
                filing.refused(claim, ago)
            case Ending.WITHDRAWN:
                intake.withdraw(claim, filing.filer(standing), "信息有误，撤回后重新申报。")
            case _:
                held = filing.on_notice(claim, ago)
                {Ending.ON_NOTICE: self.standing, Ending.OBJECTED: self.objected, Ending.DISMISSED: self.dismissed,
                 Ending.UPHELD: self.upheld}.get(ending, self.on_notice).append(held)  # fmt: skip

    def of_workers(self) -> None:
        """Each demo worker: one thing refused, one paid, one still to claim; the first one's comes by itself."""
        for number, person in enumerate(sorted(self.desk.workers)):
            live = Standing.objects.filter(person=person, region=self.desk.region, last_run=None).order_by("pk")
            for each in live.filter(state__in=(Result.NEAR, Result.UNKNOWN)):
                if self.one(each, Ending.REFUSED):
                    break
            ready = list(live.filter(state=Result.READY))
            paid = ready[:-1] if len(ready) > 1 else ready[: number % 2]
            for each in paid[:2]:
                self.one(each, Ending.APPROVED, proactive=number < 2)
            if number == 2 and len(ready) > len(paid):
                self.one(ready[-1], Ending.DRAFT, proactive=True)

    def lists(self) -> None:
        """A firm's list: made together, each judged by itself; what is left stays to be claimed."""
        for organisation, agent in sorted(self.desk.agents.items()):
            ready = list(Standing.objects.filter(organisation=organisation, region=self.desk.region, last_run=None,
                                                 state=Result.READY).order_by("benefit", "holder"))  # fmt: skip
            some = ready[: max(1, min(LIST, len(ready) - 1))]
            if not some:
                continue
            batch = Batch.objects.create(region=self.desk.region, organisation_id=organisation, made_by=agent.user,
                                         rows=len(some))  # fmt: skip
            endings = (Ending.APPROVED, Ending.APPROVED, Ending.APPROVED, Ending.IN_REVIEW)
            taken = sum(self.one(each, endings[at % 4], batch) for at, each in enumerate(some))
            batch.taken, batch.sent_at = taken, batch.made_at
            batch.save(update_fields=["taken", "sent_at"])
            audit.record(
                agent.user,
                "claims.batch_sent",
                f"batch:{batch.uid}",
                self.desk.region.code,
                rows=len(some),
                taken=taken,
            )

    # -- notices and objections ---------------------------------------------------------
    def notices(self) -> None:
        filing = self.filing
        filing.announce([fresh(each) for each in (*self.on_notice, *self.dismissed)])
        filing.announce([*self.standing, *self.objected, *self.upheld], ago=1)
        for each in (*self.objected, *self.upheld, *self.dismissed):
            if each.state == State.PUBLIC_NOTICE:
                filing.objected(each)
        for each in self.dismissed:
            filing.answered(each, upheld=False)
        for each in self.upheld:
            filing.answered(each, upheld=True)
        public_notice.take_down()

    # -- money ----------------------------------------------------------------------------
    def pay(self, paying: Paying, source: Source) -> None:
        """Batches of a source in every state, as far as there is enough to pay: one settled after everything that a bank
        says, one of which half is answered, one signed, one locked, one given up; some stay without a batch."""
        waiting = Reservation.objects.filter(line__source=source, state=Reservation.State.HELD).count()
        if not waiting:
            return
        _first, said = paying.sent(source, max(1, waiting * 3 // 4))
        paying.take(said)
        paying.take(said[:1])  # the same file once more
        back = Payment.objects.filter(batch__source=source, state__in=(Payment.State.REJECTED, Payment.State.RETURNED))
        claims = list(dict.fromkeys(each.due.claim_id for each in back.order_by("pk")))
        for pk in claims[:-1]:  # the last waits for its payee
            paying.again(Claim.objects.get(pk=pk))
        try:
            _half, said = paying.sent(source, max(1, waiting // 8))
            paying.take([each for each in said if "booked" in each.name][:1])
            paying.signed(source, 2)
            batches.freeze(paying.built(source, 2), paying.maker)
            batches.drop(paying.built(source, 2), paying.maker, "付款日期选错，作废重组。")
        except BatchError as error:
            self.say(f"  {source.name}: {error}")

    def close(self) -> None:
        """Of what is over, some is filed away."""
        for state in (State.PAID, State.REFUSED):
            over = Claim.objects.filter(region=self.desk.region, state=state, disputes=None).exclude(
                payee_person__in=self.desk.workers).exclude(dues__payments__findings__isnull=False)  # fmt: skip
            for claim in over.order_by("pk").distinct()[:2]:
                self.filing.closed(fresh(claim))
