"""How long everything is kept: read from where each room declares it, so that the page and the jobs cannot differ."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from huijiang.accounts import retention as accounts
from huijiang.files.models import Purpose
from huijiang.files.retention import TIME
from huijiang.notices import retention as notices
from huijiang.people import exports
from huijiang.registry import retention as registry
from huijiang.registry.laws import LAWS
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.language import is_chinese


@dataclass(frozen=True)
class Kept:
    """What, how long from when, and the job that lets go of it (empty: nothing does, it is kept)."""

    what: str
    long: str
    job: str


def listed() -> list[Kept]:
    """Everything, in the order of the rooms."""
    return [
        Kept(_("登录记录"), _length(accounts.SIGN_INS), "accounts.expire"),
        Kept(_("发出的短信和邮件"), _length(accounts.MESSAGES), "accounts.expire"),
        Kept(_("更换手机的申请"), _length(accounts.PHONE_CHANGES), "accounts.expire"),
        *(_table(table) for table in LAWS),
        Kept(_("证件号码的修改历史"), _years(registry.IDENTITY_YEARS), "registry.expire"),
        Kept(_("数据齐全情况的修改历史"), _years(registry.COVERAGE_YEARS), "registry.expire"),
        Kept(_("授权同意、谁看过我"), _("一直保存，只增不改"), ""),
        *(Kept(str(Purpose(each).label), _file(*TIME[each]), "files.expire") for each in TIME),
        Kept(_("一般通知"), _length(notices.USUAL), "notices.expire"),
        Kept(_("法定送达的通知"), _length(notices.REQUIRED), "notices.expire"),
        Kept(_("申报、签署和付款"), _("一直保存，只增不改"), ""),
        Kept(_("个人信息副本"), _length(exports.LASTS), "people.retention"),
        Kept(_("更正和删除申请"), _("一直保存，内容加密"), ""),
        Kept(_("影响评估记录"), _("至少 3 年"), ""),
        Kept(_("审计事件"), _("一直保存，只增不改"), ""),
    ]


def _table(table: str) -> Kept:
    told, law = vocabulary().tables[table], LAWS[table]
    name: Any = told.label if is_chinese() else table.replace("_", " ")
    words = _("最后变更后 %(kept)s 年；修改历史 %(history)s 年") % {"kept": law.kept, "history": law.history_kept}
    return Kept(str(name), words, "registry.expire")


def _years(years: int) -> str:
    return _("%(n)s 年") % {"n": years}


def _length(time: dt.timedelta) -> str:
    return _years(time.days // 366) if time.days >= 366 and not time.days % 366 else _("%(n)s 天") % {"n": time.days}


def _file(years: int, days: int) -> str:
    return _years(years) if years else _("%(n)s 天") % {"n": days}
