"""What the gate asks of a page, as functions from an open page to what is wrong with it."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}

# Every target that is drawn and stands for itself; a link in the middle of a sentence is its words' height.
TARGETS = """
(least) => {
  const small = [];
  const seen = (e) => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility !== "hidden"; };
  const inSentence = (e) => {
    if (e.tagName !== "A" || getComputedStyle(e).display !== "inline") return false;
    return [...e.parentElement.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim().length > 1);
  };
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button]")) {
    if (!seen(e) || inSentence(e) || e.closest(".hears") || e.classList.contains("skip")) continue;
    const box = (e.matches("input[type=radio], input[type=checkbox]") && e.closest("label")) || e;
    const r = box.getBoundingClientRect();
    if (r.height < least - 0.5 || r.width < Math.min(least, 24) - 0.5)
      small.push(`${e.tagName.toLowerCase()} “${(e.innerText || e.name || e.type || "").trim().slice(0, 24)}” ${Math.round(r.width)}×${Math.round(r.height)} in ${e.parentElement.className || e.parentElement.tagName}`);
  }
  return small;
}
"""

# What reaches beyond the right edge, the innermost things first; what is cut off or scrolls by itself doesn't count.
OVERHANG = """
() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const found = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 0.5 && !e.closest(".hears"));
  const inner = found.filter((e) => ![...e.children].some((c) => found.includes(c)));
  return [`${document.documentElement.scrollWidth} px`, ...inner.slice(0, 5).map((e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""} “${e.textContent.trim().slice(0, 24)}”`)];
}
"""

FRAME = """
(language) => {
  const wrong = [];
  const count = (what, where) => document.querySelectorAll(where).length;
  if (document.documentElement.lang !== language) wrong.push(`html lang is ${document.documentElement.lang}, not ${language}`);
  if (count("h1", "h1") !== 1) wrong.push(`${count("h1", "h1")} h1`);
  if (count("main", "main#main") !== 1) wrong.push("no main landmark, or several");
  if (!document.querySelector("a[href='#main']") ) wrong.push("no link to skip to the main text");
  if (!document.querySelector("footer a[href='tel:12333']")) wrong.push("no help line in the footer");
  if (!/\\S.* - \\S/.test(document.title)) wrong.push(`title is “${document.title}”`);
  for (const e of document.querySelectorAll("[style], style, script:not([src])")) wrong.push(`inline: <${e.tagName.toLowerCase()}> in ${e.parentElement.tagName}`);
  for (const e of document.querySelectorAll("*")) for (const a of e.attributes) if (a.name.startsWith("on")) wrong.push(`inline ${a.name}`);
  for (const e of document.querySelectorAll("[id]")) if (document.querySelectorAll(`[id="${CSS.escape(e.id)}"]`).length > 1) wrong.push(`id ${e.id} twice`);
  if (language === "en") {
    const own = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (own.nextNode()) {
      const text = own.currentNode.textContent.trim();
      const lang = own.currentNode.parentElement.closest("[lang]").getAttribute("lang");
      if (/[\\u4e00-\\u9fff]/.test(text) && !lang.startsWith("zh")) wrong.push(`Chinese on an English page, not marked as such: “${text.slice(0, 30)}”`);
    }
  }
  return wrong;
}
"""


def axe(page: Page) -> list[str]:
    """What axe-core objects to, one line per element."""
    found: list[dict[str, Any]] = Axe().run(page, options=RULES).response["violations"]
    return [
        f"axe {each['id']}: {' '.join(map(str, node['target']))}: {node.get('failureSummary', '').splitlines()[-1].strip()}"
        for each in found
        for node in each["nodes"][:4]
    ]


def targets(page: Page, least: int) -> list[str]:
    return [f"target under {least} px: {each}" for each in page.evaluate(TARGETS, least)]


def overhang(page: Page) -> list[str]:
    found = page.evaluate(OVERHANG)
    return [f"scrolls sideways: {'; '.join(found)}"] if found else []


def frame(page: Page, language: str) -> list[str]:
    return list(page.evaluate(FRAME, language))


def unfold(page: Page) -> None:
    """Open everything that is folded, so that it is judged too."""
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
