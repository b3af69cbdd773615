"""Telling: the notice in the transaction of what it tells of; SMS and mail by a job, outside quiet hours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from huijiang import audit, present
from huijiang.access.models import Agency, Binding
from huijiang.accounts import messaging
from huijiang.accounts.models import Message, User
from huijiang.accounts.viewers import HERE, today
from huijiang.notices.models import Delivery, Notice, Preference
from huijiang.notices.wording import Wording, wordings
from huijiang.registry.linked import family
from huijiang.registry.models import Organisation, Person

CHANNELS: Final = (Message.Channel.SMS, Message.Channel.MAIL)


@transaction.atomic
def tell(
    to: Any, template: str, values: Mapping[str, str], subject: str, required: bool | None = None
) -> Notice | None:
    """Tell a User, a Person or an Organisation.

    `values`: exactly those of the template, as words.  `subject`: `kind:external id` of what it is about.
    `required`: True where the law asks for this very message; else what the template says.  Gives None where the
    addressee muted messages of this group and it is not required.

    Raises KeyError for a template that no room has, WordingError for values that don't fit.
    """
    wording = wordings()[template]
    wording.check(values)
    must = wording.required if required is None else required
    accounts = _accounts(to)
    if not must and accounts and all(wording.group in chosen(user).muted for user in accounts):
        return None
    notice = Notice.objects.create(
        template=template, group=wording.group, values=json.dumps(dict(values), ensure_ascii=False, sort_keys=True),
        subject=subject, required=must, **{_side(to): to},
    )  # fmt: skip
    _plan(notice, wording, accounts)
    audit.record(None, "notices.tell", f"notice:{notice.uid}", of=subject, template=template, required=must)
    return notice


def chosen(user: User) -> Preference:
    """What an account chose, or the usual."""
    return Preference.objects.filter(pk=user.pk).first() or Preference(user=user)


def _side(to: Any) -> str:
    for name, model in (("user", User), ("person", Person), ("organisation", Organisation)):
        if isinstance(to, model):
            return name
    raise TypeError(f"to: {type(to).__name__}；应为 expected User, Person or Organisation")


def _accounts(to: Any) -> list[User]:
    """The accounts behind an addressee."""
    if isinstance(to, User):
        return [to]
    if isinstance(to, Person):
        people = family("person", to.pk)
        return [each.user for each in Binding.objects.filter(person__in=people, ended_at=None).select_related("user")]
    firms = family("organisation", to.pk)
    held = Agency.objects.filter(organisation__in=firms, ended_at=None, starts_on__lte=today()).select_related("user")
    return list({each.user_id: each.user for each in held if each.ends_on is None or each.ends_on >= today()}.values())


def _plan(notice: Notice, wording: Wording, accounts: Iterable[User]) -> None:
    """One line per account and channel: when it goes, or why not."""
    now = present.now()
    lines = []
    for user in accounts:
        choice = chosen(user)
        muted = not notice.required and wording.group in choice.muted
        for channel in CHANNELS:
            why = Delivery.Why.NOT_WANTED if muted else reason_not(user, choice, channel)
            goes = now if why else after_quiet(now, choice)
            lines.append(Delivery(notice=notice, user=user, channel=channel, why=why, not_before=goes))
    if not lines:
        lines = [
            Delivery(notice=notice, channel=each, why=Delivery.Why.NO_ACCOUNT, not_before=now) for each in CHANNELS
        ]
    Delivery.objects.bulk_create(lines)


def reason_not(user: User, choice: Preference, channel: str) -> str:
    """Why a channel is not used; empty where it is."""
    on, wanted, address = (
        (settings.SMS, choice.sms, user.phone) if channel == Message.Channel.SMS else (settings.MAIL, choice.mail, user.email)
    )  # fmt: skip
    if not on:
        return Delivery.Why.NOT_SET_UP
    if not wanted:
        return Delivery.Why.NOT_WANTED
    return "" if address else Delivery.Why.NO_ADDRESS


def after_quiet(now: dt.datetime, choice: Preference) -> dt.datetime:
    """Now, or the end of the quiet hours that now falls into."""
    local = now.astimezone(HERE)
    begin, end = choice.quiet_from, choice.quiet_until
    quiet = begin <= local.hour < end if begin < end else (local.hour >= begin or local.hour < end) and begin != end
    if not quiet:
        return now
    day = local.date() + dt.timedelta(days=1) if begin > end and local.hour >= begin else local.date()
    return dt.datetime.combine(day, dt.time(end), HERE)


def send_due(now: dt.datetime | None = None, most: int = 500) -> int:
    """Hand what is due to the gateways' queue; gives how many."""
    moment, count = now or timezone.now(), 0
    with transaction.atomic():
        due = Delivery.objects.filter(message=None, why="", outcome="", not_before__lte=moment)
        for each in due.select_for_update(skip_locked=True, of=("self",)).select_related("notice", "user")[:most]:
            _send(each)
            count += 1
    return count


def _send(line: Delivery) -> None:
    user = line.user
    if user is None:  # the account went meanwhile
        Delivery.objects.filter(pk=line.pk).update(why=Delivery.Why.NO_ACCOUNT)
        return
    choice = chosen(user)
    why = reason_not(user, choice, line.channel)  # they may have changed their mind in the quiet hours
    if why:
        Delivery.objects.filter(pk=line.pk).update(why=why)
        return
    wording, notice = wordings()[line.notice.template], line.notice
    values = json.loads(notice.values.open())
    if line.channel == Message.Channel.SMS and user.phone is not None:
        to, words = user.phone.open(), wording.say("sms", values, choice.language)
    else:
        to, words = user.email, mail_body(wording.say("body", values, choice.language), f"/my/messages/{notice.uid}/", choice.language)  # fmt: skip
    title = wording.say("title", values, choice.language)
    line.message = messaging.send(user, line.channel, to, "notice", words, title[:120])
    line.save(update_fields=["message"])


def mail_body(words: str, path: str, language: str, leave: str = "") -> str:
    """A mail: the words, where to read on, how to have no more of them."""
    on = settings.PUBLIC_ADDRESS
    if language == "en":
        stop = f"Unsubscribe: {on}{leave}" if leave else f"Choose what is sent to you: {on}/my/messages/settings/"
        return f"{words}\n\nRead on: {on}{path}\n\n--\n{stop}\n"
    stop = f"退订：{on}{leave}" if leave else f"选择接收方式：{on}/my/messages/settings/"
    return f"{words}\n\n查看：{on}{path}\n\n--\n{stop}\n"


def take_outcomes() -> int:
    """Copy what the gateways said into the log, which outlives the messages themselves."""
    count = 0
    open_ = Delivery.objects.filter(message__isnull=False, outcome="").exclude(message__state=Message.State.WAITING)
    for each in open_.select_related("message")[:2_000]:
        if each.message is not None:
            count += Delivery.objects.filter(pk=each.pk, outcome="").update(outcome=each.message.state)
    return count
