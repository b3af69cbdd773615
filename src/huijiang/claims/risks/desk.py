"""What the office knows of a claim as facts of the engine: the rows of `policies/checks/desk.md`, beside the registry's.

Each table says that it is complete only by the columns through which its rows were looked for: a rule that looks through
another column gets no data, never "there is none".  What nothing reads is not worked out, and no register is asked.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from huijiang import present
from huijiang.access.models import Agency, Binding
from huijiang.claims import determine, moving
from huijiang.claims.connectors import Answer, Outcome, ask
from huijiang.claims.connectors.asking import VERDICT_ALONE
from huijiang.claims.errors import CannotDetermine
from huijiang.claims.models import Account, Act, Exclusive, Relation
from huijiang.claims.models.decision import REPEATED, Kind
from huijiang.claims.risks.blocks import CLAIM, Block
from huijiang.claims.risks.circle import Circle, about, number_of, sent
from huijiang.registry import names
from huijiang.registry.facts import Ties, facts_around
from huijiang.registry.identity import read_document
from huijiang.registry.models import MODELS, IdentityDocument, Person
from huijiang.registry.vocabulary import vocabulary as registered
from huijiang.sealed import found_by
from tiaowen.evaluate.facts import Coverage, Facts, Row
from tiaowen.identifiers.person import RESIDENT
from tiaowen.plan.rules import DocumentPlan
from tiaowen.vocabulary.model import Vocabulary
from tiaowen.vocabulary.types import NONE

Told = dict[tuple[str, str], tuple[str, Any]]
REVOKED: Final = frozenset({"吊销", "注销"})
YEAR: Final = dt.timedelta(days=366)
ON_SENT: Final = frozenset({"death"})
"""Registers asked about the day the claim was sent; the others about the day of the event."""
GROUP: Final = "分组"
FIRMS: Final = "市场监管登记"
MOST_ROWS: Final = 2_000
"""Rows of others that one question of a rule may bring in."""


@dataclass
class Desk:
    """Facts around a claim, and what may be told of each row: (table, row) → (kind, value), codes and ids alone."""

    circle: Circle
    blocks: Sequence[Block]
    words: Vocabulary
    told: Told = field(default_factory=dict)
    registers: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Code of a register → what it said to each question, where more than the verdict may be kept."""
    facts: Facts = field(init=False)
    row: Row = field(init=False)
    beyond: dict[str, int] = field(default_factory=dict)
    """Rules that look at more rows than a check may read."""
    unasked: set[str] = field(default_factory=set)
    """Registers that could not be asked, because no number is registered to ask with."""
    _rows: dict[str, dict[int, Row]] = field(default_factory=dict)
    _occasions: dict[str, Row] = field(default_factory=dict)
    _named: dict[str, set[int]] = field(default_factory=dict)

    def read(self, ties: Ties) -> Desk:
        """Find everything that the blocks look at; `ties`: see `ties_of`."""
        self._name()
        uses, agents, relations = self._uses(), self._agents(), self._relations()
        people = dict.fromkeys([*self.circle.people, *([self.circle.holder] if self.circle.holder else [])])
        found = facts_around(people, self._named, self.circle.on, ties, self.words, MOST_ROWS)
        self.facts, self.beyond, self._rows = found.facts, found.beyond, found.rows
        self.facts.coverage = [self._from_here(each) for each in found.facts.coverage]
        for table, rows in found.rows.items():
            self.told.update({(table, row.id): ("rows", [table, int(row.id)]) for row in rows.values()})
        self._claims()
        self._past()
        self._accounts(uses, agents)
        self._signatures(relations)
        self._papers()
        self._doubles()
        self._places()
        self._answers()
        self._firm()
        return self

    def _looked_at(self, table: str, column: str = "") -> bool:
        return any(each.looks_at(table, column) for each in self.blocks)

    # -- which rows are named -------------------------------------------------------------
    def _name(self) -> None:
        """People and bodies of every claim that is here, and the certificates."""
        for each in (self.circle.claim, *self.circle.others):
            self._call("person", each.payee_person_id, each.beneficiary_person_id)
            self._call("organisation", each.payee_organisation_id, each.applicant_organisation_id)
        self._call("certificate", *self.circle.certificates)

    def _call(self, table: str, *numbers: int | None) -> None:
        self._named.setdefault(table, set()).update(each for each in numbers if each)

    def _uses(self) -> list[Account]:
        """Every account with the claim's number, one for each payee."""
        account = self.circle.claim.account
        if account is None or not self._looked_at("account_use"):
            return []
        same = Account.objects.filter(found_by(Account, "number", account.number.open())).order_by("id")
        found = {(each.person_id, each.organisation_id): each for each in same[:MOST_ROWS]}
        self._call("person", *(person for person, _body in found))
        self._call("organisation", *(body for _person, body in found))
        return list(found.values())

    def _agents(self) -> list[tuple[int, int]]:
        """(body, person) of whoever acts for the body that applied, or that trained."""
        trainer = self.circle.certificate["trainer_id"] if self.circle.certificate else None
        bodies = [each for each in (self.circle.claim.applicant_organisation_id, trainer) if each]
        if not bodies or not self._looked_at("agent"):
            return []
        acting = Agency.objects.filter(organisation__in=bodies, ended_at=None).values_list("organisation_id", "user_id")
        bound = Binding.objects.filter(user__in=[user for _body, user in acting], ended_at=None)
        person_of = dict(bound.values_list("user_id", "person_id"))
        found = sorted({(body, person_of[user]) for body, user in acting if user in person_of})
        self._call("person", *(person for _body, person in found))
        self._call("organisation", *(body for body, _person in found))
        return found

    def _relations(self) -> list[tuple[Relation, str]]:
        """What whoever signed declared, each with the human who did."""
        if not self._looked_at("relation"):
            return []
        humans = dict(Act.objects.filter(claim=self.circle.claim, voided_at=None).values_list("user_id", "human"))
        found = Relation.objects.filter(user__in=humans, ended_at=None).order_by("id")[:MOST_ROWS]
        self._call("person", *(each.person_id for each in found))
        self._call("organisation", *(each.organisation_id for each in found))
        return [(each, humans[each.user_id]) for each in found]

    # -- rows -----------------------------------------------------------------------------
    def _add(self, table: str, pk: object, told: tuple[str, Any] | None = None, **values: object) -> Row:
        """A row; None is unknown and left out."""
        known = {name: value for name, value in values.items() if value is not None}
        row = Row(table, str(pk), known)
        self.facts.tables.setdefault(table, []).append(row)
        if told is not None:
            self.told[table, row.id] = told
        return row

    def _whole(self, table: str, *by: str) -> None:
        self.facts.coverage.append(Coverage(table, by))

    def _row(self, table: str, pk: int | None) -> object:
        """A row of the registry, NONE for nobody; unknown where it is not there."""
        return NONE if pk is None else self._rows.get(table, {}).get(self.circle.one(table, pk))

    def _from_here(self, covers: Coverage) -> Coverage:
        """A register that is complete where the claim is: what it does not have is not there, for this claim."""
        above = self.words.regions.chain(self.circle.claim.region_id)
        return replace(covers, place="") if covers.place in above else covers

    def _claims(self) -> None:
        for each in (self.circle.claim, *self.circle.others):
            pk = number_of(each.holder, "certificate")
            certificate = self._row("certificate", pk)
            paid = self.circle.paid.get(each.pk)
            told = ("matches", {"place": each.region_id, "number": each.number or ""})
            row = self._add(
                CLAIM, each.pk, told if each.pk != self.circle.claim.pk else None,
                benefit=each.benefit, item=each.benefit.partition("#")[2], region=each.region_id,
                occasion=self._occasion(each.holder), event_day=each.event_day or sent(each, self.circle.on),
                sent_on=sent(each, self.circle.on), ahead=self.circle.ahead(each), paid_on=paid[0] if paid else NONE,
                about=self._row("person", about(each)), payee_person=self._row("person", each.payee_person_id),
                payee_body=self._row("organisation", each.payee_organisation_id),
                applicant_body=self._row("organisation", each.applicant_organisation_id),
                certificate=certificate, holder=certificate.values.get("holder") if isinstance(certificate, Row) else certificate,
            )  # fmt: skip
            if each.pk == self.circle.claim.pk:
                self.row = row
        self.row.values.update({name: value for name, value in self._of_the_claim().items() if value is not None})
        self._whole("occasion")
        if self.circle.whole:
            for key in ("occasion", "certificate", "holder", "about", "payee_person"):
                self._whole(CLAIM, key)

    def _occasion(self, holder: str) -> Row:
        if holder not in self._occasions:
            table = holder.partition(":")[0]
            known = registered().tables.get(table)
            pk = number_of(holder, "certificate")
            self._occasions[holder] = self._add(
                "occasion", holder, kind=known.label if known else GROUP, certificate=self._row("certificate", pk)
            )
        return self._occasions[holder]

    def _of_the_claim(self) -> dict[str, object]:
        """Columns that only the claim itself has, those that some block reads."""
        claim = self.circle.claim
        made = moving.last_of(claim)
        found: dict[str, object] = {"determined": made is not None, "for_own_worker": self._own_worker()}
        if self._looked_at(CLAIM, "sex"):
            found["sex"] = self._sex()
        if made is not None and self._looked_at(CLAIM, "amount_holds"):
            try:
                found["amount_holds"] = determine.still_holds(claim, made)
            except CannotDetermine:
                found["amount_holds"] = None
        payee = claim.payee_person or claim.payee_organisation
        if claim.account is not None and payee is not None and self._looked_at(CLAIM, "account_matches"):
            found["account_matches"] = names.matched(claim.account.holder.open()) == payee.name_key
        return found

    def _own_worker(self) -> bool:
        """Whether the body that is paid claims for its own worker, by what is registered."""
        body, worker = self._row("organisation", self.circle.claim.payee_organisation_id), self.row.values.get("about")
        if not isinstance(body, Row) or not isinstance(worker, Row):
            return False
        works = self.facts.tables.get("employment", ())
        return worker.values.get("employer") is body or any(
            each.values.get("worker") is worker and each.values.get("employer") is body for each in works
        )

    def _sex(self) -> str | None:
        """By the seventeenth digit of a resident's number."""
        paper = IdentityDocument.objects.filter(person=self.circle.about, kind=RESIDENT).first()
        said = paper.number.open() if paper is not None else ""
        if len(said) != 18 or not said[16].isdigit():
            return None
        return "男" if int(said[16]) % 2 else "女"

    def _past(self) -> None:
        for at, each in enumerate(self.circle.past):
            pk = number_of(each["holder"], "certificate")
            certificate = self._row("certificate", pk)
            self._add(
                "past_payment", at, ("matches", {"place": each["place"], "number": each["number"]}),
                occasion=self._occasion(each["holder"]), benefit=each["benefit"], certificate=certificate,
                holder=certificate.values.get("holder") if isinstance(certificate, Row) else certificate,
            )  # fmt: skip
        self._whole("past_payment", "occasion")
        self._whole("past_payment", "holder")

    def _accounts(self, uses: list[Account], agents: list[tuple[int, int]]) -> None:
        account = self.circle.claim.account
        if account is None:
            self.row.values["account"] = NONE
        else:
            own = self._add("account", account.uid, ("accounts", str(account.uid)), bank=account.bank)
            self.row.values["account"] = own
            for each in uses:
                self._add("account_use", each.pk, ("accounts", str(each.uid)), account=own,
                          person=self._row("person", each.person_id),
                          body=self._row("organisation", each.organisation_id))  # fmt: skip
        self._whole("account_use", "account")
        for at, (body, person) in enumerate(agents):
            self._add("agent", at, body=self._row("organisation", body), person=self._row("person", person))
        self._whole("agent", "person")

    # -- the office -----------------------------------------------------------------------
    def _signatures(self, relations: list[tuple[Relation, str]]) -> None:
        signers: dict[str, Row] = {}

        def signer(human: str) -> Row:
            if human not in signers:
                signers[human] = self._add("signer", human, in_office=True)
            return signers[human]

        acts = Act.objects.filter(claim=self.circle.claim, voided_at=None).order_by("id")
        for number, act in enumerate(acts, start=1):
            self._add("signature", act.pk, ("signatures", str(act.kind)), claim=self.row, signer=signer(act.human),
                      number=number, paying=act.kind in REPEATED, signed_on=present.day_of(act.at))  # fmt: skip
        self._whole("signature", "claim")
        for relation, human in relations:
            self._add("relation", relation.pk, ("relations", relation.pk), signer=signer(human),
                      person=self._row("person", relation.person_id),
                      body=self._row("organisation", relation.organisation_id))  # fmt: skip
        self._whole("relation", "signer")
        body = self.row.values.get("payee_body")
        if isinstance(body, Row) and self._looked_at("review_share"):
            since = dt.datetime.combine(self.circle.on - YEAR, dt.time(), present.HERE)
            reviews = Act.objects.filter(claim__payee_organisation=self.circle.claim.payee_organisation_id,
                                         kind=Kind.REVIEW, voided_at=None, at__gte=since)  # fmt: skip
            by = Counter(reviews.values_list("human", flat=True).iterator(MOST_ROWS))
            for human, count in sorted(by.items()):
                self._add("review_share", human, ("reviews", {"reviews": count, "total": by.total()}), body=body,
                          signer=signer(human), reviews=count, total=by.total())  # fmt: skip
        self._whole("review_share", "body")

    def _places(self) -> None:
        """Places that stacking rules give to one benefit alone."""
        claim = self.circle.claim
        made = moving.last_of(claim)
        if not self._looked_at("place_wanted"):
            return
        for at, each in enumerate(determine.body_of(made)["essence"]["exclusives"] if made is not None else ()):
            wanted = self._add("place_wanted", at, claim=self.row, group=each["group"], matter=each["event"])
            taken = Exclusive.objects.filter(group=each["group"], event=each["event"], released_at=None).exclude(
                claim=claim
            )
            for other in taken.select_related("claim"):
                match = {"place": other.claim.region_id, "number": other.claim.number or "", "group": other.group}
                self._add("place_taken", other.pk, ("matches", match), wanted=wanted, benefit=other.benefit)
        self._whole("place_wanted", "claim")
        self._whole("place_taken", "wanted")

    # -- people ---------------------------------------------------------------------------
    def _papers(self) -> None:
        if not self._looked_at("paper"):
            return
        papers = list(IdentityDocument.objects.filter(person__in=self.circle.people).order_by("id"))
        for paper in papers:
            birth: object = NONE
            try:
                read = read_document(paper.number.open(), paper.kind)
            except ValueError:
                formed = False
            else:
                formed, birth = True, read.birth_date or NONE
            self._add("paper", paper.pk, ("documents", paper.pk), claim=self.row,
                      person=self._row("person", paper.person_id), well_formed=formed, birth_date=birth)  # fmt: skip
        if {each.person_id for each in papers} == set(self.circle.people):
            self._whole("paper", "claim")
            self._whole("paper", "person")

    def _doubles(self) -> None:
        """The same human, the same certificate, twice in the registry."""
        pk = self.circle.about
        if pk is not None and self._looked_at("namesake"):
            person = Person.objects.get(pk=pk)
            same = Person.objects.filter(name_key=person.name_key, birth_date=person.birth_date)
            same = same.exclude(pk__in=self.circle.every("person", [pk]))
            for other in sorted(same.values_list("pk", flat=True)[:20]) if person.birth_date is not None else ():
                self._add("namesake", other, ("people", other), person=self._row("person", pk))
            if person.birth_date is not None:
                self._whole("namesake", "person")
        if self.circle.certificate and self.circle.certificate["number"]:
            for other in self.circle.twins:
                self._add("same_number", other, ("rows", ["certificate", other]), other=self._row("certificate", other),
                          certificate=self.row.values.get("certificate"))  # fmt: skip
            self._whole("same_number", "certificate")

    # -- other authorities -----------------------------------------------------------------
    def _answers(self) -> None:
        """What registers say of each person, those that some block names."""
        kinds = self.words.codes["register"].codes
        asked = sorted({code for each in self.blocks for code in each.registers} & set(kinds))
        known = True
        for person in self.circle.people if asked else ():
            papers = IdentityDocument.objects.filter(person=person).order_by("id")
            paper = min(papers, key=lambda each: each.kind != RESIDENT, default=None)
            if paper is None:
                known = False
                self.unasked.update(asked)
                continue
            for code in asked:
                day = self.circle.sent if kinds[code] in ON_SENT else self.circle.day
                answer = ask(kinds[code], f"person:{person}", paper.number.open(), day)
                self._add("answer", f"{person}:{code}", self._said(code, kinds[code], answer), register=code,
                          claim=self.row, person=self._row("person", person), found=FOUND[answer.outcome])  # fmt: skip
        if known:
            self._whole("answer", "claim")

    def _said(self, code: str, kind: str, answer: Answer) -> tuple[str, Any] | None:
        """Source and day of an answer; of death, custody and disability nothing."""
        if kind in VERDICT_ALONE:
            return None
        entry = {"register": code, "source": answer.source}
        entry |= {"why": answer.why} if answer.outcome is Outcome.UNAVAILABLE else {"as_of": str(answer.as_of)}
        self.registers.setdefault(code, []).append(entry)
        return None

    def _firm(self) -> None:
        body = self.circle.claim.payee_organisation
        if body is None or not self._looked_at("firm_state"):
            return
        if not body.uscc:
            self.unasked.add(FIRMS)
            return
        answer = ask("business", f"organisation:{body.pk}", body.uscc, self.circle.on)
        self._said(FIRMS, "business", answer)
        if answer.outcome is Outcome.UNAVAILABLE:
            return
        there, said = answer.outcome is Outcome.ANSWERED, answer.facts
        self._add(
            "firm_state", body.pk, body=self._row("organisation", body.pk), registered=there,
            revoked=str(said.get("status", "")) in REVOKED, abnormal=said.get("abnormal") is True,
            dishonest=said.get("dishonest") is True, founded_on=_day(said.get("founded_on")),
            has_staff=self._has_staff(body),
        )  # fmt: skip
        self._whole("firm_state", "body")

    def _has_staff(self, body: Any) -> bool | None:
        if MODELS["insurance"]._default_manager.filter(employer=body).exists():
            return True
        whole = Coverage("insurance")
        closed = any(replace(each, by=()) == whole for each in self.facts.coverage)
        return False if closed else None


def ties_of(words: Vocabulary, plans: Iterable[DocumentPlan]) -> Ties:
    """Through which tables of the registry the blocks look for rows of others."""
    ties, known = Ties.of(words, plans), registered().tables
    through = {edge: rules for edge, rules in ties.through.items() if edge[0] in known}
    return Ties(through, frozenset(each for each in ties.asked if each[0] in known))


FOUND: Final = {Outcome.ANSWERED: True, Outcome.ABSENT: False, Outcome.UNAVAILABLE: None}


def _day(value: object) -> dt.date | None:
    """A day as a register wrote it; None for what is none."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None
