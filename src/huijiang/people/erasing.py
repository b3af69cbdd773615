"""What a person may have erased, what the law keeps and until when, and carrying out what an officer granted.

Erased from a row of facts, a value goes from the row's former versions too: nobody reads it in the history.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang import audit
from huijiang.access import concerns
from huijiang.access.law import in_scope
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import Viewer, today
from huijiang.claims.clock import add_working_days
from huijiang.files import retention as files
from huijiang.files.models import File
from huijiang.files.models import Purpose as Kept
from huijiang.notices import services as notices
from huijiang.notices.models import Notice
from huijiang.people.models import Erasure, Export
from huijiang.registry.columns import NONE_SUFFIX
from huijiang.registry.models import Person
from huijiang.registry.vocabulary import vocabulary

DAYS: Final = 15  # working days for a decision
OPTIONAL: Final = ("annual_pay", "rents_in", "bought_home_in", "spouse", "children")
"""Columns of a person that no duty of the bureau rests on: without them some results are unknown."""


@dataclass(frozen=True)
class Kind:
    """Something that may be erased: what it is, what follows from it, and how."""

    label: Any
    effect: Any
    act: Callable[[int], int]


@dataclass(frozen=True)
class Held:
    """Something that the law keeps: why, and until when."""

    label: Any
    why: Any
    until: Any


def _own_files(person: int) -> int:
    """Their time ends today; the job of the files takes the content away."""
    found = File.objects.filter(person=person, purpose__in=(Kept.OWN, Kept.DRAFT), erased_at=None)
    count = found.update(keep_until=today() - dt.timedelta(days=1))
    files.expire()
    return count


def _messages(person: int) -> int:
    found = Notice.objects.filter(person=person, required=False)
    count = found.count()
    found.delete()
    return count


def _exports(person: int) -> int:
    return Export.objects.filter(person=person, content__isnull=False).update(content=None)


def _optional_facts(person: int) -> int:
    """Unknown in the row and in every former version of it."""
    columns = vocabulary().tables["person"].columns
    empty: dict[str, Any] = {}
    for name in OPTIONAL:
        empty[Person._meta.get_field(name).attname] = None
        if columns[name].type.or_none:
            empty[name + NONE_SUFFIX] = False
    held = Person.objects.filter(pk=person)
    count = sum(getattr(held.get(), Person._meta.get_field(name).attname) is not None for name in OPTIONAL)
    held.update(**empty)
    Person.pgh_event_model.objects.filter(pgh_obj=person).update(**empty)
    return count


KINDS: Final = {
    "files": Kind(gettext_lazy("我的材料夹里的文件和草稿材料"), gettext_lazy("以后办事要重新上传。已经用于申报的不在内。"), _own_files),
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


@transaction.atomic
def ask(viewer: Viewer, kinds: list[str], words: str) -> Erasure:
    """Ask for it, or give the request that is open."""
    person = Person.objects.select_for_update(of=("self",)).select_related("managed_by").get(pk=viewer.person)
    known = Erasure.objects.filter(person=person, state="open").first()
    if known is not None:
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
    """Grant some of what was asked for, or nothing.  Raises PermissionDenied for one's own."""
    if found.asked_by_id == viewer.user.pk or concerns.is_own(viewer.user, [found.person_id]):
        raise PermissionDenied(_("自己提出的申请要由别人决定。"))
    held = Erasure.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if held.state != Erasure.State.OPEN:
        return
    held.granted = sorted(set(granted) & set(held.kinds))
    held.state = Erasure.State.GRANTED if held.granted else Erasure.State.REFUSED
    held.decided_by, held.decided_at, held.answer = viewer.user, timezone.now(), words
    held.save()
    audit.record(viewer.user, "people.erasure_decided", f"erasure:{held.uid}", held.region_id, granted=held.granted)
    notices.tell(held.person, "erasure_decided", {"number": held.uid.hex[:8].upper()}, f"erasure:{held.uid}")


def carry_out() -> int:
    """Erase what was granted; gives how many requests.  Each by itself: one that fails does not keep the others."""
    count = 0
    for pk in Erasure.objects.filter(state="granted").order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            held = Erasure.objects.select_for_update().get(pk=pk)
            if held.state != Erasure.State.GRANTED:
                continue
            held.counts = {name: KINDS[name].act(held.person_id) for name in held.granted}
            held.state, held.done_at = Erasure.State.DONE, timezone.now()
            held.save()
            audit.record(None, "people.erased", f"erasure:{held.uid}", held.region_id, **held.counts)
            count += 1
    return count
