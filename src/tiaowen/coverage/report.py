"""What coverage found, and how it is shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from tiaowen.coverage.account import FRONT, Account, Line
from tiaowen.coverage.align import Alignment
from tiaowen.coverage.figures import Figure
from tiaowen.problems import wide

_ROLES = {
    "amount": "数额", "cap": "上限", "floor": "下限", "threshold": "门槛", "count": "数量", "rank": "名次",
    "share": "比例", "duration": "期限", "frequency": "频次", "once": "一次性", "growth": "增长", "coverage": "覆盖",
    "date": "日期", "year": "年份", "document": "文号", "name": "名称", "wording": "虚指",
}  # fmt: skip
_WORDS = {
    "zh": {
        "head": "{document}：条款 {clauses}，数字 {figures}，已对应 {accounted}，虚指 {wording}",
        "gap": "✗ 没有块",
        "wording": "不是数，无须对应",
        "used": "同值的 {place} 已对应另一处",
        "sense": "{place} 同值，但以上、最高、左右等说法不符",
        "unit": "{place} 同数，但单位不同",
        "unread": "未读条款 {label}：原文有，文件里没有标题或没有块",
        "lost": "多出标题 {label}：原文没有这一条",
        "order": "次序不同 {label}",
        "twice": "原文编号重复 {label}",
        "title": "标题不符 {label}：文件写“{title}”",
        "misordered": "次序可疑 {label}：{place} 与原文列出的先后不符",
        "unsourced": "没有出处 {label}：{place}（{text}）",
        "elsewhere": "出自别处 {label}：{place}（{text}）← {where}",
        "aside": "未计入正文的行 {line}",
        "rows": "附表行数不符 {label}：原文 {printed}，文件 {found}",
        "index": "索引与原文不同 {label}：{what}",
        "missing": "没有索引 {file}：请用 --text 原文 --write 写一份",
        "digest": "原文的 SHA-256 与索引不同，数字相同",
        "ok": "全部对应",
        "not ok": "有缺漏 {count} 处",
    },
    "en": {
        "head": "{document}: {clauses} clauses, {figures} figures, {accounted} accounted for, {wording} articles",
        "gap": "✗ no block",
        "wording": "an article, not a number",
        "used": "{place} holds the value but accounts for another place",
        "sense": "{place} holds the value but not the sense (at least, at most, about)",
        "unit": "{place} holds the number in another unit",
        "unread": "unread clause {label}: printed, but without a heading or a block in the file",
        "lost": "extra heading {label}: the original has no such clause",
        "order": "out of order {label}",
        "twice": "the original numbers {label} twice",
        "title": "another title at {label}: the file says “{title}”",
        "misordered": "suspicious order at {label}: {place} does not follow the text's order",
        "unsourced": "no source at {label}: {place} ({text})",
        "elsewhere": "from elsewhere at {label}: {place} ({text}) ← {where}",
        "aside": "line {line} was not counted as part of the text",
        "rows": "rows of the annex differ at {label}: {printed} printed, {found} in the file",
        "index": "the index differs from the original at {label}: {what}",
        "missing": "no index {file}: write one with --text ORIGINAL --write",
        "digest": "the original's SHA-256 is not the index's; the figures are the same",
        "ok": "everything accounted for",
        "not ok": "{count} gaps",
    },
}


@dataclass(slots=True, repr=False)
class CoverageReport:
    """`ok` is true when no figure is unaccounted, no clause unread, no number without a source."""

    document: str
    file: str = ""
    figures: dict[str, list[Figure]] = field(default_factory=dict)
    aligned: Alignment = field(default_factory=Alignment)
    account: Account = field(default_factory=Account)
    titles: list[tuple[str, str]] = field(default_factory=list)
    rows: list[tuple[str, int, int]] = field(default_factory=list)
    left_aside: list[tuple[int, str]] = field(default_factory=list)
    index_differs: list[tuple[str, str]] = field(default_factory=list)
    index_missing: str = ""
    other_digest: bool = False
    sha256: str = ""

    def __repr__(self) -> str:
        return f"<CoverageReport {self.document} ok={self.ok}>"

    @property
    def accounted(self) -> list[Line]:
        return [line for line in self.account.lines if line.by is not None]

    @property
    def wording(self) -> list[Line]:
        """Articles (一批, 一定): shown, needing no block, and without one."""
        return [line for line in self.account.lines if line.by is None and line.figure.role == "wording"]

    @property
    def unaccounted(self) -> list[Line]:
        return [line for line in self.account.lines if line.by is None and line.figure.role != "wording"]

    @property
    def findings(self) -> list[tuple[str, dict[str, object]]]:
        """Everything wrong, as message key and values."""
        found: list[tuple[str, dict[str, object]]] = []
        if self.index_missing:
            found.append(("missing", {"file": self.index_missing}))
        found += [("unread", {"label": label}) for label in self.aligned.unread]
        found += [("lost", {"label": label}) for label in self.aligned.not_printed]
        found += [("order", {"label": label}) for label in self.aligned.out_of_order]
        found += [("twice", {"label": label}) for label in self.aligned.twice]
        found += [("title", {"label": label, "title": title}) for label, title in self.titles]
        found += [("rows", {"label": lb, "printed": a, "found": b}) for lb, a, b in self.rows]
        found += [("misordered", {"label": lb, "place": e.place}) for lb, e in self.account.misordered]
        found += [("unsourced", {"label": lb, "place": e.place, "text": e.text}) for lb, e in self.account.unsourced]
        found += [("index", {"label": label, "what": what}) for label, what in self.index_differs]
        return found

    @property
    def ok(self) -> bool:
        return not self.unaccounted and not self.findings

    def show(self, language: str = "zh") -> str:
        """A table by clause (figure, role, block · key), then everything that is wrong."""
        words = _WORDS[language]
        lines = [self._head(words)]
        for label in self.figures:
            mine = [line for line in self.account.lines if line.clause == label]
            if mine:
                lines.append(f"{label}")
            lines += [self._line(line, words, language) for line in mine]
        for number, _ in self.left_aside:
            lines.append(words["aside"].format(line=number))
        for label, each, where in self.account.elsewhere:
            lines.append(words["elsewhere"].format(label=label, place=each.place, text=each.text, where=where))
        if self.other_digest:
            lines.append(words["digest"])
        lines += [f"✗ {words[key].format(**values)}" for key, values in self.findings]
        wrong = len(self.findings) + len(self.unaccounted)
        lines.append(words["ok"] if self.ok else words["not ok"].format(count=wrong))
        return "\n".join(lines)

    def _head(self, words: dict[str, str]) -> str:
        return words["head"].format(
            document=self.document, clauses=len(self.figures), figures=len(self.account.lines),
            accounted=len(self.accounted), wording=len(self.wording),
        )  # fmt: skip

    def _line(self, line: Line, words: dict[str, str], language: str) -> str:
        figure = line.figure
        role = _ROLES[figure.role] if language == "zh" else figure.role
        if line.by is not None:
            said = line.by.place if language == "zh" else line.by.place.replace(FRONT, "front matter", 1)
        elif figure.role == "wording":
            said = words["wording"]
        else:
            kind, _, place = line.why.partition(":")
            said = words["gap"] + (f"（{words[kind].format(place=place)}）" if kind else "")
        return f"  {figure.at:>3}  {_padded(figure.token, 16)} {_padded(role, 10)} {said}"


def _padded(text: str, cells: int) -> str:
    return text + " " * max(0, cells - sum(2 if wide(sign) else 1 for sign in text))
