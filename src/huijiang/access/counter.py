"""What a counter officer does for a person who stands there with their document: a code, a firm's first owner."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.identities import account_of, bind_at_counter
from huijiang.access.models import Activation, Agency
from huijiang.accounts import second_factor
from huijiang.accounts.models import User
from huijiang.accounts.sign_in import set_password
from huijiang.accounts.viewers import Viewer, today
from huijiang.registry.linked import family

CODE_LETTERS: Final = 12  # 60 bits
VALID: Final = dt.timedelta(days=7)


class Refused(ValueError):
    """Something that a counter can't do, with the reason in the reader's language."""


def issue(officer: Viewer, person: Any) -> tuple[Activation, str]:
    """A code for a person, told once.  Codes given before are void.  Raises Refused."""
    account = account_of(person)
    if account is not None and account.pk == officer.user.pk:
        raise PermissionDenied(_("不能给自己办理，请到另一位窗口人员处。"))
    if account is not None and second_factor.needs_one(account, today()):
        raise Refused(_("这是工作人员的账户，密码由安全管理员重置。"))
    code = second_factor.random_code(CODE_LETTERS)
    now = timezone.now()
    Activation.objects.filter(person=person, used_at=None, expires_at__gt=now).update(expires_at=now)
    made = Activation.objects.create(
        person=person, digest=second_factor.digest_of(code), issued_by=officer.user, expires_at=now + VALID
    )
    audit.record(officer.user, "access.activation", f"person:{person.uid}", person.managed_by_id)
    return made, second_factor.in_fours(code)


def valid_activation(code: str) -> Activation | None:
    """The unused code that this is; locked until the transaction ends, so that it is used once."""
    held = Activation.objects.select_for_update(of=("self",)).select_related("person", "issued_by")
    return held.filter(digest=second_factor.digest_of(code), used_at=None, expires_at__gt=timezone.now()).first()


@transaction.atomic
def activate(activation: Activation, login: str, password: str) -> User:
    """Use a code up: a new account, or a new password for the one that is there."""
    account = account_of(activation.person)
    if account is None:
        account = bind_at_counter(activation.person, activation.issued_by, login, password)
        set_password(account, password, account)
    else:
        set_password(account, password, account)
    activation.used_at = timezone.now()
    activation.save(update_fields=["used_at"])
    audit.record(account, "access.activated", f"person:{activation.person.uid}", activation.person.managed_by_id)
    return account


def current_agencies(organisation: Any, on: dt.date) -> Any:
    """Who acts for an organisation on a day."""
    number = organisation if isinstance(organisation, int) else organisation.pk
    held = Agency.objects.filter(Q(ends_on=None) | Q(ends_on__gte=on), ended_at=None,
                                 organisation__in=family("organisation", number))  # fmt: skip
    return held.select_related("user").order_by("power", "starts_on", "id")


def appoint_first_owner(officer: Viewer, organisation: Any, person: Any) -> Agency:
    """The first owner of an organisation.  Raises Refused (no account, an owner is there, oneself)."""
    account = account_of(person)
    if account is None:
        raise Refused(_("这个人还没有账户，请先发激活码，开通后再授权。"))
    if account.pk == officer.user.pk:
        raise Refused(_("不能给自己办理，请到另一位窗口人员处。"))
    type(organisation).objects.select_for_update().get(pk=organisation.pk)  # two counters at once: one waits
    held = current_agencies(organisation, today())
    if held.filter(power=Agency.Power.OWNER).exists():
        raise Refused(_("这个单位已有负责人，经办人由负责人自己在网上授权。"))
    held.filter(user=account, power=Agency.Power.AGENT).update(ended_at=timezone.now(), ended_by=officer.user)
    made = Agency.objects.create(
        user=account, organisation=organisation, power=Agency.Power.OWNER, starts_on=today(),
        appointed_by=officer.user,
    )  # fmt: skip
    audit.record(officer.user, "access.first_owner", f"organisation:{organisation.uid}", organisation.managed_by_id,
                 user=str(account.uid))  # fmt: skip
    return made


def end_owner(officer: Viewer, agency: Agency) -> None:
    """An owner who has left is ended at a counter, so that a new one can be appointed."""
    if agency.user_id == officer.user.pk:
        raise PermissionDenied(_("不能给自己办理，请到另一位窗口人员处。"))
    _end(officer.user, agency, "access.owner_end")


def appoint(owner: Viewer, user: User, power: str, ends_on: dt.date | None) -> Agency:
    """An owner lets somebody act for the organisation.  Raises Refused."""
    if owner.organisation is None or user.pk == owner.user.pk:
        raise Refused(_("不能给自己授权。"))
    if ends_on is not None and ends_on < today():
        raise Refused(_("截止日期已经过去。"))
    if current_agencies(owner.organisation, today()).filter(user=user).exists():
        raise Refused(_("这个人已经有授权；要改请先结束再重新授权。"))
    made = Agency.objects.create(
        user=user, organisation_id=owner.organisation, power=power, starts_on=today(), ends_on=ends_on,
        appointed_by=owner.user,
    )  # fmt: skip
    audit.record(owner.user, "access.appoint", f"organisation:{made.organisation.uid}",
                 made.organisation.managed_by_id, user=str(user.uid), power=power, ends=ends_on)  # fmt: skip
    return made


def end(owner: Viewer, agency: Agency) -> None:
    """An owner ends somebody's power; their own only while another owner stays.  Raises Refused."""
    owners = current_agencies(owner.organisation, today()).filter(power=Agency.Power.OWNER).exclude(pk=agency.pk)
    if agency.power == Agency.Power.OWNER and not owners.exists():
        raise Refused(_("单位至少要有一位负责人。请先授权另一位，或到窗口办理变更。"))
    _end(owner.user, agency, "access.agency_end")


def _end(by: User, agency: Agency, action: str) -> None:
    if Agency.objects.filter(pk=agency.pk, ended_at=None).update(ended_at=timezone.now(), ended_by=by):
        audit.record(by, action, f"organisation:{agency.organisation.uid}", agency.organisation.managed_by_id,
                     user=str(agency.user.uid))  # fmt: skip
