"""The blocks of a clause as people read them: titled rows, with the source to unfold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.documents import worded
from huijiang.web.components.amount import Amount
from huijiang.web.components.tags import Tag
from huijiang.web.language import language
from tiaowen.check.library import Library
from tiaowen.compare.sums import SumRow, rows_of
from tiaowen.compare.wording import sum_row
from tiaowen.language.blocks import Block, BlockFile
from tiaowen.language.yamltext import Mapping, Scalar, Sequence
from tiaowen.plan.rules import Condition, DocumentPlan, Question, Rule, Target

KINDS = {
    "benefit": (gettext_lazy("补贴奖励"), "green"), "treatment": (gettext_lazy("待遇"), "teal"),
    "duty": (gettext_lazy("义务"), "violet"), "target": (gettext_lazy("目标"), "blue"),
    "stacking": (gettext_lazy("重复时"), "grey"), "risk": (gettext_lazy("核查"), "red"),
    "question": (gettext_lazy("疑义"), "amber"), "note": (gettext_lazy("不执行的部分"), "grey"),
    "fix": (gettext_lazy("地方细则"), "blue"), "parameter": (gettext_lazy("标准"), "blue"),
    "directory": (gettext_lazy("目录"), "blue"),
}  # fmt: skip
NOTES = {
    "orientation": gettext_lazy("只定方向"), "internal work": gettext_lazy("部门内部工作"),
    "encouragement": gettext_lazy("倡导，没有可以据此主张的内容"), "existing rules": gettext_lazy("沿用已有规定"),
    "figures only": gettext_lazy("只有数字，没有规则"), "carried elsewhere": gettext_lazy("在别处执行"),
    "no facts yet": gettext_lazy("平台还没有所需的事实"),
}  # fmt: skip
STACKINGS = {
    "all are paid": gettext_lazy("可以叠加，都付"), "only the highest": gettext_lazy("就高，只付最高的一笔"),
    "only one": gettext_lazy("只能享受其中一项"), "in this order": gettext_lazy("按所列次序，只付排在前面的"),
    "difference only": gettext_lazy("已享受的，只补差额"),
}  # fmt: skip
QUALIFIERS = {
    "at least": gettext_lazy("不少于"), "at most": gettext_lazy("不超过"), "more than": gettext_lazy("超过"),
    "about": gettext_lazy("约"), "exactly": "", "undetermined": gettext_lazy("未写明"),
}  # fmt: skip
NATURES = {
    "stock": gettext_lazy("到期时的总量"), "annual": gettext_lazy("每年"), "yearly average": gettext_lazy("年均"),
    "cumulative": gettext_lazy("累计"), "ratio": gettext_lazy("占比"), "growth": gettext_lazy("增长"),
    "coverage": gettext_lazy("覆盖率"),
}  # fmt: skip
MODALITIES = {
    "must": gettext_lazy("必须"), "should": gettext_lazy("应当"), "may": gettext_lazy("可以"),
    "encouraged": gettext_lazy("鼓励"),
}  # fmt: skip
ACTIONS = {
    "stop": gettext_lazy("先停下，有人核实并写明理由才继续"), "ask": gettext_lazy("请审核人核实"), "score": gettext_lazy("计入风险分"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a row: words, and smaller ones under them."""

    text: str
    note: str = ""
    by_hand: bool = False


@dataclass(frozen=True)
class Row:
    """What a group of lines is about; `numbered` where each is a condition."""

    label: str
    lines: tuple[Line, ...]
    numbered: bool = False


@dataclass
class Told:
    """One block: what kind, its name, its rows, its source text, and the page of its own where it has one."""

    kind: str
    tag: Tag
    name: str
    anchor: str
    source: str
    rows: list[Row] = field(default_factory=list)
    address: tuple[str, str] | None = None
    amount: Amount | None = None
    by_hand: bool = False
    undecided: bool = False

    def row(self, label: str, *lines: Line | str, numbered: bool = False) -> None:
        """Add a row; empty lines are left out, a row without lines too."""
        kept = tuple(each if isinstance(each, Line) else Line(each) for each in lines if each)
        if kept:
            self.rows.append(Row(str(label), kept, numbered))


def source_of(read: BlockFile, block: Block) -> str:
    """The block as it stands in the file."""
    lines = []
    for line in read.lines[block.line - 1 :]:
        if line.strip().startswith("```"):
            break
        lines.append(line)
    return "\n".join(lines)


def told(library: Library, plan: DocumentPlan, block: Block) -> Told:
    """One block in words."""
    words, colour = KINDS.get(block.kind, (block.kind, "grey"))
    name = block.name or block.text("asks")
    anchor = f"{block.kind}-{block.id}" if block.id else f"{block.kind}-line-{block.line}"
    found = Told(block.kind, Tag(str(words), colour), name, anchor, source_of(library.sources[plan.id].read, block))
    rule = plan.rules.get(block.id)
    if rule is not None and rule.kind == block.kind:
        _rule(found, library, rule)
        if rule.kind in ("benefit", "treatment") and not rule.stands_in_for:
            found.address = (plan.id, rule.id)
    elif block.kind == "target":
        for target in plan.targets:
            if target.id == block.id:
                _target(found, target)
    elif block.kind == "stacking" and block.id in plan.stackings:
        _stacking(found, library, plan, block)
    elif block.kind == "question" and block.id in plan.questions:
        _question(found, library, plan, plan.questions[block.id])
    else:
        _plain(found, block)
    return found


def _rule(found: Told, library: Library, rule: Rule) -> None:
    vocabulary = library.vocabulary
    table = vocabulary.tables[rule.table]
    if rule.kind == "benefit":
        found.row(_("发给谁"), worded.payee(vocabulary, rule), *_others(library, rule))
        found.amount = worded.headline(rule, vocabulary)
    elif rule.to is not None:
        also = [worded.who(vocabulary, each) for each in rule.also_to]
        found.row(_("给谁"), "、".join(each for each in [worded.who(vocabulary, rule.to), *also] if each))
    date = worded.fact(vocabulary, rule.date) if rule.date is not None else None
    found.row(_("为哪件事"), Line(table.label, _("以%(day)s为准") % {"day": date.label} if date else ""))
    conditions = [_condition(library, each) for each in rule.conditions]
    found.by_hand = any(each.by_hand for each in conditions)
    found.row(_("条件"), *conditions, numbered=True)
    found.row(_("要做到"), *[_condition(library, each) for each in rule.must], numbered=True)
    found.row(_("门槛"), *[Line(each.label, f"≥ {each.least} {each.unit}") for each in rule.thresholds])
    if rule.kind == "benefit":
        found.row(_("金额"), *[_sum(each, language(), not at) for at, each in enumerate(rows_of(rule, vocabulary))])
        found.row(_("怎么发"), worded.schedule_words(rule), worded.group_words(rule, vocabulary))
        found.row(_("限制"), *[Line(each.label, worded.limit_words(each, vocabulary)) for each in rule.limits])
        shares = [_("%(n)s%% 给%(who)s") % {"n": 100 * each.numerator // each.denominator,
                                            "who": worded.who(vocabulary, each.to) or each.label} for each in rule.shares]  # fmt: skip
        found.row(_("再分给"), *shares)
        found.row(_("资金"), rule.fund if rule.fund not in ("", "undetermined") else _("文件没有写明"))
    found.row(_("实物或服务"), rule.in_kind)
    if rule.gives is not None:
        by_code = [f"{'、'.join(codes)}：{words}" for codes, words in rule.gives.rows]
        found.row(_("给什么"), rule.gives.words, *by_code)
    found.row(_("用于"), "、".join(rule.purposes))
    found.row(_("力度"), str(MODALITIES.get(rule.modality, rule.modality)))
    found.row(_("查哪几项"), "、".join(_named(library, rule.document, each) for each in rule.checks))
    does, _space, points = rule.action.partition(" ")
    found.row(_("查到以后"), Line(str(ACTIONS.get(does, does)), points))
    found.row(_("告诉审核人"), rule.tells)
    found.row(_("付了以后"), _("每晚再查一遍") if rule.again else "")
    if rule.kind == "risk":
        found.row(_("理由"), rule.because)


def _sum(row: SumRow, language: str, first: bool) -> Line:
    """One row of an amount; from which number on it is paid stands under it."""
    label = row.label.replace("＋", "")
    if "＋" in row.label and not first:
        label = _("另加：%(what)s") % {"what": label}
    if row.how not in ("once", "beyond", "each"):
        return Line(sum_row(replace(row, label=label), language))
    notes = {"once": _("满 %(n)s 起，付一次"), "beyond": _("超过 %(n)s 的部分，逐个计"), "each": _("逐个计")}
    note = notes[row.how] % {"n": row.figure} if row.how != "each" else notes["each"]
    return Line(sum_row(replace(row, label=label, how="fixed"), language), note)


def _others(library: Library, rule: Rule) -> list[str]:
    found = []
    beneficiary = worded.who(library.vocabulary, rule.beneficiary)
    applicant = worded.who(library.vocabulary, rule.applicant)
    if beneficiary:
        found.append(_("受益的是%(who)s") % {"who": beneficiary})
    if applicant:
        found.append(_("由%(who)s申请") % {"who": applicant})
    return found


def _condition(library: Library, condition: Condition) -> Line:
    by = worded.is_open(condition)
    facts = worded.read_by(library.vocabulary, condition)
    looked = "；".join(f"{each.label}（{each.source}）" if each.source else each.label for each in facts)
    note = by or (_("看：%(facts)s") % {"facts": looked} if looked else "")
    return Line(condition.label, note, bool(by))


def _target(found: Told, target: Target) -> None:
    value = target.value
    figures = " – ".join(
        f"{each.digits.normalize():f} {each.scale}{each.unit}" for each in (value.low, value.high) if each
    )
    striving = _("力争") if value.striving else ""
    said = " ".join(part for part in (striving, str(QUALIFIERS.get(value.qualifier, value.qualifier)), figures) if part)
    found.row(_("要达到"), f"{target.row}：{said}" if target.row else said)
    found.row(_("算法"), str(NATURES.get(target.nature, target.nature)))
    if target.deadline is not None:
        found.row(_("期限"), target.deadline.isoformat())
    if target.years is not None:
        found.row(_("年份"), f"{target.years[0]}–{target.years[1]}")
    found.row(_("牵头"), target.lead)
    found.row(_("配合"), "、".join(target.support))


def _stacking(found: Told, library: Library, plan: DocumentPlan, block: Block) -> None:
    stacking = plan.stackings[block.id]
    found.name = " + ".join(_named(library, plan.id, each) for each in stacking.between)
    found.row(_("结果"), str(STACKINGS.get(stacking.rule, stacking.rule)))
    found.row(_("合计限制"), *[each.label for each in stacking.limits])
    found.row(_("理由"), stacking.because)
    _decided(found, stacking.decided)


def _question(found: Told, library: Library, plan: DocumentPlan, question: Question) -> None:
    found.name = question.asks
    readings = [Line(each, _("现在按这种读法执行") if each == question.runs else "") for each in question.readings]
    found.row(_("几种读法"), *readings, numbered=True)
    about = [_named(library, plan.id, each) for each in question.about]
    found.row(_("关系到"), _("整份文件") if question.about == ("all",) else "、".join(about))
    found.row(_("理由"), question.because)
    _decided(found, question.decided)


def _decided(found: Told, by: str) -> None:
    found.undecided = by == "nobody yet"
    if by and not found.undecided:
        found.row(_("谁定的"), by)


def _plain(found: Told, block: Block) -> None:
    if block.kind == "note":
        kind = block.text("kind")
        found.name = str(NOTES.get(kind, kind))
    found.row(_("数字"), "、".join(block.words("figures")))
    found.row(_("理由"), block.text("because"))
    found.row(_("补充哪一项"), block.text("fixes"))


def _named(library: Library, document: str, name: str) -> str:
    """The name of a rule or target by its id, within its document or as `document#id`."""
    of, _mark, rule = name.rpartition("#")
    plan = library.plans.get(of or document)
    if plan is None:
        return name
    if rule in plan.rules:
        return plan.rules[rule].name
    return next((each.name for each in plan.targets if each.id == rule), name)


def leaf_values(node: Mapping) -> dict[str, str]:
    """Every value of a block under its path of keys: what a comparison looks at."""
    found: dict[str, str] = {}

    def visit(each: object, path: str) -> None:
        if isinstance(each, Scalar):
            found[path] = each.text
        elif isinstance(each, Sequence):
            scalars = [item.text for item in each.items if isinstance(item, Scalar)]
            found[path] = "、".join(scalars)
            for at, item in enumerate(each.items):
                if not isinstance(item, Scalar):
                    visit(item, f"{path} {at + 1}")
        elif isinstance(each, Mapping):
            for key, value in each:
                visit(value, f"{path} · {key}" if path else key)

    visit(node, "")
    return found
