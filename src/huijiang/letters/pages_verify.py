"""Whether a letter is genuine and still holds: for anybody who holds one, without signing in."""

from __future__ import annotations

import re
from typing import Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huijiang.letters.issuing import LENGTH, SIGNS
from huijiang.letters.models import Kind, Letter
from huijiang.letters.rendering import yuan
from huijiang.sealed import found_by
from huijiang.web.components.lists import Fact
from huijiang.web.doors import public
from huijiang.web.language import is_chinese

FORM: Final = re.compile(rf"[{SIGNS}]{{{LENGTH}}}")


class CodeForm(forms.Form):
    """The code as it is printed: with or without its dashes."""

    code = forms.CharField(
        label=gettext_lazy("核验码"), max_length=40, help_text=gettext_lazy("印在文书每页下方，16 位字母和数字。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )  # fmt: skip

    def clean_code(self) -> str:
        said = re.sub(r"[\s-]", "", self.cleaned_data["code"]).upper()
        if not FORM.fullmatch(said):
            raise forms.ValidationError(_("核验码是 16 位字母和数字，没有 0、1、I、O。请对照文书再输一次。"))
        return said


@public
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        return redirect("letters:verified", code=form.cleaned_data["code"])
    return render(request, "letters/verify.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@require_safe
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What the letter says about itself; an unknown code is said so."""
    found = None
    if FORM.fullmatch(code):
        found = Letter.objects.select_related("person", "organisation").filter(found_by(Letter, "code", code)).first()
    if found is None:
        answer = render(request, "letters/unknown.html", {"form": CodeForm()}, status=404)
    else:
        withdrawal = getattr(found, "withdrawal", None)
        told = {"letter": found, "facts": facts_of(found), "withdrawal": withdrawal,
                "replaced_by": withdrawal.replaced_by if withdrawal else None}  # fmt: skip
        answer = render(request, "letters/verified.html", told)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def facts_of(letter: Letter) -> list[Fact]:
    facts = [
        Fact(_("文书"), str(letter.get_kind_display())), Fact(_("文号"), letter.number),
        Fact(_("日期"), letter.on.isoformat()), Fact(_("出具机关"), letter.office["name"]),
    ]  # fmt: skip
    if letter.kind != Kind.PUBLIC_NOTICE:
        facts.append(Fact(_("当事人"), masked_name(letter)))
    if letter.amount is not None:
        shown = yuan(letter.amount).removesuffix("元")
        facts.append(Fact(_("金额"), f"{shown} 元" if is_chinese() else f"¥{shown}"))
    return facts


def masked_name(letter: Letter) -> str:
    """The first character of a person's name; an organisation's name whole, for it is public."""
    if not letter.named:
        return _("不公开姓名")
    if letter.person is not None:
        return f"{letter.person.name[:1]}{'*' * min(2, max(1, len(letter.person.name) - 1))}"
    return str(letter.organisation.name) if letter.organisation is not None else "—"
