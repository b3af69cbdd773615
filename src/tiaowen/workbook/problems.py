"""What is wrong with a workbook: sheet, row, column, value seen, what was expected, how to mend it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from tiaowen.workbook.wording import MESSAGES, Language

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class WorkbookProblem:
    """One problem. `sheet` is empty for the file as a whole, `row` 0 for a sheet as a whole.

    `column` is the column's letter, `header` its header; `seen` the value in the cell (identity
    numbers masked). `more_alike` counts further cells of the same column with the same warning.
    """

    key: str
    severity: Severity = "error"
    sheet: str = ""
    row: int = 0
    column: str = ""
    header: str = ""
    seen: str = ""
    words: tuple[tuple[str, str], ...] = ()
    more_alike: int = 0

    def wrong(self, language: Language = "zh") -> str:
        """What is wrong."""
        return self._words(language)[0]

    def expected(self, language: Language = "zh") -> str:
        """What was expected."""
        return self._words(language)[1]

    def mend(self, language: Language = "zh") -> str:
        """How to put it right."""
        return self._words(language)[2]

    def place(self, language: Language = "zh") -> str:
        """Sheet, row and column, as far as they apply."""
        zh = language == "zh"
        parts = []
        if self.sheet:
            parts.append(f"工作表“{self.sheet}”" if zh else f"sheet “{self.sheet}”")
        if self.row:
            parts.append(f"第 {self.row} 行" if zh else f"row {self.row}")
        if self.column:
            name = f"{self.column} 列" if zh else f"column {self.column}"
            parts.append(f"{name}（{self.header}）" if self.header else name)
        return (" " if zh else ", ").join(parts) or ("整个文件" if zh else "the whole file")

    def text(self, language: Language = "zh") -> str:
        """The whole problem in one line."""
        wrong, expected, mend = self._words(language)
        if language == "zh":
            seen = f"看到“{self.seen}”，" if self.seen else ""
            more = f"同一列另有 {self.more_alike} 处。" if self.more_alike else ""
            return f"{self.place()}：{wrong}。{seen}应为：{expected}。改法：{mend}。{more}"
        more = f" {self.more_alike} more in this column." if self.more_alike else ""
        seen = f" Seen: “{self.seen}”." if self.seen else ""
        return f"{self.place('en')}: {wrong}.{seen} Expected: {expected}. To mend: {mend}.{more}"

    def _words(self, language: Language) -> tuple[str, str, str]:
        entry = MESSAGES[self.key]
        wrong, expected, mend = entry.zh if language == "zh" else entry.en
        words = dict(self.words)
        return wrong.format(**words), expected.format(**words), mend.format(**words)


def problem(
    key: str,
    *,
    severity: Severity = "error",
    sheet: str = "",
    row: int = 0,
    column: str = "",
    header: str = "",
    seen: str = "",
    **words: str,
) -> WorkbookProblem:
    """A problem whose sentences are filled in with `words`."""
    short = seen if len(seen) <= 60 else seen[:57] + "…"
    return WorkbookProblem(key, severity, sheet, row, column, header, short, tuple(words.items()))


class WorkbookError(ValueError):
    """A workbook from which nothing was computed. `problems` lists why; `more` were not kept."""

    def __init__(self, problems: Iterable[WorkbookProblem], more: int = 0) -> None:
        self.problems = tuple(problems)
        self.more = more
        super().__init__(self.text())

    def text(self, language: Language = "zh") -> str:
        """All problems, one a line, errors first."""
        ordered = sorted(self.problems, key=lambda one: one.severity != "error")
        lines = [one.text(language) for one in ordered]
        if self.more:
            lines.append(f"另有 {self.more} 处没有列出。" if language == "zh" else f"and {self.more} more.")
        return "\n".join(lines)


class Findings:
    """Collects problems: errors up to a maximum, warnings one for each column and kind."""

    def __init__(self, maximum: int) -> None:
        self._maximum = maximum
        self._errors: list[WorkbookProblem] = []
        self._warnings: dict[tuple[str, str, str, str], WorkbookProblem] = {}
        self._alike: Counter[tuple[str, str, str, str]] = Counter()
        self.errors = 0

    def add(self, one: WorkbookProblem) -> None:
        """Keeps the problem, or only counts it when enough are kept."""
        if one.severity == "error":
            self.errors += 1
            if len(self._errors) < self._maximum:
                self._errors.append(one)
            return
        about = dict(one.words).get("about", "") if one.row and one.header else one.seen
        key = (one.sheet, one.header or one.column, one.key, about)
        if key in self._warnings or len(self._warnings) < self._maximum:
            self._warnings.setdefault(key, one)
            self._alike[key] += 1

    @property
    def warnings(self) -> tuple[WorkbookProblem, ...]:
        """The warnings, in the order in which their first cells were met."""
        return tuple(replace(one, more_alike=self._alike[key] - 1) for key, one in self._warnings.items())

    def stop_on_errors(self) -> None:
        """Raises `WorkbookError` with everything found when any error was."""
        if self.errors:
            raise WorkbookError((*self._errors, *self.warnings), self.errors - len(self._errors))
