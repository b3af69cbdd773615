"""Steward's pages: bring a bundle in, see what it changes, and let another person decide on it."""

from __future__ import annotations

import datetime as dt
import uuid

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.access.humans import same
from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.accounts.viewers import today
from huijiang.documents import bundles, differences, releases, submissions, trials
from huijiang.documents.models import Release, Submission, Trial
from huijiang.web import watching
from huijiang.web.components.lists import Fact
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag
from huijiang.web.language import language

PER_PAGE = 30
SHOWN = 50  # problems on a page; the count is always that of all
stewards = staff(Role.STEWARD, Role.STEWARD_APPROVER)
makers = staff(Role.STEWARD)
approvers = staff(Role.STEWARD_APPROVER)


class BundleForm(forms.Form):
    """A policies folder as .zip, and what is new in it."""

    note = forms.CharField(label=gettext_lazy("这一版改了什么"), max_length=200,
                           widget=forms.TextInput(attrs={"class": "input"}))  # fmt: skip
    bundle = forms.FileField(label=gettext_lazy("政策文件夹的压缩包"), max_length=200)


class ApproveForm(forms.Form):
    """From which day a release is in force."""

    in_force_from = forms.DateField(label=gettext_lazy("从哪天起启用"), help_text=gettext_lazy("今天或以后的日子"),
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"))  # fmt: skip

    def clean_in_force_from(self) -> dt.date:
        day: dt.date = self.cleaned_data["in_force_from"]
        if day < today():
            raise forms.ValidationError(_("启用日期已过：应为今天或以后"))
        return day


class RefuseForm(forms.Form):
    """Why a release is sent back."""

    because = forms.CharField(label=gettext_lazy("退回的理由"), max_length=500,
                              widget=forms.Textarea(attrs={"class": "input", "rows": 3}))  # fmt: skip


def tag(release: Release, now: Release | None) -> Tag:
    """Where a release stands today."""
    if release.waiting:
        return Tag(_("待复核"), "amber", "clock")
    if not release.approved or release.in_force_from is None:
        return Tag(_("已退回"), "red", "cross")
    if now is not None and now.pk == release.pk:
        return Tag(_("现行"), "green", "check-circle")
    return Tag(_("待启用"), "blue", "clock") if release.in_force_from > today() else Tag(_("已被替换"), "grey")


def moment(when: dt.datetime | None) -> str:
    return date_format(localtime(when), "Y-m-d H:i") if when is not None else ""


@stewards
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    now = releases.in_force()
    found = Release.objects.select_related("made_by", "decided_by")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    columns = [Column(_("版本")), Column(_("提交")), Column(_("复核")), Column(_("启用")), Column(_("内容")),
               Column(_("状态"), "state")]  # fmt: skip
    rows = [
        [
            Cell(_("第 %(n)s 版") % {"n": each.number}, reverse("documents:release", args=[each.uid]), note=each.note),
            Cell(each.made_by.name, note=moment(each.made_at)),
            Cell(each.decided_by.name if each.decided_by else "—", note=moment(each.decided_at)),
            Cell(each.in_force_from.isoformat() if each.in_force_from else "—", note=_until(each)),
            _("%(documents)s 份文件 · %(rules)s 条规则 · %(cases)s 个算例")
            % {"documents": each.documents, "rules": each.rules, "cases": each.cases},
            Cell(tag=tag(each, now)),
        ]
        for each in page
    ]
    told = {"page": page, "table": Table(_("规则版本"), columns, rows), "maker": _has(request, Role.STEWARD),
            "checks": _checks(submissions.without_release())}  # fmt: skip
    return render(request, "documents/releases.html", told)


def _checks(found: list[submissions.Standing]) -> Table | None:
    """What was handed in and is no release: under way, refused, or the job failed."""
    columns = [Column(_("送检")), Column(_("谁送的")), Column(_("状态"), "state")]
    rows = []
    for each in found:
        held = each.submission
        state = Tag(_("正在检查"), "blue", "clock") if each.under_way else Tag(
            _("没有通过"), "red", "cross") if held.ended_at else Tag(_("没有查完"), "amber", "exclaim")  # fmt: skip
        rows.append([
            Cell(handed_in(held), reverse("documents:release_check", args=[held.uid]), note=held.note),
            Cell(held.asked_by.name, note=moment(held.asked_at)), Cell(tag=state),
        ])  # fmt: skip
    return Table(_("送检的"), columns, rows) if rows else None


def _mutants(release: Release) -> str:
    """What the trial of mutants found of the working copy that became this release; empty where it came otherwise."""
    held = Submission.objects.filter(release=release, version__isnull=False).first()
    if held is None:
        return ""
    trial = trials.newest(Trial.Kind.MUTANTS, version=held.version)
    if trial is None or trial.trial.result is None:
        return _("还没有试") if trial is None or not trial.under_way else _("正在试")
    result = trial.trial.result
    return _("试了 %(all)s 个，没有被算例查出的 %(n)s 个") % {"all": result["total"], "n": len(result["survivors"])}


def _has(request: HttpRequest, role: Role) -> bool:
    return role in request.viewer.roles  # type: ignore[attr-defined]


def _until(release: Release) -> str:
    until = release.until
    if until is None or release.in_force_from is None:
        return ""
    if until < release.in_force_from:
        return _("当天即被替换")
    return _("至 %(day)s") % {"day": until.isoformat()}


@makers
def upload(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "documents/release_upload.html", {"form": BundleForm()})
    form = BundleForm(request.POST, request.FILES)
    problems: tuple[str, ...] = ()
    if form.is_valid():
        bundle = form.cleaned_data["bundle"]
        try:
            files = bundles.unpack(bundle, bundle.size)
        except releases.Refused as error:
            problems = error.problems
        else:
            held = submissions.of_bundle(files, request.user, form.cleaned_data["note"], language())  # type: ignore[arg-type]
            return redirect("documents:release_check", uid=held.uid)
    told = {"form": form, "problems": problems[:SHOWN], "count": len(problems), "errors": bool(problems)}
    return render(request, "documents/release_upload.html", told, status=422)


@stewards
@require_safe
def detail(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    release = get_object_or_404(Release, uid=uid)
    return _page(request, release, ApproveForm(initial={"in_force_from": today()}), RefuseForm())


def _page(request: HttpRequest, release: Release, approve_form: ApproveForm, refuse_form: RefuseForm,
          status: int = 200) -> HttpResponse:  # fmt: skip
    now = releases.in_force()
    base = now if now is not None and now.pk != release.pk else _before(release)
    changes = differences.between(releases.files_of(base) if base else {}, releases.files_of(release))
    own = release.waiting and same(request.user, release.made_by)  # type: ignore[arg-type]
    told = {
        "release": release, "tag": tag(release, now), "facts": _facts(release), "base": base, "changes": changes,
        "values": sum(each.values for each in changes),
        "decides": release.waiting and _has(request, Role.STEWARD_APPROVER) and not own,
        "own": release.waiting and own, "approve_form": approve_form, "refuse_form": refuse_form,
        "forms": [approve_form, refuse_form], "originals": list(release.originals.select_related("original")),
        "goes_back": release.approved and _has(request, Role.STEWARD) and now is not None and now.digest != release.digest,
    }  # fmt: skip
    return render(request, "documents/release.html", told, status=status)


def _before(release: Release) -> Release | None:
    """The release that was in force before this one."""
    if release.in_force_from is None:
        return None
    earlier = Release.objects.filter(in_force_from__lte=release.in_force_from).exclude(pk=release.pk)
    return next((each for each in earlier.order_by("-in_force_from", "-number")
                 if (each.in_force_from, each.number) < (release.in_force_from, release.number)), None)  # fmt: skip


def _facts(release: Release) -> list[Fact]:
    lines = [(_("说明"), release.note or "—"), (_("内容摘要"), release.digest),
             (_("提交"), f"{release.made_by.name} {moment(release.made_at)}")]  # fmt: skip
    if release.decided_by is not None:
        label = _("复核通过") if release.approved else _("退回")
        lines.append((label, f"{release.decided_by.name} {moment(release.decided_at)}"))
    if release.in_force_from is not None:
        lines.append((_("启用"), " ".join([release.in_force_from.isoformat(), _until(release)]).strip()))
    if release.refused_because:
        lines.append((_("退回的理由"), release.refused_because))
    lines.append((_("内容"), _("%(documents)s 份文件 · %(rules)s 条规则 · %(cases)s 个算例，检查和算例全部通过")
                  % {"documents": release.documents, "rules": release.rules, "cases": release.cases}))  # fmt: skip
    if tried := _mutants(release):
        lines.append((_("变体"), tried))
    return [Fact(label, value) for label, value in lines]


@approvers
@require_POST
def approve(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    release = get_object_or_404(Release, uid=uid)
    form = ApproveForm(request.POST)
    if form.is_valid():
        try:
            held = releases.approve(release, request.user, form.cleaned_data["in_force_from"])  # type: ignore[arg-type]
        except releases.ReleaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已复核通过，%(day)s 起启用。") % {"day": held.in_force_from})
            return redirect("documents:release", uid=uid)
    return _page(request, release, form, RefuseForm(), 422)


@approvers
@require_POST
def refuse(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    release = get_object_or_404(Release, uid=uid)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            releases.refuse(release, request.user, form.cleaned_data["because"])  # type: ignore[arg-type]
        except releases.ReleaseError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已退回，理由已告诉提交的人。"))
            return redirect("documents:release", uid=uid)
    return _page(request, release, ApproveForm(initial={"in_force_from": today()}), form, 422)


@makers
@require_POST
def again(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Roll back: a new release equal to this one, for another person to approve."""
    release = get_object_or_404(Release, uid=uid)
    try:
        held = submissions.of_earlier(release, request.user)  # type: ignore[arg-type]
    except releases.ReleaseError as error:
        messages.error(request, str(error))
        return redirect("documents:release", uid=uid)
    return redirect("documents:release_check", uid=held.uid)


@stewards
def checked(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """How far the checks of what was handed in are; then the release, or what is wrong.  POST: once more, where the
    job itself failed."""
    held = get_object_or_404(
        Submission.objects.select_related("asked_by", "version__draft", "earlier", "release"), uid=uid
    )
    if request.method == "POST":
        if held.asked_by_id != request.user.pk:
            raise PermissionDenied
        submissions.once_more(held, held.asked_by)
        return redirect("documents:release_check", uid=uid)
    standing = submissions.standing(held)
    if (over := watching.over(request, standing.under_way)) is not None:
        return over
    if held.release is not None:
        if held.asked_by_id == request.user.pk:
            messages.success(request, _("检查全部通过。请另一位政策复核人员核对改动后决定。"))
        return redirect("documents:release", uid=held.release.uid)
    told = {"held": held, "standing": standing, "what": handed_in(held), "when": moment(held.asked_at),
            "own": held.asked_by_id == request.user.pk, "errors": held.found > 0}  # fmt: skip
    return render(request, "documents/release_check.html", told)


def handed_in(held: Submission) -> str:
    """What it is, in a line."""
    if held.version is not None:
        return _("工作稿 %(document)s，第 %(n)s 次保存") % {
            "document": held.version.draft.document,
            "n": held.version.number,
        }
    if held.earlier is not None:
        return _("退回到第 %(n)s 版") % {"n": held.earlier.number}
    return _("压缩包")


@stewards
@require_safe
def bundle(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    release = get_object_or_404(Release, uid=uid)
    name = f"policies-{release.number}-{release.digest[:12]}.zip"
    return HttpResponse(bundles.pack(releases.files_of(release)), content_type="application/zip",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip
