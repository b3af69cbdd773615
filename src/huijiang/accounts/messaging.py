"""Mail and SMS: written in the transaction of what they tell of, sent by a job, tried again when the gateway fails."""

from __future__ import annotations

import datetime as dt
import smtplib
from typing import Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang.accounts.models import Message, User
from huijiang.jobs import enqueue

SEND: Final = "accounts.send"
MOST_ATTEMPTS: Final = 5
TIMEOUT: Final = 10  # seconds that a gateway may take


class NotSent(Exception):
    """The gateway did not take the message: what it said, without the message's own words."""


def send(user: User | None, channel: str, to: str, about: str, body: str, subject: str = "") -> Message:
    """Put a message on its way; it goes when the transaction commits."""
    made = Message.objects.create(user=user, channel=channel, to=to, about=about, body=body, subject=subject)
    enqueue(SEND, actor=user, unique=str(made.uid), message=str(made.uid))
    return made


def reaching(user: User) -> tuple[str, str] | None:
    """By which channel and where an account is reached; None where nothing is known or nothing is set up."""
    if user.phone and settings.SMS:
        return Message.Channel.SMS, user.phone.open()
    if user.email and settings.MAIL:
        return Message.Channel.MAIL, user.email
    return None


def new_device(user: User, device: str) -> Message | None:
    """Tell somebody that their account was used from a browser not seen before."""
    found = reaching(user)
    if found is None:
        return None
    when = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    words = _("您的惠匠账户于 %(when)s 在新设备（%(device)s）上登录。不是您本人的，请立即修改密码并拨打 12333。") % {
        "when": when,
        "device": device or _("未知设备"),
    }
    return send(user, *found, "new_device", words, _("新设备登录提醒"))


def phone_code(user: User, phone: str, code: str) -> Message:
    """The code that proves a new phone number."""
    words = _("惠匠验证码 %(code)s，用于更换手机号，10 分钟内有效。请勿告诉他人。") % {"code": code}
    return send(user, Message.Channel.SMS, phone, "phone_code", words)


def deliver(message: Message) -> None:
    """Hand one message to its gateway.  Raises NotSent; the outcome is stored either way."""
    message.attempts += 1
    message.tried_at = timezone.now()
    try:
        if message.channel == Message.Channel.MAIL:
            _mail(message)
        else:
            _sms(message)
    except NotSent as error:
        message.error = str(error)[:300]
        if message.attempts >= MOST_ATTEMPTS:
            message.state, message.body = Message.State.FAILED, None
        message.save()
        raise
    message.state, message.error, message.body = Message.State.SENT, "", None
    message.save()


def _words(message: Message) -> str:
    return message.body.open() if message.body else ""


def _mail(message: Message) -> None:
    if not settings.MAIL:
        raise NotSent("HUIJIANG_MAIL 没有设置 is not set")
    letter = EmailMessage(message.subject, _words(message), settings.DEFAULT_FROM_EMAIL, [message.to.open()],
                          headers={"Message-ID": f"<{message.uid}@huijiang>"})  # fmt: skip
    try:
        letter.send()
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"{settings.EMAIL_HOST}: {type(error).__name__}") from error


def _sms(message: Message) -> None:
    """POST {"id", "phone", "text"}; the gateway answers 200 {"accepted": true}.  The id lets it drop repeats."""
    if not settings.SMS:
        raise NotSent("HUIJIANG_SMS 没有设置 is not set")
    where = urlsplit(settings.SMS).hostname
    told = {"id": str(message.uid), "phone": message.to.open(), "text": _words(message)}
    try:
        answer = requests.post(
            settings.SMS, json=told, timeout=TIMEOUT, headers={"Authorization": f"Bearer {settings.SMS_TOKEN}"},
            allow_redirects=False,
        )  # fmt: skip
        said = answer.json() if answer.status_code == requests.codes.ok else None
    except requests.RequestException as error:
        raise NotSent(f"{where}: {type(error).__name__}") from error
    if not isinstance(said, dict) or said.get("accepted") is not True:
        raise NotSent(f"{where}: HTTP {answer.status_code}，没有受理 not accepted")


def wait_after(attempts: int) -> dt.timedelta:
    """How long to wait before the next try: 1, 2, 4, 8 minutes."""
    return dt.timedelta(minutes=2 ** max(0, attempts - 1))


@transaction.atomic
def resend(now: dt.datetime | None = None) -> int:
    """Ask again for every message that waits and whose time has come; gives how many."""
    moment = now or timezone.now()
    waiting = Message.objects.filter(state=Message.State.WAITING, tried_at__isnull=False)
    due = [each for each in waiting if each.tried_at and each.tried_at + wait_after(each.attempts) <= moment]
    for each in due:
        enqueue(SEND, actor=each.user, unique=str(each.uid), message=str(each.uid))
    return len(due)
