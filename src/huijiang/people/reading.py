"""The copy of one's data for people: what `exports.gathered` put together, in words and in Chinese, nothing left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation

from huijiang.access import looks
from huijiang.accounts.tables import moment
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State
from huijiang.files.models import Purpose
from huijiang.funds.models import Payment
from huijiang.notices.wording import wordings
from huijiang.people.models import Correction
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.amount import money

Told = dict[str, Any]


def page(gathered: Told) -> str:
    """One page without anything from elsewhere, to be opened from a disk."""
    with translation.override("zh-hans"):
        parts = [(title, [_joined(line(each)) for each in gathered[name]]) for name, title, line in PARTS]
        return render_to_string(
            "people/export.html", {"made": _at(gathered["made"]), "facts": gathered["facts"], "parts": parts}
        )


def _joined(words: Iterable[str | None]) -> str:
    return " · ".join(word for word in words if word)


def _at(said: str | None) -> str:
    return moment(dt.datetime.fromisoformat(said)) if said else ""


def _marked(label: str, said: str | None) -> str:
    return f"{label} {said}" if said else ""


def _labelled(choices: Any, value: str) -> str:
    """A code as its list calls it; itself where the list no longer has it."""
    return str(choices(value).label) if value in choices.values else value


def _column(table: str, column: str) -> str:
    told = vocabulary().tables[table]
    return f"{told.label}·{told.columns[column].label}"


def _title(template: str) -> str:
    known = wordings().get(template)
    return known.kind("zh") if known is not None else template


PARTS: Final[tuple[tuple[str, str, Callable[[Told], Iterable[str | None]]], ...]] = (
    ("documents", "证件", lambda each: (each["kind"], each["number"], f"{each['source']} {each['as_of']}")),
    ("accounts", "账户", lambda each: (each["login"], _marked("绑定于", _at(each["bound"])), _marked("结束于", _at(each["ended"])))),
    ("consents", "授权同意", lambda each: (
        each["organisation"], looks.purpose(each["purpose"]), _marked("同意于", _at(each["given"])),
        _marked("有效至", each["until"]), _marked("撤回于", _at(each["withdrawn"])))),
    ("seen_by", "谁看过我", lambda each: (
        _at(each["at"]), each["name"], looks.capacity(each["as"]), each["region"], looks.purpose(each["purpose"]),
        looks.columns(each["columns"]))),
    ("claims", "申报", lambda each: (
        each["number"], name_of(each["benefit"]), _labelled(State, each["state"]), _marked("开始于", _at(each["made"])))),
    ("payments", "付款", lambda each: (
        each["reference"], name_of(each["benefit"]), money(each["fen"]), _labelled(Payment.State, each["state"]),
        _marked("到账", each["settled"]))),
    ("files", "材料", lambda each: (
        each["name"] or "已清除的文件", _labelled(Purpose, each["purpose"]), _marked("上传于", _at(each["uploaded"])),
        _marked("保存至", each["kept_until"]))),
    ("messages", "消息", lambda each: (_at(each["made"]), _title(each["template"]), _marked("读于", _at(each["read"])))),
    ("objections", "对结果的异议", lambda each: (
        _at(each["made"]), name_of(each["benefit"]), each["words"], _marked("答复：", each["answer"]))),
    ("corrections", "更正", lambda each: (
        _at(each["raised"]), _column(each["table"], each["column"]), _marked("登记的是", each["seen"]),
        _marked("认为应当是", each["wanted"]), _labelled(Correction.State, each["state"]), _marked("答复：", each["answer"]))),
)  # fmt: skip
"""Name in `gathered`, heading, what one of it says."""
