"""A firm's side of a survey: begin, keep, send, correct, withdraw; and the officer's sending back.

Whoever changes an answer holds the firm's row of the survey first, so that two people at one firm, or a firm and an
officer, come one after the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from huijiang import audit, present
from huijiang.accounts.viewers import Capacity, Viewer, today
from huijiang.labour import surveys
from huijiang.labour.errors import MayNot, SurveyError
from huijiang.labour.figures import ANSWERED, NAMES, NO_LEVEL, levels
from huijiang.labour.models import EmployerSurvey, SurveyAnswer, SurveyedFirm, SurveyLine, SurveyUpload
from huijiang.labour.registers import Registered

Key = tuple[str, str]
"""Occupation and level."""
Line = dict[str, Any]
"""Column of ANSWERED → value; None, or no text: not answered."""
State = SurveyAnswer.State


def _held(surveyed: SurveyedFirm, viewer: Viewer) -> SurveyedFirm:
    """The firm's row, held; only for its own agents, only while the survey is open.  Raises MayNot, SurveyError."""
    if viewer.capacity is not Capacity.AGENT or viewer.organisation != surveyed.organisation_id:
        raise MayNot(_("只有本单位的经办人可以填报。"))
    held = _lock(surveyed)
    if not surveys.is_open(held.survey, today()):
        raise SurveyError(_("现在不在填报期内（%(opens)s 至 %(closes)s），不能再改。") % {
            "opens": held.survey.opens_on.isoformat(), "closes": held.survey.closes_on.isoformat()})  # fmt: skip
    return held


def _lock(surveyed: SurveyedFirm) -> SurveyedFirm:
    """The survey is read again after the wait: it may have been extended or closed meanwhile."""
    held = SurveyedFirm.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=surveyed.pk)
    held.survey = EmployerSurvey.objects.select_related("region").get(pk=held.survey_id)
    return held


def draft_of(surveyed: SurveyedFirm) -> SurveyAnswer | None:
    return surveyed.answers.filter(state=State.DRAFT).first()


def sent_of(surveyed: SurveyedFirm) -> SurveyAnswer | None:
    return surveyed.answers.filter(state=State.SENT).first()


def newest(surveyed: SurveyedFirm) -> SurveyAnswer | None:
    return surveyed.answers.order_by("-version").first()


def lines_of(answer: SurveyAnswer | None) -> dict[Key, Line]:
    """What an answer says, by occupation and level, in the order of the survey."""
    if answer is None:
        return {}
    order = {name: at for at, name in enumerate(answer.surveyed.survey.occupations)}
    ladder = {name: at for at, name in enumerate(levels())}
    found = sorted(answer.lines.all(), key=lambda each: (order.get(each.occupation, 0), ladder.get(each.level, 0)))
    return {(each.occupation, each.level): {name: getattr(each, name) for name in ANSWERED} for each in found}


def says_something(line: Mapping[str, Any]) -> bool:
    return any(line.get(name) not in (None, "") for name in ANSWERED)


def _new(held: SurveyedFirm, viewer: Viewer, lines: Mapping[Key, Line], words: str = "") -> SurveyAnswer:
    last = newest(held)
    made = SurveyAnswer.objects.create(
        surveyed=held, version=last.version + 1 if last else 1, made_by=viewer.user, words=words
    )
    _write(made, lines)
    return made


def _write(answer: SurveyAnswer, lines: Mapping[Key, Line]) -> None:
    SurveyLine.objects.bulk_create([
        SurveyLine(answer=answer, occupation=occupation, level=level, **{name: line.get(name) for name in ANSWERED if name != "difficulty"},
                   difficulty=line.get("difficulty") or "")
        for (occupation, level), line in lines.items() if says_something(line)
    ])  # fmt: skip


@transaction.atomic
def begin(surveyed: SurveyedFirm, viewer: Viewer, known: Registered | None = None) -> SurveyAnswer:
    """A draft to fill in: the one that is there; else a copy of the last version; else empty, or (with `known`) with
    the heads that the registers name.  Where a register names nobody, nothing is filled in.  Raises MayNot, SurveyError."""
    held = _held(surveyed, viewer)
    there = draft_of(held)
    if there is not None:
        return there
    last = newest(held)
    lines = lines_of(last) if last else prefilled(known, held.survey.occupations)
    made = _new(held, viewer, lines, last.words if last else "")
    audit.record(viewer.user, "labour.answer_begun", _subject(held), held.survey.region_id, version=made.version,
                 prefilled=len(lines))  # fmt: skip
    return made


def prefilled(known: Registered | None, occupations: Sequence[str]) -> dict[Key, Line]:
    """What the registers say of a firm's people, as a beginning.  Nobody registered is no answer of 0."""
    found: dict[Key, Line] = {}
    for occupation in occupations if known else ():
        for level in levels():
            assert known is not None
            heads = known.heads(occupation, level)
            if heads:
                found[occupation, level] = {
                    "heads": heads, "insured": known.insured(occupation, level),
                    "certified": None if level == NO_LEVEL else heads,
                }  # fmt: skip
    return found


@transaction.atomic
def keep(surveyed: SurveyedFirm, viewer: Viewer, lines: Mapping[Key, Line], occupation: str | None = None) -> bool:
    """Put lines into the draft: those of one occupation, or (None) all; whether anything changed.

    Without a draft one is begun.  Raises MayNot, SurveyError."""
    held = _held(surveyed, viewer)
    wrong = sorted({name for name, _level in lines} - set(held.survey.occupations))
    if wrong:
        raise SurveyError(_("这次摸排没有问“%(name)s”。") % {"name": wrong[0]})
    wanted = {key: line for key, line in lines.items() if says_something(line)}
    before = lines_of(draft_of(held) or newest(held))
    kept = before if occupation is None else {key: line for key, line in before.items() if key[0] == occupation}
    if {key: said(line) for key, line in kept.items()} == {key: said(line) for key, line in wanted.items()}:
        return False
    draft = draft_of(held)
    if draft is None:
        last = newest(held)
        draft = _new(held, viewer, before, last.words if last else "")
    old = SurveyLine.objects.filter(answer=draft)
    (old if occupation is None else old.filter(occupation=occupation)).delete()
    _write(draft, wanted)
    audit.record(viewer.user, "labour.answer_kept", _subject(held), held.survey.region_id, version=draft.version,
                 lines=len(wanted))  # fmt: skip
    return True


def said(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a line says, to be compared: no words and empty words are the same, 0 and nothing are not."""
    return tuple(line.get(name) or None if name == "difficulty" else line.get(name) for name in ANSWERED)


def nobody(occupation: str) -> dict[Key, Line]:
    """An answer that says: none of this occupation, none wanted, none planned."""
    return {(occupation, level): dict.fromkeys(NAMES, 0) | ({"certified": None} if level == NO_LEVEL else {})
            for level in levels()}  # fmt: skip


@transaction.atomic
def send(surveyed: SurveyedFirm, viewer: Viewer, version: int, words: str = "") -> SurveyAnswer:
    """Send the draft of this version; the one in force before is kept as replaced.  Sent twice, sent once.

    Raises MayNot, SurveyError."""
    held = _held(surveyed, viewer)
    sent = sent_of(held)
    if sent is not None and sent.version == version:
        return sent
    draft = draft_of(held)
    if draft is None or draft.version != version:
        raise SurveyError(_("要提交的第 %(n)s 版已经不是草稿：有人先提交、撤回或改过。请刷新后再看。") % {"n": version})
    if not draft.lines.exists():
        raise SurveyError(_("一项也没有填。没有的请填 0，或点“没有这个职业的人”。"))
    now = present.now()
    if sent is not None:
        _end(sent, State.REPLACED, viewer)
    draft.state, draft.sent_by, draft.sent_at, draft.words = State.SENT, viewer.user, now, words
    draft.save()
    audit.record(viewer.user, "labour.answer_sent", _subject(held), held.survey.region_id, version=draft.version,
                 lines=draft.lines.count())  # fmt: skip
    return draft


def _end(answer: SurveyAnswer, state: str, viewer: Viewer, reason: str = "") -> None:
    answer.state, answer.ended_by, answer.ended_at, answer.reason = state, viewer.user, present.now(), reason
    answer.save()


@transaction.atomic
def withdraw(surveyed: SurveyedFirm, viewer: Viewer, version: int) -> None:
    """Take back what was sent: it no longer counts, and is kept.  Raises MayNot, SurveyError."""
    held = _held(surveyed, viewer)
    sent = sent_of(held)
    if sent is None or sent.version != version:
        if held.answers.filter(version=version, state=State.WITHDRAWN).exists():
            return
        raise SurveyError(_("第 %(n)s 版现在没有生效，不能撤回。请刷新后再看。") % {"n": version})
    _end(sent, State.WITHDRAWN, viewer)
    audit.record(viewer.user, "labour.answer_withdrawn", _subject(held), held.survey.region_id, version=version)


@transaction.atomic
def give_back(surveyed: SurveyedFirm, viewer: Viewer, version: int, reason: str) -> SurveyAnswer:
    """An officer sends an answer back with a reason, while the survey is open; the firm is told.  Raises MayNot, SurveyError."""
    if viewer.capacity is not Capacity.STAFF or not surveys.may_run(surveyed.survey, viewer):
        raise MayNot(_("您不能处理这个地区的用工摸排。"))
    if not reason.strip():
        raise SurveyError(_("退回要写明理由。"))
    held = _lock(surveyed)
    if not surveys.is_open(held.survey, today()):
        raise SurveyError(_("填报期已过，退回后单位改不了；请先延期。"))
    sent = sent_of(held)
    if sent is None or sent.version != version:
        raise SurveyError(_("第 %(n)s 版现在没有生效，不能退回。请刷新后再看。") % {"n": version})
    _end(sent, State.RETURNED, viewer, reason.strip())
    sent.surveyed = held
    surveys.told_returned(sent, held.survey)
    audit.record(viewer.user, "labour.answer_returned", _subject(held), held.survey.region_id, version=version)
    return sent


@transaction.atomic
def take(upload: SurveyUpload, viewer: Viewer) -> bool:
    """Take a workbook's lines as the whole answer; whether anything changed.  Taken twice, taken once.

    Raises MayNot, SurveyError."""
    held = _held(upload.surveyed, viewer)
    found = SurveyUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if found.faults:
        raise SurveyError(_("工作簿有错误，一行也没有采用。请改好再传。"))
    if found.taken_at is not None:
        return False
    changed = keep(held, viewer, lines_from(found.lines))
    found.taken_at, found.taken_into = present.now(), draft_of(held) or newest(held)
    found.save()
    audit.record(viewer.user, "labour.workbook_taken", _subject(held), held.survey.region_id, digest=found.digest[:16],
                 changed=changed)  # fmt: skip
    return changed


def lines_from(stored: Iterable[Mapping[str, Any]]) -> dict[Key, Line]:
    return {(each["occupation"], each["level"]): {name: each.get(name) for name in ANSWERED} for each in stored}


def _subject(held: SurveyedFirm) -> str:
    return f"surveyed:{held.uid}"
