"""A part of a page about work that goes on elsewhere: renewed by itself until it is over (`huijiang.web.watching`)."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from huijiang.web.components.library import register
from huijiang.web.watching import PART


@register.simple_block_tag
def watched(content: str, under_way: bool = True, seconds: int = 3) -> SafeString:
    """The block is asked for again every few seconds while the work goes on.  The page's head includes
    `web/watching.html`, which does the same for browsers without JavaScript."""
    if not under_way:
        return mark_safe(content)
    return format_html(
        '<div id="{}" hx-get="" hx-select="#{}" hx-swap="outerHTML" hx-trigger="every {}s">{}</div>',
        PART,
        PART,
        seconds,
        content,
    )
