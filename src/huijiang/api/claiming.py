"""A firm's system makes a claim: the same drafting and intake as the pages, with the same laws."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Final, Self

from django.db import transaction
from django.utils.translation import gettext as _

from huijiang import audit
from huijiang.access.law import access_organisations, consenting
from huijiang.access.models import Consent
from huijiang.access.sightings import saw
from huijiang.accounts.viewers import Viewer
from huijiang.api.asked import Asked
from huijiang.api.problems import Fault, Problem, invalid, not_found
from huijiang.claims import drafting, intake
from huijiang.claims.errors import CannotDetermine, ClaimError, Excluded, MayNot
from huijiang.claims.models import Claim
from huijiang.entitlements import live
from huijiang.entitlements.sees import sees
from huijiang.regions.models import Region
from huijiang.registry.models import Person

MOST_ANSWERS: Final = 60


@dataclass(frozen=True)
class Account:
    holder: str
    number: str
    bank: str
    cnaps: str


@dataclass(frozen=True)
class Wanted:
    """`entitlement`: the id of a result; `person`: whose result, empty for the firm's own; `answers`: key → words."""

    entitlement: str
    benefit: str
    person: uuid.UUID | None
    answers: dict[str, str]
    account: Account | None
    submit: bool

    @classmethod
    def read(cls, asked: Asked) -> Self:
        """Faults go to `asked`."""
        return cls(
            asked.text("entitlement", required=True, most=64), asked.text("benefit", required=True, most=128),
            _person(asked), _answers(asked), _account(asked), _flag(asked, "submit"),
        )  # fmt: skip


def _person(asked: Asked) -> uuid.UUID | None:
    said = asked.text("person", most=36)
    if not said:
        return None
    try:
        return uuid.UUID(said)
    except ValueError:
        asked.fault("person", _("外部编号（UUID）"), said)
        return None


def _answers(asked: Asked) -> dict[str, str]:
    said = asked.told.get("answers", {})
    if not isinstance(said, dict) or len(said) > MOST_ANSWERS:
        asked.fault("answers", _("missing 里的 key 到答案的对象"), said)
        return {}
    for key, value in said.items():
        if not isinstance(value, str) or len(value) > 200:
            asked.fault(f"answers/{key[:20]}", _("不多于 200 个字的文字；空的表示不知道"), value)
    return {key: value for key, value in said.items() if isinstance(value, str)}


def _account(asked: Asked) -> Account | None:
    said = asked.told.get("account")
    if said is None:
        return None
    if not isinstance(said, dict):
        asked.fault("account", _("holder、number、bank，可加 cnaps"), said)
        return None
    inner = Asked(said, "/account/")
    inner.known(("holder", "number", "bank", "cnaps"))
    found = Account(inner.text("holder", required=True, most=100), inner.text("number", required=True, most=40),
                    inner.text("bank", required=True, most=120), inner.text("cnaps", most=12))  # fmt: skip
    # An account's number is not said back, whatever was wrong with it.
    asked.faults += [
        Fault(each.where, each.expected, "" if each.where.endswith("/number") else each.seen) for each in inner.faults
    ]
    return found


def _flag(asked: Asked, name: str) -> bool:
    said = asked.told.get(name, True)
    if not isinstance(said, bool):
        asked.fault(name, "true / false", said)
    return said is not False


@transaction.atomic
def make(viewer: Viewer, wanted: Wanted) -> tuple[Claim, list[dict[str, Any]]]:
    """The claim, and what is still missing of a draft; with `submit` nothing may be.  Raises Problem."""
    person, region, found = _result(viewer, wanted)
    place = Region.objects.get(code=region)
    try:
        draft = intake.open_draft(viewer, place, found.key, found.holder, person=person, on=viewer.on)
        sheet = drafting.sheet_of(draft, viewer.on)
        faults = []
        for key, value in wanted.answers.items():
            asked = sheet.question(key)
            if asked is None:
                faults.append(Fault(f"/answers/{key}", _("missing 或 questions 里列出的 key"), key))
                continue
            try:
                drafting.answer(draft, viewer, asked.question, value)
            except ClaimError as error:
                faults.append(Fault(f"/answers/{key}", str(error), value))
        if faults:
            raise invalid(faults)
        _use_account(viewer, draft, wanted.account)
        draft.refresh_from_db()
        sheet = drafting.sheet_of(draft, viewer.on)
        missing = [_missing(sheet, *each) for each in sheet.missing]
        if not wanted.submit:
            return draft, missing
        if missing:
            raise invalid(Fault(f"/{'answers/' if each['kind'] == 'question' else ''}{each['key'] or each['kind']}",
                                each["label"]) for each in missing)  # fmt: skip
        return intake.submit(draft, viewer, on=viewer.on), []
    except Excluded as error:
        raise Problem("conflict", str(error), _("已有的申报见 GET /api/v1/claims。")) from error
    except MayNot as error:
        raise Problem("beyond-scope", str(error), _("个人须先同意由本单位代为申报。")) from error
    except CannotDetermine as error:
        raise Problem("conflict", str(error), _("请重新查询可享政策。")) from error
    except ClaimError as error:
        raise invalid([Fault("/", str(error))]) from error


def _missing(sheet: drafting.Sheet, kind: str, key: str, label: str) -> dict[str, Any]:
    """What a draft lacks; of a question also what its answer may be."""
    asked = sheet.question(key) if kind == "question" else None
    told: dict[str, Any] = {"kind": kind, "key": key, "label": label}
    if asked is not None:
        told |= {"holds": asked.question.kind, "choices": list(asked.question.choices)}
    return told


def _result(viewer: Viewer, wanted: Wanted) -> tuple[int | None, str, live.Entitlement]:
    """Whose result, in which place, and it.  Raises Problem where there is none of this id now."""
    person = None
    firm = access_organisations(viewer).get()
    if wanted.person is not None:
        agreed = consenting(viewer, Consent.Purpose.CLAIMS)
        person = Person.objects.filter(uid=wanted.person, pk__in=agreed).first()
        if person is None:
            raise not_found(_("没有这个人，或本人没有同意由本单位代为申报。"))
        saw(viewer, person, Consent.Purpose.CLAIMS, ["results"])
        place = person.managed_by_id
        told = live.of_person(person.pk, place, viewer.on, sees(viewer))
    else:
        place = firm.managed_by_id
        told = live.of_organisation(firm.pk, place, viewer.on, sees(viewer), wanted.benefit)
    for each in told.entitlements:
        if each.key == wanted.benefit and audit.digest(f"{each.key} {each.holder}") == wanted.entitlement:
            return (person.pk if person is not None else None), place, each
    raise not_found(_("现在没有这一项结果；事实变了，id 也会变。"))


def _use_account(viewer: Viewer, draft: Claim, account: Account | None) -> None:
    """The account that was told; else the payee's last one; else none, which is then missing."""
    if account is not None:
        kept = intake.make_account(viewer, holder=account.holder, number=account.number, bank=account.bank, cnaps=account.cnaps,
                                   person=draft.payee_person_id, organisation=draft.payee_organisation_id)  # fmt: skip
        intake.use_account(draft, viewer, kept)
    elif draft.account_id is None and draft.payee_organisation_id is not None:
        known = drafting.accounts_of(draft).first()
        if known is not None:
            intake.use_account(draft, viewer, known)


def withdraw(viewer: Viewer, found: Claim) -> None:
    """Raises Problem where it is decided, or not theirs."""
    try:
        intake.withdraw(found, viewer, _("由单位系统撤回"))
    except MayNot as error:
        raise Problem("beyond-scope", str(error), "") from error
    except ClaimError as error:
        raise Problem("conflict", str(error), _("已经决定的申报不能撤回。")) from error
