"""The stylesheets and templates keep to what the oldest supported browsers know: Chromium 88, Safari 14, Firefox 90."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huijiang.web.messages import SOURCE, app_names

TOO_NEW = re.compile(
    r"color-mix\(|light-dark\(|@layer\b|\boklch\(|\boklab\(|:has\(|@container\b|(?<![\w-])inset\s*:|\baspect-ratio\s*:"
    r"|(?<![\w-])(?:margin|padding|inset|border)-(?:inline|block)\s*:|\d(?:dvh|svh|lvh)\b|@property\b|^\s*&"
    r"|(?<!:not\():focus-visible|:user-valid|@starting-style|\btext-box\b",
    re.MULTILINE,
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
INLINE = re.compile(r"<style\b|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=\"|javascript:", re.IGNORECASE)


def outside_supports(css: str) -> str:
    """The sheet without comments and without what stands in @supports blocks."""
    css = COMMENT.sub("", css)
    while (at := css.find("@supports")) >= 0:
        css = css[:at] + css[_end_of_block(css, css.index("{", at)) + 1 :]
    return css


def _end_of_block(css: str, at: int) -> int:
    depth = 0
    for place in range(at, len(css)):
        depth += {"{": 1, "}": -1}.get(css[place], 0)
        if depth == 0:
            return place
    raise ValueError(f"a block that opens at {at} never closes")


def own(folder: str, suffix: str) -> list[Path]:
    return [file for app in app_names() for file in sorted((SOURCE / app / folder).rglob(f"*{suffix}"))]


def test_no_stylesheet_uses_what_old_browsers_lack() -> None:
    sheets = own("static", ".css")
    assert sheets
    assert [
        f"{sheet.name}: {found}"
        for sheet in sheets
        for found in TOO_NEW.findall(outside_supports(sheet.read_text(encoding="utf-8")))
    ] == []


def test_no_template_holds_a_script_or_a_style() -> None:
    pages = own("templates", ".html")
    assert pages
    assert [
        f"{page.name}: {found}" for page in pages for found in INLINE.findall(page.read_text(encoding="utf-8"))
    ] == []


def test_the_size_of_the_text_changes_nothing_but_the_frame() -> None:
    """The gate turns the size in an open page by the attribute that the frame sets; a page of its own for 大字版
    would go unjudged."""
    asks = re.compile(r"large_print|text-size")
    assert [page.name for page in own("templates", ".html") if asks.search(page.read_text(encoding="utf-8"))] == [
        "base.html"
    ]


@pytest.mark.parametrize(
    "css",
    [
        "a{color:color-mix(in srgb,red,blue)}",
        "@layer x{}",
        "a:has(b){}",
        "a{inset:0}",
        "a{padding-block:1px}",
        "a:focus-visible{}",
        "a{height:1dvh}",
    ],
)
def test_what_is_too_new_is_found(css: str) -> None:
    assert TOO_NEW.search(outside_supports(css))


@pytest.mark.parametrize(
    "css",
    [
        "@supports (selector(:has(a))){a:has(b){color:red}}",
        "/* :has( */",
        "a:not(:focus-visible){}",
        "a{box-shadow:inset 0 1px}",
    ],
)
def test_what_old_browsers_know_or_step_over_is_left_alone(css: str) -> None:
    assert TOO_NEW.search(outside_supports(css)) is None
