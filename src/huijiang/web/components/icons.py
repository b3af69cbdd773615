"""Small drawings on a grid of 24, in the colour of the text beside them; they never stand alone."""

from __future__ import annotations

from typing import Final

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from huijiang.web.components.library import register

DRAWINGS: Final = {
    "check": '<path d="m5 12.5 4.5 4.5L19 7.5"/>',
    "cross": '<path d="M6.5 6.5l11 11m0-11-11 11"/>',
    "question": '<path d="M8.6 9.2a3.5 3.5 0 1 1 5.2 3c-1.1.7-1.8 1.3-1.8 2.6"/><path d="M12 18.4v.1"/>',
    "exclaim-circle": '<circle cx="12" cy="12" r="9"/><path d="M12 7v6"/><path d="M12 16.7v.1"/>',
    "exclaim": '<path d="M12 5.5v8.5"/><path d="M12 18.4v.1"/>',
    "check-circle": '<circle cx="12" cy="12" r="9"/><path d="m8 12.4 2.8 2.8L16 9.6"/>',
    "question-circle": '<circle cx="12" cy="12" r="9"/><path d="M9.6 9.7a2.5 2.5 0 1 1 3.7 2.2c-.9.5-1.3 1-1.3 1.8"/><path d="M12 16.7v.1"/>',
    "step-circle": '<path d="M12 3a9 9 0 1 1-8.5 6"/><path d="M12 8v8m-4-4h8"/>',
    "minus-circle": '<circle cx="12" cy="12" r="9"/><path d="M8 12h8"/>',
    "warning": '<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5"/><path d="M12 17.3v.1"/>',
    "info": '<circle cx="12" cy="12" r="9"/><path d="M12 11v5.5"/><path d="M12 7.6v.1"/>',
    "clock": '<circle cx="12" cy="12" r="9"/><path d="M12 7v5.2l3.2 2"/>',
    "arrow": '<path d="M4.5 12h15m-6-6 6 6-6 6"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "download": '<path d="M12 4v11m-5-5 5 5 5-5M4.5 20h15"/>',
    "upload": '<path d="M12 16V5M7 9.5 12 4.5l5 5M4.5 20h15"/>',
    "print": '<path d="M7 9V4h10v5M7 17H4.5V9h15v8H17"/><path d="M7 14h10v6H7z"/>',
    "document": '<path d="M6 3h8.5L19 7.5V21H6z"/><path d="M14 3v5h5M9 12.5h7M9 16.5h7"/>',
    "yuan": '<circle cx="12" cy="12" r="9"/><path d="m8.5 7 3.5 5 3.5-5M12 12v5.5M8.8 12.5h6.400M8.8 15h6.400"/>',
    "menu": '<path d="M4 6.5h16M4 12h16M4 17.5h16"/>',
    "progress": '<path d="M4 6.5h3m3.5 0H20M4 12h3m3.5 0H20M4 17.5h3m3.5 0H20"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 21c.6-4.5 3.600-6.5 7.5-6.5s6.900 2 7.5 6.5"/>',
    "firm": '<path d="M4 21V5l9-2v18M13 9h7v12M2.5 21h19M7 8.5h2.5M7 12.5h2.5M7 16.5h2.5M16 13h1.5M16 17h1.5"/>',
    "text-size": '<path d="m3 19 5.5-14L14 19M5 14.5h7M17.5 8v8m-4-4h8"/>',
    "language": '<circle cx="12" cy="12" r="9"/><path d="M3.5 9.5h17M3.5 14.5h17M12 3c-5 5.5-5 12.5 0 18 5-5.5 5-12.5 0-18"/>',
    "sign-out": '<path d="M10 4H4.5v16H10M9.5 12h11m-4.5-5 5 5-5 5"/>',
    "sign-in": '<path d="M14 4h5.5v16H14M3.5 12h11m-4.5-5 5 5-5 5"/>',
    "phone": '<path d="M7 3 4 4.5C4 13 11 20 19.5 20l1.5-3-4.5-2.5-2 1.8a12 12 0 0 1-5.300-5.300l1.8-2z"/>',
    "bell": '<path d="M6 17V11a6 6 0 0 1 12 0v6l1.5 1.500h-15zM10 21h4"/>',
    "lock": '<path d="M5 11h14v10H5zM8 11V7.5a4 4 0 0 1 8 0V11"/>',
    "eye": '<path d="M2.5 12C5 7.5 8.300 5.5 12 5.5s7 2 9.5 6.5c-2.5 4.5-5.8 6.5-9.5 6.5s-7-2-9.5-6.5z"/><circle cx="12" cy="12" r="2.8"/>',
    "gear": '<circle cx="12" cy="12" r="3.200"/><path d="M12 2.8v3.400m0 11.600v3.400M2.8 12h3.400m11.600 0h3.400M5.5 5.5l2.400 2.400m8.200 8.200 2.400 2.400M5.5 18.5l2.400-2.400m8.200-8.200 2.400-2.400"/>',
    "empty": '<path d="M3.5 13.5 6.5 5h11l3 8.5V20h-17zM3.5 13.5H9c.3 2 1.300 3 3 3s2.700-1 3-3h5.5"/>',
}  # fmt: skip


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing of that name; decoration only, so hidden from screen readers.."""
    if name not in DRAWINGS:
        raise ValueError(f"icon {name!r}；应为 expected one of {', '.join(DRAWINGS)}")
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(DRAWINGS[name]),
    )
