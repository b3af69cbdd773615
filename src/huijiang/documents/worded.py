"""Rules in words: whom, for which event, how much, how often, and from which register each fact comes.

Names are the vocabulary's own; only the words between them are ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.web.components.amount import Amount
from tiaowen.compare.sums import ceiling, rows_of
from tiaowen.explain.reading import leaves
from tiaowen.plan import amounts as a
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Condition, Limit, Rule
from tiaowen.vocabulary.model import Vocabulary

PERIODS = {"month": gettext_lazy("月"), "year": gettext_lazy("年"), "day": gettext_lazy("天")}


@dataclass(frozen=True)
class Needed:
    """A fact that a rule reads, and the register or paper that it is taken from."""

    label: str
    source: str


def hop_label(vocabulary: Vocabulary, root: str, hops: tuple[str, ...]) -> str:
    """`证书的颁证单位` for the row that a path leads to; the table's own name where it leads nowhere."""
    table = vocabulary.tables[root]
    label = table.label
    for hop in hops:
        column = table.columns[hop]
        label = column.label
        table = vocabulary.tables[column.type.name]
    return label


def who(vocabulary: Vocabulary, payee: t.Term | str | None) -> str:
    """Whom a path names; empty for the undetermined."""
    if isinstance(payee, t.RowOf):
        return hop_label(vocabulary, payee.root, payee.hops)
    if isinstance(payee, t.Column):
        return vocabulary.tables[payee.table].columns[payee.column].label
    return ""


def payee(vocabulary: Vocabulary, rule: Rule) -> str:
    """Who gets the money, said so that "nobody" and "not said" are not mistaken."""
    if rule.pays == "nobody":
        return _("不发钱，提供服务或实物")
    return who(vocabulary, rule.pays) or _("文件没有写明发给谁")


def payee_kind(rule: Rule) -> str:
    """person, organisation, or other: by the table that the payee stands in."""
    found = rule.pays if rule.kind == "benefit" else rule.to
    kind = found.type.name if isinstance(found, t.Term) else ""
    return kind if kind in ("person", "organisation") else "other"


def fact(vocabulary: Vocabulary, leaf: t.Term) -> Needed | None:
    """One fact with its source; None for a row that is only passed through."""
    if isinstance(leaf, t.Stated) and isinstance(leaf.stated, t.Column):
        stated = leaf.stated
        table = vocabulary.tables[stated.table]
        derived = next((each for each in table.columns.values()
                        if each.derived is not None and each.derived.stated_by == stated.column), None)  # fmt: skip
        label = derived.label if derived else table.columns[stated.column].label
        return Needed(_owned(vocabulary, stated.root, stated.hops, label), (derived and derived.source) or table.source)
    if isinstance(leaf, t.Column):
        table = vocabulary.tables[leaf.table]
        column = table.columns[leaf.column]
        return Needed(_owned(vocabulary, leaf.root, leaf.hops, column.label), column.source or table.source)
    if isinstance(leaf, t.Exists | t.Aggregate | t.MonthsInRow | t.Covers):
        table = vocabulary.tables[leaf.table]
        return Needed(_("%(table)s记录") % {"table": table.label}, table.source)
    return None


def _owned(vocabulary: Vocabulary, root: str, hops: tuple[str, ...], label: str) -> str:
    if not hops:
        return label
    return _("%(owner)s的%(fact)s") % {"owner": hop_label(vocabulary, root, hops), "fact": label}


def read_by(vocabulary: Vocabulary, condition: Condition) -> list[Needed]:
    """The facts that one condition looks at, each once."""
    found = [fact(vocabulary, leaf) for leaf in leaves(condition.term)]
    return list(dict.fromkeys(each for each in found if each is not None))


def needed(vocabulary: Vocabulary, rule: Rule) -> dict[str, list[str]]:
    """Register or paper → the facts taken from it, in the order in which the rule asks."""
    found: dict[str, dict[str, None]] = {}
    for term in _terms(rule):
        for leaf in leaves(term):
            each = fact(vocabulary, leaf)
            if each is not None:
                found.setdefault(each.source, {})[each.label] = None
    return {source: list(labels) for source, labels in found.items()}


def _terms(value: object) -> Iterator[t.Term]:
    if isinstance(value, t.Term):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _terms(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            if each.name not in ("spot", "closure", "compiled", "type"):
                yield from _terms(getattr(value, each.name))


def is_open(condition: Condition) -> str:
    """Who settles a condition that the text leaves to others; empty where the system checks it."""
    for term in t.walk(condition.term):
        if isinstance(term, t.Open):
            return _("由%(who)s判断") % {"who": term.by} if term.by else _("标准另行规定，由人认定")
    return ""


def deadlines(rule: Rule) -> list[str]:
    """The conditions that close on a day."""
    return [each.label for each in rule.conditions
            if any(isinstance(term, t.StillOpen) for term in t.walk(each.term))]  # fmt: skip


def per(rule: Rule) -> str:
    """Per what the amount is paid: `人次`, `人·月`."""
    unit = rule.unit_noun if rule.grouping is None else ""
    schedule = rule.schedule
    period = str(PERIODS.get(schedule.every, "")) if schedule is not None and not schedule.spread else ""
    return "·".join(part for part in (unit, period) if part)


def headline(rule: Rule, vocabulary: Vocabulary) -> Amount:
    """What one event brings, as one figure or range; neither end where the text leaves it to others."""
    rows = rows_of(rule, vocabulary)
    if not rows:
        return Amount(None)
    if isinstance(rule.amount, a.Added) or any(row.how in ("once", "beyond", "each") for row in rows):
        _low, high = ceiling(rule, vocabulary)
        return Amount(None, high)
    if any(row.how != "fixed" for row in rows):
        known = [row for row in rows if row.how == "fixed" and row.high is not None]
        return Amount(None) if not known or len(known) < len(rows) else Amount(min(row.low for row in known))
    low = min(row.low for row in rows)
    highs = [row.high for row in rows]
    high = None if None in highs else max(each for each in highs if each is not None)
    if rule.instalments:
        low, high = ceiling(rule, vocabulary)
    return Amount(low or None, high, per=per(rule))


def group_words(rule: Rule, vocabulary: Vocabulary) -> str:
    """By what events are counted together: `每个颁证单位、每年`."""
    if rule.grouping is None:
        return ""
    return _("、").join(_("每个%(key)s") % {"key": _key(vocabulary, key)} for key in rule.grouping.keys)


def limit_keys(limit: Limit, vocabulary: Vocabulary) -> str:
    return _("、").join(_key(vocabulary, key) for key in limit.keys)


def _key(vocabulary: Vocabulary, key: t.Term) -> str:
    if isinstance(key, t.Call) and key.name in ("year", "month"):
        return str({"year": _("自然年"), "month": _("自然月")}[key.name])
    if isinstance(key, t.Moment):
        return _("每一期")
    return who(vocabulary, key) or _("同一事项")


def limit_words(limit: Limit, vocabulary: Vocabulary) -> str:
    """`每个（证书持有人、职业、等级）最多 1 次`."""
    keys = limit_keys(limit, vocabulary)
    if limit.kind == "money":
        return _("每个%(keys)s最多 %(sum)s") % {"keys": keys, "sum": Amount.exactly(limit.most)}
    if limit.kind == "count":
        return _("每个%(keys)s最多 %(n)s 次") % {"keys": keys, "n": limit.most}
    if limit.kind == "highest":
        return _("每个%(keys)s只取最高的") % {"keys": keys}
    return _("每个%(keys)s只补差额") % {"keys": keys}


def schedule_words(rule: Rule) -> str:
    """`按月发，最多 36 期`."""
    schedule = rule.schedule
    if schedule is None or schedule.every not in PERIODS:
        return ""
    period = str(PERIODS[schedule.every])
    if schedule.most is None:
        return _("按%(period)s发") % {"period": period}
    return _("按%(period)s发，最多 %(n)s 期") % {"period": period, "n": schedule.most}
