"""Tables that several pages of accounts show."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang.accounts.models import SignIn
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

COLOURS = {"in": "green", "wrong": "amber", "locked": "red", "out": "grey", "idle": "grey"}


def moment(when: object) -> str:
    """A time as it is written in tables."""
    return timezone.localtime(when).strftime("%Y-%m-%d %H:%M") if when else ""  # type: ignore[arg-type]


def sign_in_table(found: Sequence[SignIn], *, names: bool = False) -> Table:
    """Lines of the sign-in log; with names for those who look after others' accounts."""
    columns = [
        Column(_("时间")),
        Column(_("方式")),
        Column(_("设备")),
        Column(_("地址摘要")),
        Column(_("结果"), "state"),
    ]
    rows = [
        [
            Cell(moment(each.at)), each.get_way_display(), each.device or _("未知设备"), each.address[:8],
            Cell(tag=Tag(each.get_outcome_display(), COLOURS[each.outcome])),
        ]
        for each in found
    ]  # fmt: skip
    if names:
        columns.insert(1, Column(_("账户")))
        for row, each in zip(rows, found, strict=True):
            row.insert(1, each.user.login if each.user else _("没有这个账户（%(mark)s）") % {"mark": each.login[:8]})
    return Table(_("登录记录"), columns, rows)
