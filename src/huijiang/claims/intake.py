"""Making and sending a claim: draft, answers, account, submit, withdraw.

claim = open_draft(viewer, region, benefit, holder, way)
save_answers(claim, viewer, [{"table": "person", "row": "5", "column": "level_stated", "value": "技师"}])
use_account(claim, viewer, account)
submit(claim, viewer)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from huijiang import audit, present
from huijiang.access.law import agreed
from huijiang.access.models import Consent
from huijiang.accounts.viewers import Capacity, Viewer, today
from huijiang.claims import dues, judging, locks, moving, numbers, questions, rounds
from huijiang.claims.access import acts_as
from huijiang.claims.errors import CannotMove, ClaimError, Incomplete, MayNot
from huijiang.claims.judging import Judged
from huijiang.claims.models import Account, Batch, Claim, Correction, Movement, Round
from huijiang.claims.models.claim import Way
from huijiang.claims.states import Event, State, Who
from huijiang.claims.terms import terms_of
from huijiang.documents.models import Release
from huijiang.documents.releases import in_force
from huijiang.regions.models import Region

WORDED = {Capacity.WORKER: Way.SELF, Capacity.AGENT: Way.FIRM, Capacity.STAFF: Way.COUNTER}


@transaction.atomic
def open_draft(
    viewer: Viewer | None, region: Region, benefit: str, holder: str, *, way: Way | None = None,
    person: int | None = None, organisation: int | None = None, batch: Batch | None = None, round: Round | None = None,
    on: dt.date | None = None,
) -> Claim:  # fmt: skip
    """A draft for one event of a benefit, as the live evaluation of `person` or `organisation` finds it.

    The two default to whom the viewer is; `viewer` None makes a proactive draft.  One's open draft of the same event
    is given back.  Raises ClaimError when the benefit does not apply to the event or names no payee here.
    """
    person = person or (viewer.person if viewer else None)
    organisation = organisation or (viewer.organisation if viewer else None)
    way = way or (WORDED[viewer.capacity] if viewer else Way.PROACTIVE)
    user = viewer.user if viewer else None
    mine = Q(applicant=user, batch=batch, applicant_organisation=viewer.organisation if viewer else None)
    if person is not None and viewer is not None:
        mine |= Q(applicant=None, way=Way.PROACTIVE, payee_person=person)  # made ready overnight: theirs to confirm
    known = Claim.objects.filter(mine, benefit=benefit, holder=holder, region=region, state=State.DRAFT).first()
    if known is not None and (viewer is None or acts_as(viewer, known)):
        return known
    found = judging.judge_live(region.code, benefit, holder, on or today(), person=person, organisation=organisation)
    parties = found.parties()
    release = in_force(on)
    terms = terms_of(region, benefit)
    claim = Claim(
        region=region, benefit=benefit, holder=holder, event_day=found.event_day, applicant=user, way=way, batch=batch,
        round=round, release_number=release.number if release else None, notice_due=terms.notice_due,
        sensitive=terms.sensitive, **parties,
    )  # fmt: skip
    if viewer is not None and viewer.capacity is Capacity.AGENT:
        claim.applicant_organisation_id = viewer.organisation
    if viewer is not None and not _may_open(claim, viewer, found):
        raise MayNot(_("您不能为这个事由申报。"))
    claim.save()
    audit.record(user, "claims.drafted", f"claim:{claim.uid}", region.code, benefit=benefit, way=str(way))
    return claim


def _may_open(claim: Claim, viewer: Viewer, found: Judged) -> bool:
    """Whoever is paid, or applies as the text says, or files for a person who agreed; a counter clerk of the region."""
    if viewer.capacity is Capacity.STAFF:
        return Who.COUNTER in acts_as(viewer, claim)
    if viewer.capacity is Capacity.WORKER:
        return claim.payee_person_id == viewer.person
    if claim.payee_organisation_id is not None or found.applicant() == ("organisation", viewer.organisation):
        return viewer.organisation == (claim.payee_organisation_id or viewer.organisation)
    return claim.payee_person_id is not None and agreed(viewer, claim.payee_person_id, Consent.Purpose.CLAIMS)


@transaction.atomic
def save_answers(claim: Claim, viewer: Viewer, answers: Sequence[Mapping[str, Any]]) -> Claim:
    """Keep declared facts, in a draft or a correction.  Raises ClaimError naming each answer that the vocabulary does
    not take, MayNot, CannotMove."""
    held = _editable(claim, viewer)
    held.answers = questions.typed(answers)
    held.save(update_fields=["answers"])
    audit.record(viewer.user, "claims.answered", f"claim:{held.uid}", held.region_id, answers=len(held.answers))
    return held


@transaction.atomic
def save_answer(claim: Claim, viewer: Viewer, answer: Mapping[str, Any]) -> Claim:
    """Keep one declared fact beside the others, which stay as they were kept.  Raises as `save_answers`."""
    held = _editable(claim, viewer)
    (made,) = questions.typed([answer])
    held.answers = [each for each in held.answers if _place(each) != _place(made)] + [made]
    held.save(update_fields=["answers"])
    audit.record(viewer.user, "claims.answered", f"claim:{held.uid}", held.region_id, answers=len(held.answers))
    return held


def _place(answer: Mapping[str, Any]) -> tuple[str, str, str]:
    return answer["table"], answer.get("row", ""), answer.get("column", "")


def check_editable(claim: Claim, viewer: Viewer) -> Claim:
    """The claim, held, where this viewer may change it now.  Raises MayNot, CannotMove."""
    return _editable(claim, viewer)


def plain_number(said: str) -> str:
    """An account number without the blanks and strokes that it is read by."""
    return "".join(each for each in said if not each.isspace() and each != "-")


def is_number(plain: str) -> bool:
    """Whether it can be the number of an account: 8 to 30 digits."""
    return plain.isascii() and plain.isdigit() and 8 <= len(plain) <= 30


@transaction.atomic
def make_account(
    viewer: Viewer, *, holder: str, number: str, bank: str, cnaps: str = "", person: int | None = None,
    organisation: int | None = None,
) -> Account:  # fmt: skip
    """An account of a person or an organisation (exactly one).  Raises ClaimError for a number that can't be one."""
    plain = plain_number(number)
    if not is_number(plain):
        raise ClaimError(_("账号应为 8 到 30 位数字。"))
    if cnaps and (len(cnaps) != 12 or not (cnaps.isascii() and cnaps.isdigit())):
        raise ClaimError(_("联行号应为 12 位数字。"))
    if not holder.strip() or not bank.strip():
        raise ClaimError(_("请填写户名和开户行。"))
    made = Account.objects.create(
        holder=holder.strip(), number=plain, bank=bank.strip(), cnaps=cnaps, person_id=person,
        organisation_id=organisation, made_by=viewer.user,
    )  # fmt: skip
    audit.record(viewer.user, "claims.account", f"account:{made.uid}", "", number=audit.digest(plain))
    return made


@transaction.atomic
def use_account(claim: Claim, viewer: Viewer, account: Account) -> Claim:
    """Choose where to be paid: an account of the payee's.  Also in a correction, and after a returned payment."""
    held = _editable(claim, viewer, State.PAYMENT_RETURNED)
    if (account.person_id, account.organisation_id) != (held.payee_person_id, held.payee_organisation_id):
        raise MayNot(_("收款账户应为收款方本人（本单位）的账户。"))
    if account.ended_at is not None:
        raise ClaimError(_("这个账户已停用，请另选。"))
    Claim.objects.filter(pk=held.pk).update(account=account)
    held.account = account
    audit.record(viewer.user, "claims.account_chosen", f"claim:{held.uid}", held.region_id, account=account.uid)
    return held


def _editable(claim: Claim, viewer: Viewer, *more: State) -> Claim:
    held = locks.claim(claim)
    if not acts_as(viewer, held) & {Who.APPLICANT, Who.COUNTER}:
        raise MayNot(_("这不是您的申报。"))
    if held.state not in (State.DRAFT, State.AWAITING_CORRECTION, *more):
        raise CannotMove(_("“%(state)s”的申报不能再改。") % {"state": held.get_state_display()})
    return held


@transaction.atomic
def submit(claim: Claim, viewer: Viewer, on: dt.date | None = None) -> Claim:
    """Send a draft: it gets its number and its clock.

    Raises Incomplete (with what is missing), Excluded (another claim of the event), MayNot, ClaimError (round closed).
    """
    held = locks.claim(claim)
    day = on or today()
    _check_complete(held, day)
    into = rounds.choose(held)
    terms = terms_of(held.region, held.benefit)
    release: Release | None = in_force(on)
    held.clock_days = terms.legal_days
    if held.state == State.DRAFT:
        values: dict[str, Any] = {
            "number": numbers.give(held.region, day), "submitted_at": present.now(),
            "clock_days": terms.legal_days, "release_number": release.number if release else None,
            "notice_due": terms.notice_due, "sensitive": terms.sensitive,
            "applicant": held.applicant or viewer.user, "round": into,
        }  # fmt: skip
        for name, value in values.items():
            setattr(held, name, value)
        held.save(update_fields=list(values))
    moving.move(held, Event.SUBMIT, viewer, on=day, words=gettext_noop("已收到您的申报。"))
    return held


def _check_complete(claim: Claim, on: dt.date) -> None:
    missing = [each.label for each in questions.open_questions(claim, on)]
    if claim.account_id is None:
        missing.append(_("收款账户"))
    if missing:
        raise Incomplete(_("还缺：%(what)s") % {"what": "、".join(missing)}, tuple(missing))


@transaction.atomic
def correct(claim: Claim, viewer: Viewer, on: dt.date | None = None) -> Claim:
    """Everything that was asked is put right: the claim goes back to being checked, the clock runs on."""
    held = locks.claim(claim)
    _check_complete(held, on or today())
    moving.move(held, Event.CORRECT, viewer, on=on)
    Correction.objects.filter(claim=held, answered_at=None).update(answered_at=present.now(), answered_by=viewer.user)
    return held


@transaction.atomic
def withdraw(claim: Claim, viewer: Viewer, words: str = "") -> Movement:
    """Take a claim back before it is decided for good; what it held of limits is free again."""
    held = locks.claim(claim)
    movement = moving.move(held, Event.WITHDRAW, viewer, reason=words)
    dues.release(held, viewer.user, gettext_noop("申报人撤回"))
    return movement
