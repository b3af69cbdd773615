"""Dues for which no source answers: the text names none, or one that nobody declared here.

The first that waits opens a question with a number; two people choose the source, with the document and the reason, and
whoever waited is served.  What the text says of the source stays as it was read; the choice is the place's own.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.humans import same
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.claims.models import Claim, Due
from huijiang.funds.models import FundQuestion, Source

LOCK = "funds.question"
NONE = ("", "undetermined")
"""What the text's own word for a source is where it names none."""


class QuestionError(ValueError):
    """Something that can't be done with a question; says what and how to mend it."""


def of(due: Due) -> FundQuestion | None:
    """The question of a due's benefit: of the nearest region upwards."""
    return asked(due.benefit, due.claim.region.path)


def asked(benefit: str, path: str) -> FundQuestion | None:
    """The question of a benefit in a place: of the nearest region upwards."""
    codes = [each for each in path.split("/") if each]
    found = FundQuestion.objects.filter(benefit=benefit, region__in=codes).select_related("source", "region")
    return max(found, key=lambda each: codes.index(each.region_id), default=None)


def chosen(due: Due) -> Source | None:
    """The source that two people chose; None while nobody did."""
    held = of(due)
    return held.source if held is not None and held.decided_at is not None else None


@transaction.atomic
def opened(due: Due) -> FundQuestion:
    """The question of a due's benefit, opened by the first that asks."""
    found = of(due)
    if found is not None:
        return found
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    found = of(due)
    if found is not None:
        return found
    year = today().year
    given = FundQuestion.objects.filter(number__startswith=f"ZD{year}-").count()
    made = FundQuestion.objects.create(
        number=f"ZD{year}-{given + 1:04d}", region=due.claim.region, benefit=due.benefit,
        words="" if due.fund in NONE else due.fund,
    )  # fmt: skip
    audit.record(None, "funds.question_opened", f"question:{made.uid}", made.region_id, benefit=made.benefit)
    return made


@transaction.atomic
def propose(question: FundQuestion, by: User, source: Source, document: str, reason: str) -> FundQuestion:
    """Name a source; another decides.  Before that it may be proposed otherwise.  Raises QuestionError."""
    held = FundQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.decided_at is not None:
        raise QuestionError(_("%(number)s 已决定，不再改。") % {"number": held.number})
    if not document.strip() or not reason.strip():
        raise QuestionError(_("请写明依据的文号和理由。"))
    held.source, held.document, held.reason = source, document.strip()[:80], reason.strip()[:500]
    held.proposed_by = by
    FundQuestion.objects.filter(pk=held.pk).update(
        source=source, document=held.document, reason=held.reason, proposed_by=by, proposed_at=Now()
    )
    audit.record(by, "funds.source_proposed", f"question:{held.uid}", held.region_id, source=source.code)
    held.refresh_from_db()
    return held


@transaction.atomic
def decide(question: FundQuestion, by: User) -> FundQuestion:
    """Let the proposal stand; whoever waited for it is held money for, or waits on the line.  Raises QuestionError."""
    from huijiang.funds import reserving

    held = FundQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if held.decided_at is not None:
        return held
    if held.proposed_by is None:
        raise QuestionError(_("%(number)s 还没有人提出来源。") % {"number": held.number})
    if same(by, held.proposed_by):
        raise QuestionError(_("提出的人不能决定，请由另一位决定。"))
    FundQuestion.objects.filter(pk=held.pk).update(decided_by=by, decided_at=Now())
    held.refresh_from_db()
    audit.record(by, "funds.source_decided", f"question:{held.uid}", held.region_id)
    reserving.serve_unplaced(by, held.benefit)
    return held


def told(claim: Claim) -> str:
    """What an approved claim waits for, in a sentence for whoever reads it; empty where it waits for no money."""
    from huijiang.funds.models import Waiting

    waits = (
        Waiting.objects.filter(due__claim=claim, ended_at=None).select_related("line", "due__claim__region")
        .order_by("since", "id").first()
    )  # fmt: skip
    if waits is None:
        return ""
    if waits.line is not None:
        before = Waiting.objects.filter(line=waits.line, ended_at=None, since__lt=waits.since).count()
        if waits.line.dry == "pro_rata":
            return _("已批准。这项额度已用完，按规定到期按比例发放。")
        return _("已批准。这项额度已用完，正在等待追加，前面还有 %(n)s 笔。") % {"n": before}
    question = of(waits.due)
    if question is not None and question.decided_at is None:
        return _("已批准。文件没有写明这项补贴由哪项资金支付（待定事项 %(number)s），由财务两人选定后发放，不用再申请。") % {
            "number": question.number}  # fmt: skip
    return _("已批准。这一年度还没有安排额度，安排后发放，不用再申请。")
