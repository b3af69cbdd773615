"""One rule as one statement: rows → conditions → threshold → amount → schedule → limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlglot import exp

from tiaowen.plan import terms as t
from tiaowen.plan.rules import DocumentPlan, Rule, Stacking
from tiaowen.population.expr import (
    ABSENT_TEXT,
    Sql,
    all_of,
    any_of,
    case,
    cast,
    col,
    is_null,
    is_true,
    lit,
    named,
    not_false,
    null,
    op,
)
from tiaowen.population.limits import paid
from tiaowen.population.periods import in_instalments, no_money, scheduled, single
from tiaowen.population.program import filter_, select
from tiaowen.population.rows import Rows
from tiaowen.population.scope import Scope
from tiaowen.population.world import ROW, World

ROLES = ("payee", "beneficiary", "applicant")


@dataclass
class Statement:
    """The query of a rule's lines; `checks` maps each label to its column, `keys` names group keys.

    `read_within`: what holds of every event row `r` that is not dropped as soon as it is read; `read_kept`: the
    same with every condition that the row's own columns tell.
    """

    rule: Rule
    query: exp.Query
    checks: dict[str, str]
    keys: tuple[str, ...] = ()
    read_within: Sql | None = None
    read_kept: Sql | None = None


def acting(plan: DocumentPlan, rules: Iterable[str]) -> list[Stacking]:
    """The stackings that can take something away among these rules; those over several documents do not run here."""
    wanted = set(rules)
    return [
        stacking for stacking in plan.stackings.values()
        if not stacking.across
        and (stacking.rule != "all are paid" or any(limit.kind == "money" for limit in stacking.limits))
        and len(members(stacking, wanted)) >= 2
    ]  # fmt: skip


def members(stacking: Stacking, rules: Iterable[str]) -> list[str]:
    known = set(rules)
    return [name for name in stacking.between if name in known]


def key_words(stacking: Stacking, member: str) -> dict[str, tuple[t.Term | str, ...]]:
    """Column of the lines → what it is made of, for `same` and for each cap of a stacking."""
    found = {f"stack:{stacking.id}": stacking.keys.get(member, ())}
    for limit in stacking.limits:
        found[f"cap:{stacking.id}:{limit.label}"] = stacking.limit_keys.get(member, {}).get(limit.label, ())
    return found


def lines_statement(
    world: World, rule: Rule, stackings: list[Stacking], rules: Iterable[str], owed: bool = False,
    only: Collection[str] | None = None,
) -> Statement:  # fmt: skip
    """The statement of a rule.  Raises Unsupported for what SQL does not carry.

    `owed`: only the lines that may be paid, without their conditions; the rest is never worked out.
    `only`: just these columns of a line, and what makes it one thing with another's.
    """
    mine = {
        column: words
        for stacking in stackings
        for member in members(stacking, rules) if member == rule.id
        for column, words in key_words(stacking, member).items()
    }  # fmt: skip
    more = [word for words in mine.values() for word in words if isinstance(word, t.Term)]
    rows = Rows(world, rule, more, list(rule.asks), owed)
    if rule.grouping is not None:
        rows.grouped()
    else:
        rows.thresholds()
    _roles(rows, rule)
    words = _words(rows, rule)
    _duties(rows, rule)
    rows.scope.fix("eligible", null("BOOLEAN") if rule.grouping is not None else rows.scope.take(rows.verdict))
    if rule.kind != "benefit":
        scope = no_money(rows)
        if words is not None:
            scope.put("given verdict", all_of([scope.take("verdict"), words[1]]))
    elif rule.instalments:
        scope = in_instalments(rows)
    elif rule.schedule is not None and rule.grouping is None:
        scope = scheduled(rows, rule.schedule)
    else:
        scope = single(rows)
    rows.scope = scope
    low, high, fallen, doubted = paid(rows, scope)
    stacks = {column: _stack_key(scope, rule, words_) for column, words_ in mine.items()}
    verdict = scope.take("verdict") if words is None else col("given verdict")
    number = {f"key:{n}": key for n, key in enumerate(rows.keys)}
    final = select(
        [
            named(null("VARCHAR") if rule.grouping is not None else col(ROW), "row"),
            *(named(key, as_) for as_, key in number.items()),
            *(named(scope.take(each), each) for each in ("date", "part", "index", "begin", "end")),
            *(named(scope.take(column), f"check:{label}") for label, column in ({} if owed else rows.checks).items()),
            named(scope.take("pays"), "amount"),
            named(case((is_true(scope.take("pays")), lit("")), default=scope.take("why")), "why"),
            named(scope.take("eligible"), "eligible"),
            named(verdict, "verdict"),
            *(named(scope.take(each), each) for each in ("low", "high")),
            named(low, "paid_low"), named(high, "paid_high"), named(fallen, "fallen"),
            named(doubted, "doubted"),
            *(named(col(f"who:{role}"), role) for role in ROLES),
            named(scope.take("words"), "words"),
            named(scope.take("line date"), "line date"), named(col(ROW), "first row"),
            *(named(value, column) for column, value in stacks.items()),
        ],
        scope.flush(),
    )  # fmt: skip
    if only is not None:
        final.set("expressions", [each for each in final.expressions if each.alias in only or each.alias in stacks])
    if owed:
        filter_(final, all_of([not_false(verdict), any_of([is_null(high), op("is not", high, lit(0))])]))
    labels = {} if owed else {label: f"check:{label}" for label in rows.checks}
    return Statement(rule, rows.program.statement(final), labels, tuple(number), rows.read_within, rows.read_kept)


def _roles(rows: Rows, rule: Rule) -> None:
    """Who is paid, whose quota it uses (default payee), who files (default payee)."""
    scope = rows.scope
    pays: t.Term | str | None = rule.pays if rule.kind == "benefit" else rule.to
    payee = _who(scope, pays)
    scope.put("who:payee", payee)
    for role, term in (("beneficiary", rule.beneficiary), ("applicant", rule.applicant)):
        scope.put(f"who:{role}", payee if term is None else _who(scope, term))


def _who(scope: Scope, term: t.Term | str | None) -> Sql:
    if term is None:
        return null("VARCHAR")
    return scope.value(term).low if isinstance(term, t.Term) else lit(term)


def _words(rows: Rows, rule: Rule) -> tuple[Sql, Sql] | None:
    """The words of a treatment, and whether it gives anything."""
    gives, scope = rule.gives, rows.scope
    if rule.kind != "treatment" or gives is None or gives.term is None:
        scope.fix("words", lit(gives.words if gives is not None and rule.kind == "treatment" else ""))
        return None
    value = scope.bind(scope.value(gives.term).plain(gives.term.type))
    told = [(op("is", value, lit(code)), lit(words)) for codes, words in reversed(gives.rows) for code in codes]
    words = scope.bind(case((is_null(value), lit("")), *told, default=lit(gives.otherwise)))
    scope.put("words", words)
    empty = any_of([op("is", words, lit("")), op("is", words, lit("nothing"))])
    given = case((is_null(value), null("BOOLEAN")), (empty, lit(False)), default=lit(True))
    given = scope.bind(given)
    rows.check(gives.name, given)
    return words, given


def _duties(rows: Rows, rule: Rule) -> None:
    """Whether a duty is met stands beside whether it applies."""
    if rule.kind == "duty":
        for condition in rule.must:
            rows.check(condition.label, rows.scope.outcome(condition.term))


def _stack_key(scope: Scope, rule: Rule, words: tuple[t.Term | str, ...]) -> Sql:
    """The values that make lines of several benefits the same thing, as one text; NULL if one is unknown."""
    if not words:
        return null("VARCHAR")
    scope.at_period("limit day")
    parts = [_part(scope, rule, word) for word in words]
    scope.at_period(scope.event_date)
    found = parts[0]
    for part in parts[1:]:
        found = exp.DPipe(this=exp.DPipe(this=found, expression=lit("\u001f")), expression=part)
    return scope.bind(found)


def _part(scope: Scope, rule: Rule, word: t.Term | str) -> Sql:
    if isinstance(word, str):
        told = {"beneficiary": rule.beneficiary, "applicant": rule.applicant}.get(word)
        who = told if told is not None else rule.pays
        return _tagged(col(f"who:{word}"), who.type.name if isinstance(who, t.Term) else "")
    value = cast(scope.value(word).plain(word.type), "VARCHAR")
    return _tagged(value, word.type.name if word.type.kind == "row" else "")


def _tagged(value: Sql, table: str) -> Sql:
    """A row is itself in its own table only."""
    if not table:
        return value
    tagged = exp.DPipe(this=lit(f"{table}:"), expression=value)
    return case((op("is", value, lit(ABSENT_TEXT)), value), default=tagged)
