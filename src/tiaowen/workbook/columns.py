"""The roster template as data: sheet → columns → the vocabulary's table and column.

Everything that reads, writes or explains the workbook walks these tables. `kind` of a column:

text · date · year · bool · int · money (元) · months · code (of the list `codes`) · region ·
document (identity number) · document kind · staff (a 工号 of the roster) · organisation (a name,
of the firm itself or of a row of 相关单位) · certificate number · schemes (several, separated by 、)
· key (names a row of this sheet) · studio or base (such a key of another sheet).

`none` says whether a cell may state absence: "word" with 无, "blank" also by being empty when the
form says that an empty end means "not ended".
"""

from dataclasses import dataclass
from typing import Final

FORM: Final = "填报说明"
STAFF: Final = "职工花名册"
CERTIFICATES: Final = "技能证书"
OTHERS: Final = "相关单位"
STAYS: Final = "见习实习"
CONTESTS: Final = "竞赛获奖"
MATCHES: Final = "技术比武"
CHOICES: Final = "选项"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet. `fills` names the vocabulary columns that its value goes to."""

    header: str
    kind: str
    fills: tuple[str, ...] = ()
    codes: str = ""
    required: bool = False
    none: str = ""
    note: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gives:
    """A row of `table` that one row of the sheet gives, when all headers in `when` are filled.

    `fixed` pairs a column with "firm", "person" (of this row), a row of this sheet row
    ("row contest") or a code value.
    """

    table: str
    prefix: str
    when: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of the template."""

    name: str
    columns: tuple[Column, ...]
    gives: tuple[Gives, ...]
    required: bool = False
    note: str = ""

    def column(self, header: str) -> Column | None:
        """The column with this header or one of its other names."""
        return next((c for c in self.columns if header == c.header or header in c.also), None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of the form whose date says from when on a table is complete, and by whom."""

    label: str
    covers: tuple[tuple[str, str], ...]


def column(
    header: str,
    kind: str,
    *fills: str,
    codes: str = "",
    required: bool = False,
    none: str = "",
    note: str = "",
    also: tuple[str, ...] = (),
) -> Column:
    """A column; what it fills is written one after the other."""
    return Column(header, kind, fills, codes, required, none, note, also)


# The second date of a row may not lie before the first.
ORDERED_DATES: Final = (
    ("入职日期", "离职日期"),
    ("参保起始日期", "参保终止日期"),
    ("学徒起始日期", "学徒截止日期"),
    ("命名日期", "失效日期"),
    ("认定日期", "失效日期"),
    ("认定日期", "退出日期"),
    ("加入日期", "退出日期"),
    ("开始日期", "结束日期"),
)
# Events that can't lie after the day of filing, unlike ends of spells.
PAST_DATES: Final = frozenset(
    "入职日期 参保起始日期 发证日期 命名日期 认定日期 公布日期 考核日期 服务日期 结业日期 取得日期 到账日期".split()
)

# Kept for people to recognise rows by; rules don't read them, so they stay out of the facts.
DISPLAY_ONLY: Final = frozenset(
    {
        "person.name", "person.id_number", "organisation.name", "organisation.uscc",
        "certificate.number", "contest.name", "contest_item.name",
    }
)  # fmt: skip
