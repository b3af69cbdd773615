"""Tables that the API's pages show."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang.accounts.tables import moment
from huijiang.accounts.viewers import today
from huijiang.api.models import Client, Delivery, Entry, Subscription, Token
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag


def client_state(each: Client) -> Tag:
    if each.ended_at is not None:
        return Tag(_("已停用"), "grey")
    if each.decided_by_id is None:
        return Tag(_("待审批"), "amber", "clock")
    if not each.approved:
        return Tag(_("未批准"), "red")
    return Tag(_("已过期"), "grey") if each.expires_on < today() else Tag(_("可以使用"), "green")


def token_state(each: Token) -> Tag:
    if each.revoked_at is not None:
        return Tag(_("令牌已作废"), "grey")
    return Tag(_("已过期"), "grey") if each.expires_at <= timezone.now() else Tag(_("可以使用"), "green")


def clients(found: Iterable[Client]) -> Table:
    columns = [Column(_("系统")), Column(_("类型")), Column(_("地区")), Column(_("接口权限")), Column(_("截止")),
               Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [
            Cell(each.name, reverse("api:client", args=[each.uid]), note=each.purpose), each.get_kind_display(),
            each.organisation.name if each.organisation else each.region.name, Cell(" ".join(each.scopes)),
            each.expires_on.isoformat(), Cell(tag=client_state(each)),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("接口客户端"), columns, rows)


def tokens(found: Iterable[Token], revoke: str) -> Table:
    """`revoke`: the name of the page that revokes one."""
    columns = [Column(_("名称")), Column(_("接口权限")), Column(_("到期")), Column(_("最近使用")), Column(_("状态"), "state"),
               Column(_("操作"))]  # fmt: skip
    rows = []
    for each in found:
        state = token_state(each)
        act = Cell(_("作废令牌"), reverse(revoke, args=[each.uid])) if each.revoked_at is None else Cell("—")
        rows.append([
            Cell(each.name, note=f"{each.mark}…"), Cell(" ".join(each.scopes)), moment(each.expires_at),
            moment(each.last_used_at) or _("没有用过"), Cell(tag=state), act,
        ])  # fmt: skip
    return Table(_("令牌"), columns, rows)


ENTRY_COLOURS = {"in": "green", "beyond": "amber", "too_often": "amber"}


def entries(found: Iterable[Entry], *, names: bool = False) -> Table:
    """Who came through the door; with the clients' names for the audit administrator."""
    columns = [Column(_("末次")), Column(_("令牌")), Column(_("接口")), Column(_("地址摘要")), Column(_("次数"), "number"),
               Column(_("结果"), "state")]  # fmt: skip
    rows = [
        [
            Cell(moment(each.last_at)), f"{each.token.mark}…" if each.token else "—", each.route or "—",
            each.address[:8] or "—", str(each.count),
            Cell(tag=Tag(each.get_outcome_display(), ENTRY_COLOURS.get(each.outcome, "red"))),
        ]
        for each in found
    ]  # fmt: skip
    if names:
        columns.insert(1, Column(_("系统")))
        for row, each in zip(rows, found, strict=True):
            row.insert(1, each.client.name if each.client else "—")
    return Table(_("接口登录记录"), columns, rows)


SUBSCRIPTION_COLOURS = {"active": "green", "paused": "grey", "disabled": "red"}


def subscription_state(each: Subscription) -> Tag:
    if each.ended_at is not None:
        return Tag(_("已删除"), "grey")
    return Tag(each.get_state_display(), SUBSCRIPTION_COLOURS[each.state])


def subscriptions(found: Iterable[Subscription]) -> Table:
    columns = [Column(_("接收地址")), Column(_("事件")), Column(_("连续失败"), "number"), Column(_("状态"), "state")]
    rows = [
        [
            Cell(each.url, reverse("api:subscription_page", args=[each.uid])), Cell(" ".join(each.events)),
            str(each.failures), Cell(tag=subscription_state(each)),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("事件订阅"), columns, rows)


DELIVERY_COLOURS = {"waiting": "amber", "sent": "green", "failed": "red"}


def deliveries(found: Iterable[Delivery]) -> Table:
    columns = [Column(_("产生时间")), Column(_("事件")), Column(_("次数"), "number"), Column(_("对方答复")),
               Column(_("状态"), "state"), Column(_("操作"))]  # fmt: skip
    rows = [
        [
            Cell(moment(each.made_at)), each.event, str(each.attempts),
            Cell(str(each.status) if each.status else "—", note=each.answer),
            Cell(tag=Tag(each.get_state_display(), DELIVERY_COLOURS[each.state])),
            Cell(_("再发一次"), reverse("api:delivery_resend", args=[each.uid])),
        ]
        for each in found
    ]  # fmt: skip
    return Table(_("投递记录"), columns, rows)
