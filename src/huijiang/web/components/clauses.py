"""Where a rule stands in the text: a link to the clause, and the clause's own words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from huijiang.web.components.library import register


@dataclass(frozen=True)
class Clause:
    """One clause: `第六条（一）` of `萧人社〔2026〕12 号`, with its page."""

    name: str
    address: str = ""
    document: str = ""

    def __str__(self) -> str:
        return f"{self.document} {self.name}".strip()

    def __html__(self) -> SafeString:
        said = format_html(
            '{}<span class="nb">{}</span>',
            format_html('<span class="nb">{}</span> ', self.document) if self.document else "",
            self.name,
        )
        if not self.address:
            return format_html('<span lang="zh-Hans">{}</span>', said)
        return format_html('<a class="clause-link" href="{}" lang="zh-Hans">{}</a>', self.address, said)


@register.simple_tag
def clause(value: Clause) -> SafeString:
    """A link to the clause; policy text stays Chinese on English pages, and says so."""
    return value.__html__()


@register.simple_block_tag
def quote(content: str, source: Clause | None = None) -> SafeString:
    """The document's own words, set apart, with where they stand."""
    foot = format_html("<footer><cite>{}</cite></footer>", source) if source else ""
    return format_html('<blockquote class="quote" lang="zh-Hans">{}{}</blockquote>', content, foot)
