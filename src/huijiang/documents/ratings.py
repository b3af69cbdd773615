"""Rating the service: what may be rated, storing a rating once, the public figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.accounts.models import User
from huijiang.documents import library
from huijiang.documents.models import Rating

SALT = "huijiang.documents.rating"
PAGES = ("compare", "check", "policies", "benefits", "rules")
FLOOD = 60  # ratings of a minute, all together: more is a machine
SCORES = (5, 4, 3, 2, 1)


class RatingError(ValueError):
    """A rating that can't be taken, and why."""


@dataclass(frozen=True)
class Figures:
    """`tenths`: the average in tenths, rounded half up; None while nobody has rated."""

    count: int
    by_score: dict[int, int]
    tenths: int | None

    @property
    def average(self) -> str:
        return "" if self.tenths is None else f"{self.tenths // 10}.{self.tenths % 10}"

    @property
    def content(self) -> int:
        """How many of a hundred gave three or more (满意)."""
        return (
            100 * sum(count for score, count in self.by_score.items() if score >= 3) // self.count if self.count else 0
        )


def case_link(number: str) -> str:
    """What may stand in a link to rate a case: signed, so that only who has the link can rate it."""
    return f"case:{signing.dumps(number, salt=SALT)}"


def subject_of(about: str) -> str | None:
    """What is rated, from the words of a link; None for something that is not there."""
    kind, mark, name = about.partition(":")
    if kind == "page":
        return about if name in PAGES else None
    if kind == "case" and mark:
        try:
            return f"case:{signing.loads(name, salt=SALT)}"[:200]
        except signing.BadSignature:
            return None
    document, _slash, rule = name.partition("/")
    plan = library.current().plans.get(document)
    if plan is None or (kind in ("benefit", "guide") and rule not in plan.rules):
        return None
    return about[:200] if kind in ("benefit", "guide") or (kind == "document" and not rule) else None


def name_of(subject: str) -> str:
    """What a reader calls it; a case's number is not shown."""
    kind, _mark, name = subject.partition(":")
    if kind == "page":
        words = {"compare": _("各地比较"), "check": _("快速测一测"), "policies": _("政策文库"), "benefits": _("补贴目录"),
                 "rules": _("规则怎样作判断")}  # fmt: skip
        return words.get(name, name)
    if kind == "case":
        return _("一次办理")
    document, _slash, rule = name.partition("/")
    plan = library.current().plans.get(document)
    if plan is None:
        return document
    label = plan.rules[rule].name if rule in plan.rules else plan.title
    return _("%(name)s（办事指南）") % {"name": label} if kind == "guide" else label


@transaction.atomic
def rate(subject: str, score: int, words: str, by: User | None) -> Rating:
    """Store a rating.  Raises RatingError when this person has rated it, or too many come at once."""
    minute = timezone.now() - dt.timedelta(minutes=1)
    if by is None and Rating.objects.filter(rated_at__gt=minute).count() >= FLOOD:
        raise RatingError(_("评价的人太多，请过一分钟再试。"))
    once = (
        salted_hmac(SALT, f"{by.uid} {subject}", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()
        if by
        else None
    )
    try:
        with transaction.atomic():
            made = Rating.objects.create(subject=subject, score=score, words=words.strip(), once=once)
    except IntegrityError:
        raise RatingError(_("您已经评过这一项。")) from None
    audit.record(None, "documents.rated", f"rating:{made.uid}", score=score)
    return made


@transaction.atomic
def moderate(rating: Rating, by: User, because: str = "") -> None:
    """Show the words of a rating, or keep them back for a reason.  Doing it again changes the answer."""
    state = Rating.State.HIDDEN if because.strip() else Rating.State.SHOWN
    Rating.objects.filter(pk=rating.pk).update(state=state, moderated_by=by, hidden_because=because.strip())
    audit.record(by, f"documents.rating_{state}", f"rating:{rating.uid}")


def figures(subject: str = "") -> Figures:
    """How many gave what, of everything or of one subject."""
    found = Rating.objects.filter(subject=subject) if subject else Rating.objects.all()
    counted = dict(found.order_by().values_list("score").annotate(Count("pk")))
    count = sum(counted.values())
    total = sum(score * number for score, number in counted.items())
    return Figures(
        count,
        {score: counted.get(score, 0) for score in SCORES},
        (20 * total + count) // (2 * count) if count else None,
    )
