"""Parts that hold other parts: heading, crumbs, card, notice, next step, nothing there, done, are you sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy

from huijiang.web.components.benefits import Step
from huijiang.web.components.icons import icon as drawn
from huijiang.web.components.library import register
from huijiang.web.components.speech import spoken

NOTICES: Final = {
    "info": ("info", gettext_lazy("提示")),
    "success": ("check-circle", gettext_lazy("完成")),
    "warning": ("warning", gettext_lazy("注意")),
    "error": ("exclaim-circle", gettext_lazy("出错")),
}


@dataclass(frozen=True)
class Crumb:
    """One step of the way here."""

    label: str
    address: str = ""


@register.inclusion_tag("web/components/crumbs.html")
def crumbs(*steps: Crumb | str | Sequence[Crumb]) -> dict[str, Any]:
    """`{% crumbs list %}` or `{% crumbs "政策文库" address "本页" %}`: pairs of label and address, then this page."""
    if len(steps) == 1 and not isinstance(steps[0], (str, Crumb)):
        return {"crumbs": list(steps[0])}
    words = [str(step) for step in steps]
    pairs = [Crumb(label, address) for label, address in zip(words[:-1:2], words[1::2], strict=False)]
    return {"crumbs": [*pairs, Crumb(words[-1])]}


@register.simple_block_tag
def heading(content: str, title: str, lead: str = "", tag: Any = "", level: int = 1) -> SafeString:
    """The page's one h1 (`level` is for the style guide), with a line under it; the block holds buttons."""
    return render_to_string(
        "web/components/heading.html",
        {"title": title, "lead": lead, "tag": tag, "level": level, "actions": mark_safe(content.strip())},
    )


@register.simple_block_tag
def card(content: str, title: str = "", level: int = 2, note: str = "", anchor: str = "") -> SafeString:
    """A white panel, with a heading where it has one."""
    return render_to_string(
        "web/components/card.html",
        {"title": title, "level": level, "note": note, "anchor": anchor, "content": content},
    )


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A message that stands out: info, success, warning, error."""
    picture, word = NOTICES[kind]
    return format_html(
        '<div class="notice notice--{}"{}>{}<div class="notice__text"><strong class="{}">{}</strong>{}</div></div>',
        kind,
        format_html(' role="{}"', "alert" if kind == "error" else "status") if kind in ("error", "success") else "",
        drawn(picture),
        "notice__title" if title else "hears",
        spoken(title) if title else f"{word}{gettext('：')}",
        content,
    )


@register.inclusion_tag("web/components/next_step.html")
def next_step(step: Step | str, label: str = "", address: str = "", ready: bool = False) -> dict[str, Any]:
    """What to do next."""
    return {"step": step if isinstance(step, Step) else Step(step, label, address, ready), "ready": ready}


@register.simple_block_tag
def empty(content: str, title: str) -> SafeString:
    """Nothing there: why, and what else there is."""
    return format_html(
        '<div class="empty">{}<p class="empty__title">{}</p><div class="empty__text">{}</div></div>',
        drawn("empty"), spoken(title), content,
    )  # fmt: skip


@register.simple_block_tag
def confirmation(content: str, title: str, number: str = "", level: int = 1) -> SafeString:
    """Done: the reference number, then (the block) what happens next and when."""
    return render_to_string(
        "web/components/confirmation.html",
        {"title": title, "number": number, "content": content, "level": level, "inner": level + 1},
    )


@register.simple_block_tag(takes_context=True)
def are_you_sure(
    context: Context, content: str, title: str, yes: str, back: str, danger: bool = False, level: int = 1, uid: object = ""
) -> SafeString:  # fmt: skip
    """The middle of a confirm page: what will happen (the block), one button that does it, one link back.

    The form posts to the page's own address with `confirmed=yes`, and `uid` where one is given: pressed twice it says
    that it is the same.
    """
    return render_to_string(
        "web/components/are_you_sure.html",
        {"title": title, "yes": yes, "back": back, "danger": danger, "level": level, "content": content, "uid": uid,
         "csrf_token": context.get("csrf_token", "")},
    )  # fmt: skip


@register.simple_tag(takes_context=True)
def title_prefix(context: Context) -> str:
    """`错误：` before the title of a page whose form was not accepted."""
    forms: Sequence[Any] = (context.get("form"), *(context.get("forms") or ()))
    wrong = bool(context.get("errors")) or any(form is not None and form.is_bound and form.errors for form in forms)
    return gettext("错误：") if wrong else ""
