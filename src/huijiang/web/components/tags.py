"""Words with a colour and an icon: a state is never told by colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from huijiang.web.components.icons import icon as drawn
from huijiang.web.components.library import register
from huijiang.web.components.speech import spoken
from huijiang.web.words import Words

COLOURS: Final = ("grey", "green", "amber", "red", "blue", "violet", "teal")


@dataclass(frozen=True)
class Tag:
    """A short state: 审核中, 现行有效."""

    text: Words
    colour: str = "grey"
    icon: str = ""

    def __post_init__(self) -> None:
        if self.colour not in COLOURS:
            raise ValueError(f"tag {self.text}: colour {self.colour!r}；应为 expected one of {', '.join(COLOURS)}")

    def __str__(self) -> str:
        return str(self.text)

    def __html__(self) -> SafeString:
        picture = drawn(self.icon) if self.icon else ""
        return format_html('<span class="tag tag--{}">{}{}</span>', self.colour, picture, spoken(self.text))


# The four answers that a person gets about a benefit.
READY, ASK, NEAR, NOT = "ready", "ask", "near", "not"
ANSWERS: Final = {
    READY: Tag(gettext_lazy("可以申领"), "green", "check-circle"),
    ASK: Tag(gettext_lazy("补信息后可判断"), "amber", "question-circle"),
    NEAR: Tag(gettext_lazy("差一个条件"), "blue", "step-circle"),
    NOT: Tag(gettext_lazy("暂不符合"), "grey", "minus-circle"),
}


@register.simple_tag(name="tag")
def tag(text: str | Tag, colour: str = "grey", icon: str = "") -> SafeString:
    """`{% tag "审核中" "amber" "clock" %}`, or a Tag made in the view."""
    return (text if isinstance(text, Tag) else Tag(text, colour, icon)).__html__()


@register.simple_tag
def answer(state: str) -> SafeString:
    """One of the four answers: ready, ask, near, not."""
    return ANSWERS[state].__html__()


@register.simple_tag
def masked(text: str) -> SafeString:
    """A name or number of which only a part is shown, said so to those who listen."""
    return format_html(
        '<span class="masked" translate="no">{}<span class="hears">{}</span></span>',
        spoken(text),
        gettext("（已遮盖）"),
    )
