"""Where the money would go: R36 account against payee, R37 one account for many, R39 the amount, R40 the chain."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Count, Q
from django.utils.translation import gettext_noop

from huijiang.access import concerns
from huijiang.access.models import Agency, Binding
from huijiang.claims.determine import still_holds
from huijiang.claims.models import Account, Act, Claim
from huijiang.claims.models.decision import Kind
from huijiang.claims.states import LIVE
from huijiang.claims.verifiers.finding import Finding, Subject, failed, passed
from huijiang.registry import names
from huijiang.sealed import found_by

MANY: Final = 3


def holder(subject: Subject) -> Finding | None:
    """R36: the account's holder is who is paid, by name (spaces and variants of `·` aside)."""
    account, payee = subject.claim.account, subject.claim.payee_person or subject.claim.payee_organisation
    if account is None or payee is None:
        return None
    if names.matched(account.holder.open()) != payee.name_key:
        return failed(gettext_noop("户名与收款方不一致"), account=str(account.uid))
    return passed(account=str(account.uid))


def _same_number(account: Account) -> Any:
    return Account.objects.filter(found_by(Account, "number", account.number.open()))


def shared(subject: Subject) -> Finding | None:
    """R37: one account for three or more payees, or the account of somebody who acts for the training or paying body."""
    account = subject.claim.account
    if account is None:
        return None
    same = _same_number(account)
    people = {each for each in same.values_list("person_id", flat=True) if each}
    firms = {each for each in same.values_list("organisation_id", flat=True) if each}
    payees = len(people) + len(firms)
    if payees >= MANY:
        return failed(gettext_noop("三个以上收款方用同一账户"), payees=payees)
    staff = _staff_of_bodies(subject)
    if staff and people & staff:
        return failed(gettext_noop("账户属于申报单位的经办人"), payees=payees)
    return passed("", payees=payees)


def _staff_of_bodies(subject: Subject) -> set[int]:
    """People, other than the payee, who act for the body that applied or trained."""
    mine = subject.row_of("certificate")
    bodies = [each for each in (subject.claim.applicant_organisation_id, getattr(mine, "trainer_id", None)) if each]
    users = Agency.objects.filter(organisation__in=bodies, ended_at=None).values("user")
    bound = Binding.objects.filter(user__in=users, ended_at=None).values_list("person_id", flat=True)
    return set(bound) - set(concerns.every("person", [subject.claim.payee_person_id]))


def amount(subject: Subject) -> Finding | None:
    """R39: the determined amount is what the rules give of the registry now, on the day of the determination."""
    made = subject.determination
    if made is None:
        return None
    if not still_holds(subject.claim, made):
        return failed(gettext_noop("登记的事实已变，金额与核定时不同"), determination=made.number)
    return passed("", determination=made.number)


def split(subject: Subject) -> Finding | None:
    """R39: many claims of one benefit by one payee on one day, as if to stay below a limit of approval."""
    claim = subject.claim
    payee = (
        Q(payee_person__in=concerns.every("person", [claim.payee_person_id]))
        if claim.payee_person_id is not None
        else Q(payee_organisation__in=concerns.every("organisation", [claim.payee_organisation_id]))
    )
    same = Claim.objects.filter(payee, benefit=subject.claim.benefit, state__in=LIVE, event_day=subject.claim.event_day)
    count = same.exclude(pk=subject.claim.pk).count()
    if subject.claim.payee_person_id is not None and count >= 1:
        return failed(gettext_noop("同一人同一天同一项目另有申报"), claims=count)
    return passed("", claims=count)


def chain(subject: Subject) -> Finding | None:
    """R40: whoever signed so far are different people (the database holds it; this shows it beside the case)."""
    signed = Act.objects.filter(claim=subject.claim, voided_at=None).exclude(kind__in=(Kind.FINANCE, Kind.RELEASE))
    people = signed.aggregate(acts=Count("id"), humans=Count("human", distinct=True))
    if people["acts"] != people["humans"]:
        return failed(gettext_noop("同一人签署了两次"), acts=people["acts"], humans=people["humans"])
    return passed("", acts=people["acts"])
