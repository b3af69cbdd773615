"""Forms of rounds, panels, minutes and audited figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User
from huijiang.claims.models import Claim, Panel
from huijiang.claims.models.rounds import Late, Ranking, Ties
from huijiang.claims.panels import percent
from huijiang.regions.models import Region

ROWS = 5
FEN = 100


class YuanField(forms.DecimalField):
    """Yuan with at most two decimals, as whole fen."""

    def __init__(self, **values: Any) -> None:
        told: dict[str, Any] = {"max_digits": 15, "decimal_places": 2, "min_value": Decimal("0.01")} | values
        super().__init__(**told)
        self.widget = forms.TextInput(attrs={"class": "input", "inputmode": "decimal"})

    def clean(self, value: Any) -> int | None:
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
    fact = forms.ChoiceField(label=gettext_lazy("排序依据的事实"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"}),
                             help_text=gettext_lazy("只在“按一项登记事实”排序时选"))  # fmt: skip
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

    PARTS = (
        (gettext_lazy("申报什么"), ("region", "name", "benefits", "words")),
        (gettext_lazy("什么时候"), ("opens_at", "closes_at", "late", "standing_after")),
        (gettext_lazy("名额和排序"), ("quota", "quota_money", "ranking", "fact", "lowest_first", "ties")),
    )

    def __init__(
        self, data: Any, regions: Any, benefits: list[tuple[str, str]], facts: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    ) -> None:  # fmt: skip
        """`facts`: by table, what a round may be ranked by."""
        super().__init__(data)
        self.fields["region"].queryset = regions  # type: ignore[attr-defined]
        self.fields["benefits"].choices = benefits  # type: ignore[attr-defined]
        self.fields["fact"].choices = [("", _("不按事实排序")), *facts]  # type: ignore[attr-defined]

    def parts(self) -> list[tuple[Any, list[Any]]]:
        """The questions by what they are about."""
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]


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
                label=_("权重 %(at)s（%%）") % {"at": at},
                min_value=1,
                max_value=100,
                required=at == 1,
                widget=_text(inputmode="numeric"),
            )

    def criteria(self) -> list[dict[str, Any]]:
        told = self.cleaned_data
        return [{"id": f"c{at}", "name": told[f"name_{at}"], "weight": (told[f"weight_{at}"] or 0) * 10}
                for at in range(1, ROWS + 1) if told.get(f"name_{at}")]  # fmt: skip

    def pairs(self) -> list[tuple[Any, Any]]:
        """Each criterion beside its weight."""
        return [(self[f"name_{at}"], self[f"weight_{at}"]) for at in range(1, ROWS + 1)]


class MemberForm(forms.Form):
    """Whom to name: one of the assessors, or anybody else by their login name."""

    user = forms.ChoiceField(
        label=gettext_lazy("评审人"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"})
    )
    login = forms.CharField(
        label=gettext_lazy("名单里没有的，填登录名"), max_length=64, required=False, widget=_text(autocomplete="off")
    )
    chairs = forms.BooleanField(label=gettext_lazy("任组长（主持、签纪要，不打分）"), required=False)

    def __init__(self, data: Any, people: Sequence[User]) -> None:
        super().__init__(data)
        self.people = {str(each.uid): each for each in people}
        listed = [(uid, f"{each.name}（{each.login}）") for uid, each in self.people.items()]
        self.fields["user"].choices = [("", _("请选择")), *listed]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        login = told.get("login", "").strip()
        if bool(login) == bool(told.get("user")):
            self.add_error("user", _("请选一位评审人，或填一个登录名（两者选一）。"))
        elif login and not User.objects.filter(login=login, is_active=True).exists():
            self.add_error("login", _("没有这个账户，请核对登录名。"))
        return told

    @property
    def named(self) -> User:
        login = self.cleaned_data["login"].strip()
        return User.objects.get(login=login) if login else self.people[self.cleaned_data["user"]]


class LateForm(forms.Form):
    """Which draft is let in late, and why."""

    claim = forms.ChoiceField(label=gettext_lazy("哪件草稿"), widget=forms.Select(attrs={"lang": "zh-Hans"}))
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=500, widget=_text())

    def __init__(self, data: Any, drafts: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["claim"].choices = drafts  # type: ignore[attr-defined]


class ScoreForm(forms.Form):
    """0 to 100 for each criterion."""

    def __init__(self, data: Any, panel: Panel) -> None:
        super().__init__(data)
        for each in panel.criteria:
            self.fields[each["id"]] = forms.IntegerField(
                label=_("%(name)s（权重 %(weight)s）") % {"name": each["name"], "weight": percent(int(each["weight"]))},
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
