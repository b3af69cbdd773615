"""The vocabulary page: every table, column, code list, derived fact, unit and standard."""

from __future__ import annotations

from collections.abc import Sequence

from tiaowen.vocabulary.model import CodeList, Column, Table, Vocabulary
from tiaowen.vocabulary.types import Type

HEAD = """# 词汇表 Vocabulary

本页由 `./run tiaowen vocabulary --write docs/vocabulary.md` 从 `policies/vocabulary/`、`policies/parameters/`、`policies/directories/` 生成，请勿手改。
This page is generated from those folders; don't edit it by hand.

政策条文、案例与名册模板只用这里的表和列：英文名写在表达式里，中文名写在表头和答案里，两种写法在案例里都认。
Documents, cases and roster templates speak of these tables and columns only.

- “类型”后的“可为无 or none”表示可以确知没有；没填的一律是未知。A value that is not given is unknown; `none` is known to be absent.
- “来源”是由谁的登记说了算；“可见”是谁看得到。The source is whose register decides, the last column who may see it.
- 推算的列不能填，由引擎从别的事实算出。Derived columns can't be filled in.
"""

PLAIN = {"bool": "是否 bool", "date": "日期 date", "month": "月份 month", "year": "年份 year", "int": "整数 int",
         "text": "文字 text", "region": "区划 region"}  # fmt: skip
SEEN_BY = {
    "self": "本人",
    "named": "行中提到的另一人",
    "employer": "用人单位",
    "supplier": "培训评价机构",
    "authority": "主管部门",
    "public": "公开",
}


def vocabulary_page(vocabulary: Vocabulary) -> str:
    """The whole page as Markdown, in file order; the same vocabulary gives the same page."""
    parts = [HEAD, _contents(vocabulary)]
    parts += [_table(vocabulary, table) for table in vocabulary.tables.values()]
    parts.append("## 代码表 Code lists\n")
    parts += [_codes(codes) for codes in vocabulary.codes.values()]
    parts += [_standards(vocabulary), _directories(vocabulary), _units(vocabulary), _regions(vocabulary)]
    return "\n".join(parts).rstrip() + "\n"


def _contents(vocabulary: Vocabulary) -> str:
    rows = [
        [f"[{table.label}](#{table.id})", f"`{table.id}`", table.noun, _event(table), len(table.columns)]
        for table in vocabulary.tables.values()
    ]
    return "## 表 Tables\n\n" + _grid(["表", "英文名", "一行是一", "事件日期", "列数"], rows)


def _event(table: Table) -> str:
    return table.columns[table.event].label if table.event in table.columns else ""


def _table(vocabulary: Vocabulary, table: Table) -> str:
    lines = [f'<a id="{table.id}"></a>', "", f"### {table.label} `{table.id}`", ""]
    said = [f"按“{table.noun}”计数" if table.noun else ""]
    said.append(f"事件日期：{_event(table)}" if table.event else "没有事件日期，不能据以付款")
    if table.person and table.person in table.columns:
        said.append(f"数人时按“{table.columns[table.person].label}”去重")
    if table.spell is not None:
        ends = [table.columns[name].label for name in table.spell if name in table.columns]
        said.append(f"起止：{' 至 '.join(ends)}，可写 `covers(日期或 month)`")
    if table.place:
        said.append(f"所在地：`{table.place}`")
    if table.source:
        said.append(f"来源：{table.source}")
    lines.append("；".join(part for part in said if part) + "。")
    plain = [column for column in table.columns.values() if column.derived is None]
    rows = [
        [
            column.label,
            f"`{column.name}`",
            type_words(vocabulary, column.type),
            column.source,
            _seen(column),
            column.note,
        ]
        for column in plain
    ]
    lines += ["", _grid(["列", "英文名", "类型", "来源", "可见", "说明"], rows)]
    derived = [column for column in table.columns.values() if column.derived is not None]
    if derived:
        lines += ["推算 Derived：", ""]
        lines += [_derived(vocabulary, column) for column in derived]
        lines.append("")
    return "\n".join(lines)


def _derived(vocabulary: Vocabulary, column: Column) -> str:
    derived = column.derived
    assert derived is not None
    takes = ", ".join(f"{name}: {type_words(vocabulary, kind)}" for name, kind in derived.takes)
    signature = f"{column.table}.{column.name}" + (f"({takes})" if takes else "")
    stated = f"；`{derived.stated_by}` 已知时以它为准" if derived.stated_by else ""
    note = f"。{column.note}" if column.note else ""
    return (
        f"- **{column.label}** `{signature}`：{type_words(vocabulary, column.type)}{stated}{note}<br>`{derived.means}`"
    )


def type_words(vocabulary: Vocabulary, kind: Type) -> str:
    """`技能等级（代码）`, `单位（引用）`, `数量（元）`, with `可为无` where it may be absent."""
    if kind.kind == "code":
        words = f"[{vocabulary.codes[kind.name].label}](#{kind.name})（代码）"
    elif kind.kind == "row":
        words = f"[{vocabulary.tables[kind.name].label}](#{kind.name})（引用）"
    elif kind.kind == "quantity":
        words = f"数量（{kind.unit or kind.name}）"
    else:
        words = PLAIN[kind.kind]
    return f"{words}，可为无 or none" if kind.or_none else words


def _seen(column: Column) -> str:
    words = [word.strip() for word in column.visible.split(",") if word.strip()]
    return "、".join(SEEN_BY.get(word, word) for word in words)


def _codes(codes: CodeList) -> str:
    said = ["有高低，后者高" if codes.ordered else "不分高低", "可添新码" if codes.open else "只有这些"]
    lines = [f'<a id="{codes.id}"></a>', "", f"### {codes.label} `{codes.id}`", "", "；".join(said) + "。", ""]
    if codes.codes:
        other = {code: [] for code in codes.codes}  # type: dict[str, list[str]]
        for written, code in codes.also.items():
            other.setdefault(code, []).append(written)
        rows = [[code, english, "、".join(other[code])] for code, english in codes.codes.items()]
        lines.append(_grid(["代码", "English", "也写作"], rows))
    return "\n".join(lines)


def _standards(vocabulary: Vocabulary) -> str:
    lines = ["## 标准 Parameters", "", "文件所指的、有日期的数；没有行的是尚未公布，金额因此是开区间，不是零。", ""]
    rows = []
    for each in vocabulary.parameters.values():
        since = sorted({row.since.isoformat() for row in each.rows})
        checked = "—" if not each.rows else "是" if all(row.verified for row in each.rows) else "否"
        rows.append([each.label, f"`{each.id}`", each.unit, "、".join(since) or "未公布", checked, each.source])
    return "\n".join([*lines, _grid(["标准", "名称", "单位", "起始日", "已核对", "来源"], rows)])


def _directories(vocabulary: Vocabulary) -> str:
    lines = ["## 目录 Directories", "", "不完整的目录里没有的代码是未知，不是“不在”。", ""]
    rows = [
        [each.label, f"`{each.id}`", len(each.rows), "完整" if each.complete else "不完整", each.source]
        for each in vocabulary.directories.values()
    ]
    return "\n".join([*lines, _grid(["目录", "名称", "行数", "是否完整", "来源"], rows)])


def _units(vocabulary: Vocabulary) -> str:
    rows = [[unit.name, unit.dimension, unit.factor] for unit in vocabulary.units.known.values()]
    return "## 单位 Units\n\n同一量纲才能相加相比。钱以分计。\n\n" + _grid(["单位", "量纲", "折合"], rows)


def _regions(vocabulary: Vocabulary) -> str:
    regions = vocabulary.regions
    rows = []
    for code, region in regions.by_code.items():
        dates = " 至 ".join(day.isoformat() if day else "" for day in (region.since, region.until)).strip()
        dates = "" if dates == "至" else dates
        successor = regions.name(region.successor) if region.successor else ""
        rows.append([regions.path(code), code, dates, successor])
    return "## 区划 Places\n\n按代码的树比较，从不比较文字。\n\n" + _grid(["路径", "代码", "存续", "并入"], rows)


def _grid(header: list[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"
