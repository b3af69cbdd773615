"""Who wants to hear what is new: by account, or by a mail address that its owner confirmed."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from huijiang import audit
from huijiang.accounts import messaging
from huijiang.accounts.models import Message, User
from huijiang.jobs import enqueue
from huijiang.notices.models import Announcement, Subscription
from huijiang.notices.telling import mail_body, tell
from huijiang.notices.wording import wordings
from huijiang.regions.models import Region
from huijiang.sealed import found_by

TOPICS: Final = {
    "release": gettext_lazy("新的政策版本"),
    "round": gettext_lazy("新开的申报批次"),
    "class": gettext_lazy("新开的培训班"),
    "notice": gettext_lazy("公示"),
}
UNCONFIRMED: Final = dt.timedelta(days=3)
AGAIN: Final = dt.timedelta(minutes=10)
SPREAD: Final = "notices.spread"


@transaction.atomic
def ask(mail: str, topics: Iterable[str], regions: Iterable[Region], language: str) -> None:
    """Send a link that confirms; says nothing about whether the address is known already.

    A known address gets the link that changes its subscription; at most one mail in ten minutes.
    """
    address = mail.strip().casefold()
    known = Subscription.objects.filter(found_by(Subscription, "mail", address)).first()
    if known is not None and known.asked_at > timezone.now() - AGAIN:
        return
    if known is None:
        known = Subscription.objects.create(mail=address, key=secrets.token_urlsafe(24), topics=sorted(topics),
                                            language=language)  # fmt: skip
        known.regions.set(regions)
        audit.record(None, "notices.subscribe", f"subscription:{known.uid}", topics=sorted(topics))
    else:
        Subscription.objects.filter(pk=known.pk).update(asked_at=timezone.now())
    path = reverse("notices:confirm", args=[_key(known)])
    wording = wordings()["subscription_confirm"]
    body = mail_body(wording.say("body", {}, language), path, language, leave=_leave(known))
    messaging.send(None, Message.Channel.MAIL, address, "subscription", body, wording.say("title", {}, language))


def by_key(key: str) -> Subscription | None:
    return Subscription.objects.filter(found_by(Subscription, "key", key)).first()


@transaction.atomic
def confirm(found: Subscription) -> None:
    if Subscription.objects.filter(pk=found.pk, verified_at=None).update(verified_at=timezone.now()):
        audit.record(None, "notices.confirm", f"subscription:{found.uid}")


@transaction.atomic
def leave(found: Subscription) -> None:
    """The address is forgotten."""
    audit.record(None, "notices.unsubscribe", f"subscription:{found.uid}")
    found.delete()


@transaction.atomic
def choose(user: User, topics: Iterable[str], regions: Iterable[Region], language: str) -> None:
    """An account's topics; none ends its subscription."""
    kept = sorted(topics)
    held = Subscription.objects.filter(user=user).first()
    if not kept:
        if held is not None:
            leave(held)
        return
    if held is None:
        held = Subscription.objects.create(user=user, key=secrets.token_urlsafe(24), topics=kept, language=language,
                                           verified_at=timezone.now())  # fmt: skip
    else:
        held.topics, held.language = kept, language
        held.save(update_fields=["topics", "language"])
    held.regions.set(regions)
    audit.record(user, "notices.subscribe", f"subscription:{held.uid}", topics=kept)


@transaction.atomic
def announce(topic: str, key: str, template: str, values: Mapping[str, str], *, address: str, region: str = "") -> Announcement | None:  # fmt: skip
    """Tell subscribers of a topic (for the region or a place within it, or for no region in particular).

    `key`: names what is new; announcing it twice tells nobody twice (then None).
    """
    if topic not in TOPICS:
        raise ValueError(f"topic {topic!r}；应为 expected one of {', '.join(TOPICS)}")
    wordings()[template].check(values)
    if Announcement.objects.filter(key=key).exists():
        return None
    made = Announcement.objects.create(key=key, topic=topic, template=template, values=dict(values), address=address,
                                       region_id=region or None)  # fmt: skip
    audit.record(None, "notices.announce", key, region, topic=topic)
    enqueue(SPREAD, unique=key, key=key)
    return made


@transaction.atomic
def spread(key: str) -> int:
    """Tell everybody who asked; gives how many.  Done before: nobody."""
    made = Announcement.objects.select_for_update(of=("self",)).select_related("region").get(key=key)
    if made.told is not None:
        return 0
    count = 0
    for each in wanted(made).select_related("user").iterator(chunk_size=500):
        count += _told(made, each)
    made.told = count
    made.save(update_fields=["told"])
    return count


def wanted(made: Announcement) -> Any:
    """Subscriptions that an announcement concerns: of its place, of a place within it, or of everywhere."""
    found = Subscription.objects.filter(topics__contains=[made.topic], verified_at__isnull=False)
    if made.region is None:
        return found
    return found.filter(Q(regions=None) | Q(regions__path__startswith=made.region.path)).distinct()


def _told(made: Announcement, held: Subscription) -> bool:
    if held.user is not None:
        return tell(held.user, made.template, made.values, f"announcement:{made.pk}") is not None
    if not settings.MAIL or held.mail is None:
        return False
    wording = wordings()[made.template]
    body = mail_body(wording.say("body", made.values, held.language), made.address, held.language, leave=_leave(held))
    messaging.send(None, Message.Channel.MAIL, held.mail.open(), "news", body,
                   wording.say("title", made.values, held.language)[:120])  # fmt: skip
    return True


def forget_unconfirmed(now: dt.datetime | None = None) -> int:
    """Addresses that nobody confirmed."""
    end = (now or timezone.now()) - UNCONFIRMED
    return int(Subscription.objects.filter(verified_at=None, asked_at__lt=end).delete()[0])


def _key(held: Subscription) -> str:
    return held.key if isinstance(held.key, str) else held.key.open()


def _leave(held: Subscription) -> str:
    return reverse("notices:leave", args=[_key(held)])
