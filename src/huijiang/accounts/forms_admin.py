"""The forms of the administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.administration import givable, within
from huijiang.accounts.forms import check_login
from huijiang.accounts.models import Role, User
from huijiang.jobs.models import State
from huijiang.regions.models import Region
from huijiang.web.forms import choice

STATES = {
    State.WAITING.value: gettext_lazy("等待"),
    State.RUNNING.value: gettext_lazy("进行中"),
    State.DONE.value: gettext_lazy("完成"),
    State.FAILED.value: gettext_lazy("失败"),
    State.CANCELLED.value: gettext_lazy("已取消"),
}


def day(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


if TYPE_CHECKING:
    PlaceChoice = forms.ModelChoiceField[Region]
else:
    PlaceChoice = forms.ModelChoiceField


class RegionField(PlaceChoice):
    """A place within the viewer's regions, shown with how deep it lies; names of places are Chinese."""

    widget = forms.Select(attrs={"lang": "zh-Hans"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": gettext_lazy("请选择地区"), **kwargs})

    def label_from_instance(self, obj: Region) -> str:
        return f"{'　' * (obj.path.count('/') - 1)}{obj.name}"


class OpenForm(forms.Form):
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=64)
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=64)
    email = forms.EmailField(label=gettext_lazy("邮箱"), required=False)
    region = RegionField(label=gettext_lazy("所属地区"), queryset=Region.objects.none())

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.filter(within_self(paths))  # type: ignore[attr-defined]

    def clean_login(self) -> str:
        return check_login(str(self.cleaned_data["login"]))


class GrantForm(forms.Form):
    login = forms.CharField(label=gettext_lazy("登录名"), max_length=64)
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    region = RegionField(
        label=gettext_lazy("地区"), queryset=Region.objects.none(), help_text=gettext_lazy("含其下各级")
    )
    starts_on = day(gettext_lazy("生效"))
    ends_on = day(gettext_lazy("截止"), required=False, help_text=gettext_lazy("不填表示不限期"))

    def __init__(self, *args: Any, paths: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paths = paths
        choice(self, "role").choices = [(role.value, role.label) for role in givable()]
        self.fields["region"].queryset = Region.objects.filter(within_self(paths))  # type: ignore[attr-defined]

    def clean_login(self) -> User:
        found = User.objects.filter(within(self.paths, "managed_by"), login=self.cleaned_data["login"]).first()
        if found is None:
            raise forms.ValidationError(_("您管理的地区里没有这个账户。"))
        return found


def within_self(paths: tuple[str, ...]) -> Any:
    """The regions themselves that lie within the paths."""
    from django.db.models import Q

    found = Q(pk__in=())
    for path in paths:
        found |= Q(path__startswith=path)
    return found


class UserSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("登录名或姓名"), required=False, max_length=64)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False,
        choices=[("", gettext_lazy("全部")), ("open", gettext_lazy("正常")), ("closed", gettext_lazy("已停用"))],
    )  # fmt: skip
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), required=False, choices=[("", gettext_lazy("全部")), *Role.choices]
    )


class GrantSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("登录名或姓名"), required=False, max_length=64)
    role = forms.ChoiceField(
        label=gettext_lazy("角色"), required=False, choices=[("", gettext_lazy("全部")), *Role.choices]
    )


class RunSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("作业"), required=False, max_length=64)
    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *STATES.items()]
    )


class EventSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("动作或对象"), required=False, max_length=128)
    actor = forms.CharField(label=gettext_lazy("操作人登录名"), required=False, max_length=64)
    since = day(gettext_lazy("从"), required=False)
    until = day(gettext_lazy("到"), required=False)


class SignInSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("登录名"), required=False, max_length=64)
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from huijiang.accounts.models import SignIn

        super().__init__(*args, **kwargs)
        choice(self, "outcome").choices = [("", _("全部")), *SignIn.Outcome.choices]


class RegionSearch(forms.Form):
    q = forms.CharField(label=gettext_lazy("名称或代码"), required=False, max_length=64)
