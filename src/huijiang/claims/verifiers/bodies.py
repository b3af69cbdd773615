"""The body and the office: R41 a shell, R42 concentration with one reviewer and reviewers' own units."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext_noop

from huijiang.claims.connectors import Outcome, ask
from huijiang.claims.models import Act, Relation
from huijiang.claims.models.decision import Kind
from huijiang.claims.verifiers.finding import Finding, Subject, failed, no_data, passed
from huijiang.registry.models import MODELS

REVOKED: Final = frozenset({"吊销", "注销"})
YOUNG: Final = dt.timedelta(days=183)
YEAR: Final = dt.timedelta(days=366)
FEW: Final = 10
SHARE: Final = 80
POINTS: Final = 20


def shell(subject: Subject) -> Finding | None:
    """R41: revoked (stops), or young, listed as abnormal, without any insured staff (a person looks)."""
    body = subject.body
    if body is None:
        return None
    if not body.uscc:
        return no_data(gettext_noop("没有统一社会信用代码"), organisation=body.pk)
    answer = ask("business", f"organisation:{body.pk}", body.uscc, subject.on)
    if answer.outcome is Outcome.UNAVAILABLE:
        return no_data(gettext_noop("外部登记簿没有答复"), source=answer.source, why=answer.why)
    seen = {"organisation": body.pk, "source": answer.source, "as_of": str(answer.as_of)}
    if answer.outcome is Outcome.ABSENT:
        return failed(gettext_noop("市场监管登记里没有这家单位"), "review", **seen)
    if str(answer.facts.get("status", "")) in REVOKED:
        return failed(gettext_noop("单位已吊销或注销"), **seen)
    signs = [name for name in ("abnormal", "dishonest") if answer.facts.get(name) is True]
    founded = _day(answer.facts.get("founded_on"))
    if founded is not None and founded > subject.sent - YOUNG:
        signs.append("young")
    if subject.covered("insurance") and not MODELS["insurance"].objects.filter(employer=body).exists():
        signs.append("no_staff")
    return failed(gettext_noop("像是空壳单位"), "review", signs=signs, **seen) if signs else passed("", **seen)


def _day(value: object) -> dt.date | None:
    """A day as a register wrote it; None for what is none."""
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def concentration(subject: Subject) -> Finding | None:
    """R42: of the body's claims in a year, ten or more, four in five were reviewed by one human."""
    if subject.body is None:
        return None
    since = dt.datetime.combine(subject.on - YEAR, dt.time(), dt.UTC)
    signed = Act.objects.filter(claim__payee_organisation=subject.body, kind=Kind.REVIEW, voided_at=None, at__gte=since)
    by = list(signed.values_list("human").annotate(n=Count("id")).order_by("-n"))
    total = sum(n for _human, n in by)
    if total < FEW:
        return passed("", reviews=total)
    share = by[0][1] * 100 // total
    if share >= SHARE:
        return failed(gettext_noop("这家单位的申报多由同一人审核"), score=POINTS, reviews=total, share=share)
    return passed("", reviews=total, share=share)


def own_unit(subject: Subject) -> Finding | None:
    """R42: somebody who signed on the claim declared a relation with whoever gains, afterwards."""
    signers = Act.objects.filter(claim=subject.claim, voided_at=None).values("user")
    related = Relation.objects.filter(user__in=signers, ended_at=None)
    count = (
        related.filter(organisation=subject.body).count() if subject.body is not None
        else related.filter(person__in=[each.pk for each in subject.people]).count()
    )  # fmt: skip
    return failed(gettext_noop("签署人与收款方有关系"), "block", relations=count) if count else passed()
