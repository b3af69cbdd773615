"""Guardians of children under 18: bound at a counter with a paper; they see and claim for the child until 18."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huijiang import audit, present
from huijiang.access.forms import KIND_NAMES, PersonForm
from huijiang.access.identities import account_of, person_of
from huijiang.access.law import access_people
from huijiang.access.models import Binding, Guardianship
from huijiang.access.sightings import Purpose, saw
from huijiang.access.viewers import WARD
from huijiang.accounts.doors import signed_in, staff
from huijiang.accounts.models import Role, User
from huijiang.accounts.viewers import Viewer, today
from huijiang.files import services as files
from huijiang.files.forms import PAPERS, PaperField, limit
from huijiang.notices import services as notices
from huijiang.registry.linked import family
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

OF_AGE = 18
counter = staff(Role.COUNTER)


def eighteenth(born: dt.date) -> dt.date:
    """The 18th birthday; of a leap day, the first of March."""
    try:
        return born.replace(year=born.year + OF_AGE)
    except ValueError:
        return dt.date(born.year + OF_AGE, 3, 1)


class GuardianForm(PersonForm):
    """The guardian's document, the child's, and what shows that they belong together."""

    child_kind = forms.ChoiceField(label=gettext_lazy("孩子的证件种类"), choices=list(KIND_NAMES.items()))
    child_number = forms.CharField(
        label=gettext_lazy("孩子的证件号码"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    proof = forms.ChoiceField(label=gettext_lazy("监护关系的证明"), choices=Guardianship.Proof.choices)
    paper = PaperField(label=gettext_lazy("证明的扫描件"))
    field_order = ("kind", "number", "child_kind", "child_number", "proof", "paper", "checked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].label, self.fields["number"].label = _("监护人的证件种类"), _("监护人的证件号码")
        self.fields["checked"].label = _("已核对双方证件和监护证明的原件")


def _found(viewer: Viewer, form: PersonForm, kind: str, number: str) -> Any | None:
    told = form.cleaned_data
    try:
        found = person_of(told[number], told[kind])
    except ValueError:
        form.add_error(number, _("号码的位数或校验位不对，请核对证件。"))
        return None
    if found is None or not access_people(viewer).filter(pk=found.pk).exists():
        form.add_error(number, _("您负责的地区里没有这个人的登记信息。"))
        return None
    with transaction.atomic():
        saw(viewer, found, Purpose.COUNTER, ["name"])
    return found


def _bind(viewer: Viewer, form: GuardianForm) -> Guardianship | None:
    """None where the form says what stands in the way."""
    guardian = _found(viewer, form, "kind", "number")
    child = _found(viewer, form, "child_kind", "child_number")
    if guardian is None or child is None:
        return None
    user = account_of(guardian)
    if user is None:
        form.add_error("number", _("监护人还没有账户，请先在“开通账户”里发激活码。"))
    elif user.pk == viewer.user.pk:
        form.add_error("number", _("不能为自己登记，请由同事办理。"))
    elif guardian.pk == child.pk:
        form.add_error("child_number", _("监护人和孩子是同一个人，请核对证件号码。"))
    elif guardian.birth_date is not None and eighteenth(guardian.birth_date) > today():
        form.add_error("number", _("监护人未满 18 岁，不能做监护人。"))
    elif child.birth_date is None:
        form.add_error("child_number", _("孩子的出生日期没有登记，算不出哪天年满 18 岁。请先补录。"))
    elif eighteenth(child.birth_date) <= today():
        form.add_error("child_number", _("此人已年满 18 岁，由本人办理。"))
    if form.errors or user is None:
        return None
    made = Guardianship.objects.create(user=user, child=child, proof=form.cleaned_data["proof"], bound_by=viewer.user,
                                       ends_on=eighteenth(child.birth_date))  # fmt: skip
    files.store(form.cleaned_data["paper"], viewer, f"guardianship:{made.pk}", files.Purpose.EVIDENCE,
                region=child.managed_by_id, person=child.pk, since=made.ends_on)  # fmt: skip
    audit.record(viewer.user, "people.guardian", f"person:{child.uid}", child.managed_by_id, proof=made.proof,
                 until=made.ends_on)  # fmt: skip
    return made


@counter
@sensitive_post_parameters("number", "child_number")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """Bind a guardian to a child, with both documents and a paper on the counter."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = request.method == "POST"
    form = GuardianForm(request.POST if asked else None, request.FILES if asked else None)
    if asked and form.is_valid():
        made = None
        try:
            with transaction.atomic():
                made = _bind(viewer, form)
        except IntegrityError:
            form.add_error(None, _("这个监护关系已经登记过。"))
        except files.NoRoom:
            form.add_error("paper", _("系统暂时存不下新文件，已通知管理员。请稍后再试；没有保存任何内容。"))
        if made is not None:
            messages.success(
                request, _("已登记，到 %(day)s（年满 18 岁）自动结束。") % {"day": made.ends_on.isoformat()}
            )
            return redirect("people:guardians")
    return render(request, "people/guardians.html", {"form": form, "accepts": str(PAPERS), "limit": limit()},
                  status=422 if form.errors else 200)  # fmt: skip


class EndForm(PersonForm):
    """Whose guardianship ends: found by the document of the child or of the guardian."""

    which: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=gettext_lazy("哪一个监护关系"), queryset=None, required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("结束的原因"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("写明依据，如法院变更监护的文书号。双方都会收到通知。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"].queryset = Guardianship.objects.none()  # type: ignore[attr-defined]
        self.fields["which"].label_from_instance = _one_line  # type: ignore[attr-defined]


def _one_line(each: Guardianship) -> str:
    return _("%(guardian)s 监护 %(child)s，到 %(day)s") % {
        "guardian": each.user.name, "child": each.child.name, "day": each.ends_on.isoformat()}  # fmt: skip


def _of(viewer: Viewer, person: Any) -> Any:
    """The guardianships that hold now and in which somebody is the child or the guardian, within the counter's regions."""
    people = family("person", person.pk)
    held = Guardianship.objects.filter(ended_at=None, ends_on__gt=today()).select_related("user", "child")
    theirs = held.filter(Q(child__in=people) | Q(user__in=Binding.objects.filter(person__in=people).values("user")))
    return theirs.filter(child__in=access_people(viewer)).exclude(user=viewer.user).order_by("pk")


@transaction.atomic
def end_guardianship(by: User, held: Guardianship, words: str) -> bool:
    """End it before its day; the guardian sees and does nothing more from this moment on.  Both are told."""
    done = Guardianship.objects.filter(pk=held.pk, ended_at=None).update(
        ended_at=present.now(), ended_by=by, end_words=words
    )
    if done:
        audit.record(by, "people.guardian_ended", f"person:{held.child.uid}", held.child.managed_by_id)
        for to in (held.child, held.user):
            notices.tell(to, "guardianship_ended", {"name": held.child.name}, f"person:{held.child.uid}")
    return bool(done)


@counter
@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest) -> HttpResponse:
    """Find a guardianship by a document, then end it with a reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = EndForm(request.POST if request.method == "POST" else None)
    found: list[Guardianship] = []
    if form.is_bound and _told(form):
        person = _found(viewer, form, "kind", "number")
        if person is not None:
            held = _of(viewer, person)
            form.fields["which"].queryset = held  # type: ignore[attr-defined]
            found = list(held)
            if not found:
                form.add_error("number", _("您负责的地区里没有此人现在有效的监护关系；自己的要由同事办理。"))
            elif "which" in request.POST:
                done = _ended(viewer, form, request)
                if done is not None:
                    return done
    return render(request, "people/guardian_end.html", {"form": form, "found": found},
                  status=422 if form.errors else 200)  # fmt: skip


def _told(form: EndForm) -> bool:
    """Whether the document is there; what is chosen is checked once the choices are known."""
    form.full_clean()
    form.errors.pop("which", None)
    return not form.errors


def _ended(viewer: Viewer, form: EndForm, request: HttpRequest) -> HttpResponse | None:
    chosen = next((each for each in form.fields["which"].queryset if str(each.pk) == request.POST.get("which")), None)  # type: ignore[attr-defined]
    words = str(form.cleaned_data.get("words", "")).strip()
    if chosen is None:
        form.add_error("which", _("请选择要结束哪一个。"))
    if not words:
        form.add_error("words", _("请写明原因。"))
    if chosen is None or not words:
        return None
    end_guardianship(viewer.user, chosen, words)
    messages.success(request, _("已结束，对方从现在起看不到孩子的信息，也不能代办。"))
    return redirect("people:guardian_end")


@signed_in
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """A guardian acts for a child no longer, of their own will."""
    held = Guardianship.objects.filter(user=request.user, ended_at=None).select_related("child", "user")  # type: ignore[misc]
    found = next((each for each in held if str(each.child.uid) == request.POST.get("child", "")), None)
    if found is not None and request.POST.get("confirmed") == "yes":
        end_guardianship(found.user, found, gettext_noop("监护人自己结束"))
        if request.session.get(WARD) == found.child_id:
            request.session.pop(WARD)
        messages.success(request, _("已结束。以后要再代办，请到窗口重新登记。"))
        return redirect("people:wards")
    return render(request, "people/ward_stop.html", {"of": found}) if found is not None else redirect("people:wards")


@signed_in
@require_safe
def wards(request: HttpRequest) -> HttpResponse:
    """The children for whom one may act, and for whom one acts now."""
    found = Guardianship.objects.filter(user=request.user, ended_at=None).select_related("child")  # type: ignore[misc]
    chosen = request.session.get(WARD)
    columns = [Column(_("姓名")), Column(_("到哪天")), Column(_("状态"), "state")]
    rows = [
        [Cell(each.child.name), each.ends_on.isoformat(),
         Cell(tag=Tag(_("已年满 18 岁"), "grey") if each.ends_on <= today() else Tag(_("正在代办"), "blue")
              if each.child_id == chosen else Tag(_("可以代办"), "green"))]
        for each in found
    ]  # fmt: skip
    active = [each for each in found if each.ends_on > today()]
    return render(request, "people/wards.html", {
        "table": Table(_("我监护的孩子"), columns, rows), "count": len(rows), "active": active, "chosen": chosen,
    })  # fmt: skip


@signed_in
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Go on for a child, or for oneself again."""
    told = request.POST.get("child", "")
    held = Guardianship.objects.filter(user=request.user, ended_at=None, ends_on__gt=today())  # type: ignore[misc]
    found = next((each for each in held.select_related("child") if str(each.child.uid) == told), None)
    if found is None:
        request.session.pop(WARD, None)
        messages.success(request, _("现在办理您自己的事。"))
        return redirect(reverse("people:wards"))
    request.session[WARD] = found.child_id
    messages.success(request, _("现在代 %(name)s 办理，看到的都是孩子的信息。") % {"name": found.child.name})
    return redirect("entitlements:mine")
