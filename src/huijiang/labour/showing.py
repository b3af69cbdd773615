"""Surveys, answers, sums and comparisons as parts of pages: for a firm and for an officer alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import today
from huijiang.labour.answering import Key, Line
from huijiang.labour.comparing import CERTIFIED, HEADS, INSURED, Compared, Side, shown
from huijiang.labour.figures import FIGURES, NAMES, levels
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm
from huijiang.labour.registers import Registered
from huijiang.labour.surveys import WAITING
from huijiang.labour.totals import PER_MILLE, Sum
from huijiang.web.components.amount import grouped
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

COLOURS: Final = {"draft": "blue", "open": "green", "closed": "grey", "dropped": "grey"}
STANDINGS: Final = {
    WAITING: (gettext_lazy("未报"), "amber", "clock"),
    SurveyAnswer.State.DRAFT: (gettext_lazy("草稿，未提交"), "blue", ""),
    SurveyAnswer.State.SENT: (gettext_lazy("已提交"), "green", "check"),
    SurveyAnswer.State.WITHDRAWN: (gettext_lazy("已撤回"), "amber", ""),
    SurveyAnswer.State.RETURNED: (gettext_lazy("已退回，待更正"), "red", ""),
    SurveyAnswer.State.REPLACED: (gettext_lazy("已更正"), "grey", ""),
}
UNKNOWN: Final = "unknown"
ALL: Final = "all"


def survey_tag(survey: EmployerSurvey) -> Tag:
    if survey.state == EmployerSurvey.State.OPEN and today() < survey.opens_on:
        return Tag(_("已发布，未开始"), "blue")
    return Tag(str(survey.get_state_display()), COLOURS[survey.state])


def standing_tag(standing: str) -> Tag:
    words, colour, icon = STANDINGS[standing]
    return Tag(str(words), colour, icon)


def period(survey: EmployerSurvey) -> str:
    return _("%(opens)s 至 %(closes)s") % {"opens": survey.opens_on.isoformat(), "closes": survey.closes_on.isoformat()}


def facts_of(survey: EmployerSurvey) -> list[Fact]:
    """What the round is."""
    found = [
        Fact(_("统计时点"), survey.counted_on.isoformat()),
        Fact(_("填报期"), period(survey)),
        Fact(_("职业（工种）"), "、".join(survey.occupations)),
    ]
    if survey.words:
        found.append(Fact(_("说明"), survey.words))
    return found


def lines_table(lines: Mapping[Key, Line], caption: str, only: str = "") -> Table:
    """Every line of an answer; what was not answered is a dash."""
    columns = [Column(_("职业（工种）")), *(Column(str(each.short), "number") for each in FIGURES),
               Column(_("月工资（元）"), "number"), Column(_("招用难点"))]  # fmt: skip
    rows = [
        [Cell(occupation, note=level), *(shown(line.get(name)) for name in NAMES), pay(line), line.get("difficulty") or "—"]
        for (occupation, level), line in lines.items() if only in ("", occupation)
    ]  # fmt: skip
    return Table(caption, columns, rows)


def pay(line: Mapping[str, Any]) -> str:
    low, high = line.get("wage_low"), line.get("wage_high")
    if low is None or high is None:
        return "—"
    return f"{grouped(low)}–{grouped(high)}"


def versions_table(surveyed: SurveyedFirm, address: Callable[[SurveyAnswer], str]) -> Table:
    columns = [Column(_("版次")), Column(_("提交")), Column(_("后来")), Column(_("状态"), "state")]
    rows = []
    for each in surveyed.answers.select_related("sent_by", "ended_by").order_by("-version"):
        rows.append([
            Cell(_("填报第 %(n)s 版") % {"n": each.version}, address(each)),
            Cell(moment(each.sent_at) or "—", note=each.sent_by.name if each.sent_by else ""),
            Cell(moment(each.ended_at) or "—", note=each.reason or (each.ended_by.name if each.ended_by else "")),
            Cell(tag=standing_tag(each.state)),
        ])  # fmt: skip
    return Table(_("版次"), columns, rows)


# --- sums -------------------------------------------------------------------


def sums_table(
    caption: str, first: str, rows: Sequence[tuple[Cell, Sum]], asked: int | None = None, figures: Sequence[str] = NAMES
) -> Table:
    """Sums in rows.  `asked`: how many answered in all, so that each figure says how many of them left it open."""
    columns = [Column(first), *(Column(str(each.short), "number") for each in FIGURES if each.name in figures),
               Column(_("缺口率"), "number"), Column(_("单位数"), "number")]  # fmt: skip
    body = [
        [name, *(_of_firms(each, figure, asked) for figure in figures), permille(each.rate), str(len(each.firms))]
        for name, each in rows
    ]  # fmt: skip
    return Table(caption, columns, body)


def _of_firms(each: Sum, figure: str, asked: int | None) -> Cell:
    missing = len(each.firms) - len(each.told[figure])
    note = _("%(n)s 家未填") % {"n": missing} if asked is not None and missing and each.told[figure] else ""
    return Cell(shown(each.get(figure)), note=note)


def permille(rate: int | None) -> str:
    """13.6%, from thousandths; 0 and unknown told apart."""
    if rate is None:
        return "—"
    whole, rest = divmod(rate, PER_MILLE // 100)
    return f"{whole}.{rest}%"


# --- the comparison -----------------------------------------------------------


def sources_facts(known: Registered) -> list[Fact]:
    """Which registers, as of when, how complete."""
    found = []
    for each in known.sources.values():
        days = "；".join(f"{source} {day.isoformat()}" for source, day in each.from_)
        source = _("%(n)s 条：%(days)s") % {"n": each.rows, "days": days} if each.rows else _("没有一条")
        tag = Tag(_("齐全"), "green", "check") if each.complete else Tag(_("不齐全"), "amber")
        found.append(Fact(each.label, each.words, source=source, tag=tag))
    return found


def comparison(
    compared: Sequence[Compared], occupations: Sequence[str], people: Callable[[str, int, str], str]
) -> list[dict[str, Any]]:
    """For each occupation its table and its reasons.  `people` gives the address of the list behind a registered figure:
    figure, which occupation, which level."""
    ladder = {name: str(at) for at, name in enumerate(levels())}
    found = []
    for at, occupation in enumerate(occupations):
        mine = [each for each in compared if each.occupation == occupation]
        rows = []
        for each in mine:
            level = UNKNOWN if each.level is None else ALL if each.level == "" else ladder[each.level]
            name = _("等级不明") if each.level is None else each.level or _("合计")
            cells: list[Cell | str] = [name]
            for figure in (HEADS, INSURED, CERTIFIED):
                side = each.side(figure)
                cells += [
                    shown(side.answered) if side else "—",
                    _registered(side, people(figure, at, level) if side else ""),
                ]
            rows.append(cells)
        columns = [Column(_("等级")), Column(_("现有·填报"), "number"), Column(_("现有·登记"), "number"), Column(_("参保·填报"), "number"),
                   Column(_("参保·登记"), "number"), Column(_("持证·填报"), "number"), Column(_("持证·登记"), "number")]  # fmt: skip
        reasons = next((each.reasons for each in mine if each.level == ""), ())
        differs = any(side.difference for each in mine if each.level == "" for side in each.sides)
        found.append({"occupation": occupation, "table": Table(occupation, columns, rows), "reasons": reasons, "differs": differs,
                      "empty": len(mine) == 1 and all(side.answered is None and not side.registered for side in mine[0].sides)})  # fmt: skip
    return found


def _registered(side: Side | None, address: str) -> Cell:
    if side is None:
        return Cell("—")
    if side.registered is None:
        return Cell("—", note=_("登记不齐，不当作 0"))
    apart = side.difference
    if apart is None:
        return Cell(shown(side.registered), address if side.registered else "")
    note = _("一致") if apart == 0 else _("多填 %(n)s") % {"n": apart} if apart > 0 else _("少填 %(n)s") % {"n": -apart}
    return Cell(shown(side.registered), address if side.registered else "", note=note, tone="amber" if apart else "")


def firms_order(firms: Any) -> Any:
    return firms.order_by(F("organisation__pinyin").asc(nulls_last=True), "pk")
