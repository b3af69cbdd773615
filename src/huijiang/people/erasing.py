"""What a person may have erased, what the law keeps and until when, and carrying out what an officer granted.

Erased from a row of facts, a value goes from the row's former versions too: nobody reads it in the history.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import audit, present
from huijiang.access import concerns
from huijiang.access.law import in_scope
from huijiang.accounts.models import Message, Role
from huijiang.accounts.viewers import Viewer
from huijiang.claims.clock import add_working_days
from huijiang.claims.models import Claim
from huijiang.claims.states import State
from huijiang.files import retention as files
from huijiang.files.models import File
from huijiang.files.models import Purpose as Kept
from huijiang.notices import retention as notice_retention
from huijiang.notices import services as notices
from huijiang.notices.models import Delivery, Notice
from huijiang.people.corrections import Answered, Waiting, number_of
from huijiang.people.models import Erasure, Export
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.linked import family
from huijiang.registry.models import Person
from huijiang.registry.vocabulary import vocabulary

DAYS: Final = 15  # working days for a decision
OPTIONAL: Final = ("annual_pay", "rents_in", "bought_home_in", "spouse", "children")
"""Columns of a person that no duty of the bureau rests on: without them some results are unknown."""


People = tuple[int, ...]  # one person, under every number


@dataclass(frozen=True)
class Kind:
    """Something that may be erased: what it is, what follows from it, and how."""

    label: Any
    effect: Any
    act: Callable[[People, str], int]


@dataclass(frozen=True)
class Held:
    """Something that the law keeps: why, and until when."""

    label: Any
    why: Any
    until: Any


def _own_files(people: People, because: str) -> int:
    own = Q(subject__in=[f"person:{uid}" for uid in Person.objects.filter(pk__in=people).values_list("uid", flat=True)])
    return files.let_go(File.objects.filter(Q(person__in=people) | own, purpose__in=(Kept.OWN, Kept.DRAFT)), because)


def _withdrawn(people: People) -> Any:
    """Claims that were taken back before anybody decided: nothing was signed on them and nothing is due."""
    taken_back = Claim.objects.filter(payee_person__in=people, state=State.WITHDRAWN, acts=None, dues=None)
    return [f"claim:{uid}" for uid in taken_back.values_list("uid", flat=True)]


def _withdrawn_papers(people: People, because: str) -> int:
    return files.let_go(File.objects.filter(purpose=Kept.EVIDENCE, subject__in=_withdrawn(people)), because)


def _messages(people: People, because: str) -> int:
    """The notices, and what of them still lies with the gateways' queue: address and title (words go when they are sent)."""
    found = Notice.objects.filter(person__in=people, required=False)
    sent = Message.objects.filter(
        pk__in=Delivery.objects.filter(notice__in=found, message__isnull=False).values("message")
    )
    sent.exclude(state=Message.State.WAITING).delete()
    count = found.count()
    found.delete()
    return count


def _exports(people: People, because: str) -> int:
    return Export.objects.filter(person__in=people, content__isnull=False).update(content=None)


def _optional_facts(people: People, because: str) -> int:
    """Unknown in the row and in every former version of it."""
    columns = vocabulary().tables["person"].columns
    empty: dict[str, Any] = {}
    for name in OPTIONAL:
        empty[Person._meta.get_field(name).attname] = None
        if columns[name].type.or_none:
            empty[name + NONE_SUFFIX] = False
    held = Person.objects.filter(pk__in=people)
    fields = [Person._meta.get_field(name).attname for name in OPTIONAL]
    count = sum(value is not None for row in held.values_list(*fields) for value in row)
    held.update(**empty)
    Person.pgh_event_model.objects.filter(pgh_obj__in=people).update(**empty)
    return count


KINDS: Final = {
    "files": Kind(gettext_lazy("我的材料夹里的文件和草稿材料"), gettext_lazy("以后办事要重新上传。已经用于申报的不在内。"), _own_files),
    "papers": Kind(gettext_lazy("已撤回、没有人审过的申报的材料"), gettext_lazy("审过的申报的材料要作为审核档案保存，不在内。"), _withdrawn_papers),
    "facts": Kind(gettext_lazy("年收入、租房地、购房地、配偶和子女"), gettext_lazy("用到它们的待遇会变成“还不能判断”。修改历史里的也一起清除。"), _optional_facts),
    "messages": Kind(gettext_lazy("一般通知"), gettext_lazy("法定送达的通知要保存，不在内。"), _messages),
    "exports": Kind(gettext_lazy("已经生成的个人信息副本"), gettext_lazy("下载地址立即失效。"), _exports),
}  # fmt: skip

KEPT: Final = (
    Held(gettext_lazy("姓名、证件、就业、参保、证书"), gettext_lazy("人社部门履行法定职责所必需"), gettext_lazy("最后一次变更后 30 年")),
    Held(gettext_lazy("申报、审核和签署记录"), gettext_lazy("财政资金的会计和审计档案"), gettext_lazy("办结后 10 年")),
    Held(gettext_lazy("付款和记账凭证"), gettext_lazy("《会计档案管理办法》"), gettext_lazy("30 年")),
    Held(gettext_lazy("谁看过我、审计日志"), gettext_lazy("保护您的权益，证明处理合法"), gettext_lazy("至少 3 年")),
)  # fmt: skip


def kept_of(people: People) -> list[Held]:
    """What of somebody's files and messages is not erased on request: how many, why, until which day."""
    found = []
    files_ = File.objects.filter(person__in=people, erased_at=None).exclude(purpose__in=(Kept.OWN, Kept.DRAFT))
    files_ = files_.exclude(subject__in=_withdrawn(people))
    for purpose, why in WHY_FILES.items():
        some = files_.filter(purpose=purpose).aggregate(count=Count("id"), until=Max("keep_until"))
        if some["count"]:
            label = _("%(what)s，%(n)s 份") % {"what": Kept(purpose).label, "n": some["count"]}
            found.append(Held(label, why, _("最晚到 %(day)s") % {"day": some["until"].isoformat()}))
    served = Notice.objects.filter(person__in=people, required=True).aggregate(count=Count("id"), last=Max("made_at"))
    if served["count"]:
        label = _("法定送达的通知，%(n)s 条") % {"n": served["count"]}
        until = (served["last"] + notice_retention.REQUIRED).date()
        found.append(Held(label, _("证明已经依法送达"), _("最晚到 %(day)s") % {"day": until.isoformat()}))
    return [*found, *KEPT]


WHY_FILES: Final = {
    Kept.EVIDENCE: gettext_lazy("审核和更正所依据的材料，随办件归档"), Kept.RECORD: gettext_lazy("办件卷宗，供审计和复议"),
    Kept.LETTER: gettext_lazy("行政决定文书，供复议、诉讼和核验"),
}  # fmt: skip


@transaction.atomic
def ask(viewer: Viewer, kinds: list[str], words: str) -> Erasure:
    """Ask for it; asked again while it waits, it is the same one.  Raises Waiting where the open one asks for less."""
    person = Person.objects.select_for_update(of=("self",)).select_related("managed_by").get(pk=viewer.person)
    known = Erasure.objects.filter(person__in=viewer.people, state="open").first()
    if known is not None:
        if not set(kinds) <= set(known.kinds):
            raise Waiting(_("您已有一份删除申请（编号 %(number)s），%(day)s 前答复；答复以后可以再提。这次选的没有保存。") % {
                "number": number_of(known), "day": known.due_on.isoformat()})  # fmt: skip
        return known
    made = Erasure.objects.create(
        person=person, region=person.managed_by, kinds=sorted(set(kinds) & set(KINDS)), words=words, asked_by=viewer.user,
        due_on=add_working_days(viewer.on, DAYS, person.managed_by),
    )  # fmt: skip
    audit.record(viewer.user, "people.erasure_asked", f"erasure:{made.uid}", made.region_id, kinds=made.kinds)
    return made


def access_erasures(viewer: Viewer) -> Any:
    """Requests of the registrar's regions."""
    return Erasure.objects.filter(in_scope(viewer.paths(Role.REGISTRAR), "region")).select_related("person", "region")


@transaction.atomic
def decide(viewer: Viewer, found: Erasure, granted: list[str], words: str) -> None:
    """Grant some of what was asked for, or nothing.  Raises PermissionDenied for one's own, Answered."""
    if found.asked_by_id == viewer.user.pk or concerns.is_own(viewer.user, [found.person_id]):
        raise PermissionDenied(_("自己提出的申请要由别人决定。"))
    held = Erasure.objects.select_for_update(of=("self",)).get(pk=found.pk)
    wanted = sorted(set(granted) & set(held.kinds))
    if held.state != Erasure.State.OPEN:
        if (held.decided_by_id, held.granted, held.answer) == (viewer.user.pk, wanted, words):  # pressed twice
            return
        raise Answered
    held.granted = wanted
    held.state = Erasure.State.GRANTED if held.granted else Erasure.State.REFUSED
    held.decided_by, held.decided_at, held.answer = viewer.user, present.now(), words
    held.save()
    audit.record(viewer.user, "people.erasure_decided", f"erasure:{held.uid}", held.region_id, granted=held.granted)
    notices.tell(held.person, "erasure_decided", {"number": number_of(held)}, f"erasure:{held.uid}")


def carry_out() -> int:
    """Erase what was granted; gives how many requests.  Each by itself: one that fails does not keep the others."""
    count = 0
    for pk in Erasure.objects.filter(state="granted").order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            held = Erasure.objects.select_for_update().get(pk=pk)
            if held.state != Erasure.State.GRANTED:
                continue
            held.counts = {
                name: KINDS[name].act(family("person", held.person_id), f"erasure:{held.uid}") for name in held.granted
            }
            held.state, held.done_at = Erasure.State.DONE, present.now()
            held.save()
            audit.record(None, "people.erased", f"erasure:{held.uid}", held.region_id, **held.counts)
            count += 1
    return count
