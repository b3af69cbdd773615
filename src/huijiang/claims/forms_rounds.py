"""Forms of rounds, panels, minutes and audited figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims.models import Claim, Panel
from huijiang.claims.models.rounds import Late, Ranking, Ties
from huijiang.regions.models import Region

ROWS = 5
FEN = 100


class YuanField(forms.DecimalField):
    """Yuan with at most two decimals, as whole fen."""

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"max_digits": 15, "decimal_places": 2, "min_value": Decimal("0.01")} | values)
        self.widget = forms.TextInput(attrs={"class": "input", "inputmode": "decimal"})

    def clean(self, value: Any) -> int | None:  # type: ignore[override]
        found: Decimal | None = super().clean(value.replace(",", "") if isinstance(value, str) else value)
        return int(found * FEN) if found is not None else None


def _text(**attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", **attrs})


def _moment(label: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"class": "input", "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"class": "input", "type": "date"}, format="%Y-%m-%d")
    )


class RoundForm(forms.Form):
    """A new round."""

    region = forms.ModelChoiceField(
        Region.objects.none(),
        label=gettext_lazy("地区"),
        empty_label=None,
        widget=forms.Select(attrs={"lang": "zh-Hans"}),
    )
    name = forms.CharField(label=gettext_lazy("名称"), max_length=120, widget=_text())
    benefits = forms.MultipleChoiceField(label=gettext_lazy("项目"), widget=forms.CheckboxSelectMultiple)
    opens_at = _moment(gettext_lazy("开始申报"))
    closes_at = _moment(gettext_lazy("截止申报"))
    ranking = forms.ChoiceField(label=gettext_lazy("怎样排序"), choices=Ranking.choices)
    fact = forms.CharField(label=gettext_lazy("排序依据的事实"), max_length=80, required=False, widget=_text(),
                           help_text=gettext_lazy("只在按事实排序时填，写作“表.列”，如 contest_item.held_on"))  # fmt: skip
    lowest_first = forms.BooleanField(label=gettext_lazy("数小的、日期早的在前"), required=False)
    quota = forms.IntegerField(label=gettext_lazy("名额"), required=False, min_value=1, widget=_text(inputmode="numeric"),
                               help_text=gettext_lazy("不限就不填"))  # fmt: skip
    quota_money = YuanField(label=gettext_lazy("资金总额（元）"), required=False, help_text=gettext_lazy("不限就不填"))
    ties = forms.ChoiceField(label=gettext_lazy("同分怎么办"), choices=Ties.choices)
    late = forms.ChoiceField(label=gettext_lazy("逾期怎么办"), choices=Late.choices)
    standing_after = forms.BooleanField(label=gettext_lazy("本批结束后常年受理"), required=False)
    words = forms.CharField(
        label=gettext_lazy("说明"), max_length=2_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any, regions: Any, benefits: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        self.fields["benefits"].choices = benefits  # type: ignore[attr-defined]


class PanelForm(forms.Form):
    """Up to five criteria with their weights, how many must score, by when."""

    least = forms.IntegerField(
        label=gettext_lazy("每件最少几人打分"), min_value=1, max_value=50, initial=3, widget=_text(inputmode="numeric")
    )
    due_on = _day(gettext_lazy("评分截止"))

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        for at in range(1, ROWS + 1):
            self.fields[f"name_{at}"] = forms.CharField(
                label=_("评分项 %(at)s") % {"at": at}, max_length=40, required=at == 1, widget=_text()
            )
            self.fields[f"weight_{at}"] = forms.IntegerField(
                label=_("权重 %(at)s（‰）") % {"at": at},
                min_value=1,
                max_value=1000,
                required=at == 1,
                widget=_text(inputmode="numeric"),
            )

    def criteria(self) -> list[dict[str, Any]]:
        told = self.cleaned_data
        return [{"id": f"c{at}", "name": told[f"name_{at}"], "weight": told[f"weight_{at}"] or 0}
                for at in range(1, ROWS + 1) if told.get(f"name_{at}")]  # fmt: skip


class MemberForm(forms.Form):
    """Whom to name."""

    login = forms.CharField(label=gettext_lazy("登录名"), max_length=64, widget=_text(autocomplete="off"))
    chairs = forms.BooleanField(label=gettext_lazy("任组长（主持、签纪要，不打分）"), required=False)

    def clean_login(self) -> User:
        found = User.objects.filter(login=self.cleaned_data["login"].strip(), is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("没有这个账户，请核对登录名。"))
        return found


class LateForm(forms.Form):
    """Which draft is let in late, and why."""

    claim = forms.UUIDField(label=gettext_lazy("草稿的编号"), widget=_text(autocomplete="off"))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=_text())


class ScoreForm(forms.Form):
    """0 to 100 for each criterion."""

    def __init__(self, data: Any, panel: Panel) -> None:
        super().__init__(data)
        for each in panel.criteria:
            self.fields[each["id"]] = forms.IntegerField(
                label=_("%(name)s（权重 %(weight)s‰）") % each,
                min_value=0,
                max_value=100,
                help_text=_("0 到 100"),
                widget=forms.NumberInput(attrs={"class": "input", "inputmode": "numeric", "min": 0, "max": 100}),
            )
        self.fields["words"] = forms.CharField(
            label=_("评语"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )


class MinutesForm(forms.Form):
    """The decision with its reasons, and an award for each claim whose amount is open."""

    held_on = _day(gettext_lazy("会议日期"))
    words = forms.CharField(
        label=gettext_lazy("决定和理由"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, data: Any, open_: list[tuple[Claim, str]]) -> None:
        super().__init__(data)
        for claim, within in open_:
            self.fields[f"award_{claim.pk}"] = YuanField(
                label=_("%(number)s 评定金额（元）") % {"number": claim.number}, help_text=within
            )

    def awards(self) -> dict[int, int]:
        return {
            int(name.removeprefix("award_")): fen
            for name, fen in self.cleaned_data.items()
            if name.startswith("award_")
        }


class AuditedForm(forms.Form):
    """What an auditor found, with the report."""

    cost = YuanField(label=gettext_lazy("审定金额（元）"))
    auditor = forms.CharField(label=gettext_lazy("审计单位"), max_length=120, widget=_text())
    report = forms.CharField(label=gettext_lazy("报告文号"), max_length=80, widget=_text())
    reported_on = _day(gettext_lazy("报告日期"))
    paper = forms.FileField(label=gettext_lazy("审计报告"))


__all__ = ["AuditedForm", "LateForm", "MemberForm", "MinutesForm", "PanelForm", "RoundForm", "ScoreForm", "YuanField"]
