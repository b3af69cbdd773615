"""Pages of the rating: give one, read what others gave, and (supervision) decide which words are shown."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from huijiang.accounts.doors import staff
from huijiang.accounts.models import Role
from huijiang.documents import ratings
from huijiang.documents.models import Rating
from huijiang.documents.pages_releases import moment
from huijiang.web.components.charts import Chart, Series
from huijiang.web.components.lists import Tab
from huijiang.web.components.tables import Cell, Column, Table
from huijiang.web.doors import public

PER_PAGE = 20
moderators = staff(Role.SUPERVISOR)
WORDS = {
    5: gettext_lazy("5 非常满意"), 4: gettext_lazy("4 满意"), 3: gettext_lazy("3 基本满意"), 2: gettext_lazy("2 不满意"),
    1: gettext_lazy("1 非常不满意"),
}  # fmt: skip


class RatingForm(forms.Form):
    score = forms.TypedChoiceField(
        label=gettext_lazy("您满意吗"), coerce=int, choices=list(WORDS.items()), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("想说的话"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("审看以后公开。请不要写姓名、证件号和电话；系统不记是谁评的。"),
    )  # fmt: skip


@public
def rate(request: HttpRequest) -> HttpResponse:
    """One to five, with words."""
    about = request.POST.get("about", "") or request.GET.get("about", "")
    subject = ratings.subject_of(about)
    if subject is None:
        raise Http404("about")
    form = RatingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by = request.user if request.user.is_authenticated else None
        try:
            ratings.rate(subject, form.cleaned_data["score"], form.cleaned_data["words"], by)
        except ratings.RatingError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "documents/rated.html")
    told = {"form": form, "about": about, "name": ratings.name_of(subject)}
    return render(request, "documents/rate.html", told, status=422 if form.errors else 200)


@public
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The figures, and the words that may be shown."""
    found = ratings.figures()
    spoken = Rating.objects.filter(state=Rating.State.SHOWN).exclude(words="")
    page = Paginator(spoken, PER_PAGE).get_page(request.GET.get("page"))
    chart = None
    if found.count:
        said = _("平均 %(average)s 分，%(content)s%% 满意") % {"average": found.average, "content": found.content}
        chart = Chart(said, [str(WORDS[score]) for score in ratings.SCORES],
                      [Series(_("次数"), [found.by_score[score] for score in ratings.SCORES])], _("次"),
                      label_heading=_("几分"), definition=_("三分以上算满意；每次评价算一次。"))  # fmt: skip
    told = {"figures": found, "chart": chart, "page": page, "most": _most(),
            "spoken": [{"score": WORDS[each.score], "words": each.words, "name": ratings.name_of(each.subject),
                        "day": moment(each.rated_at)[:10]} for each in page]}  # fmt: skip
    return render(request, "documents/ratings.html", told)


def _most() -> Table | None:
    """What is rated most; cases all together stand as one line each kind, never by number."""
    counted = Rating.objects.exclude(subject__startswith="case:").order_by().values("subject").annotate(n=Count("pk"))
    rows = []
    for each in counted.order_by("-n", "subject")[:10]:
        figures = ratings.figures(each["subject"])
        rows.append([Cell(ratings.name_of(each["subject"])), str(figures.count), figures.average])
    columns = [Column(_("评什么")), Column(_("次数"), "number"), Column(_("平均分"), "number")]
    return Table(_("评得最多的"), columns, rows) if rows else None


@moderators
@require_safe
def moderation(request: HttpRequest) -> HttpResponse:
    """Words that wait, the oldest first."""
    state = request.GET.get("state", "")
    state = state if state in Rating.State.values else Rating.State.WAITING.value
    found = Rating.objects.filter(state=state).exclude(words="").order_by("rated_at")
    counts = dict(Rating.objects.exclude(words="").order_by().values_list("state").annotate(Count("pk")))
    address = reverse("documents:moderation")
    labels = {"waiting": _("待审看"), "shown": _("已公开"), "hidden": _("不公开")}
    tabs = [Tab(labels[each], f"{address}?state={each}", counts.get(each, 0), each == state) for each in labels]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    told: dict[str, Any] = {"tabs": tabs, "page": page, "items": [
        {"rating": each, "score": WORDS[each.score], "name": ratings.name_of(each.subject), "when": moment(each.rated_at)}
        for each in page
    ]}  # fmt: skip
    return render(request, "documents/moderation.html", told)


@moderators
@require_POST
def moderate(request: HttpRequest, uid: uuid.UUID) -> HttpResponse:
    rating = get_object_or_404(Rating, uid=uid)
    hides = request.POST.get("act") == "hide"
    because = request.POST.get("because", "").replace("\0", "").strip()[:200]
    ratings.moderate(rating, request.user, (because or _("含有不宜公开的内容")) if hides else "")  # type: ignore[arg-type]
    return redirect("documents:moderation")
