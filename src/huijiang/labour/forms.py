"""Forms of the survey: the officer's round, extension and sending back; the firm's figures, workbook and sending."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.viewers import today
from huijiang.claims.forms_rounds import YuanField
from huijiang.files.forms import PaperField
from huijiang.files.models import Kind
from huijiang.labour.answering import Key, Line
from huijiang.labour.figures import ANSWERED, FIGURES, MOST, MOST_PAY, NO_LEVEL, level_name, levels
from huijiang.labour.models import EmployerSurvey
from huijiang.labour.models.survey import LONGEST_NOTE
from huijiang.labour.workbook import disagreements
from huijiang.regions.models import Region
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.components.amount import grouped
from huijiang.web.forms import choice
from tiaowen.identifiers.organisation import parse_organisation_code
from tiaowen.identifiers.result import IdentifierError

Scope = EmployerSurvey.Scope
LONGEST_OCCUPATION: Final = 64
MOST_LISTED: Final = 5_000


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


def _lines(text: str) -> list[str]:
    """What stands on lines of its own or between commas, each once."""
    return list(dict.fromkeys(each.strip() for each in re.split(r"[\n\r,，、;；]+", text) if each.strip()))


class SurveyForm(forms.Form):
    """A new round."""

    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("地区"), empty_label=None,
                                    widget=forms.Select(attrs={"lang": "zh-Hans"}))  # fmt: skip
    title = forms.CharField(label=gettext_lazy("名称"), max_length=120)
    counted_on = _day(
        gettext_lazy("统计时点"), help_text=gettext_lazy("各单位按这一天的情况填报，也按这一天与登记对照。")
    )
    opens_on = _day(gettext_lazy("开始填报"))
    closes_on = _day(gettext_lazy("截止填报"), help_text=gettext_lazy("当天算在内；到期自动结束，可以延期。"))
    occupations = forms.CharField(
        label=gettext_lazy("职业（工种）"), widget=forms.Textarea(attrs={"rows": 8, "lang": "zh-Hans"}),
        help_text=gettext_lazy("一行一个。开始填的是本地区登记里人数最多的，请增删。"),
    )  # fmt: skip
    scope = forms.ChoiceField(label=gettext_lazy("哪些单位"), choices=Scope.choices, widget=forms.RadioSelect,
                              help_text=gettext_lazy("按名单以外的三种，只算单位类型是企业的。"))  # fmt: skip
    industries = forms.MultipleChoiceField(
        label=gettext_lazy("行业"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh-Hans"}),
        help_text=gettext_lazy("只在按行业时选，可选几个。"),
    )  # fmt: skip
    places = forms.MultipleChoiceField(
        label=gettext_lazy("镇街或下级地区"), required=False, widget=forms.CheckboxSelectMultiple(attrs={"lang": "zh-Hans"}),
        help_text=gettext_lazy("只在按镇街时选，可选几个。"),
    )  # fmt: skip
    listed = forms.CharField(
        label=gettext_lazy("统一社会信用代码"), required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("只在按名单时填，一行一个。"),
    )  # fmt: skip
    above_scale = forms.BooleanField(label=gettext_lazy("只要规模以上企业"), required=False)
    words = forms.CharField(label=gettext_lazy("给单位的说明"), max_length=2_000, required=False,
                            widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip

    def __init__(self, data: Any, regions: Any, streets: Any, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        self.fields["industries"].choices = [(each, each) for each in vocabulary().codes["industry"].codes]  # type: ignore[attr-defined]
        self.fields["places"].choices = [(each.code, each.name) for each in streets]  # type: ignore[attr-defined]

    def clean_occupations(self) -> list[str]:
        found = _lines(self.cleaned_data["occupations"])
        if not found:
            raise forms.ValidationError(_("请至少给出一个。"))
        for each in found:
            if len(each) > LONGEST_OCCUPATION:
                raise forms.ValidationError(
                    _("“%(name)s…”超过 %(n)s 个字") % {"name": each[:12], "n": LONGEST_OCCUPATION}
                )
        return found

    def clean_counted_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["counted_on"]
        if day > today() + dt.timedelta(days=92):
            raise forms.ValidationError(_("统计时点太远；请选三个月以内的一天。"))
        return day

    def clean_listed(self) -> list[str]:
        found = []
        for each in _lines(self.cleaned_data["listed"]):
            try:
                found.append(parse_organisation_code(each).value)
            except IdentifierError as error:
                raise forms.ValidationError(f"{each}：{error.wrong()}；应为：{error.expected()}") from error
        if len(found) > MOST_LISTED:
            raise forms.ValidationError(_("名单不多于 %(n)s 家") % {"n": MOST_LISTED})
        return found

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        opens, closes, counted = told.get("opens_on"), told.get("closes_on"), told.get("counted_on")
        if opens and closes and closes < opens:
            self.add_error("closes_on", _("不早于开始填报 %(day)s") % {"day": opens.isoformat()})
        if counted and closes and closes < counted:
            self.add_error("closes_on", _("不早于统计时点 %(day)s") % {"day": counted.isoformat()})
        fields: dict[Any, str] = {Scope.INDUSTRY: "industries", Scope.STREET: "places", Scope.LIST: "listed"}
        name = fields.get(told.get("scope"))
        if name and name not in self.errors and not told.get(name):
            self.add_error(name, _("请至少给出一个。"))
        told["chosen"] = list(told.get(name) or []) if name else []
        return told

    def parts(self) -> tuple[list[BoundField], list[tuple[BoundField, bool]], list[BoundField]]:
        """The fields before the scope's own, those of a scope with whether they stand open, the rest."""
        own = {"industries": Scope.INDUSTRY, "places": Scope.STREET, "listed": Scope.LIST}
        names = list(self.fields)
        first, last = names[: names.index("industries")], names[names.index("listed") + 1 :]
        chosen = self["scope"].value()
        opened = [(self[name], chosen == scope or bool(self[name].errors)) for name, scope in own.items()]
        return [self[name] for name in first], opened, [self[name] for name in last]

    def survey(self) -> dict[str, Any]:
        """What a survey is made of, without its region."""
        kept = (
            "title",
            "counted_on",
            "opens_on",
            "closes_on",
            "occupations",
            "scope",
            "chosen",
            "above_scale",
            "words",
        )
        return {name: self.cleaned_data[name] for name in kept}


class ExtendForm(forms.Form):
    """A later end."""

    until = _day(gettext_lazy("延期到"))


class ReturnForm(forms.Form):
    """Why an answer goes back; the firm reads it as it stands."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("退回理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("单位会原样看到。写明哪个职业、哪个数要核对，为什么。"),
    )  # fmt: skip


class SendForm(forms.Form):
    """The last look before sending."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    words = forms.CharField(label=gettext_lazy("总的说明"), max_length=1_000, required=False,
                            widget=forms.Textarea(attrs={"rows": 3}))  # fmt: skip
    checked = forms.BooleanField(label=gettext_lazy("已逐项核对，填报的数属实；预先填好的也核对过"))


class WorkbookForm(forms.Form):
    """The workbook that was filled in."""

    file = PaperField(label=gettext_lazy("填好的工作簿"), allow=frozenset({Kind.XLSX}),
                      widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}))  # fmt: skip


class OccupationForm(forms.Form):
    """One occupation: a group of fields for each level.  What is left empty is not answered."""

    def __init__(self, data: Any, occupation: str, lines: Mapping[Key, Line]) -> None:
        self.occupation = occupation
        initial = {
            f"{at}-{name}": grouped(value).replace(",", "") if name.startswith("wage") else value
            for at, level in enumerate(levels())
            for name, value in lines.get((occupation, level), {}).items()
            if value is not None
        }
        super().__init__(data, initial=initial)
        for at, level in enumerate(levels()):
            for figure in FIGURES:
                if level == NO_LEVEL and figure.name == "certified":
                    continue
                self.fields[f"{at}-{figure.name}"] = forms.IntegerField(
                    label=figure.label, required=False, min_value=0, max_value=MOST,
                    widget=forms.TextInput(attrs={"class": "input", "inputmode": "numeric", "autocomplete": "off"}),
                )  # fmt: skip
            for name, label in (("wage_low", _("月工资下限（元）")), ("wage_high", _("月工资上限（元）"))):
                self.fields[f"{at}-{name}"] = YuanField(label=label, required=False)
            self.fields[f"{at}-difficulty"] = forms.CharField(
                label=_("招用难点"),
                required=False,
                max_length=LONGEST_NOTE,
                widget=forms.TextInput(attrs={"class": "input"}),
            )

    def groups(self) -> Iterator[tuple[str, str, list[BoundField], bool]]:
        """Level, its name, its fields, whether anything stands in them or is wrong with them."""
        for at, level in enumerate(levels()):
            fields = [self[name] for name in self.fields if name.startswith(f"{at}-")]
            filled = any(each.value() not in (None, "") or each.errors for each in fields)
            yield level, level_name(level), fields, filled

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        for at, level in enumerate(levels()):
            line = {name: told.get(f"{at}-{name}") for name in ANSWERED}
            for name, words in disagreements(level, line):
                self.add_error(f"{at}-{name}", words)
        wide = [f"{at}-{name}" for at, _level in enumerate(levels()) for name in ("wage_low", "wage_high")
                if (told.get(f"{at}-{name}") or 0) > MOST_PAY]  # fmt: skip
        for field in wide:
            self.add_error(field, _("不大于 %(n)s") % {"n": MOST_PAY // 100})
        return told

    def lines(self) -> dict[Key, Line]:
        return {
            (self.occupation, level): {name: self.cleaned_data.get(f"{at}-{name}") for name in ANSWERED}
            for at, level in enumerate(levels())
        }


class CellFilterForm(forms.Form):
    """Which firms are summed."""

    industry = forms.ChoiceField(
        label=gettext_lazy("行业"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )
    place = forms.ChoiceField(
        label=gettext_lazy("镇街"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )

    def __init__(self, data: Any, industries: Sequence[str], places: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        everything = ("", _("全部"))
        choice(self, "industry").choices = [everything, *((each, each) for each in industries)]
        choice(self, "place").choices = [everything, *places]


__all__ = [
    "CellFilterForm", "ExtendForm", "OccupationForm", "ReturnForm", "SendForm", "SurveyForm", "WorkbookForm",
]  # fmt: skip
