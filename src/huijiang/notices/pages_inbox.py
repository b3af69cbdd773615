"""One's messages: of the account, of the person, of the firms that one acts for."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang import audit
from huijiang.access.viewers import agent_of, worker_of
from huijiang.accounts.doors import signed_in
from huijiang.accounts.models import User
from huijiang.accounts.viewers import Viewer, staff_of
from huijiang.letters import serving
from huijiang.letters.models import Letter
from huijiang.notices import inbox as held
from huijiang.notices.forms import PreferenceForm
from huijiang.notices.models import Announcement, Delivery, Notice, Preference, Subscription
from huijiang.notices.subscribing import choose
from huijiang.notices.targets import address_of
from huijiang.notices.telling import chosen
from huijiang.notices.wording import GROUPS
from huijiang.web.components.lists import Event, Message, Tab
from huijiang.web.components.tags import Tag
from huijiang.web.language import language

PER_PAGE = 20
COLOURS = {
    "case": "blue",
    "entitlement": "green",
    "training": "teal",
    "work": "violet",
    "account": "grey",
    "news": "amber",
}


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def tag_of(notice: Notice) -> Tag:
    return Tag(str(GROUPS.get(notice.group, notice.group)), COLOURS.get(notice.group, "grey"))


@signed_in
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The newest first; those not read can be had alone."""
    every = held.of(_user(request)).select_related("organisation")
    new = every.filter(read_at=None)
    only_new = request.GET.get("new") == "1"
    count = new.count()
    tabs = [Tab(_("全部"), "?", None, not only_new), Tab(_("未读"), "?new=1", count, only_new)]
    page = Paginator(new if only_new else every, PER_PAGE).get_page(request.GET.get("page"))
    rows = [
        Message(held.said(each, "title", language()), reverse("notices:message", args=[each.uid]), tag_of(each),
                timezone.localtime(each.made_at), each.read_at is None, each.organisation.name if each.organisation else "")
        for each in page
    ]  # fmt: skip
    unread = [each.uid for each in page if each.read_at is None]
    told = {"page": page, "rows": rows, "unread": unread, "tabs": tabs, "count": count}
    return render(request, "notices/inbox.html", told)


@signed_in
@require_safe
def message(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """One message; opening it is reading it, and reading about a letter is its service."""
    notice = get_object_or_404(held.of(_user(request)), uid=uid)
    held.mark_read(_user(request), [notice])
    notice.refresh_from_db()
    viewer = _as(request, notice)
    if notice.subject.startswith("letter:") and viewer is not None:
        for letter in Letter.objects.filter(uid=notice.subject.removeprefix("letter:")):
            serving.read(viewer, letter)
    told = {
        "notice": notice, "title": held.said(notice, "title", language()), "body": held.said(notice, "body", language()),
        "group": tag_of(notice), "address": _address(notice, viewer), "events": _events(notice),
    }  # fmt: skip
    return render(request, "notices/message.html", told)


def _as(request: HttpRequest, notice: Notice) -> Viewer | None:
    if notice.person_id is not None:
        return worker_of(request)
    if notice.organisation_id is not None:
        return agent_of(request)
    return staff_of(request)


def _address(notice: Notice, viewer: Viewer | None) -> str:
    if notice.subject.startswith("announcement:"):
        found = Announcement.objects.filter(pk=notice.subject.removeprefix("announcement:")).first()
        return found.address if found is not None else ""
    return address_of(notice.subject, viewer)


def _events(notice: Notice) -> list[Event]:
    """What became of it: sent by which way, or why not; read."""
    events = [Event(timezone.localtime(notice.made_at), _("放入平台消息"), automatic=True)]
    for each in notice.deliveries.select_related("message").order_by("channel", "pk"):
        events.append(
            Event(timezone.localtime(each.not_before), str(each.get_channel_display()), state_of(each), automatic=True)
        )
    if notice.read_at is not None:
        events.append(
            Event(timezone.localtime(notice.read_at), _("已读"), by=notice.read_by.name if notice.read_by else "")
        )
    return list(reversed(events))


def state_of(line: Delivery) -> str:
    """Waiting, sent, given up with the reason, or not sent with the reason."""
    if line.why:
        return _("没有发送：%(why)s") % {"why": line.get_why_display()}
    state = line.outcome or (line.message.state if line.message else "")
    if state == "sent":
        return _("已发送")
    if state == "failed":
        return _("多次发送失败，已停止：%(why)s") % {"why": line.message.error if line.message else ""}
    if line.message is not None and line.message.attempts:
        return _("发送失败，稍后再试：%(why)s") % {"why": line.message.error}
    return _("等待发送")


@signed_in
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Those on the page that was looked at are read; letters are not: each is opened by itself."""
    shown = request.POST.getlist("uid")[:PER_PAGE]
    valid = [each for each in shown if _is_uid(each)]
    found = held.of(_user(request)).filter(uid__in=valid, read_at=None).exclude(subject__startswith="letter:")
    count = held.mark_read(_user(request), list(found))
    messages.success(request, _("已标为已读：%(count)s 条。文书要逐份打开。") % {"count": count})
    return redirect("notices:inbox")


def _is_uid(said: str) -> bool:
    try:
        uuid.UUID(said)
    except ValueError:
        return False
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@transaction.atomic
def preferences(request: HttpRequest) -> HttpResponse:
    """By which ways, which groups, when not; and which news."""
    user = _user(request)
    form = PreferenceForm(request.POST if request.method == "POST" else None, initial=_initial(user))
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        muted = sorted(set(GROUPS) - set(told["wanted"]))
        Preference.objects.update_or_create(user=user, defaults={
            "sms": "sms" in told["channels"], "mail": "mail" in told["channels"], "muted": muted,
            "language": told["language"], "quiet_from": told["quiet_from"], "quiet_until": told["quiet_until"],
        })  # fmt: skip
        audit.record(user, "notices.choose", f"user:{user.uid}", channels=sorted(told["channels"]), muted=muted)
        choose(user, told["topics"], form.regions(), told["language"])
        messages.success(request, _("已保存。"))
        return redirect("notices:preferences")
    reach = {"phone": bool(user.phone), "mail": bool(user.email)}
    return render(
        request, "notices/preferences.html", {"form": form, "reach": reach}, status=422 if form.is_bound else 200
    )


def _initial(user: User) -> dict[str, Any]:
    choice, news = chosen(user), Subscription.objects.filter(user=user).first()
    region = news.regions.first() if news is not None else None
    return {
        "channels": [name for name in ("sms", "mail") if getattr(choice, name)],
        "wanted": [each for each in GROUPS if each not in choice.muted], "language": choice.language,
        "quiet_from": choice.quiet_from, "quiet_until": choice.quiet_until,
        "topics": news.topics if news is not None else [], "region": region.code if region is not None else "",
    }  # fmt: skip
