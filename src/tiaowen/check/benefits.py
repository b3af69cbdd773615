"""`benefit`, `treatment`, `duty` and `risk` blocks become rules of the plan."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tiaowen.check.amounts import AmountReader, code_rows
from tiaowen.check.closures import closure_of
from tiaowen.check.context import BlockRefused, Lowering
from tiaowen.check.limits import LimitReader, population
from tiaowen.check.schedules import read_instalments, read_schedule
from tiaowen.check.typer import TypeProblem, Typer
from tiaowen.language.blocks import Block
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import parse_deadline, parse_share, parse_threshold
from tiaowen.language.yamltext import Mapping, Node, Scalar, Sequence
from tiaowen.plan import terms as t
from tiaowen.plan.amounts import Amount, Fixed
from tiaowen.plan.rules import Condition, Grouping, Joined, Rule, Share, Threshold, Words
from tiaowen.problems import nearest
from tiaowen.vocabulary.model import Table
from tiaowen.vocabulary.types import BOOL, DATE, Type
from tiaowen.vocabulary.units import UnitError

BENEFIT_KEYS = {
    "id", "name", "for", "for each", "counting", "joined with", "dated", "pays", "beneficiary",
    "applicant", "in kind", "where", "threshold", "amount", "schedule", "instalments", "limits",
    "share", "counts from", "fund", "stands in for", "anywhere", "because", "apply within",
}  # fmt: skip
TREATMENT_KEYS = {
    "id", "name", "for", "joined with", "dated", "to", "also to", "where", "gives", "purposes",
    "modality", "anywhere", "because", "stands in for",
}  # fmt: skip
DUTY_KEYS = {"id", "name", "who", "period", "where", "must", "strength", "anywhere", "because"}
RISK_KEYS = {"id", "name", "rule", "for", "checks", "where", "finds", "tells", "does", "after payment", "because"}
MODALITIES = ("shall", "may", "priority")


@dataclass
class RuleReader:
    """Reads one block over one event table."""

    lowering: Lowering
    block: Block
    table: Table
    typer: Typer = field(init=False)
    joined: tuple[Joined, ...] = ()
    rule: Rule = field(init=False)

    def __post_init__(self) -> None:
        self.typer = self.lowering.typer()
        self.typer.bind(self.table.id, self.table.id)
        doc, block = self.lowering.document, self.block
        self.rule = Rule(
            block.id, block.kind, block.name, doc.id, block.clause.label, self.table.id, None, (),
            block.spot("id"), effective=doc.effective, expires=doc.expires,
            by_application=doc.decides in ("application date", "check date"), unit_noun=self.table.noun,
        )  # fmt: skip

    # -- parts shared by the kinds ------------------------------------------------
    def read_joined(self) -> None:
        node = self.block.body.get("joined with")
        if node is None:
            return
        if not isinstance(node, Mapping):
            self.lowering.refuse("not-a-map", self.block.spot("joined with", node), key="joined with")
            return
        found = []
        for name, link in node:
            table = self.lowering.table(self.block, "joined with", name)
            if name in self.typer.names:
                self.lowering.refuse("joined-itself", self.block.spot("joined with", link), name=name)
            slot = self.typer.bind(name, table.id)
            term = self.lowering.term(self.typer, self.block, "joined with", link)
            if term.type.kind != "bool":
                self.lowering.refuse("not-a-condition", self.block.spot("joined with", link), found=term.type.words)
            closure = closure_of(table, slot, term)
            found.append(Joined(name, table.id, slot, term, table.label, closure))
        self.joined = tuple(found)

    def read_where(self) -> None:
        slots = frozenset(j.slot for j in self.joined)
        node = self.block.body.get("where")
        self.rule.conditions = self.lowering.conditions(self.typer, self.block, node, slots, "where")
        if not self.rule.conditions:
            self.lowering.refuse("no-conditions", self.block.spot("where"))
        self._check_placed()

    def _check_placed(self) -> None:
        """A rule that no condition places would pay people of any region."""
        if "anywhere" in self.block.body.entries:
            if not self.block.text("anywhere").startswith("because "):
                self.lowering.refuse("anywhere-because", self.block.spot("anywhere"))
            return
        if self.block.kind == "treatment":
            return  # a title or a diploma holds wherever it was earned
        if not any(_places(c.term) for c in self.rule.conditions):
            self.lowering.say("not-placed", self.block.spot("where"))

    def read_date(self) -> None:
        if "dated" in self.block.body.entries:
            node = self.block.body.get("dated")
            term = self.lowering.term(self.typer, self.block, "dated", node)
            if term.type.kind != "date":
                self.lowering.refuse(
                    "types-differ", self.block.spot("dated", node), left="date",
                    right=term.type.words,
                )  # fmt: skip
            self.rule.date = term
        elif self.table.event:
            column = self.table.columns[self.table.event]
            self.rule.date = t.Column(column.type, t.EVENT, (), column.name, self.table.id, self.table.id)

    def role(self, key: str) -> t.Term | None:
        node = self.block.body.get(key)
        if node is None:
            return None
        term = self.lowering.term(self.typer, self.block, key, node)
        if term.type.kind not in ("row", "region"):
            self.lowering.refuse("role-type", self.block.spot(key, node), found=term.type.words)
        return term

    # -- thresholds ---------------------------------------------------------------
    def read_thresholds(self) -> None:
        node = self.block.body.get("threshold")
        if node is None:
            return
        if not isinstance(node, Mapping):
            self.lowering.refuse("not-a-map", self.block.spot("threshold", node), key="threshold")
            return
        self.rule.thresholds = tuple(self._threshold(label, value) for label, value in node)

    def _threshold(self, label: str, node: Node) -> Threshold:
        spot = self.block.spot(f"threshold · {label}", node)
        if not isinstance(node, Scalar):
            self.lowering.refuse("not-a-sentence", spot, key=label)
            raise AssertionError
        try:
            sentence = parse_threshold(node.text, spot)
            figure = self.lowering.vocabulary.units.figure(sentence.least)
            reader = AmountReader(self.lowering, self.typer, self.block, self.table, True, "", False)
            persons = reader._persons(sentence.least.unit, spot)
            keys = tuple(self.typer.term(key, replace(spot, text=node.text)) for key in sentence.keys)
        except (ExpressionError, TypeProblem) as error:
            self.lowering.problems.append(error.problem)
            raise BlockRefused from error
        except UnitError as error:
            self.lowering.say(error.code, spot, **error.values)
            raise BlockRefused from error
        labels = [c.label for c in self.rule.conditions]
        for name in sentence.ignoring:
            if name not in labels:
                self.lowering.refuse(
                    "unknown-label", spot, name=name, hint=nearest(name, labels),
                    known="、".join(labels),
                )  # fmt: skip
        closure = population(self.rule, self.table, keys, whole_year=True)
        return Threshold(
            label, figure.value, persons, keys, frozenset(sentence.ignoring), closure,
            sentence.least.unit, spot,
        )  # fmt: skip


def _places(term: t.Term) -> bool:
    """Whether a condition ties the rule to a region."""
    for each in t.walk(term):
        if isinstance(each, t.InRegion | t.Eligible):
            return True
        if isinstance(each, t.Comparison) and each.left.type.kind == "region":
            return True
    return False


def asked_by(rule: Rule) -> tuple[str, ...]:
    """The benefits whose verdict a rule's conditions ask for."""
    conditions = [*rule.conditions, *rule.must]
    if rule.schedule is not None:
        conditions += rule.schedule.conditions
    found = [
        term.benefit for condition in conditions for term in t.walk(condition.term) if isinstance(term, t.Eligible)
    ]
    return tuple(dict.fromkeys(found))


def lower_benefit(lowering: Lowering, block: Block) -> Rule:
    """A benefit.  Raises BlockRefused after recording every problem that stopped it."""
    grouped = "for each" in block.body.entries
    needed = ("id", "name", "pays", "where")
    lowering.check_keys(block, BENEFIT_KEYS, needed)
    if grouped:
        if "threshold" in block.body.entries:
            lowering.refuse("threshold-in-group", block.spot("threshold", block.body.get("threshold")))
        table = lowering.table(block, "counting", block.text("counting"))
    else:
        if "for" not in block.body.entries:
            lowering.refuse("missing-key", block.spot(), key="for")
        table = lowering.table(block, "for", block.text("for"))
    reader = RuleReader(lowering, block, table)
    rule = reader.rule
    if not table.event and "dated" not in block.body.entries:
        lowering.refuse("no-event", block.spot("for"), table=table.id)
    reader.read_joined()
    reader.read_date()
    rule.since_year = block.text("counts from") == "start of year"
    if block.text("counts from") not in ("", "start of year"):
        lowering.refuse("choice", block.spot("counts from"), found=block.text("counts from"),
                        known="start of year")  # fmt: skip
    reader.read_where()
    rule.joined = reader.joined
    _deadline(reader)
    _roles(reader)
    if grouped:
        _grouping(reader)
    reader.read_thresholds()
    _payment(reader, grouped)
    rule.stands_in_for = block.text("stands in for")
    rule.fund = block.text("fund") or lowering.document.fund
    _money_from_somewhere(lowering, block, rule)
    rule.slots = reader.typer.next_slot
    rule.asks = asked_by(rule)
    rule.unverified = tuple(dict.fromkeys(reader.typer.mentions))
    return rule


def _deadline(reader: RuleReader) -> None:
    """`apply within: 12 个月 of certificate.issued_on`: a condition on the day asked."""
    node = reader.block.body.get("apply within")
    if node is None:
        return
    spot = reader.block.spot("apply within", node)
    try:
        sentence = parse_deadline(node.text if isinstance(node, Scalar) else "", spot)
        date = reader.typer.term(sentence.of, replace(spot, text=reader.block.text("apply within")))
        within = reader.typer.term(sentence.within, spot)
    except (ExpressionError, TypeProblem) as error:
        reader.lowering.problems.append(error.problem)
        raise BlockRefused from error
    if date.type.kind != "date" or within.type.name not in ("months", "days"):
        reader.lowering.refuse("types-differ", spot, left="date", right=date.type.words)
    term = t.StillOpen(BOOL, t.Later(date.type, date, within, 1))
    text = reader.block.text("apply within")
    reader.rule.conditions += (Condition("申领期限", term, text, spot),)


def _roles(reader: RuleReader) -> None:
    rule, block, lowering = reader.rule, reader.block, reader.lowering
    pays = block.text("pays")
    rule.pays_text = pays
    if pays in ("undetermined", "nobody"):
        rule.pays = pays
        rule.in_kind = block.text("in kind")
        if pays == "nobody" and not rule.in_kind:
            lowering.refuse("nobody-in-kind", block.spot("pays"))
    else:
        term = reader.role("pays")
        assert term is not None
        rule.pays = term
    rule.beneficiary = reader.role("beneficiary")
    rule.applicant = reader.role("applicant")


def _grouping(reader: RuleReader) -> None:
    rule, block, lowering = reader.rule, reader.block, reader.lowering
    node = block.body.get("for each")
    if not isinstance(node, Sequence) or not node.items:
        lowering.refuse("not-a-list", block.spot("for each", node), key="for each")
        return
    keys = tuple(lowering.term(reader.typer, block, "for each", item) for item in node.items)
    texts = tuple(item.text for item in node.items if isinstance(item, Scalar))
    rule.grouping = Grouping(keys, population(rule, reader.table, keys, whole_year=True), texts)
    if isinstance(rule.pays, t.Term) and not _fixed_by(rule.pays, keys):
        lowering.refuse("pays-varies", block.spot("pays", block.body.get("pays")),
                        pays=block.text("pays"), keys="、".join(texts))  # fmt: skip


def _fixed_by(term: t.Term, keys: tuple[t.Term, ...]) -> bool:
    """Whether a path starts at one of the group's keys."""
    for key in keys:
        if term == key:
            return True
        if isinstance(key, t.RowOf) and isinstance(term, t.RowOf | t.Column):
            if term.slot == key.slot and term.hops[: len(key.hops)] == key.hops:
                return True
    return False


def _payment(reader: RuleReader, grouped: bool) -> None:
    rule, block, lowering = reader.rule, reader.block, reader.lowering
    rule.schedule = read_schedule(lowering, reader.typer, block, reader.joined)
    every = rule.schedule.every if rule.schedule else ""
    spread = bool(rule.schedule and rule.schedule.spread)
    amounts = AmountReader(lowering, reader.typer, block, reader.table, grouped, every, spread)
    reader.typer.in_schedule = bool(every) and not spread  # `month` is the instalment's month
    if "instalments" in block.body.entries:
        if "amount" in block.body.entries or rule.schedule or grouped:
            lowering.refuse("amount-or-instalments", block.spot("instalments"))
        rule.instalments = read_instalments(lowering, reader.typer, block, amounts)
    elif "amount" not in block.body.entries:
        lowering.refuse("missing-key", block.spot(), key="amount")
    else:
        rule.amount = amounts.read(block.body.entries["amount"])
        if amounts.same_as:
            rule.amount = Fixed(0, None, f"same as {amounts.same_as}")
    reader.typer.in_schedule = False
    limits = LimitReader(lowering, reader.typer, block, rule, reader.table)
    rule.limits = limits.read(block.body.get("limits"))
    if amounts.per_person and reader.table.noun not in ("人", "名") and not grouped:
        _one_per_person(reader)
    _shares(reader)


def _one_per_person(reader: RuleReader) -> None:
    """元/人 over rows that are not persons needs a limit per person (or a question)."""
    rule, table = reader.rule, reader.table
    for limit in rule.limits:
        for key in limit.keys:
            if isinstance(key, t.RowOf) and key.hops[-1:] == (table.person,):
                return
    reader.lowering.warn("per-person-limit", reader.block.spot("amount"), noun=table.noun,
                         person=f"{table.id}.{table.person}")  # fmt: skip


def _shares(reader: RuleReader) -> None:
    node = reader.block.body.get("share")
    if node is None:
        return
    if not isinstance(node, Mapping):
        reader.lowering.refuse("not-a-map", reader.block.spot("share", node), key="share")
        return
    found = []
    for label, value in node:
        spot = reader.block.spot(f"share · {label}", value)
        try:
            sentence = parse_share(value.text if isinstance(value, Scalar) else "", spot)
            to = reader.typer.term(sentence.to, spot)
        except (ExpressionError, TypeProblem) as error:
            reader.lowering.problems.append(error.problem)
            raise BlockRefused from error
        numerator, denominator = sentence.percent.value.scaleb(-2).as_integer_ratio()
        if numerator > denominator:
            reader.lowering.refuse("share-over", spot, found=sentence.percent.digits)
        found.append(Share(label, numerator, denominator, sentence.up_to, to))
    reader.rule.shares = tuple(found)


def _money_from_somewhere(lowering: Lowering, block: Block, rule: Rule) -> None:
    funds = lowering.vocabulary.codes.get("fund")
    if not rule.fund:
        lowering.say("no-fund", block.spot())
    elif rule.fund != "undetermined" and funds is not None and rule.fund not in funds.codes:
        lowering.say("unknown-code", block.spot("fund"), found=rule.fund, list="fund",
                     known="、".join(funds.codes), hint=nearest(rule.fund, funds.codes))  # fmt: skip


def lower_treatment(lowering: Lowering, block: Block) -> Rule:
    lowering.check_keys(block, TREATMENT_KEYS, ("id", "name", "for", "to", "where", "gives", "modality"))
    table = lowering.table(block, "for", block.text("for"))
    reader = RuleReader(lowering, block, table)
    reader.read_joined()
    reader.read_date()
    reader.read_where()
    rule = reader.rule
    rule.joined = reader.joined
    rule.to = reader.role("to")
    also = block.body.get("also to")
    items = also.items if isinstance(also, Sequence) else [also] if also is not None else []
    rule.also_to = tuple(lowering.term(reader.typer, block, "also to", item) for item in items)
    rule.gives = _words(reader, block.body.entries["gives"])
    rule.purposes = tuple(block.words("purposes"))
    rule.modality = block.text("modality")
    rule.stands_in_for = block.text("stands in for")
    if rule.modality not in MODALITIES:
        lowering.refuse("choice", block.spot("modality"), found=rule.modality,
                        known="、".join(MODALITIES))  # fmt: skip
    rule.slots = reader.typer.next_slot
    rule.asks = asked_by(rule)
    return rule


def _words(reader: RuleReader, node: Node) -> Words:
    if isinstance(node, Scalar):
        return Words(node.text)
    if not isinstance(node, Mapping) or "by" not in node.entries:
        reader.lowering.refuse("not-a-sentence", reader.block.spot("gives", node), key="gives")
        raise AssertionError
    by = node.entries["by"]
    term = reader.lowering.term(reader.typer, reader.block, "gives · by", by)
    rows, otherwise = code_rows(
        reader.lowering, reader.block, "gives", node, term,
        lambda value, _: value.text if isinstance(value, Scalar) else "",
    )  # fmt: skip
    name = by.text.rsplit(".", 1)[-1] if isinstance(by, Scalar) else ""
    return Words("", term, rows, otherwise or "nothing", name)


def lower_duty(lowering: Lowering, block: Block) -> Rule:
    lowering.check_keys(block, DUTY_KEYS, ("id", "name", "who", "where", "must", "strength"))
    table = lowering.table(block, "who", block.text("who"))
    reader = RuleReader(lowering, block, table)
    reader.read_date()
    reader.read_where()
    rule = reader.rule
    rule.must = lowering.conditions(reader.typer, block, block.body.entries["must"], frozenset(), "must")
    rule.modality = block.text("strength")
    if rule.modality not in ("must", "encouraged"):
        lowering.refuse("choice", block.spot("strength"), found=rule.modality,
                        known="must、encouraged")  # fmt: skip
    if block.text("period") not in ("", "year", "month"):
        lowering.refuse("choice", block.spot("period"), found=block.text("period"),
                        known="year、month")  # fmt: skip
    rule.slots = reader.typer.next_slot
    rule.asks = asked_by(rule)
    return rule


def lower_risk(lowering: Lowering, block: Block, tables: dict[str, str]) -> Rule:
    """A risk check: over a table (`for`), or over the event table that the checked benefits share (`checks`).

    The conditions of `where` say whom it concerns; the last condition is what it finds.
    """
    lowering.check_keys(block, RISK_KEYS, ("id", "name", "finds", "does"))
    table, checks = _checked(lowering, block, tables)
    reader = RuleReader(lowering, block, table)
    reader.read_date()
    where = block.body.get("where")
    concerns = lowering.conditions(reader.typer, block, where, frozenset(), "where") if where is not None else ()
    spot = block.spot("finds", block.body.get("finds"))
    try:
        term = reader.typer.condition(block.text("finds"), spot)
    except (ExpressionError, TypeProblem) as error:
        lowering.problems.append(error.problem)
        raise BlockRefused from error
    rule = reader.rule
    rule.conditions = (*concerns, Condition(block.name, term, block.text("finds"), spot))
    rule.checks = checks
    rule.tells, rule.listed, rule.because = block.text("tells"), block.text("rule"), block.text("because")
    rule.action = block.text("does")
    if rule.action not in ("stop", "ask") and not _is_score(rule.action):
        lowering.refuse("choice", block.spot("does"), found=rule.action, known="stop、ask、score N")
    if block.text("after payment") not in ("", "looked at again"):
        lowering.refuse("choice", block.spot("after payment"), found=block.text("after payment"),
                        known="looked at again")  # fmt: skip
    rule.again = bool(block.text("after payment"))
    rule.slots = reader.typer.next_slot
    rule.asks = asked_by(rule)
    rule.unverified = tuple(dict.fromkeys(reader.typer.mentions))
    return rule


def _checked(lowering: Lowering, block: Block, tables: dict[str, str]) -> tuple[Table, tuple[str, ...]]:
    """The table that a risk check runs over, and the benefits that it names (none with `for`)."""
    if ("for" in block.body.entries) == ("checks" in block.body.entries):
        lowering.refuse("risk-over-what", block.spot("checks", block.body.get("checks")))
    if "for" in block.body.entries:
        return lowering.table(block, "for", block.text("for")), ()
    checks = block.words("checks")
    for check in checks:
        if check not in tables:
            lowering.refuse("unknown-id", block.spot("checks"), name=check,
                            hint=nearest(check, tables))  # fmt: skip
    names = {tables[check] for check in checks}
    if len(names) != 1:
        lowering.refuse("risk-tables", block.spot("checks"), tables="、".join(sorted(names)))
    return lowering.vocabulary.tables[names.pop()], tuple(checks)


def _is_score(text: str) -> bool:
    word, _, number = text.partition(" ")
    return word == "score" and number.isdigit()


__all__ = ["DATE", "Amount", "Type", "lower_benefit", "lower_duty", "lower_risk", "lower_treatment"]
