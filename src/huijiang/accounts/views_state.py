"""How the installation does, on one page for the system administrator: what doctor and /readyz tell machines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huijiang import disk
from huijiang.accounts.tables import moment
from huijiang.accounts.views_users import system
from huijiang.audit import seals
from huijiang.jobs.models import Run, State
from huijiang.sealed import keys
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

SILENT: Final = dt.timedelta(minutes=1)  # a worker gives a sign of life every ten seconds
LATE: Final = dt.timedelta(minutes=5)
COMFORT: Final = 1 << 30  # bytes: what doctor asks for
GOOD, POOR, BAD = "green", "amber", "red"


@dataclass(frozen=True)
class Point:
    """One thing that is looked at: what was seen, how that is, and what to do where it is not good."""

    name: str
    seen: str
    colour: str = GOOD
    mend: str = ""
    address: str = ""


@system
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    points = [_disk(), _database(), _worker(), _failed(), _waiting(), _seals(), _keys()]
    told = {"table": _table(points), "count": sum(each.colour != GOOD for each in points)}
    return render(request, "accounts/state.html", told)


def _table(points: list[Point]) -> Table:
    words = {GOOD: Tag(_("正常"), GOOD, "check-circle"), POOR: Tag(_("要留意"), POOR, "warning"),
             BAD: Tag(_("要处理"), BAD, "exclaim-circle")}  # fmt: skip
    rows: list[list[Any]] = [
        [Cell(each.name, each.address), Cell(each.seen, note=each.mend), Cell(tag=words[each.colour])]
        for each in points
    ]
    return Table(_("系统状态"), [Column(_("检查什么")), Column(_("现状")), Column(_("状态"), "state")], rows)


def _disk() -> Point:
    left, kept = disk.free(), disk.reserve()
    seen = _("剩 %(left)s MiB") % {"left": f"{left >> 20:,}"}
    if left < kept:
        return Point(
            _("磁盘"), seen, BAD, _("现在不收材料和导入文件，大作业排队等着；请清出空间，排队的会自己接着做。")
        )
    if left < COMFORT:
        return Point(_("磁盘"), seen, POOR, _("少于 %(kept)s MiB 时不再收材料、不做大作业。") % {"kept": kept >> 20})
    return Point(_("磁盘"), seen)


def _database() -> Point:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        version, size = cursor.fetchone()
    return Point(
        _("数据库"),
        _("PostgreSQL %(version)s，占 %(size)s MiB") % {"version": version.split()[0], "size": f"{size >> 20:,}"},
    )


def _worker() -> Point:
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(last_heartbeat) FROM procrastinate_workers")
        (last,) = cursor.fetchone()
    name = _("作业进程")
    if last is None:
        return Point(name, _("没有在运行"), BAD, _("导入、夜间计算、文书都要靠它；请看服务器日志，重新启动。"))
    seen = _("%(when)s 还在应答") % {"when": moment(last)}
    if timezone.now() - last > SILENT:
        return Point(name, seen, BAD, _("一分钟没有应答；看护进程会再启动它，一直不好请看服务器日志。"))
    return Point(name, seen)


def _failed() -> Point:
    since = timezone.now() - dt.timedelta(days=1)
    count = Run.objects.filter(state=State.FAILED, ended_at__gte=since).count()
    address = f"{reverse('accounts:jobs')}?state=failed"
    mend = _("点开看原因，可以重新运行。") if count else ""
    return Point(_("一天内失败的作业"), _("%(n)s 个") % {"n": count}, POOR if count else GOOD, mend, address)


def _waiting() -> Point:
    waiting = Run.objects.filter(state=State.WAITING)
    oldest = waiting.order_by("asked_at").first()
    address = f"{reverse('accounts:jobs')}?state=waiting"
    seen = _("%(n)s 个") % {"n": waiting.count()}
    if oldest is None or timezone.now() - oldest.asked_at < LATE:
        return Point(_("排队的作业"), seen, address=address)
    return Point(
        _("排队的作业"), seen, POOR, _("最早的一个 %(when)s 就在等。") % {"when": moment(oldest.asked_at)}, address
    )


def _seals() -> Point:
    oldest = seals.oldest_unsealed()
    if oldest is None or timezone.now() - oldest < LATE:
        return Point(_("审计封存"), _("及时"))
    return Point(_("审计封存"), _("%(when)s 起的事件还没有封存") % {"when": moment(oldest)}, POOR,
                 _("封存靠作业进程，每分钟一次。"))  # fmt: skip


def _keys() -> Point:
    ring = keys.ring()
    if ring.coming is None:
        return Point(_("加密密钥"), _("在用第 %(n)s 号") % {"n": ring.active})
    return Point(_("加密密钥"), _("正从第 %(old)s 号换到第 %(new)s 号") % {"old": ring.active, "new": ring.coming}, POOR,
                 _("换完请在服务器上运行 huijiang rotate-keys finish。"))  # fmt: skip
