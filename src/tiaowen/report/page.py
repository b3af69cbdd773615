"""The report as one self-contained, printable HTML page: no script, no font, no file besides."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tiaowen.report import money
from tiaowen.report.model import AUDIENCES, EXCLUDED, FIRM, NEAR, OTHERS, PEOPLE, READY, UNKNOWN, UNSETTLED, Report
from tiaowen.report.words import word

_CHINESE = re.compile("([\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+)")
STATE_ORDER = (READY, UNKNOWN, NEAR, EXCLUDED)


@cache
def _environment() -> Environment:
    loader = PackageLoader("tiaowen.report", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                       lstrip_blocks=True)  # fmt: skip


def render(report: Report, lang: str = "zh", other: str = "") -> str:
    """The page in Chinese (`zh`) or English (`en`); `other` is the file name of the other one."""

    def w(key: str, **values: object) -> str:
        return word(key, lang, **values)

    def bold(key: str, **values: object) -> Markup:
        return Markup(word(key, lang)).format(**values)

    def policy(text: object) -> Markup:
        """Policy text and names stay Chinese, and say so on the English page."""
        if lang == "zh" or not str(text):
            return escape(text)
        return Markup('<span lang="zh-Hans">{}</span>').format(text)

    def mixed(text: str) -> Markup:
        """A sentence of ours with Chinese names in it."""
        if lang == "zh":
            return escape(text)
        return Markup("").join(policy(part) if at % 2 else escape(part) for at, part in enumerate(_CHINESE.split(text)))

    def how(text: str) -> Markup | str:
        for start, key in (("excluded by ", "how excluded"), ("may be excluded by ", "how may be excluded")):
            if text.startswith(start):
                return bold(key, name=policy(_benefit_name(report, text.removeprefix(start))))
        return w(f"how {text}")

    source, _, _ = _environment().loader.get_source(_environment(), "report.css")  # type: ignore[union-attr]
    return _environment().get_template("report.html").render(
        r=report, lang=lang, w=w, bold=bold, policy=policy, how=how, mixed=mixed, other=other, css=Markup(source),
        total=lambda each: money.total(each, lang), at_most=lambda each: money.at_most(each, lang),
        interval=lambda low, high: money.interval(low, high, lang), states=STATE_ORDER, audiences=AUDIENCES,
        FIRM=FIRM, PEOPLE=PEOPLE, OTHERS=OTHERS, UNSETTLED=UNSETTLED, READY=READY, UNKNOWN=UNKNOWN, NEAR=NEAR,
        EXCLUDED=EXCLUDED, rows_words=_rows_words, fund_total=_fund_total(report),
        fund_audiences=[a for a in AUDIENCES if a in (FIRM, PEOPLE) or any(not f.by[a].nothing for f in report.funds)],
    )  # fmt: skip


def _benefit_name(report: Report, key: str) -> str:
    ident = key.rpartition("#")[2]
    return next((card.name for card in report.cards if card.key.endswith(f"#{ident}")), ident)


def _rows_words(rows: list[int], most: int = 12) -> tuple[str, bool]:
    """Row numbers with runs joined (`3–6, 9`), and whether some were left out."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    said = [str(a) if a == b else f"{a}–{b}" for a, b in runs[:most]]
    return "、".join(said), len(runs) > most


def _fund_total(report: Report) -> dict[str, Any]:
    """The last row of the table of funds."""
    by = {audience: money.Sum() for audience in AUDIENCES}
    found: dict[str, Any] = {
        "by": by,
        "sum": money.Sum(),
        "due": money.Sum(),
        "later": money.Sum(),
        "maybe": money.Sum(),
    }
    for line in report.funds:
        for audience in AUDIENCES:
            by[audience].join(line.by[audience])
        for name in ("sum", "due", "later", "maybe"):
            found[name].join(getattr(line, name))
    return found
