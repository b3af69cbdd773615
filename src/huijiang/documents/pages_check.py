"""`/check/`: where, what happened, one question a page, then what may be claimed; nothing stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from huijiang.accounts.viewers import today
from huijiang.documents import library, quick_check, shelf, worded
from huijiang.documents.pages_library import Choices
from huijiang.documents.quick_check import EVENT, FIRM, ME, SKIPPED, Question, State
from huijiang.web.components.amount import Amount
from huijiang.web.components.clauses import Clause
from huijiang.web.doors import public
from tiaowen.check.library import Library
from tiaowen.evaluate.answers import Answer

OUTCOMES = ("entitled", "unknown", "refused")
REGIONS = {
    "here": gettext_lazy("在%(place)s"), "city": gettext_lazy("不在%(place)s，在同一个市"),
    "province": gettext_lazy("在本省别的市"), "outside": gettext_lazy("在外省"),
}  # fmt: skip


@public
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """The page of the moment follows from what the signed form says."""
    held = library.current()
    said = request.POST if request.method == "POST" else {}
    state = quick_check.read(str(said.get("state", "")))
    if said.get("act") == "back":
        return _shown(request, held, state.without_last if state.event else State())
    if request.method != "POST":
        return _shown(request, held, State())
    return _answered(request, held, state, said)


def _answered(request: HttpRequest, held: Library, state: State, said: Any) -> HttpResponse:
    if not state.place:
        place = str(said.get("answer", ""))
        return _shown(
            request, held, State(place) if place in dict(quick_check.places(held)) else state, wrong=not place
        )
    if not state.event:
        event = str(said.get("answer", ""))
        known = dict(quick_check.events(held, state.place))
        return _shown(request, held, State(state.place, event) if event in known else state, wrong=event not in known)
    question = quick_check.judge(held, state, today()).question
    if question is None:
        return _shown(request, held, state)
    if said.get("act") == "skip":
        return _shown(request, held, state.with_answer(question.key, SKIPPED))
    value = quick_check.fitting(held.vocabulary, question.kind, str(said.get("answer", "")))
    return _shown(request, held, state.with_answer(question.key, value) if value else state, wrong=not value)


def _shown(request: HttpRequest, held: Library, state: State, wrong: bool = False) -> HttpResponse:
    status = 422 if wrong else 200
    values: dict[str, Any] = {"state": state.signed(), "asked": len(state.answers), "begun": bool(state.place)}
    if not state.place:
        form = _choices(_("您在哪里工作或参保？"), quick_check.places(held))
        return render(request, "documents/check.html", values | {"form": _with(form, wrong)}, status=status)
    if not state.event:
        events = quick_check.events(held, state.place)
        form = _choices(_("您想问哪一件事？"), [(name, _event_words(name, label)) for name, label in events])
        return render(request, "documents/check.html", values | {"form": _with(form, wrong)}, status=status)
    judged = quick_check.judge(held, state, today())
    if judged.question is not None:
        form = _form_of(held, state, judged.question)
        told = {"form": _with(form, wrong), "source": judged.question.source, "skips": True}
        return render(request, "documents/check.html", values | told, status=status)
    return render(request, "documents/checked.html", values | _result(held, state, judged))


class AnswerForm(forms.Form):
    """One question."""

    answer: forms.Field = forms.CharField(label="")

    def __init__(self, field: forms.Field, data: Any = None) -> None:
        super().__init__(data)
        self.fields["answer"] = field


def _with(form: AnswerForm, wrong: bool) -> AnswerForm:
    return AnswerForm(form.fields["answer"], {"answer": ""}) if wrong else form


def _choices(label: str, choices: list[tuple[str, Any]]) -> AnswerForm:
    return AnswerForm(forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect))


def _event_words(name: str, label: str) -> str:
    return _("只问我自己的情况") if name == "person" else label


def _form_of(held: Library, state: State, question: Question) -> AnswerForm:
    words, kind = held.vocabulary, question.kind
    label = _label(held, question, state)
    none = [("none", _("没有"))] if kind.or_none else []
    if kind.kind == "bool":
        return _choices(label, [("yes", _("是")), ("no", _("不是"))])
    if kind.kind == "code" and words.codes[kind.name].codes:
        codes = [(code, code) for code in words.codes[kind.name].codes]
        if len(codes) > 12:
            return AnswerForm(
                forms.ChoiceField(label=label, choices=[*codes, *none], widget=Choices(attrs={"class": "input"}))
            )
        return _choices(label, [*codes, *none])
    if kind.kind == "region":
        place = words.regions.name(state.place)
        return _choices(label, [(code, REGIONS[name] % {"place": place} if "%" in str(REGIONS[name]) else REGIONS[name])
                                for name, code in quick_check.regions_near(words, state.place)] + none)  # fmt: skip
    attributes = {"class": "input", "autocomplete": "off"}
    if kind.kind in ("date", "month"):
        kinds = {"date": ("date", _("年-月-日，如 2026-03-01")), "month": ("month", _("年-月，如 2026-03"))}
        widget = forms.TextInput(attrs={**attributes, "type": kinds[kind.kind][0]})
        return AnswerForm(forms.CharField(label=label, help_text=kinds[kind.kind][1], widget=widget))
    unit = kind.unit or ""
    widget = forms.TextInput(attrs={**attributes, "inputmode": "numeric"} if kind.kind != "code" else attributes)
    return AnswerForm(
        forms.CharField(label=label, help_text=_("单位：%(unit)s") % {"unit": unit} if unit else "", widget=widget)
    )


def _label(held: Library, question: Question, state: State) -> str:
    whose = {ME: _("您"), FIRM: _("您的单位"), EVENT: held.vocabulary.tables[state.event].label}[question.row]
    return f"{whose}{_('：')}{question.column.label}"


def _result(held: Library, state: State, judged: quick_check.Judged) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in OUTCOMES}
    for each in judged.found:
        outcome = each.outcome if each.outcome in OUTCOMES else "refused"
        groups[outcome].append(_line(held, judged, each))
    table = held.vocabulary.tables[state.event]
    return {"ready": groups["entitled"], "open": groups["unknown"], "no": groups["refused"],
            "place": held.vocabulary.regions.name(state.place), "event": _event_words(state.event, table.label)}  # fmt: skip


def _line(held: Library, judged: quick_check.Judged, each: Answer) -> dict[str, Any]:
    rule, plan = each.rule, each.document
    found = shelf.document(held, plan.id, today())
    missing = [
        m.label for check in each.checks if check.outcome is None for m in judged.answers.missing_of(each, check)
    ]
    amount = Amount(each.low, each.high) if each.outcome == "entitled" else worded.headline(rule, held.vocabulary)
    return {
        "name": rule.name, "address": reverse("documents:guide", args=[plan.id, rule.id]),
        "amount": str(amount) if rule.kind == "benefit" else (rule.gives.words if rule.gives else ""),
        "clause": Clause(rule.clause, found.clause_address(rule.clause) if found else "", plan.number),
        "missing": "、".join(dict.fromkeys(missing)),
        "stops": next((check.label for check in each.checks if check.outcome is False), ""),
    }  # fmt: skip
