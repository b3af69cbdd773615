"""What every page knows: the site, who may go where, the size of the text, the other language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from huijiang.web import navigation
from huijiang.web.language import is_chinese
from huijiang.web.text_size import is_large


def page(request: HttpRequest) -> dict[str, Any]:
    """For Django's template engine; the lists are made only when a template asks for them."""
    english = not is_chinese()
    return {
        "site": settings.SITE,
        "demo": settings.DEMO,
        "navigation": lambda: navigation.menu(request),
        "account_entries": lambda: navigation.account(request),
        "large_print": is_large(request),
        "page_language": "en" if english else "zh-Hans",
        "other_language": ("zh-hans", "中文", "zh-Hans") if english else ("en", "English", "en"),
        "here": request.get_full_path(),
    }
