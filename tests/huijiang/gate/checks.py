"""What the gate asks of a page, as functions from an open page to what is wrong with it.

The questions stand in `judge.js`; a context that was `equipped` has them, and axe-core, on every page it opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page


@dataclass(frozen=True)
class Size:
    """A size of the text, and whether axe-core looks too."""

    large: bool
    axe: bool = False


@cache
def _questions() -> str:
    return Axe().axe_script + "\n" + (Path(__file__).parent / "judge.js").read_text(encoding="utf-8")


def equip(context: BrowserContext) -> None:
    """Every page of this context can be asked."""
    context.add_init_script(_questions())


def frame(page: Page, language: str) -> list[str]:
    """What holds whatever the window's width: language, landmarks, nothing inline, no id twice."""
    return list(page.evaluate("(language) => gate.frame(language)", language))


def layouts(page: Page, sizes: Sequence[Size]) -> list[list[str]]:
    """Targets, what scrolls sideways, and axe where asked, as the window now stands; one list per size of text."""
    asked = [{"large": size.large, "axe": size.axe} for size in sizes]
    return list(page.evaluate("(sizes) => gate.layouts(sizes)", asked))


WITHOUT_SCRIPT = """
() => {
  const wrong = [];
  const heading = document.querySelector("main h1");
  if (!heading || !heading.innerText.trim()) wrong.push("no heading to read");
  if (document.querySelector("a[href='#'], a:not([href]), [hx-get]:not(a):not(form):not(button):not(#watched)")) wrong.push("a link that leads nowhere");
  if (document.querySelector("#watched") && !document.querySelector("meta[http-equiv=refresh]")) wrong.push("watches nothing");
  for (const button of document.querySelectorAll("button:not([hidden]):not([type=button])"))
    if (button.form === null) wrong.push(`a button of no form: ${button.innerText}`);
  return wrong;
}
"""


def without_script(page: Page) -> list[str]:
    """With JavaScript off: there is something to read, and no control that only a script could serve."""
    return list(page.evaluate(WITHOUT_SCRIPT))
