"""Who sees money: finance works in its regions, others of the bureau and of finance, audit and discipline read.

One condition a line; every page and download of the room comes through here.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from huijiang.access.law import in_scope
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Capacity, Viewer
from huijiang.funds.models import (
    Account,
    Answer,
    Batch,
    Closing,
    Entry,
    Finding,
    FundQuestion,
    Line,
    PastFile,
    PayingAccount,
    Payment,
    Posting,
    Recovery,
    Refund,
    Reversal,
)

WORKS: Final = (Role.FINANCE,)
READS: Final = (Role.FINANCE, Role.FINANCE_BUREAU, Role.AUDITOR, Role.SUPERVISOR)
FINDS: Final = (Role.FINANCE, Role.SUPERVISOR)

finance = staff(*WORKS)
readers = staff(*READS)
finders = staff(*FINDS)
recovery_readers = staff(Role.FINANCE, Role.SUPERVISOR, Role.AUDITOR, Role.FINANCE_BUREAU)


def access_lines(viewer: Viewer) -> QuerySet[Line]:
    """Budget lines of the viewer's regions."""
    return Line.objects.filter(_within(viewer, "region")).select_related("region", "source")


def access_closings(viewer: Viewer) -> QuerySet[Closing]:
    """Closings of pro-rata lines of the viewer's regions."""
    return Closing.objects.filter(_within(viewer, "line__region")).select_related(
        "line__region", "line__source", "made_by"
    )


def access_questions(viewer: Viewer) -> QuerySet[FundQuestion]:
    """Questions of which source pays, of the viewer's regions."""
    return FundQuestion.objects.filter(_within(viewer, "region")).select_related(
        "region", "source", "proposed_by", "decided_by"
    )


def access_accounts(viewer: Viewer) -> QuerySet[Account]:
    """Ledger accounts of the viewer's regions."""
    return Account.objects.filter(_within(viewer, "region")).select_related("region", "source")


def access_batches(viewer: Viewer) -> QuerySet[Batch]:
    """Payment batches of the viewer's regions."""
    return Batch.objects.filter(_within(viewer, "region")).select_related("region", "source", "made_by", "paying")


def access_paying(viewer: Viewer, *roles: Role) -> QuerySet[PayingAccount]:
    """Accounts that pay, or wait to be approved, in the viewer's regions: of those roles, or where one may read."""
    return PayingAccount.objects.filter(_within(viewer, "region", *roles)).select_related(
        "region", "source", "made_by", "approved_by"
    )


def access_answers(viewer: Viewer) -> QuerySet[Answer]:
    """The bank's answers for the viewer's regions."""
    return Answer.objects.filter(_within(viewer, "region")).select_related("region", "taken_by")


def access_past(viewer: Viewer) -> QuerySet[PastFile]:
    """Files of past payments of the viewer's regions."""
    return PastFile.objects.filter(_within(viewer, "region")).select_related("region", "taken_by", "confirmed_by")


def access_findings(viewer: Viewer) -> QuerySet[Finding]:
    """What the re-check found in the viewer's regions."""
    return Finding.objects.filter(_within(viewer, "payment__batch__region")).select_related(
        "payment__batch", "recovery"
    )


def access_recoveries(viewer: Viewer) -> QuerySet[Recovery]:
    """Recoveries of the viewer's regions."""
    return Recovery.objects.filter(_within(viewer, "payment__batch__region")).select_related(
        "payment__batch", "payment__due__claim"
    )


def access_entries(viewer: Viewer) -> QuerySet[Entry]:
    """Entries of the books of the viewer's regions."""
    own = Posting.objects.filter(_within(viewer, "account__region"), entry=OuterRef("pk"))
    return Entry.objects.filter(Exists(own)).select_related("by", "reverses")


def access_reversals(viewer: Viewer) -> QuerySet[Reversal]:
    """Reversals asked for in the books of the viewer's regions."""
    return Reversal.objects.filter(entry__in=access_entries(viewer)).select_related("entry", "asked_by", "decided_by")


def access_refunds(viewer: Viewer) -> QuerySet[Refund]:
    """Returned sums that somebody asked to give back, in the viewer's regions."""
    return Refund.objects.filter(_within(viewer, "account__region")).select_related(
        "account__source", "account__region", "asked_by", "decided_by", "entry"
    )


def access_payments(viewer: Viewer) -> QuerySet[Payment]:
    """Payments: of the viewer's regions for staff; to oneself for a worker; to the organisation for its agent."""
    found = Payment.objects.select_related("batch", "due__claim")
    match viewer.capacity:
        case Capacity.WORKER:
            return found.filter(due__payee_person__in=viewer.people)
        case Capacity.AGENT:
            return found.filter(due__payee_organisation__in=viewer.firms)
        case Capacity.STAFF:
            return found.filter(_within(viewer, "batch__region", *READS))


def _within(viewer: Viewer, column: str, *roles: Any) -> Q:
    return in_scope(viewer.paths(*(roles or READS)), column)
