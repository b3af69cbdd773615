"""What is sent to whom, and how."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.notices.subscribing import TOPICS
from huijiang.notices.wording import GROUPS
from huijiang.regions.models import Region
from huijiang.web.forms import choice

HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


def places() -> list[tuple[str, str]]:
    """The regions that one may ask for: provinces, cities, districts; names with the place above."""
    found = Region.objects.filter(valid_until=None).select_related("parent").order_by("path")
    return [(each.code, f"{each.parent.name} {each.name}" if each.parent else each.name) for each in found]


class PlacesMixin(forms.Form):
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("想知道什么新内容"), choices=list(TOPICS.items()), widget=forms.CheckboxSelectMultiple,
        required=False,
    )  # fmt: skip
    region = forms.ChoiceField(
        label=gettext_lazy("哪个地区"), required=False, widget=forms.Select(attrs={"lang": "zh-Hans"}),
        help_text=gettext_lazy("选了区县，也会收到所在市、省的。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice(self, "region").choices = [("", _("所有地区")), *places()]

    def regions(self) -> list[Region]:
        code = self.cleaned_data.get("region")
        return list(Region.objects.filter(pk=code)) if code else []


class PreferenceForm(PlacesMixin):
    """Of an account."""

    channels = forms.MultipleChoiceField(
        label=gettext_lazy("除平台内消息外，还用什么告诉您"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[("sms", gettext_lazy("短信")), ("mail", gettext_lazy("邮件"))],
    )  # fmt: skip
    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("哪些消息要告诉您"), required=False, choices=list(GROUPS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("法律规定必须通知的（受理、补正、决定、送达）不能关闭。"),
    )  # fmt: skip
    language = forms.ChoiceField(
        label=gettext_lazy("短信和邮件用什么语言"),
        choices=[("zh", "中文"), ("en", "English")],
        widget=forms.RadioSelect,
    )
    quiet_from = forms.TypedChoiceField(label=gettext_lazy("晚上从几点起不打扰"), choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(
        label=gettext_lazy("到早上几点"),
        choices=HOURS,
        coerce=int,
        help_text=gettext_lazy("起止相同，表示不设免打扰。"),
    )
    field_order = ("channels", "wanted", "language", "quiet_from", "quiet_until", "topics", "region")


class SubscribeForm(PlacesMixin):
    """Of anybody with a mail address."""

    mail = forms.EmailField(
        label=gettext_lazy("邮箱"), max_length=120, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    field_order = ("mail", "topics", "region")

    def clean_topics(self) -> list[str]:
        found: list[str] = self.cleaned_data["topics"]
        if not found:
            raise ValidationError(_("请至少选一项。"))
        return found
