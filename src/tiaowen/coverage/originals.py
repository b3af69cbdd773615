"""An original text, taken apart into clauses by its own numbering.

The text may be a copy from a web page or a scan: lines wrapped anywhere, page
breaks, page numbers, lines of the site around it, bold marks, table rows with
tabs.  Parts without a number get names of our own in 〔〕.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

_NUMERALS = "一二三四五六七八九十"
_LEVELS = (
    re.compile(rf"^([{_NUMERALS}]{{1,3}})、\s*"),
    re.compile(rf"^[（(]([{_NUMERALS}]{{1,3}})[)）]\s*"),
    re.compile(r"^(\d{1,2})\s*[.．、]\s*(?!\d)"),
)
_NOISE = (
    re.compile(r"^[-—－–·]\s*\d{1,3}\s*[-—－–·]$"),
    re.compile(r"^第\s*\d+\s*页(\s*[共/]\s*\d+\s*页?)?$"),
)
# lines that a web site puts around the text; looked for above the first clause and below the last
_CHROME = (
    re.compile(r"\d{3}-\d{4}-\d{4}"),
    re.compile(r"^(精确检索|开始检索|返回顶部|打印本页|关闭窗口|分享到.*|字体[:：].*|首页\s*[>›].*)$"),
    re.compile(r"[A-Za-z0-9]+\.(NET|COM|CN|net|com|cn)\b"),
)
_ANNEX = re.compile(rf"^(附件\s*[{_NUMERALS}0-9]*)\s*[:：]?\s*$")
_ANNEX_POINTER = re.compile(rf"^附件\s*[{_NUMERALS}0-9]*\s*[:：]\s*\S")
_CLOSING = re.compile(r"^本\S{0,6}?(办法|意见|方案|规定|细则|通知|政策|措施|计划)")
_DAY = re.compile(r"^\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日$")
_IMPRINT = re.compile(r"^抄送|印发\s*$")
_HEADLINE = re.compile(r"(意见|通知|方案|办法|规定|细则|文件|稿[)）]|通\s*知)$|〕\s*\d+\s*号$|[:：]$")
_ENDED = "。！？；：:;）)”"
_LONG = 45  # characters; a line this long is running text, not a title or a signature


@dataclass(slots=True)
class Passage:
    """One clause of the original: its label (`二(三)7`, `〔施行〕`, `附件`) and its text.

    The text is without the number; wrapped lines are joined, table rows stand on
    lines of their own.  `own` is true when the label is ours.  `absent` marks a
    part that the numbering implies but the text at hand lacks.
    """

    label: str
    text: str
    line: int
    own: bool = False
    absent: bool = False
    rows: int = 0


@dataclass(slots=True)
class Original:
    """A text taken apart, and the lines that were left aside as no part of it."""

    sha256: str
    passages: list[Passage]
    left_aside: list[tuple[int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Line:
    number: int
    text: str
    gap: bool  # a blank line stands before it


def read_original(text: str) -> Original:
    """Take an original apart.  An empty text has no passages."""
    found = Original(hashlib.sha256(text.encode()).hexdigest(), [])
    lines = _lines(text, found)
    first = next((n for n, line in enumerate(lines) if _number(line.text)), len(lines))
    annex = next((n for n, line in enumerate(lines) if n > first and _ANNEX.match(line.text)), len(lines))
    last = max((n for n in range(first, annex) if _number(lines[n].text)), default=first)
    _opening(_without_chrome(lines[:first], found), found)
    tail = _numbered(lines[first:annex], last - first, found)
    closing, signed = _signature(_without_chrome(tail, found))
    _closing(closing, found)
    _signed(signed, found)
    if annex < len(lines):
        _annex(_without_chrome(lines[annex:], found), found)
    _unite(found)
    return found


def _lines(text: str, found: Original) -> list[_Line]:
    lines: list[_Line] = []
    gap = False
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text), start=1):
        broken = "\f" in raw  # a page break may fall inside a sentence
        body = raw.replace("**", "").strip(" \u3000\xa0\ufeff\v\f")
        if not body.strip():
            gap = gap or not broken
        elif broken and re.fullmatch(r"\d{1,3}", body):
            found.left_aside.append((number, body))
        elif any(pattern.match(body.strip()) for pattern in _NOISE):
            found.left_aside.append((number, body.strip()))
        else:
            lines.append(_Line(number, body, gap))
            gap = False
    return lines


def _without_chrome(lines: list[_Line], found: Original) -> list[_Line]:
    kept = []
    for line in lines:
        if any(pattern.search(line.text) for pattern in _CHROME):
            found.left_aside.append((line.number, line.text))
        else:
            kept.append(line)
    return kept


def _number(text: str) -> tuple[int, str, str] | None:
    """Level 0–2, the number as printed and the rest of the line."""
    for level, pattern in enumerate(_LEVELS):
        match = pattern.match(text)
        if match:
            return level, match.group(1), text[match.end() :]
    return None


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    tens, mark, ones = number.partition("十")
    if not mark:
        return _NUMERALS.index(number) + 1 if len(number) == 1 else 0
    return (_NUMERALS.index(tens) + 1 if tens else 1) * 10 + (_NUMERALS.index(ones) + 1 if ones else 0)


# -- before the first number ----------------------------------------------------
def _opening(lines: list[_Line], found: Original) -> None:
    """Letterhead, the notice that sends the document out, and the paragraph before clause one."""
    prose = _prose(lines)
    first = prose.index(True) if True in prose else len(lines)
    dated = [n for n in range(first, len(lines)) if _DAY.match(lines[n].text)]
    head, notice, rest = lines[:first], [], lines[first:]
    if dated:
        cut = dated[-1] + 1
        notice, rest = lines[first:cut], lines[cut:]
        prose = prose[cut:]
        head = head + [line for line, is_prose in zip(rest, prose, strict=True) if not is_prose]
        rest = [line for line, is_prose in zip(rest, prose, strict=True) if is_prose]
    for label, part in (("〔抬头〕", head), ("〔通知〕", notice), ("〔引言〕", rest)):
        if part:
            between = "\n" if part is head else ""
            found.passages.append(Passage(label, _joined(part, between), part[0].number, own=True))


def _prose(lines: list[_Line]) -> list[bool]:
    """Whether each line is running text: it ends a sentence, or is wrapped into one that does."""
    prose = [line.text.endswith("。") or len(line.text) > _LONG for line in lines]
    for n in range(len(lines) - 2, -1, -1):
        wrapped = prose[n + 1] and not lines[n + 1].gap
        if wrapped and not _HEADLINE.search(lines[n].text) and not _DAY.match(lines[n].text):
            prose[n] = True
    return prose


# -- the numbered body ------------------------------------------------------------
def _numbered(lines: list[_Line], last: int, found: Original) -> list[_Line]:
    """Clauses by number; returns the lines after the last clause's own text."""
    path: list[str] = ["", "", ""]
    counts = [0, 0, 0]
    text: list[_Line] = []
    for index, line in enumerate(lines):
        numbered = _number(line.text)
        if numbered and (not text or _starts(numbered, counts, text[-1], line)):
            if text:
                found.passages[-1].text = _joined(text)
            level, number, rest = numbered
            if level > 0 and not any(path) and not found_top(found):
                _implied(lines, found, path)
            _count(counts, level, _value(number))
            path[level:] = [_label(level, number), *([""] * (2 - level))]
            found.passages.append(Passage("".join(path), "", line.number))
            text = [_Line(line.number, rest, line.gap)]
        elif index > last and _after_clauses(line, text):
            found.passages[-1].text = _joined(text)
            return lines[index:]
        else:
            text.append(line)
    if text:
        found.passages[-1].text = _joined(text)
    return []


def found_top(found: Original) -> bool:
    """Whether any numbered clause has been met."""
    return any(not passage.own for passage in found.passages)


def _implied(lines: list[_Line], found: Original, path: list[str]) -> None:
    """A text that begins at (二) lacks the heading 一: the next top number tells which."""
    tops = [n for line in lines if (n := _number(line.text)) and n[0] == 0]
    missing = _value(tops[0][1]) - 1 if tops else 0
    if 1 <= missing <= len(_NUMERALS):
        path[0] = f"〔{_NUMERALS[missing - 1]}〕"
        found.passages.append(Passage(path[0], "", lines[0].number, own=True, absent=True))


def _starts(numbered: tuple[int, str, str], counts: list[int], before: _Line, line: _Line) -> bool:
    """Whether a number at the start of a line opens a clause, or was only wrapped there."""
    level, number, _ = numbered
    follows = _value(number) in (counts[level] + 1, 1)
    return follows or line.gap or before.text.endswith(tuple(_ENDED))


def _count(counts: list[int], level: int, value: int) -> None:
    counts[level] = value
    if level == 0:
        counts[1] = 0
    # the third level may run on through the whole document or begin again: both are met


def _label(level: int, number: str) -> str:
    return f"({number})" if level == 1 else str(int(number)) if level == 2 else number


def _after_clauses(line: _Line, text: list[_Line]) -> bool:
    """Whether an unnumbered line below the last clause begins what follows the clauses."""
    if not text or not text[-1].text.endswith(("。", "）", ")")):
        return False
    return bool(_CLOSING.match(line.text) or _ANNEX_POINTER.match(line.text) or _formal(line.text))


def _formal(text: str) -> bool:
    """A line of a signature or an imprint: a body's name, a day, 抄送, 印发."""
    return bool(_DAY.match(text) or _IMPRINT.search(text)) or ("。" not in text and len(text) < _LONG)


# -- after the last clause ----------------------------------------------------------
def _signature(lines: list[_Line]) -> tuple[list[_Line], list[_Line]]:
    cut = len(lines)
    while cut and _formal(lines[cut - 1].text) and not _ANNEX_POINTER.match(lines[cut - 1].text):
        cut -= 1
    while cut < len(lines) and not lines[cut].gap and cut and not lines[cut - 1].text.endswith(("。", "）", ")")):
        cut += 1  # the end of a wrapped sentence is no signature
    return lines[:cut], lines[cut:]


def _closing(lines: list[_Line], found: Original) -> None:
    part: list[_Line] = []
    paragraphs: list[list[_Line]] = []
    for line in lines:
        if not part or _CLOSING.match(line.text) or _ANNEX_POINTER.match(line.text):
            part = []
            paragraphs.append(part)
        part.append(line)
    for paragraph in paragraphs:
        text = _joined(paragraph)
        found.passages.append(Passage(_closing_label(text), text, paragraph[0].number, own=True))


def _closing_label(text: str) -> str:
    if _ANNEX_POINTER.match(text):
        return "附件"
    if re.search(r"施行|起实施|起执行|有效期", text):
        return "〔施行〕"
    return "〔资金〕" if re.search(r"资金|经费", text) else "〔附则〕"


def _signed(lines: list[_Line], found: Original) -> None:
    """A signature ends with its day; what follows (抄送, 印发) is the imprint."""
    day = next((n + 1 for n, line in enumerate(lines) if _DAY.match(line.text)), 0)
    if not day and not any(_IMPRINT.search(line.text) for line in lines):
        day = len(lines)
    for label, part in (("〔落款〕", lines[:day]), ("〔版记〕", lines[day:])):
        if part:
            found.passages.append(Passage(label, _joined(part, "\n"), part[0].number, own=True))


def _annex(lines: list[_Line], found: Original) -> None:
    """Annexes, each with its table; formal lines after the last row are the imprint."""
    rows = [n for n, line in enumerate(lines) if "\t" in line.text]
    cut = len(lines)
    if rows:
        while cut > rows[-1] + 1 and _formal(lines[cut - 1].text):
            cut -= 1
    for line in lines[:cut]:
        match = _ANNEX.match(line.text)
        if match:
            found.passages.append(Passage(match.group(1).replace(" ", ""), "", line.number))
            continue
        here = found.passages[-1]
        here.text = f"{here.text}\n{line.text}" if here.text else line.text
        here.rows += line.text.count("\t") > 1
    for passage in found.passages:
        passage.rows = max(0, passage.rows - 1)  # the header
    _signed(lines[cut:], found)


def _joined(lines: list[_Line], between: str = "") -> str:
    """Wrapped lines as one text; table rows keep their lines."""
    text = ""
    for line in lines:
        sign = "\n" if "\t" in line.text or "\t" in text.rpartition("\n")[2] else between
        text = f"{text}{sign}{line.text}" if text else line.text
    return text


def _unite(found: Original) -> None:
    """One passage per label of ours: an annex named in the closing and printed below is one part."""
    kept: dict[str, Passage] = {}
    passages: list[Passage] = []
    for passage in found.passages:
        same = kept.get(passage.label)
        if same is not None and (same.own or passage.own):
            same.text = f"{same.text}\n{passage.text}"
            same.rows += passage.rows
            continue
        kept[passage.label] = passage
        passages.append(passage)
    found.passages = passages
