"""Parts of pages that renew themselves hold what they need, and are nobody's click."""

from __future__ import annotations

import re

from huijiang.web.messages import SOURCE

TEMPLATES = [path for path in SOURCE.rglob("*.html") if "styleguide" not in path.name]


def those_with(mark: str) -> dict[str, str]:
    found = {str(path.relative_to(SOURCE)): path.read_text(encoding="utf-8") for path in TEMPLATES}
    return {name: text for name, text in found.items() if mark in text}


def test_a_live_filter_has_the_script_and_one_place_for_what_is_found() -> None:
    live = {name: text for name, text in those_with("{% filters ").items() if "live=True" in text}
    assert len(live) > 5
    for name, text in live.items():
        assert text.count('{% include "web/htmx.html" %}') == 1, name
        assert text.count("{% found %}") == text.count("{% endfound %}") == 1, name
        assert text.index("{% filters ") < text.index("{% found %}"), name


def test_what_is_watched_is_renewed_without_javascript_too() -> None:
    watched = those_with("{% watched ")
    assert len(watched) >= 5
    for name, text in watched.items():
        assert '{% include "web/watching.html"' in text, name
        assert text.count("{% watched ") == text.count("{% endwatched %}") == 1, name


def test_no_page_reloads_itself_in_another_way() -> None:
    assert list(those_with('http-equiv="refresh"')) == ["web/templates/web/watching.html"]


def test_every_address_that_is_asked_for_stands_on_the_element_that_asks() -> None:
    """htmx 4 inherits no attributes, and neither do we: what has a trigger says where and what for."""
    for name, text in those_with("hx-trigger").items():
        for element in re.findall(r"<[^>]*hx-trigger[^>]*>", text):
            assert "hx-get=" in element or "hx-post=" in element, name
