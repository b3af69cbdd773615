"""Findings of a draft as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tiaowen.draft.finding import Finding, counts
from tiaowen.draft.patterns import PATTERNS
from tiaowen.draft.wording import WORDING

GRAVITY = {"error": ("必改", "must"), "warning": ("应改", "should"), "note": ("留意", "note")}


def as_text(name: str, findings: list[Finding], lang: str) -> str:
    """By clause: severity, what and where; then, once per kind, why it matters and how to mend it."""
    at = 0 if lang == "zh" else 1
    lines: list[str] = []
    clause: str | None = None
    for each in findings:
        if each.clause != clause:
            clause = each.clause
            lines += ["", clause or ("全文" if lang == "zh" else "whole document")]
        token = f"  「{each.token}」" if each.token else ""
        lines.append(f"  {GRAVITY[each.gravity][at]}  {each.what(lang)}{token}  [{each.rule or each.code}]")
    if findings:
        lines += ["", "为什么要改，怎么改" if lang == "zh" else "Why, and how to mend it"]
    for code in dict.fromkeys(each.code for each in findings):
        first = next(each for each in findings if each.code == code)
        lines.append(f"  [{code}] {first.why(lang)} → {first.mend(lang)}")
    lines += ["", tally(name, findings, lang)]
    return "\n".join(lines).lstrip("\n")


def tally(name: str, findings: Iterable[Finding], lang: str) -> str:
    """The last line: how many of each severity."""
    n = counts(findings)
    if lang == "zh":
        return f"{name}：必改 {n['error']}，应改 {n['warning']}，留意 {n['note']}"
    return f"{name}: {n['error']} must, {n['warning']} should, {n['note']} notes"


def as_json(name: str, kind: str, findings: list[Finding], lang: str) -> dict[str, Any]:
    """A stable shape: file, kind (text, docx, encoded), counts, findings."""
    return {
        "draft": name,
        "kind": kind,
        "counts": counts(findings),
        "findings": [
            {
                "code": each.code, "rule": each.rule or None, "severity": each.gravity, "clause": each.clause or None,
                "line": each.line or None, "token": each.token or None, "finding": each.what(lang),
                "why": each.why(lang), "mend": each.mend(lang),
            }
            for each in findings
        ],
    }  # fmt: skip


def patterns_table(lang: str) -> str:
    """The stated list of wording patterns as a Markdown table."""
    at = 0 if lang == "zh" else -1
    head = "| 代号 | 查什么 | 同句须有 | 同句有了就不查 |\n|---|---|---|---|" if lang == "zh" else (
        "| code | finds | needs in the sentence | settled by |\n|---|---|---|---|")  # fmt: skip
    rows = [head]
    for pattern in PATTERNS:
        entry = WORDING[pattern.code]
        what = (entry.zh if at == 0 else entry.en)[0].replace("{token_words}", "…")
        cells = [pattern.code, what, pattern.needs, pattern.unless or pattern.settled]
        rows.append("| " + " | ".join(cell.replace("|", "¦") for cell in cells) + " |")
    return "\n".join(rows)
