"""The forms of signing in and of one's own account."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.accounts.models import User

PHONE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
LOGIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{2,63}", re.ASCII)
LONGEST_PASSWORD: Final = 128


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, strip=False, max_length=LONGEST_PASSWORD, help_text=help_text,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )  # fmt: skip


class SignInForm(forms.Form):
    login = forms.CharField(
        label=gettext_lazy("登录名"), max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    password = _password(gettext_lazy("密码"), "current-password")


class CodeForm(forms.Form):
    """Six digits of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("动态码"), max_length=40,
        help_text=gettext_lazy("打开手机上的验证器，填写惠匠这一项的 6 位数字。手机不在身边时，可以填一个恢复码。"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )  # fmt: skip


class NewPasswordForm(forms.Form):
    """A new password, twice; `old` is asked for where somebody is signed in already."""

    old = _password(gettext_lazy("现在的密码"), "current-password")
    new = _password(
        gettext_lazy("新密码"), "new-password",
        gettext_lazy("至少 12 位，不能全是数字，不能与姓名、登录名相近，也不能是常见的密码。"),
    )  # fmt: skip
    again = _password(gettext_lazy("再填一遍新密码"), "new-password")

    def __init__(self, *args: Any, user: User, ask_old: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not ask_old:
            del self.fields["old"]

    def clean_old(self) -> str:
        told = str(self.cleaned_data["old"])
        if not self.user.check_password(told):
            raise forms.ValidationError(_("密码不对。"))
        return told

    def clean_new(self) -> str:
        told = str(self.cleaned_data["new"])
        check_password(told, self.user)
        if self.user.has_usable_password() and self.user.check_password(told):
            raise forms.ValidationError(_("新密码不能与现在的相同。"))
        return told

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if held.get("new") and held.get("again") and held["new"] != held["again"]:
            self.add_error("again", _("两次填写的密码不一样。"))
        return held


WEAK = {
    "password_too_short": gettext_lazy("太短，至少 12 位。"),
    "password_too_common": gettext_lazy("太常见，容易被猜到。"),
    "password_entirely_numeric": gettext_lazy("不能全是数字。"),
    "password_too_similar": gettext_lazy("与姓名、登录名或邮箱太像。"),
}


def check_password(told: str, user: User) -> None:
    """Raises ValidationError with every reason, in our own words."""
    try:
        password_validation.validate_password(told, user)
    except forms.ValidationError as error:
        raise forms.ValidationError(
            [str(WEAK.get(each.code or "", each.message)) for each in error.error_list]
        ) from error


def check_login(told: str) -> str:
    """A free login name of the right form.  Raises ValidationError."""
    if not LOGIN.fullmatch(told):
        raise forms.ValidationError(_("3 到 64 位字母、数字或 . _ - @，以字母或数字开头。"))
    if User.objects.filter(login__iexact=told).exists():
        raise forms.ValidationError(_("这个登录名不能用，请换一个。"))
    return told


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("新手机号"), max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip

    def clean_phone(self) -> str:
        told = re.sub(r"[\s-]", "", str(self.cleaned_data["phone"])).removeprefix("+86")
        if not PHONE.fullmatch(told):
            raise forms.ValidationError(_("应为 11 位手机号。"))
        return told


class PhoneCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("短信验证码"), max_length=12,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
