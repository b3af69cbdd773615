"""An organisation claims many events at once: which benefits, a workbook to fill in, its faults, totals, sent."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from huijiang.access import doors
from huijiang.access.law import access_organisations
from huijiang.accounts.viewers import Viewer
from huijiang.claims import batches, drafting, intake, story
from huijiang.claims.errors import ClaimError
from huijiang.claims.forms_apply import Depending, fault_of
from huijiang.claims.models import Account, Batch
from huijiang.claims.pages_apply import asks, viewer_of
from huijiang.claims.public_notice import name_of
from huijiang.claims.states import State
from huijiang.documents import library
from huijiang.entitlements import wording
from huijiang.entitlements.firm import XLSX, by_benefit
from huijiang.entitlements.models import Standing
from huijiang.entitlements.models import State as Found
from huijiang.files.forms import PaperField, limit
from huijiang.files.models import Kind
from huijiang.registry.linked import family
from huijiang.web.components.layout import Crumb
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.components.tags import Tag

SHOWN = 100
ACTS = ("", "send", "drop")


class UploadForm(forms.Form):
    """The workbook, and where the organisation is paid."""

    file = PaperField(
        label=gettext_lazy("填好的工作簿"),
        allow=frozenset({Kind.XLSX}),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )
    use_required_attribute = False
    number = Depending(label=gettext_lazy("单位账号"), max_length=40,
                       widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}))  # fmt: skip
    bank = Depending(label=gettext_lazy("开户行"), max_length=120)

    def __init__(self, *args: Any, known: list[Account], own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known, self.own = known, own
        if not own:
            del self.fields["number"], self.fields["bank"]
        elif known:
            listed = [*((str(each.uid), drafting.masked(each)) for each in known), ("new", _("换一个账户"))]
            self.fields["use"] = forms.ChoiceField(
                label=_("打到单位的哪个账户"), choices=listed, initial=str(known[0].uid), widget=forms.RadioSelect
            )
            self.order_fields(["file", "use", "number", "bank"])
            self.fields["number"].label, self.fields["bank"].label = _("新账户的卡号或账号"), _("新账户的开户行")

    @property
    def chosen(self) -> Account | None:
        return next((each for each in self.known if str(each.uid) == self.cleaned_data.get("use")), None)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if self.own and not (self.known and told.get("use") != "new"):
            told["number"] = intake.plain_number(told.get("number", ""))
            wrong = fault_of(told["number"], person=False)
            if wrong:
                self.add_error("number", wrong)
            if not told.get("bank", "").strip():
                self.add_error("bank", _("请填写开户行，写到支行。"))
        return told


def _firm(request: HttpRequest) -> tuple[Viewer, Any]:
    viewer = viewer_of(request)
    return viewer, get_object_or_404(access_organisations(viewer).select_related("managed_by"))


def _key(organisation: Any, document: str, rule: str) -> str:
    """A benefit of the place.  Raises Http404."""
    try:
        library.placed(organisation.managed_by_id).rule(f"{document}#{rule}")
    except KeyError:
        raise Http404 from None
    return f"{document}#{rule}"


@doors.agent
@require_safe
def benefits(request: HttpRequest) -> HttpResponse:
    """What can be claimed many at once, and the batches so far."""
    viewer, organisation = _firm(request)
    counts: dict[str, list[int]] = {}
    for each in by_benefit(organisation):
        if each["state"] in (Found.READY, Found.UNKNOWN):
            counts.setdefault(each["benefit"], [0, 0])[0] += each["events"]
    people = Standing.objects.filter(person__in=batches.agreed(viewer), last_run=None, state__in=batches.CLAIMABLE)
    for benefit, count in people.values_list("benefit").annotate(Count("pk")):
        counts.setdefault(benefit, [0, 0])[1] += count
    columns = [Column(_("项目")), Column(_("发给本单位"), "number"), Column(_("发给同意代办的职工"), "number")]
    rows = [[Cell(name_of(key), reverse("claims:batch_upload", args=key.split("#"))), str(own) if own else "—", str(theirs) if theirs else "—"]
            for key, (own, theirs) in sorted(counts.items(), key=lambda each: -sum(each[1]))]  # fmt: skip
    return render(request, "claims/batches.html", {
        "table": Table(_("可以批量申报的项目"), columns, rows) if rows else None, "batches": _batches(organisation), "firm": organisation,
        "consents": len(batches.agreed(viewer)),
    })  # fmt: skip


def _batches(organisation: Any) -> Table | None:
    found = list(Batch.objects.filter(organisation__in=family("organisation", organisation.pk)).order_by("-id")[:20])
    columns = [
        Column(_("项目")),
        Column(_("时间")),
        Column(_("行数"), "number"),
        Column(_("已提交（件）"), "number"),
        Column(_("状态"), "state"),
    ]
    rows = [
        [Cell(name_of(each.benefit), reverse("claims:batch", args=[each.uid]), note=each.file_name),
         f"{timezone.localtime(each.made_at):%Y-%m-%d %H:%M}", str(each.rows), str(each.taken), Cell(tag=_tag(each))]
        for each in found
    ]  # fmt: skip
    return Table(_("以前的批量申报"), columns, rows) if rows else None


def _tag(batch: Batch) -> Tag:
    if batch.sent_at is not None:
        return Tag(_("已提交"), "green", "check")
    return Tag(_("有错误"), "amber") if batch.faults else Tag(_("待提交"), "blue")


@doors.agent
@sensitive_post_parameters("number")
@asks
def upload(request: HttpRequest, document: str, rule: str) -> HttpResponse:
    """A template with what is known, and the way back with it."""
    viewer, organisation = _firm(request)
    key = _key(organisation, document, rule)
    rows = batches.known(viewer, organisation, key)
    own = any(each.person is None for each in rows)
    known = list(Account.objects.filter(organisation=organisation, ended_at=None).order_by("-id")[:5])
    bound = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(*bound, known=known, own=own)
    if form.is_bound and form.is_valid():
        told = form.cleaned_data
        try:
            with transaction.atomic():
                account = form.chosen
                if own and account is None:
                    account = intake.make_account(
                        viewer,
                        holder=organisation.name,
                        number=told["number"],
                        bank=told["bank"],
                        organisation=organisation.pk,
                    )
                made = batches.take(viewer, organisation, key, told["file"].read(), told["file"].name, account)
        except ClaimError as error:
            form.add_error("file", str(error))
        else:
            return redirect("claims:batch", uid=made.uid)
    least, highs = sum(each.low for each in rows), [each.high for each in rows]
    return render(request, "claims/batch_upload.html", {
        "form": form, "name": name_of(key), "count": len(rows), "limit": limit(), "most": batches.MOST_ROWS,
        "amount": wording.amount_of(least, None if None in highs else sum(each for each in highs if each is not None), _("预计共")),
        "template": reverse("claims:batch_template", args=[document, rule]), "own": own,
        "crumbs": [Crumb(_("批量申报"), reverse("claims:batches")), Crumb(name_of(key))],
    }, status=422 if form.errors else 200)  # fmt: skip


@doors.agent
@require_safe
def template(request: HttpRequest, document: str, rule: str) -> HttpResponse:
    """The workbook, with the rows that are known."""
    viewer, organisation = _firm(request)
    key = _key(organisation, document, rule)
    answer = HttpResponse(batches.template(batches.known(viewer, organisation, key)), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{rule}.xlsx"'
    return answer


@doors.agent
@require_safe
def batch(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """What the workbook came to: totals, faults by row and column, the claims."""
    viewer, organisation = _firm(request)
    found = get_object_or_404(Batch.objects.filter(organisation__in=family("organisation", organisation.pk)), uid=uid)
    return _shown(request, viewer, found)


def _shown(request: HttpRequest, viewer: Viewer, found: Batch, error: str = "") -> HttpResponse:
    claims = batches.drafts(found)
    sums = batches.totals(found, viewer.on) if found.sent_at is None else None
    faults = Table(_("有误的行"), [Column(_("行")), Column(_("列")), Column(_("看到的")), Column(_("应为"))], [
        [_("第 %(n)s 行") % {"n": each["row"]}, each["column"], each["seen"] or _("（空）"), each["expected"]] for each in found.faults[:SHOWN]])  # fmt: skip
    listed = Table(_("这一批的申报"), [Column(_("事由")), Column(_("受理编号")), Column(_("状态"), "state")], [
        [Cell(each.beneficiary_person.name if each.beneficiary_person else each.holder, _address(each), note=each.event_day.isoformat() if each.event_day else ""),
         each.number or "—", Cell(tag=story.tag_of(each))] for each in claims[:SHOWN]])  # fmt: skip
    told = {
        "batch": found, "name": name_of(found.benefit), "faults": faults, "claims": listed, "sums": sums, "errors": [(error, "")] if error else [],
        "faulty": len({each["row"] for each in found.faults}), "count": len(claims), "more": max(len(claims) - SHOWN, 0),
        "amount": wording.amount_of(sums.low, sums.high, _("预计共")) if sums else None, "tag": _tag(found),
        "again": reverse("claims:batch_upload", args=found.benefit.split("#")), "crumbs": [Crumb(_("批量申报"), reverse("claims:batches")), Crumb(name_of(found.benefit))],
    }  # fmt: skip
    return render(request, "claims/batch.html", told, status=422 if error else 200)


def _address(claim: Any) -> str:
    if claim.state == State.DRAFT:
        return reverse("claims:org_apply", args=[claim.uid])
    return reverse("claims:org_case", args=[claim.number])


@doors.agent
@require_POST
def send(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    """Send all, or (chosen in so many words) what has no fault; or take the batch back."""
    viewer, organisation = _firm(request)
    found = get_object_or_404(Batch.objects.filter(organisation__in=family("organisation", organisation.pk)), uid=uid)
    act = request.POST.get("act", "")
    if act not in ACTS:
        return _shown(request, viewer, found, _("请选择提交，或者作废这一批。"))
    try:
        if act == "drop":
            batches.drop(found, viewer)
            messages.success(request, _("这一批已作废，没有提交。"))
            return redirect("claims:batches")
        if request.POST.get("act") != "send":
            return _shown(request, viewer, found, _("没有说是提交还是作废，所以什么都没有做。请用页面上的按钮。"))
        count = batches.send(found, viewer, partial=request.POST.get("partial") == "yes")
    except ClaimError as error:
        return _shown(request, viewer, found, str(error))
    messages.success(request, _("已提交 %(n)s 件，每件都有受理编号。") % {"n": count})
    return redirect("claims:batch", uid=found.uid)
