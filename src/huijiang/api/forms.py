"""The forms of the API's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.administration import within
from huijiang.accounts.forms_admin import RegionField, day, within_self
from huijiang.api.clients import NotRegistered, Wanted, columns_of
from huijiang.api.models import Client
from huijiang.api.scopes import GIVEN, OF_PEOPLE, Scope
from huijiang.regions.models import Region
from huijiang.registry.models import Organisation
from huijiang.web.forms import choice


def scope_choices(scopes: Any) -> list[tuple[str, str]]:
    return [(each.value, str(each.label)) for each in Scope if each.value in {str(one) for one in scopes}]


class RegisterForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("系统名称"), max_length=64)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), choices=Client.Kind.choices, widget=forms.RadioSelect)
    uscc = forms.CharField(
        label=gettext_lazy("统一社会信用代码"), max_length=18, required=False,
        help_text=gettext_lazy("只有单位系统要填：它只看得到这家单位"),
    )  # fmt: skip
    purpose = forms.CharField(label=gettext_lazy("用途"), max_length=200)
    contact = forms.CharField(label=gettext_lazy("联系人"), max_length=100, help_text=gettext_lazy("姓名和办公电话"))
    region = RegionField(
        label=gettext_lazy("地区"), queryset=Region.objects.none(), help_text=gettext_lazy("含其下各级")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("接口权限"), choices=lambda: scope_choices(GIVEN), widget=forms.CheckboxSelectMultiple
    )
    columns = forms.CharField(
        label=gettext_lazy("列"), required=False, widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=gettext_lazy("每行一个，写“表.列”，如 certificate.level；“certificate.*”是整张表。没写的列读不到、写不了。"),
    )  # fmt: skip
    per_minute = forms.IntegerField(label=gettext_lazy("每分钟请求数"), min_value=1, max_value=100_000, initial=600)
    expires_on = day(gettext_lazy("截止"), help_text=gettext_lazy("最长三年，到期须重新登记"))

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paths = paths
        self.fields["region"].queryset = Region.objects.filter(within_self(paths))  # type: ignore[attr-defined]

    def clean_columns(self) -> tuple[str, ...]:
        try:
            return columns_of(str(self.cleaned_data["columns"]).replace(",", "\n").splitlines())
        except NotRegistered as error:
            raise forms.ValidationError(str(error)) from error

    def clean_uscc(self) -> Any:
        said = str(self.cleaned_data["uscc"]).strip().upper()
        if not said or self.data.get("kind") != Client.Kind.FIRM:
            return None
        found = Organisation.objects.filter(within(self.paths, "managed_by"), uscc=said).first()
        if found is None:
            raise forms.ValidationError(_("您管理的地区里没有这家单位。"))
        return found

    def wanted(self) -> Wanted:
        told = self.cleaned_data
        return Wanted(
            told["name"], told["kind"], told["purpose"], told["contact"], told["region"], told["uscc"],
            tuple(told["scopes"]), told["columns"], told["per_minute"], told["expires_on"],
        )  # fmt: skip


class RefuseForm(forms.Form):
    because = forms.CharField(
        label=gettext_lazy("不批准的理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 4})
    )


class TokenForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=64, help_text=gettext_lazy("用在哪里，如“正式环境”"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("接口权限"), widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("只能在客户端获批的权限之内"),
    )  # fmt: skip
    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1, max_value=366, initial=180)

    def __init__(self, *args: Any, scopes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "scopes").choices = scope_choices(scopes)


class OwnTokenForm(TokenForm):
    name = forms.CharField(label=gettext_lazy("应用名称"), max_length=64, help_text=gettext_lazy("给哪个应用用"))
    days = forms.IntegerField(label=gettext_lazy("有效天数"), min_value=1, max_value=366, initial=30)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, scopes=OF_PEOPLE, **kwargs)
        self.fields["scopes"].help_text = _("应用只能替您看，不能替您办。随时可以收回。")
