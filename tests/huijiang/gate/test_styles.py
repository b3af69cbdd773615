"""The stylesheets, scripts and templates keep to what the oldest supported browsers know: Chromium 88, Safari 14, Firefox 90."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from huijiang.web.messages import SOURCE, app_names
from tests.huijiang.gate import features

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


RULE = re.compile(r"(?P<selector>[^{}]*)\{(?P<body>[^{}]*)\}")
STRINGS = re.compile(r'"[^"]*"|url\([^)]*\)|#[0-9a-fA-F]{3,8}\b|--[\w-]+')


def used(css: str) -> dict[str, set[str]]:
    """What a sheet uses, by the tables of `features`."""
    plain = STRINGS.sub(" ", COMMENT.sub("", css))
    found: dict[str, set[str]] = {"CONDITIONS": set(), "PSEUDO": set(), "PROPERTIES": set(), "VALUES": set(),
                                  "FUNCTIONS": set(), "UNITS": set()}  # fmt: skip
    for at, condition in re.findall(r"(@[a-z-]+)([^{;]*)", plain):
        found["CONDITIONS"] |= {at, *re.findall(r"\(([a-z-]+)", condition)}
    for rule in RULE.finditer(plain):
        if "@" not in rule["selector"]:
            found["PSEUDO"] |= set(re.findall(r"::?([a-z-]+)", rule["selector"]))
        for declaration in rule["body"].split(";"):
            name, _colon, value = declaration.partition(":")
            if not value.strip() or name.strip() == "unicode-range":
                continue
            found["PROPERTIES"] |= {name.strip()} - {""}
            found["FUNCTIONS"] |= set(re.findall(r"([a-z-]+)\(", value))
            found["UNITS"] |= set(re.findall(r"\d(%|[a-zA-Z]+)", value))
            found["VALUES"] |= (
                set(re.findall(r"(?<![\w-])([a-zA-Z][a-zA-Z-]+)(?![\w(-])", value)) & features.VALUES.keys()
            )
    return found


def too_new(css: str) -> list[str]:
    """What is in no table, and what a supported browser lacks without a word on what its people see."""
    wrong = []
    for table, names in used(outside_supports(css)).items():
        for name in sorted(names):
            since = getattr(features, table).get(name)
            if since is None:
                wrong.append(f"{name}: look its first versions up and add it to features.{table}")
            elif (lacking := features.lacking(since)) and name not in features.BETTERMENTS:
                wrong.append(f"{name}: {', '.join(lacking)}")
    return wrong


def test_each_feature_of_the_stylesheet_is_known_to_the_oldest_browsers_or_says_what_they_see() -> None:
    for sheet in own("static", ".css"):
        assert too_new(sheet.read_text(encoding="utf-8")) == [], sheet.name


def test_an_anywhere_has_its_older_form_beside_it() -> None:
    for sheet in own("static", ".css"):
        rules = [rule["body"] for rule in RULE.finditer(COMMENT.sub("", sheet.read_text(encoding="utf-8")))]
        assert any("overflow-wrap: anywhere" in each for each in rules)
        assert [
            each for each in rules if "overflow-wrap: anywhere" in each and "word-break: break-word" not in each
        ] == []


NEW_IN_SCRIPTS = {
    "?.": r"\?\.[A-Za-z_$\[(]", "??": r"\?\?(?!=)", "??=": r"(?:\?\?|&&|\|\|)=", "replaceAll": r"\.replaceAll\(",
    ".at": r"\.at\(", "structuredClone": r"\bstructuredClone\b", "hasOwn": r"Object\.hasOwn\(",
    "findLast": r"\.findLast", "replaceChildren": r"\.replaceChildren\(", "private fields": r"[;{.]#[a-z_$]\w*\b",
    "static block": r"\bstatic\s*\{", "showModal": r"\.showModal\(", "AbortSignal.timeout": r"AbortSignal\.",
    "requestIdleCallback": r"\brequestIdleCallback\b", "randomUUID": r"\brandomUUID\b", "toSorted": r"\.toSorted\(",
    "groupBy": r"\.groupBy\(",
}  # fmt: skip


def scripts() -> list[Path]:
    """Ours, and the one that we ship of others."""
    import django_htmx

    return [*own("static", ".js"), Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"]


def newest(script: str) -> list[str]:
    return [
        f"{name}: {', '.join(features.lacking(features.SCRIPT[name]))}"
        for name, looks in NEW_IN_SCRIPTS.items()
        if re.search(looks, script) and features.lacking(features.SCRIPT[name])
    ]


def test_no_script_uses_what_old_browsers_lack() -> None:
    assert {path.name: newest(path.read_text(encoding="utf-8")) for path in scripts()} == {
        "huijiang.js": [], "htmx-2.min.js": []
    }  # fmt: skip


@pytest.mark.parametrize(
    ("css", "said"),
    [
        ("a{accent-colour:red}", "accent-colour: look its first versions up"),
        ("a:has(b){color:red}", "has: Chromium 88, Safari 14, Firefox 90"),
        ("a{height:1dvh}", "dvh: Chromium 88, Safari 14, Firefox 90"),
        ("a{width:fit-content}", "fit-content: Firefox 90"),
        ("@container (min-width:1px){a{color:red}}", "@container: Chromium 88, Safari 14, Firefox 90"),
        ("a{color:color-mix(in srgb,red,blue)}", "color-mix: Chromium 88, Safari 14, Firefox 90"),
    ],
)
def test_what_the_tables_do_not_allow_is_named_with_whom_it_fails(css: str, said: str) -> None:
    assert any(each.startswith(said) for each in too_new(css))


def test_what_is_new_in_scripts_is_found() -> None:
    assert newest("x.at(-1); const y = a?.b ?? c") == [".at: Chromium 88, Safari 14"]


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
