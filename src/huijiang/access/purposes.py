"""Why an officer looks at somebody: said once, kept for the work at hand, written beside each look.

Said in a search, a purpose holds for what is opened from there, for HOLDS; said for one person or firm, it holds for
them alone, and before the other.  It lives in the session: it ends with the sign-in.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from huijiang.access.sightings import Purpose

KEY: Final = "purposes"  # in the session: of what ("" of the work at hand) → purpose, until
HOLDS: Final = dt.timedelta(hours=4)
MOST: Final = 50  # single people and firms that are remembered


class PurposeForm(forms.Form):
    """Asked before somebody is opened."""

    purpose = forms.ChoiceField(label=gettext_lazy("为什么查看"), choices=Purpose.choices, widget=forms.RadioSelect)


def asked_in(form: type[forms.Form]) -> type[forms.Form]:
    """A form of a search that asks for the purpose as well, below its other fields."""

    class Asking(form):  # type: ignore[misc, valid-type]
        purpose = forms.ChoiceField(
            label=gettext_lazy("查找用途"), choices=[("", gettext_lazy("请选择")), *Purpose.choices],
            help_text=gettext_lazy("从这里打开的都按这个用途记录，四小时内不再问。"),
        )  # fmt: skip

    return Asking


def kept(request: HttpRequest, subject: object = "") -> str:
    """The purpose that holds now for somebody (their external id), else for the work at hand; empty where none does."""
    held: dict[str, Any] = request.session.get(KEY, {})
    now = timezone.now().isoformat()
    for name in dict.fromkeys((str(subject), "")):
        purpose, until = held.get(name, ("", ""))
        if until > now and purpose in Purpose.values:
            return str(purpose)
    return ""


def keep(request: HttpRequest, purpose: str, subject: object = "") -> None:
    """Remember why, for somebody or for the work at hand."""
    held: dict[str, Any] = request.session.get(KEY, {})
    held.pop(str(subject), None)
    held[str(subject)] = [purpose, (timezone.now() + HOLDS).isoformat()]
    singly = [name for name in held if name]
    for name in singly[: max(0, len(singly) - MOST)]:
        del held[name]
    request.session[KEY] = held
