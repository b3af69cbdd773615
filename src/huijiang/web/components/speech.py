"""In which language a text is read out: Chinese data on an English page says so."""

from __future__ import annotations

import re

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeData, SafeString, mark_safe

from huijiang.web.components.library import register
from huijiang.web.language import is_chinese

CHINESE = re.compile("[\u3400-\u9fff]")


def is_foreign(text: object) -> bool:
    """Whether the text is Chinese and the page is not."""
    return not is_chinese() and CHINESE.search(str(text)) is not None


@register.filter
def spoken(text: object) -> SafeString:
    """Data as it is, marked as Chinese where the page around it is English: `{{ person.name|spoken }}`."""
    shown = conditional_escape(text if isinstance(text, SafeData) else str(text))
    return format_html('<span lang="zh-Hans">{}</span>', shown) if is_foreign(text) else shown


@register.filter
def lang(text: object) -> SafeString:
    """The attribute alone, for places that can't hold a span: `<text{{ label|lang }}>`."""
    return mark_safe(' lang="zh-Hans"') if is_foreign(text) else mark_safe("")
