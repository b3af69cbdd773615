"""What is new in rooms below, which know nothing of subscriptions: releases that came into force."""

from __future__ import annotations

from django.urls import reverse

from huijiang.documents import releases
from huijiang.notices.models import Announcement
from huijiang.notices.subscribing import announce


def watch() -> int:
    """Announce a release that came into force since the last look; gives how many.

    The first release ever is no news: it is what the platform starts with.
    """
    found = releases.in_force()
    if found is None:
        return 0
    key = f"release:{found.uid}"
    if not Announcement.objects.filter(topic="release").exists():
        Announcement.objects.create(key=key, topic="release", template="policy_released",
                                    address=reverse("documents:policies"), told=0)  # fmt: skip
        return 0
    values = {"number": str(found.number), "day": str(found.in_force_from)}
    return int(announce("release", key, "policy_released", values, address=reverse("documents:policies")) is not None)
