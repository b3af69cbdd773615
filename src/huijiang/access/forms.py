"""The forms of acting for others: at the counter, in a firm, as a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.access.models import Agency, Consent
from huijiang.accounts.forms import NewPasswordForm, check_login
from huijiang.accounts.models import User
from huijiang.accounts.viewers import today
from huijiang.registry import names
from huijiang.registry.identity import KINDS, PASSPORT
from tiaowen.identifiers.person import FIVE_STAR, OLD_FOREIGN, PERMIT_HM, PERMIT_TW, RESIDENCE, RESIDENT

KIND_NAMES = {
    RESIDENT: gettext_lazy("居民身份证"),
    RESIDENCE: gettext_lazy("港澳台居民居住证"),
    FIVE_STAR: gettext_lazy("外国人永久居留身份证"),
    OLD_FOREIGN: gettext_lazy("外国人永久居留身份证（旧版）"),
    PERMIT_HM: gettext_lazy("港澳居民来往内地通行证"),
    PERMIT_TW: gettext_lazy("台湾居民来往大陆通行证"),
}
LONGEST_CONSENT = 366 * 2  # days


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class PersonForm(forms.Form):
    """A document as it lies on the counter."""

    kind = forms.ChoiceField(
        label=gettext_lazy("证件种类"), choices=[(each, KIND_NAMES[each]) for each in KINDS if each != PASSPORT]
    )
    number = forms.CharField(
        label=gettext_lazy("证件号码"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    checked = forms.BooleanField(label=gettext_lazy("已核对证件原件与本人一致"))


class OwnerForm(PersonForm):
    """Whose first owner, and who."""

    uscc = forms.CharField(label=gettext_lazy("统一社会信用代码"), max_length=24)
    field_order = ("uscc", "kind", "number", "checked")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checked"].label = _("已核对营业执照、法定代表人授权书和本人证件")


class ActivateForm(NewPasswordForm):
    """The code from the counter, and what the person will sign in with."""

    code = forms.CharField(
        label=gettext_lazy("激活码"), max_length=40, help_text=gettext_lazy("窗口发的 12 位激活码"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    login = forms.CharField(
        label=gettext_lazy("登录名"), max_length=64, required=False,
        help_text=gettext_lazy("自己取一个好记的；已有账户、只是重设密码的，不用填。"),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    field_order = ("code", "login", "new", "again")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=User(), ask_old=False, **kwargs)

    def clean_login(self) -> str:
        told = str(self.cleaned_data["login"]).strip()
        self.user.login = told
        return check_login(told) if told else ""


class AppointForm(forms.Form):
    """Whom an owner appoints: login and name must agree, so that a slip of the pen reaches nobody."""

    login = forms.CharField(label=gettext_lazy("对方的登录名"), max_length=64)
    name = forms.CharField(label=gettext_lazy("对方的姓名"), max_length=64)
    power = forms.ChoiceField(label=gettext_lazy("权限"), choices=Agency.Power.choices, initial=Agency.Power.AGENT)
    ends_on = _day(gettext_lazy("截止"), required=False, help_text=gettext_lazy("不填表示不限期"))

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if held.get("login") and held.get("name"):
            user = User.objects.filter(login=held["login"], is_active=True).first()
            if user is None or names.matched(user.name) != names.matched(held["name"]):
                raise forms.ValidationError(_("没有登录名和姓名都相符的账户。对方须先开通账户。"))
            held["user"] = user
        return held


class ConsentForm(forms.Form):
    """What a person lets a firm do, and until when."""

    organisation: forms.ModelChoiceField[Any] = forms.ModelChoiceField(
        label=gettext_lazy("哪个单位"),
        queryset=None,
        empty_label=gettext_lazy("请选择"),
        widget=forms.Select(attrs={"lang": "zh-Hans"}),
    )
    purpose = forms.ChoiceField(label=gettext_lazy("用途"), choices=Consent.Purpose.choices)
    until = _day(gettext_lazy("有效至"))

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["organisation"].label_from_instance = lambda each: each.name  # type: ignore[attr-defined]

    def clean_until(self) -> dt.date:
        told: dt.date = self.cleaned_data["until"]
        if not today() <= told <= today() + dt.timedelta(days=LONGEST_CONSENT):
            raise forms.ValidationError(_("应在今天以后、两年以内。"))
        return told
