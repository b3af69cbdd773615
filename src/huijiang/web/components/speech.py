"""How a text is read: Chinese data on an English page says that it is Chinese, and dates and numbers of
documents stay on one line."""

from __future__ import annotations

import re

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeData, SafeString, mark_safe

from huijiang.web.components.library import register
from huijiang.web.language import is_chinese

CHINESE = re.compile("[\u3400-\u9fff]")
DAY = re.compile(r"(?<![\w-])[12]\d{3}-(?:0[1-9]|1[0-2])(?:-\d{2})?(?![\w-])", re.ASCII)
"""A month or a day, as pages write them; the hour of a moment may stand on the next line."""
ISSUED = re.compile(r"[〔［\[][12]\d{3}[〕］\]]\s?(?:第\s?)?\d{1,5}\s?号", re.ASCII)
"""The number of a document, 萧财社〔2026〕20号, from its year on: the office before it may stand on the line above."""


def is_foreign(text: object) -> bool:
    """Whether the text is Chinese and the page is not."""
    return not is_chinese() and CHINESE.search(str(text)) is not None


@register.filter
def unbroken(text: object) -> SafeString:
    """A text whose dates don't break at their hyphens in a narrow line: `{{ claim.deadline|date:"Y-m-d"|unbroken }}`."""
    if isinstance(text, SafeData):
        return conditional_escape(text)
    return mark_safe(DAY.sub(r"<time>\g<0></time>", conditional_escape(str(text))))


@register.filter
def numbered(text: str) -> SafeString:
    """A text of a narrow place whose numbers of documents don't break before their 号: `{{ cell.text|spoken|numbered }}`."""
    return mark_safe(ISSUED.sub(r'<span class="nb">\g<0></span>', conditional_escape(text)))


@register.filter
def spoken(text: object) -> SafeString:
    """Data as it is, marked as Chinese where the page around it is English: `{{ person.name|spoken }}`."""
    shown = unbroken(text)
    return format_html('<span lang="zh-Hans">{}</span>', shown) if is_foreign(text) else shown


@register.filter
def lang(text: object) -> SafeString:
    """The attribute alone, for places that can't hold a span: `<text{{ label|lang }}>`."""
    return mark_safe(' lang="zh-Hans"') if is_foreign(text) else mark_safe("")
