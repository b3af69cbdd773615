"""`target`, `stacking`, `question`, `note` blocks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from tiaowen.check.closures import closure_of
from tiaowen.check.context import BlockRefused, Lowering
from tiaowen.check.typer import TypeProblem, Typer
from tiaowen.evaluate.dates import add_months
from tiaowen.language.blocks import Block
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import TargetValue, parse_limit, parse_path, parse_target_value
from tiaowen.language.yamltext import Mapping, Scalar
from tiaowen.plan import terms as t
from tiaowen.plan.rules import Condition, Limit, Note, Question, Rule, Stacking, Target
from tiaowen.problems import Spot, nearest
from tiaowen.vocabulary.model import Table
from tiaowen.vocabulary.units import UnitError

TARGET_KEYS = {
    "id", "name", "counts", "averages", "sums", "where", "share with", "value", "nature", "years",
    "deadline", "compared with", "lead", "with", "rows", "anywhere", "because",
}  # fmt: skip
NATURES = ("stock", "annual", "yearly average", "cumulative", "ratio", "growth", "coverage")
STACKING_KEYS = {"id", "name", "between", "same", "rule", "limits", "because", "decided by"}
STACKING_RULES = ("all are paid", "only the highest", "only one", "in this order", "difference only")
QUESTION_KEYS = {"id", "name", "asks", "about", "readings", "runs", "decided by", "because"}
NOTE_KINDS = ("orientation", "internal work", "encouragement", "existing rules", "figures only",
              "carried elsewhere", "no facts yet")  # fmt: skip
NOTE_KEYS = {"kind", "because", "figures", "in", "id", "name"}
OPERATIVE = re.compile(r"\d\s*(?:万|亿)?\s*(?:元|个?月|人次|%|％|年(?!代)|人$|名$|家$|天)")


# -- targets ------------------------------------------------------------------
def lower_targets(lowering: Lowering, block: Block) -> list[Target]:
    """One target, or one per row of the table below."""
    lowering.check_keys(block, TARGET_KEYS, ("id", "name", "nature"))
    mode = [key for key in ("counts", "averages", "sums") if key in block.body.entries]
    if len(mode) != 1:
        lowering.refuse("target-mode", block.spot())
    nature = block.text("nature")
    if nature not in NATURES and not re.fullmatch(r"every \d+ 年", nature):
        lowering.refuse("choice", block.spot("nature"), found=nature or "—",
                        known="、".join(NATURES) + "、every N 年")  # fmt: skip
    if "deadline" not in block.body.entries and "years" not in block.body.entries:
        lowering.refuse("missing-key", block.spot(), key="deadline（或 years）")
    if block.text("rows") == "table below":
        return _rows(lowering, block, mode[0])
    if "value" not in block.body.entries:
        lowering.refuse("missing-key", block.spot(), key="value")
    spot = block.spot("value", block.body.get("value"))
    return [_target(lowering, block, mode[0], "", (), block.text("value"), spot, block.text("lead"))]


def _rows(lowering: Lowering, block: Block, mode: str) -> list[Target]:
    if block.table is None:
        lowering.refuse("no-table", block.spot("rows"))
        return []
    header = block.table.header
    if "value" not in header:
        lowering.refuse("table-column-missing", block.spot("rows"), column="value",
                        known="、".join(header))  # fmt: skip
    found = []
    for line, cells in block.table.rows:
        row = dict(zip(header, cells, strict=True))
        spot = Spot(block.file, line, 1, block.clause.label, block.id, "value", row["value"])
        extra: list[tuple[str, str]] = []
        for column, cell in row.items():
            if "." in column and cell:
                extra.append((column, cell))
            if column == "where" and cell:
                extra.append(("where", cell))
        names = [c for c in header if c != "no"] or header
        found.append(
            _target(
                lowering,
                block,
                mode,
                row[names[0]],
                tuple(extra),
                row["value"],
                spot,
                row.get("lead") or block.text("lead"),
            )
        )
    return found


def _target(
    lowering: Lowering, block: Block, mode: str, row: str, extra: tuple[tuple[str, str], ...],
    value: str, spot: Spot, lead: str,
) -> Target:  # fmt: skip
    typer = lowering.typer()
    subject = block.text(mode)
    table_id = subject.split(".")[0]
    reported = subject == "reported by lead"
    conditions: list[Condition] = []
    share: tuple[Condition, ...] = ()
    path: t.Term | None = None
    date: t.Term | None = None
    closure: t.Closure | None = None
    if not reported:
        table = lowering.table(block, mode, table_id)
        slot = typer.bind(table_id, table_id)
        conditions += lowering.conditions(typer, block, block.body.get("where"), frozenset(), "where")
        conditions += [_extra(lowering, typer, column, cell, spot) for column, cell in extra]
        share = lowering.conditions(typer, block, block.body.get("share with"), frozenset(), "share with")
        if "." in subject:
            path = lowering.term(typer, block, mode, block.body.get(mode))
        if table.event:
            column = table.columns[table.event]
            date = t.Column(column.type, slot, (), column.name, table.id, table.id)
        closure = closure_of(table, slot, t.all_of(tuple(c.term for c in conditions)))
    sentence, low, high, unit = _value(lowering, value, spot)
    count = "reported" if reported else _mode(lowering, block, mode, path, unit, table_id, spot)
    return Target(
        block.id, block.name, row, lowering.document.id, block.clause.label,
        "" if reported else table_id, count, path, tuple(conditions), share, sentence, low, high,
        unit, block.text("nature"), _day(lowering, block), _years(lowering, block), lead,
        tuple(block.words("with")), date, closure, spot, typer.next_slot, _base(lowering, block),
    )  # fmt: skip


def _extra(lowering: Lowering, typer: Typer, column: str, cell: str, spot: Spot) -> Condition:
    """A cell of the table as a condition: a code value, or an expression under `where`."""
    text = cell if column == "where" else f"{column} is 「{cell}」"
    at = replace(spot, text=text, key=column)
    try:
        return Condition(cell if column != "where" else text, typer.condition(text, at), text, at)
    except (ExpressionError, TypeProblem) as error:
        lowering.problems.append(error.problem)
        raise BlockRefused from error


def _value(lowering: Lowering, value: str, spot: Spot) -> tuple[TargetValue, int | None, int | None, str]:
    try:
        sentence = parse_target_value(value, spot)
        if sentence.low is None:
            return sentence, None, None, ""
        if sentence.low.unit == "%":  # in hundredths of a per cent, so that 37.5 % is a whole
            low = int(sentence.low.value * 100)
            high = int(sentence.high.value * 100) if sentence.high else low
            return sentence, low, high, "%"
        figure = lowering.vocabulary.units.figure(sentence.low)
        other = lowering.vocabulary.units.figure(sentence.high) if sentence.high else figure
    except ExpressionError as error:
        lowering.problems.append(error.problem)
        raise BlockRefused from error
    except UnitError as error:
        lowering.say(error.code, spot, **error.values)
        raise BlockRefused from error
    if not figure.unit:
        lowering.refuse("unit-missing", spot, expected="人、人次、家、% …")
    return sentence, figure.value, other.value, figure.unit


def _mode(
    lowering: Lowering, block: Block, mode: str, path: t.Term | None, unit: str, table_id: str,
    spot: Spot,
) -> str:  # fmt: skip
    """Whether a count is of rows, distinct persons or distinct things; the unit decides."""
    if mode != "counts":
        return mode
    if path is not None:
        return "distinct"
    table: Table = lowering.vocabulary.tables[table_id]
    known = lowering.vocabulary.units.known
    noun = known.get(table.noun)
    if unit in ("人", "名") and table.person not in ("", "self"):
        return "persons"
    if unit in ("", "%") or unit == table.noun:
        return "rows"
    if noun is not None and unit in known and known[unit].dimension == noun.dimension:
        return "rows"
    lowering.refuse("amount-unit", spot, unit=unit, noun=table.noun)
    raise AssertionError


def _day(lowering: Lowering, block: Block) -> dt.date | None:
    text = block.text("deadline")
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        lowering.refuse("bad-date", block.spot("deadline"), found=text)
        raise AssertionError from None


def _base(lowering: Lowering, block: Block) -> dt.date | None:
    """`compared with: 5 年 before the deadline`, or a date; only growth has one."""
    text = block.text("compared with")
    if block.text("nature") != "growth" or not text:
        return None  # without a base day growth can't be counted: unknown
    deadline = _day(lowering, block)
    match = re.fullmatch(r"(\d{1,2}) 年 before the deadline", text)
    try:
        if match and deadline is not None:
            return add_months(deadline, -12 * int(match.group(1)))
        return dt.date.fromisoformat(text)
    except ValueError:
        lowering.refuse("bad-date", block.spot("compared with"), found=text)
        raise AssertionError from None


def _years(lowering: Lowering, block: Block) -> tuple[int, int] | None:
    text = block.text("years")
    if not text:
        return None
    match = re.fullmatch(r"([1-9]\d{3}) to ([1-9]\d{3}|onwards)", text)
    if not match:
        lowering.refuse("years-form", block.spot("years"), found=text)
        raise AssertionError
    last = 9999 if match.group(2) == "onwards" else int(match.group(2))
    return int(match.group(1)), last


# -- stacking -----------------------------------------------------------------
def lower_stacking(lowering: Lowering, block: Block, rules: dict[str, Rule]) -> Stacking:
    lowering.check_keys(block, STACKING_KEYS, ("id", "between", "same", "rule"))
    rule = block.text("rule")
    if rule not in STACKING_RULES:
        lowering.refuse("choice", block.spot("rule"), found=rule or "—",
                        known="、".join(STACKING_RULES))  # fmt: skip
    between = tuple(block.words("between"))
    keys: dict[str, tuple[t.Term | str, ...]] = {}
    limits: dict[str, dict[str, tuple[t.Term | str, ...]]] = {}
    caps = _caps(lowering, block)
    for name in between:
        if "#" in name:
            continue
        if name not in rules:
            lowering.refuse("unknown-id", block.spot("between"), name=name,
                            hint=nearest(name, rules))  # fmt: skip
        keys[name] = tuple(_key(lowering, block, rules[name], word) for word in block.words("same"))
        limits[name] = {
            label: tuple(_key(lowering, block, rules[name], word) for word in words)
            for label, (_, words) in caps.items()
        }
    return Stacking(
        block.id, lowering.document.id, block.clause.label, between, rule, keys,
        tuple(limit for limit, _ in caps.values()), limits, block.text("because"),
        block.text("decided by"), block.spot("id"),
    )  # fmt: skip


def key_terms(lowering: Lowering, block: Block, stacking: Stacking, name: str, rule: Rule) -> None:
    """The keys of a member from another document, in terms of its own event table."""
    stacking.keys[name] = tuple(_key(lowering, block, rule, word) for word in block.words("same"))
    stacking.limit_keys[name] = {
        label: tuple(_key(lowering, block, rule, word) for word in words)
        for label, (_, words) in _caps(lowering, block).items()
    }


def _caps(lowering: Lowering, block: Block) -> dict[str, tuple[Limit, list[str]]]:
    node = block.body.get("limits")
    if not isinstance(node, Mapping):
        return {}
    found = {}
    for label, value in node:
        spot = block.spot(f"limits · {label}", value)
        text = value.text if isinstance(value, Scalar) else ""
        try:
            sentence = parse_limit(text, spot)
            if sentence.kind != "at most" or sentence.most is None:
                lowering.refuse("stacking-limit", spot)
                raise AssertionError
            figure = lowering.vocabulary.units.figure(sentence.most)
        except ExpressionError as error:
            lowering.problems.append(error.problem)
            raise BlockRefused from error
        except UnitError as error:
            lowering.say(error.code, spot, **error.values)
            raise BlockRefused from error
        kind = "money" if figure.dimension == "fen" else "count"
        closure = t.Closure("", (), "", None, None)
        words = [".".join(step.name for step in key.steps) for key in sentence.keys]
        found[label] = (Limit(label, kind, figure.value, (), closure, text, spot), words)
    return found


ROLES = ("payee", "beneficiary", "applicant")


def _key(lowering: Lowering, block: Block, rule: Rule, word: str) -> t.Term | str:
    """A key of `same` in terms of one benefit: a role, `year`, or a path from its event table."""
    if word in ROLES:
        return word
    typer = lowering.typer()
    if rule.grouping is not None:
        for key, text in zip(rule.grouping.keys, rule.grouping.texts, strict=True):
            if text == word:
                return key
    typer.bind(rule.table, rule.table)
    for joined in rule.joined:
        typer.bind(joined.name, joined.table)
    typer.in_schedule = rule.schedule is not None and word == "month"
    spot = block.spot("same", block.body.get("same"))
    try:
        return typer.term(parse_path(word, spot), replace(spot, text=word))
    except (ExpressionError, TypeProblem) as error:
        lowering.problems.append(error.problem)
        raise BlockRefused from error


# -- questions and notes --------------------------------------------------------
def lower_question(lowering: Lowering, block: Block) -> Question:
    lowering.check_keys(block, QUESTION_KEYS, ("id", "asks", "about", "readings", "runs", "decided by"))
    readings = block.mapping("readings")
    if readings is None or len(readings.entries) < 2:
        lowering.refuse("readings-two", block.spot("readings"))
        raise AssertionError
    runs = block.text("runs")
    if runs not in readings.entries:
        lowering.refuse("runs-unknown", block.spot("runs"), found=runs,
                        known="、".join(readings.entries))  # fmt: skip
    return Question(
        block.id, lowering.document.id, block.clause.label, block.text("asks"),
        tuple(block.words("about")), tuple(readings.entries), runs, block.text("decided by"),
        block.text("because"), block.spot("id"),
    )  # fmt: skip


def lower_note(lowering: Lowering, block: Block) -> Note:
    lowering.check_keys(block, NOTE_KEYS, ("kind", "because"))
    kind = block.text("kind")
    if kind not in NOTE_KINDS:
        lowering.refuse("choice", block.spot("kind"), found=kind or "—", known="、".join(NOTE_KINDS))
    figures = tuple(block.words("figures"))
    for figure in figures:
        if kind != "carried elsewhere" and OPERATIVE.search(figure):
            lowering.say("note-figure", block.spot("figures", block.body.get("figures")), figure=figure)
    if kind == "carried elsewhere" and "in" not in block.body.entries:
        lowering.refuse("missing-key", block.spot(), key="in")
    return Note(kind, block.clause.label, block.text("because"), figures,
                tuple(block.words("in")), block.spot("kind"))  # fmt: skip
