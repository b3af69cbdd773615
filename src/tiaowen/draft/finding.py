"""One finding in a draft: where, which words, how grave, why it matters, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tiaowen.draft.wording import WORDING

SEVERITIES: Final = ("error", "warning", "note")
TOKEN: Final = 24  # characters: enough to find the place, too few to be a sentence
MOST_TOKENS: Final = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """`clause` is the original's label (`三(二)4`), empty for the whole document; `token` words of the text.

    `line` counts from 1 in the text (0: nowhere in particular); `values` fill the words.
    """

    code: str
    clause: str
    token: str
    line: int = 0
    values: tuple[tuple[str, str], ...] = ()
    rule: str = ""
    severity: str = ""

    @property
    def gravity(self) -> str:
        """error, warning or note: as the list of findings has it, unless this one says otherwise."""
        return self.severity or WORDING[self.code].severity

    def what(self, lang: str) -> str:
        return self._words(lang)[0]

    def why(self, lang: str) -> str:
        return self._words(lang)[1]

    def mend(self, lang: str) -> str:
        return self._words(lang)[2]

    def _words(self, lang: str) -> tuple[str, str, str]:
        entry = WORDING[self.code]
        what, why, mend = entry.zh if lang == "zh" else entry.en
        at = 0 if lang == "zh" else -1
        values = {key: value.split("‖")[at] for key, value in self.values}
        return what.format(**values), why.format(**values), mend.format(**values)


def finding(
    code: str, clause: str, tokens: str | Iterable[str], line: int = 0, /, *, rule: str = "", severity: str = "",
    **values: object,
) -> Finding:  # fmt: skip
    """A finding; several tokens are joined, each cut short.  `zh‖en` in a value is told by language."""
    several = [tokens] if isinstance(tokens, str) else list(dict.fromkeys(tokens))
    shown = "、".join(short(token) for token in several[:MOST_TOKENS])
    if len(several) > MOST_TOKENS:
        shown += f"…（{len(several)}）"
    return Finding(code, clause, shown, line, tuple((k, str(v)) for k, v in values.items()), rule, severity)


def short(token: str) -> str:
    """The token on one line, cut in the middle when it is long."""
    token = "".join(token.split())
    return token if len(token) <= TOKEN else f"{token[: TOKEN - 8]}…{token[-7:]}"


def counts(findings: Iterable[Finding]) -> dict[str, int]:
    """How many of each severity."""
    found = dict.fromkeys(SEVERITIES, 0)
    for each in findings:
        found[each.gravity] += 1
    return found
