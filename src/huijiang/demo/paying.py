"""What was approved is paid: batches in every state, the bank's answers with all that goes wrong, money taken back."""

from __future__ import annotations

import datetime as dt
import io
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from django.db.models import Q

from huijiang.accounts.viewers import today
from huijiang.claims.models import Claim
from huijiang.claims.states import State
from huijiang.demo.filing import use_new_account
from huijiang.demo.people import Desk
from huijiang.funds import answers, batches, exporting, recoveries, reserving, simulator
from huijiang.funds.models import AnswerLine, Batch, Payment, Recovery, Source
from huijiang.funds.simulator import Manners, Message

MANNERS: Final = Manners(rejected=120, returned=120, late=120, twice=100, unknown=60)
BAD: Final = frozenset({"status", "returned", "late"})  # messages of what did not go at once
SEEDS: Final = 500
PARTS: Final = 3
Ground = Recovery.Ground
FOUND: Final = {"whole": ("R04", Ground.RETIRED), "parts": ("R12", Ground.PAID_TWICE), "waits": ("R15", Ground.SAME_CERTIFICATE),
                "dismissed": ("R02", Ground.DEAD)}  # fmt: skip


class Paying:
    """Three people of finance: the first builds and sends, the second and third sign."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.maker, self.second, self.third = (desk[each].user for each in ("finance", "finance-2", "finance-3"))

    def built(self, source: Source, most: int, year: int | None = None) -> Batch:
        return batches.build(self.desk.region, source, self.maker, most=most, year=year)

    def signed(self, source: Source, most: int, year: int | None = None) -> Batch:
        batch = batches.freeze(self.built(source, most, year), self.maker)
        batches.sign(batch, self.second, "finance")
        return batches.sign(batch, self.third, "release")

    def sent(self, source: Source, most: int, year: int | None = None) -> tuple[Batch, list[Message]]:
        """A batch that went to the bank, and everything that the bank will say about it."""
        batch = self.signed(source, most, year)
        said = list(self._answers([each.content for each in exporting.export(batch, self.maker)], batch.number))
        return batches.send(batch, self.maker), said

    def _answers(self, files: list[bytes], name: str) -> Iterator[Message]:
        for part, content in enumerate(files, start=1):
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "order.xml"
                path.write_bytes(content)
                ordered = simulator.instructions(path)
            yield from _eventful(f"{name}-{part:02d}", ordered, self._spared())

    def _spared(self) -> list[bytes]:
        """References of what the demo's workers and firms are paid: at once, so that they see money that came."""
        found = Payment.objects.filter(
            Q(due__payee_person__in=self.desk.workers) | Q(due__payee_organisation__in=self.desk.agents)
        )
        return [each.encode() for each in found.values_list("transfer", flat=True).distinct()]

    def take(self, said: list[Message]) -> None:
        for each in said:
            answers.take(io.BytesIO(each.content), len(each.content), each.name, self.desk.region, self.maker)

    # -- what comes back ------------------------------------------------------------------
    def again(self, claim: Claim) -> None:
        """After a return the payee names another account, and money is held anew."""
        viewer = next((v for v in (self.desk.workers.get(claim.payee_person_id or 0),
                                   self.desk.agents.get(claim.payee_organisation_id or 0)) if v), self.desk["counter"])  # fmt: skip
        use_new_account(claim, viewer, 2)
        reserving.reserve(list(claim.dues.filter(cancelled_at=None)), self.maker)

    def handled(self) -> None:
        """One of the lines that fit nothing is looked into; the others wait."""
        line = (
            AnswerLine.objects.filter(verdict__in=AnswerLine.OPEN, handled_at=None, answer__region=self.desk.region)
            .order_by("pk")
            .first()
        )
        if line is not None:
            answers.handle(line, self.second, "已电话询问银行：不是本批付款，银行将更正回单。")

    def doubtful(self) -> list[Payment]:
        """Paid money in which something could be found, not the demo's workers': what is paid once before allowances
        (whose claims go on), the greatest sums first."""
        found = Payment.objects.filter(state=Payment.State.PAID, due__claim__state=State.PAID, findings=None,
                                       due__claim__region=self.desk.region).exclude(
            due__claim__payee_person__in=self.desk.workers).select_related("due")  # fmt: skip
        return sorted(found, key=lambda each: (bool(each.due.period), -each.amount, each.pk))[: len(FOUND)]

    def find(self) -> None:
        """Of paid money: one is to come back whole, one in three parts, one finding waits, one is dismissed."""
        paid = self.doubtful()
        for payment, (kind, (rule, ground)) in zip(paid, FOUND.items(), strict=False):
            finding = recoveries.find(payment, f"{rule} 抽查", ground, {}, self.desk["supervisor"].user)
            if kind == "dismissed":
                recoveries.ask_to_dismiss(finding, self.maker, "核对后为同名的另一人，不追回。")
                recoveries.dismiss(finding, self.second)
            elif kind != "waits":
                recoveries.propose(finding, self.maker, payment.amount, "核对登记后发现不应发放，建议追回。")
                recoveries.decide(finding, self.second, today() + dt.timedelta(days=30),
                                  instalments=PARTS if kind == "parts" else 1)  # fmt: skip

    def comes_back(self) -> None:
        """A part of each recovery under way arrives: of one in parts all but the last, of the others the whole."""
        for each in Recovery.objects.filter(closed_at=None, payment__due__claim__region=self.desk.region).order_by(
            "pk"
        ):
            part = each.amount // each.instalments
            if each.instalments == 1 or each.back + 2 * part <= each.amount:
                key = f"演示到账{each.payment.reference}-{each.back // part + 1}"
                recoveries.came_back(each, part, today(), key, self.maker)


def _eventful(name: str, ordered: list[simulator.Taken], spared: list[bytes]) -> list[Message]:
    """The bank's answers under the first seed with which something is rejected, returned and late (as far as there are
    lines enough), and nothing of the spared."""
    wanted = min(3, len(ordered) // 3)
    best: list[Message] = []
    for seed in range(SEEDS):
        said = list(simulator.answers(name, ordered, random.Random(f"{seed} {name}"), today(), MANNERS))
        kinds = {each.name.rsplit(".", 2)[1] for each in said}
        bad = [each for each in said if each.name.rsplit(".", 2)[1] in BAD]
        if any(reference in each.content for each in bad for reference in spared):
            continue
        found = len(kinds & BAD)
        if found >= wanted and any(kind.startswith("booked") for kind in kinds):
            return said
        best = best or said
    return best
