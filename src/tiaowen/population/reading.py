"""What a rule reads from its event rows on: references it follows, tables it looks through, keys that tie rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, is_dataclass

from tiaowen.plan import terms as t
from tiaowen.plan.rules import Rule, Stacking
from tiaowen.population.lines import key_words
from tiaowen.population.rows import terms_in
from tiaowen.population.seen import seen
from tiaowen.population.world import reads
from tiaowen.vocabulary.model import Vocabulary

PERSON = "person"
Path = tuple[str, ...]


class Unbounded(Exception):
    """Why it can't be told which lines depend on a row."""


@dataclass(frozen=True)
class Source:
    """Rows of a table with the references that are followed from them and what is looked up for them.

    `sees`: all that a row's own columns tell, as terms over that row alone and columns by name; a row in which none
    of these has moved is what it was.  None: nobody has said, so that any column may matter.
    """

    table: str
    paths: tuple[Path, ...]
    looks: tuple[Look, ...]
    sees: tuple[t.Term | str, ...] | None = field(default=None, hash=False, repr=False)


@dataclass(frozen=True)
class Look:
    """Rows of a source whose `column` is what `key` (references from the row that asks) leads to."""

    column: str
    key: Path
    source: Source


def source_of(rule: Rule, also: Sequence[t.Term] = ()) -> Source:
    """The event rows of a rule.  Raises Unbounded for a look-up that is tied to no row."""
    every = [*terms_in(rule), *also]
    tables = {t.EVENT: rule.table}
    closures: list[tuple[int, t.Closure]] = [(join.slot, join.closure) for join in rule.joined]
    for term in (inner for each in every for inner in t.walk(each)):
        if isinstance(term, t.Exists | t.Aggregate | t.MonthsInRow):
            closures.append((term.slot, term.closure))
    asked: dict[int, list[tuple[int, str, Path]]] = {}
    for slot, closure in dict.fromkeys(closures):
        if tables.setdefault(slot, closure.table) != closure.table:
            raise Unbounded(f"{rule.key}: 两张表共用一个位置 two tables in one place")
        if not closure.keys or not isinstance(closure.keys[0][1], t.RowOf):
            raise Unbounded(f"{rule.key}: 在整张 {closure.table} 里找 looks through all of {closure.table}")
        column, key = closure.keys[0]
        assert isinstance(key, t.RowOf)
        asked.setdefault(key.slot, []).append((slot, column, key.hops))
    read = reads(every)
    for slot in read:
        if slot not in tables:
            raise Unbounded(f"{rule.key}: 读到的行来处不明 reads a row of unknown origin")

    def made(slot: int, above: tuple[int, ...]) -> Source:
        if slot in above:
            raise Unbounded(f"{rule.key}: 查找互相依赖 look-ups that ask each other")
        paths = {hops[:n] for hops, _ in read.get(slot, {}) for n in range(1, len(hops) + 1)}
        looks = dict.fromkeys(
            Look(column, key, made(inner, (*above, slot))) for inner, column, key in asked.get(slot, ())
        )
        paths |= {look.key[:n] for look in looks for n in range(1, len(look.key))}
        sees = seen(slot, every, rule.date is not None) if slot in looked else None
        return Source(tables[slot], tuple(sorted(paths)), tuple(sorted(looks, key=repr)), sees)

    looked = set(tables) - {t.EVENT, *(join.slot for join in rule.joined)}  # a joined row is told of itself
    found = made(t.EVENT, ())
    if len(_slots(found)) < len({*asked.keys(), *(slot for slot, _ in closures)} - {t.EVENT}):
        raise Unbounded(f"{rule.key}: 有查找不从事件出发 a look-up that starts from no event")
    return found


def words_in(thing: object) -> set[str]:
    """Every word that a part of a plan says: the names of all columns that it may read are among them."""
    if isinstance(thing, str):
        return {thing}
    if is_dataclass(thing):
        return words_in([getattr(thing, each.name) for each in fields(thing)])
    if isinstance(thing, dict):
        return words_in([*thing.keys(), *thing.values()])
    return (
        set().union(*(words_in(each) for each in thing)) if isinstance(thing, tuple | list | set | frozenset) else set()
    )


def _slots(source: Source) -> list[Look]:
    return [each for look in source.looks for each in (look, *_slots(look.source))]


# -- what ties rows together ----------------------------------------------------------
Tie = dict[str, str]  # rule → the column of its event rows whose value ties them ("id": only itself)


def ties_of(
    vocabulary: Vocabulary, rules: Sequence[Rule], stackings: Sequence[tuple[Stacking, list[str]]]
) -> list[Tie]:
    """By which columns lines may affect each other: limits, thresholds, groups, stackings.

    Of the parts of a key one is enough, the one that the fewest rows share: whatever agrees in
    all parts agrees in that one.  Raises Unbounded where no part is a column of the row.
    """
    found: list[Tie] = []
    for rule in rules:
        keys = [each.keys for each in rule.thresholds] + [each.keys for each in rule.limits]
        keys += [rule.grouping.keys] if rule.grouping is not None else []
        for each in keys:
            columns = [_column(term) for term in each]
            found.append({rule.id: _best(vocabulary, rule, columns)})
    by_id = {rule.id: rule for rule in rules}
    for stacking, members in stackings:
        words = {member: key_words(stacking, member) for member in members}
        for key in sorted({each for told in words.values() for each in told}):
            made = {member: told[key] for member, told in words.items() if told.get(key)}
            if len(made) > 1:
                found.append(_together(vocabulary, stacking, by_id, made))
    return [tie for at, tie in enumerate(found) if tie not in found[:at]]


def _together(vocabulary: Vocabulary, stacking: Stacking, rules: dict[str, Rule],
              words: dict[str, tuple[t.Term | str, ...]]) -> Tie:  # fmt: skip
    """One part of a key that is a column of every member's rows."""
    ranked = []
    for parts in zip(*words.values(), strict=False):
        columns = {m: _column(_told(rules[m], word)) for m, word in zip(words, parts, strict=True)}
        known = {member: column for member, column in columns.items() if column}
        if len(known) == len(columns):
            ranked.append((max(_rank(vocabulary, rules[m].table, c) for m, c in known.items()), known))
    if not ranked:
        raise Unbounded(f"{stacking.document}#{stacking.id}: 合并的键不是一列 a key that is no column")
    return min(ranked, key=lambda each: each[0])[1]


def _told(rule: Rule, word: t.Term | str) -> t.Term | str | None:
    if isinstance(word, t.Term):
        return word
    return {"beneficiary": rule.beneficiary, "applicant": rule.applicant}.get(word) or rule.pays


def _best(vocabulary: Vocabulary, rule: Rule, columns: list[str]) -> str:
    ranked = [(_rank(vocabulary, rule.table, column), column) for column in columns if column]
    if not ranked:
        raise Unbounded(f"{rule.key}: 归组的键不是一列 a key that is no column")
    return min(ranked)[1]


def _column(term: t.Term | str | None) -> str:
    """The column of the event row that a part of a key is; empty if it is something else."""
    if isinstance(term, t.RowOf) and term.slot == t.EVENT and len(term.hops) < 2:
        return term.hops[0] if term.hops else "id"
    if isinstance(term, t.Column) and term.slot == t.EVENT and not term.hops:
        return term.column
    return ""


def _rank(vocabulary: Vocabulary, table: str, column: str) -> int:
    """Few rows share a person, more a firm, most a code."""
    if column == "id":
        return 0
    kind = vocabulary.tables[table].columns[column].type
    return 3 if kind.kind != "row" else 1 if kind.name == PERSON else 2
