"""The words of every finding, in Chinese and English, by code.

Each message says what is wrong and how to mend it.  `hint` (did you mean) and
`known` (what would be right) are added the same way everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MESSAGES: dict[str, tuple[str, str]] = {
    # -- the file ---------------------------------------------------------------
    "file-unreadable": ("读不了这个文件：{said}。", "This file can't be read: {said}."),
    "file-long": ("文件有 {lines} 行，上限 {limit} 行。请拆成几个文件。",
                  "The file has {lines} lines, the limit is {limit}. Split it."),
    "line-long": ("这一行超过 {limit} 个字符。请换行。", "This line is longer than {limit} characters. Break it."),
    "front-matter-missing": ("缺文件头。文件须以一行 --- 开始，写明 document、title、region 等，再以 --- 结束。",
                             "No front matter. Begin with a line ---, then document, title, region …, and close with ---."),
    "front-matter-open": ("文件头没有结束。请在其后另起一行写 ---。", "The front matter is not closed. Write --- on a line after it."),
    "front-key": ("文件头缺 {key}。请补上；确实没有的写 unknown，没有截止日的 expires 写 never。",
                  "The front matter lacks {key}. Add it; write unknown if it is not known, `expires: never` if there is no end."),
    "fence-open": ("代码块没有结束。请在块后另起一行写 ```。", "The block is not closed. Write ``` on a line after it."),
    "block-empty": ("{kind} 块是空的，或不是“键: 值”。", "The {kind} block is empty, or is not `key: value`."),
    "unknown-block": ("没有 {kind} 这种块。可用：{known}。", "There is no kind of block {kind}. Known: {known}."),
    "table-rule": ("表格第二行应是 |---|---|。", "The second line of a table must be |---|---|."),
    "table-cells": ("这一行有 {found} 格，表头有 {expected} 格。请补齐或删去。",
                    "Cells in this row: {found}; in the header: {expected}. Make them equal."),
    "table-alone": ("这张表不属于任何块。请把它紧接在写有 rows: table below 的块之后。",
                    "This table belongs to no block. Put it right after the block that says `rows: table below`."),
    "table-column-missing": ("表格缺 {column} 列。现有：{known}。", "The table lacks the column {column}. It has: {known}."),
    "no-table": ("写了 rows: table below，块后却没有表格。", "`rows: table below`, but no table follows the block."),
    # -- the original ------------------------------------------------------------
    "figures-index": ("数字索引读不懂。请用 coverage --text 原文 --write 重写。", "The index of figures can't be read. Write it anew with coverage --text ORIGINAL --write."),
    "coverage-document": ("没有这个文件。可用：{known}。", "There is no such document. Known: {known}."),
    # -- YAML -------------------------------------------------------------------
    "yaml-syntax": ("不是合法的 YAML：{said}。", "Not valid YAML: {said}."),
    "yaml-anchor": ("不能用锚点、引用和合并键（& * <<）。请写全。", "Anchors, aliases and merge keys (& * <<) are not allowed. Write it out."),
    "yaml-tag": ("不能用 YAML 标签 {tag}。", "The YAML tag {tag} is not allowed."),
    "yaml-several": ("块里只能有一份 YAML，不能有 ---。", "One YAML document only; remove the ---."),
    "yaml-key": ("键必须是一个词。", "A key must be one scalar."),
    "yaml-deep": ("嵌套超过 {limit} 层。", "Nested deeper than {limit} levels."),
    "yaml-large": ("块里超过 {limit} 个节点。", "More than {limit} nodes in one block."),
    "full-width-colon": ("{key} 之后是全角冒号“：”。请改用半角“: ”。", "After {key} stands a full-width colon ：. Use an ASCII colon and a space."),
    "duplicate-key": ("{key} 写了两次。请删去一个或改名。", "{key} is written twice. Remove or rename one."),
    "duplicate-id": ("id {id} 已经用过。每个块的 id 在文件里只能出现一次。", "The id {id} is taken. An id stands once in a file."),
    "id-form": ("id {found} 不合规。请用小写英文、数字和短横，如 studio-start。", "The id {found} is not well formed. Use lower-case words with hyphens, e.g. studio-start."),
    "unknown-key": ("不认识的键 {key}。", "Unknown key {key}."),
    "missing-key": ("缺 {key}。", "{key} is missing."),
    "empty-key": ("{key} 没有值。", "{key} has no value."),
    "not-a-map": ("{key} 下面应是“标签: 值”。", "Under {key} must stand `label: value`."),
    "not-a-list": ("{key} 应是列表，如 [a, b]。", "{key} must be a list, e.g. [a, b]."),
    "not-a-sentence": ("{key} 应是一句话。", "{key} must be one sentence."),
    "not-a-number": ("{found} 不是整数。", "{found} is not a whole number."),
    "label-ascii": ("{key} 应是原文用词的中文标签。英文键是固定词。", "{key} must be a Chinese label in the text's own words. ASCII keys are fixed words."),
    "choice": ("{found} 不在可选之列。可用：{known}。", "{found} is not a choice. Known: {known}."),
    # -- expressions --------------------------------------------------------------
    "bad-character": ("这里不能用“{found}”。可改用：{instead}", "“{found}” can't stand here. Instead: {instead}"),
    "unexpected": ("这里是“{found}”，应为：{expected}。", "Found “{found}”, expected: {expected}."),
    "expression-long": ("表达式超过 {limit} 个字符。", "The expression is longer than {limit} characters."),
    "expression-deep": ("表达式嵌套超过 {limit} 层。", "The expression is nested deeper than {limit}."),
    "mixed-and-or": ("and 与 or 混用而没有括号。请加括号写明先后。", "`and` and `or` are mixed without brackets. Add brackets."),
    "minus-spaces": ("减号两边要有空格。", "A minus needs a space on both sides."),
    "number-long": ("这个数太长。", "This number is too long."),
    "bad-date": ("{found} 不是日期。请写 2025-03-01。", "{found} is not a date. Write 2025-03-01."),
    "is-known": ("不能问 is known：知道得更多不应使钱变少。缺的事实按未知处理。", "`is known` is not allowed: learning more must not undo a payment. A missing fact is unknown."),
    "no-today": ("条文里没有 today：结果取决于事实，不取决于时钟。期限由引擎处理。", "There is no `today` in a rule: results depend on facts, not on the clock."),
    "none-alone": ("none 只能写在 is 或 is not 之后。", "`none` stands only after `is` or `is not`."),
    "none-order": ("none 不能比大小，只能 is none 或 is not none。", "`none` has no order; use `is none` or `is not none`."),
    "never-none": ("这一列（{found}）不会是 none。若可以确知没有，请在词汇表的类型后写 or none。", "This column ({found}) is never none. Add `or none` to its type in the vocabulary if it can be."),
    "list-alone": ("列表只能写在 in 之后。", "A list stands only after `in`."),
    "list-constant": ("列表里只能写值。", "A list holds values only."),
    "listed-twice": ("{found} 写了两次。", "{found} is listed twice."),
    "value-alone": ("不知道“{found}”是哪一类值。请与某一列比较。", "“{found}” has no type here. Compare it with a column."),
    "value-type": ("“{found}”不能当 {expected} 用。", "“{found}” can't be a {expected}."),
    "unknown-name": ("没有叫 {name} 的事实。此处可用：{known}。", "Nothing is called {name} here. Known: {known}."),
    "unknown-column": ("表 {table} 没有 {name} 这一列。", "Table {table} has no column {name}."),
    "unknown-table": ("没有叫 {name} 的表。", "There is no table {name}."),
    "unknown-code": ("{found} 不在代码表 {list}里：{known}。", "{found} is not in the code list {list}: {known}."),
    "unknown-region": ("区划里没有“{name}”，或不止一处同名。请写全路径，如 浙江省/杭州市/萧山区。", "No place, or more than one, is called “{name}”. Write the full path, e.g. 浙江省/杭州市/萧山区."),
    "unknown-directory": ("没有叫 {name} 的目录。", "There is no directory {name}."),
    "unknown-standard": ("没有叫 {name} 的标准。请在 policies/parameters 里为它建一个 parameter 块；没有公布的留空表。", "There is no standard {name}. Add a parameter block under policies/parameters; leave its table empty if unpublished."),
    "unknown-function": ("没有函数 {name}。可用：{known}。", "There is no function {name}. Known: {known}."),
    "unknown-unit": ("没有单位“{unit}”。可用：{known}。", "There is no unit “{unit}”. Known: {known}."),
    "unknown-type": ("没有类型 {type}。", "There is no type {type}."),
    "unknown-label": ("where 里没有叫 {name} 的条件。现有：{known}。", "No condition is called {name}. There are: {known}."),
    "unknown-id": ("文件里没有 id 为 {name} 的块。", "No block has the id {name}."),
    "no-columns": ("{found} 没有列，不能再写 .{name}。", "{found} has no columns, so .{name} can't follow."),
    "no-arguments": ("{name} 不带括号。", "{name} takes no brackets."),
    "argument-count": ("{name} 给了 {found} 个参数，应为：{expected}。", "{name} takes {expected}; arguments given: {found}."),
    "covers-what": ("covers 里应是一个日期或 month。", "covers takes one date or `month`."),
    "types-differ": ("两边不是一类：左 {left}，右 {right}。", "The two sides differ: left {left}, right {right}."),
    "unit-differs": ("单位不同：{found}，应为 {expected}。", "Units differ: {found}, expected {expected}."),
    "unit-missing": ("这个数没有单位，应为 {expected}。", "This number has no unit, expected {expected}."),
    "not-whole": ("{number} 换算后不是整数（钱以分计）。", "{number} is not whole in base units (money is in fen)."),
    "not-ordered": ("{found} 没有高低之分，不能比大小。", "{found} has no order."),
    "not-a-condition": ("条件应为真假，这里是 {found}。", "A condition must be true or false; this is {found}."),
    "in-what": ("in 用于区划、列表或 directory(…)，这里是 {found}。", "`in` takes a region, a list or directory(…); this is {found}."),
    "arithmetic": ("{left} 与 {right} 不能这样算。", "{left} and {right} can't be combined so."),
    "percent-of": ("% of 后面应是数量，这里是 {found}。", "`% of` needs a quantity; this is {found}."),
    "months-in-row": ("months in row of 用于有起止的表，并写 from 日期：{table}。", "`months in row of` needs a table with a spell and `from` a date: {table}."),
    "aggregate-type": ("{word} of 不能用于 {found}。", "`{word} of` can't be used on {found}."),
    "no-such-tier": ("{region} 之上没有 {name} 这一级。", "There is no {name} above {region}."),
    "directory-place": ("directory(…) 只能写在 in 之后。", "directory(…) stands only after `in`."),
    "derived-circle": ("推算事实 {name} 绕回了自己，或嵌套太深。", "The derived fact {name} refers to itself, or nests too deep."),
    "derived-type": ("推算事实 {name} 算出来是 {found}，声明为 {expected}。", "The derived fact {name} gives {found}, declared {expected}."),
    # -- vocabulary ---------------------------------------------------------------
    "spell-form": ("spell 应写作“起列 to 止列”。", "spell is written `start to end`."),
    "column-kind": ("{key} 写的 {name} 是 {found}，应为 {expected}。", "`{key}` names {name}, which is {found}; it must be {expected}."),
    "none-type": ("{type} 不能带 or none。", "{type} can't be `or none`."),
    # -- benefits -----------------------------------------------------------------
    "no-conditions": ("没有任何条件。至少要有一条把它落在本区域。", "There are no conditions. At least one must place it here."),
    "not-placed": ("没有一条条件把它落在本区域：须有 … in here（或 eligible(…)，或 anywhere: because …）。", "No condition places this benefit: one must say `… in here` (or eligible(…), or `anywhere: because …`)."),
    "anywhere-because": ("anywhere 之后要写 because 和理由。", "`anywhere:` must go on with `because` and a reason."),
    "no-event": ("表 {table} 没有事件日期，不能据以付款。", "Table {table} has no event date; nothing can be paid for its rows."),
    "joined-itself": ("joined with {name} 已经在用。", "`joined with` {name} is already in scope."),
    "role-type": ("这里应指向人、单位或区域，现在是 {found}。", "This must lead to a person, an organisation or a place; it is {found}."),
    "role-open": ("{name} 没有确定，不能作为键。", "{name} is undetermined and can't be a key."),
    "nobody-in-kind": ("pays: nobody 时要写 in kind。", "`pays: nobody` needs `in kind`."),
    "pays-varies": ("同一组（{keys}）里 {pays} 可能不同。请以能唯一确定收款人的键分组。", "{pays} can vary within {keys}. Group by keys that fix the payee."),
    "amount-or-instalments": ("amount、schedule、for each 与 instalments 只能取其一。", "Use either instalments or amount with schedule or for each."),
    "amount-unit": ("单位“{unit}”与这张表的计数“{noun}”不合。", "The unit “{unit}” does not fit rows counted in “{noun}”."),
    "not-money": ("金额的单位应是元，这里是 {found}。", "An amount is in 元; this is {found}."),
    "period-schedule": ("{unit} 按{period}付，schedule 却是 {every}。请写 schedule，每期与单位一致。", "{unit} is paid per {period}, but the schedule is every {every}. Give a schedule of that period."),
    "schedule-period": ("有 schedule（every {every}），金额却没有写每期：{unit}。", "There is a schedule (every {every}), but the amount has no period: {unit}."),
    "at-most-in-amount": ("at most 是封顶，写在 limits。金额里的“最高”写 up to。", "`at most` is a cap and belongs to limits. For discretion write `up to`."),
    "interval-order": ("区间的低端大于高端。", "The lower end is above the higher end."),
    "threshold-in-group": ("按组付款（for each）没有 threshold：整组才付，门槛写在金额里，如 3 万元 once 50 人次。", "A benefit with `for each` has no `threshold`: it pays a whole group, so write the threshold in the amount, such as `3 万元 once 50 人次`."),
    "count-needs-group": ("once、beyond 只用于 for each 的按组付款。", "`once` and `beyond` are for benefits with `for each`."),
    "counts-differ": ("按 {pays} 付，超出部分却按 {counts} 数。请统一单位，或改提一个 question。", "It pays per {pays}, but beyond counts {counts}. Use one unit, or ask a question."),
    "by-what": ("by 后面应是代码表的列，这里是 {found}。", "`by` needs a column with a code list; this is {found}."),
    "by-unsettled": ("by {by}：没有交代 {missing}。请补行或写 otherwise。", "by {by}: nothing is said for {missing}. Add rows or `otherwise`."),
    "first-of-last": ("first of 的最后一行（{label}）不能带 when。", "The last row of `first of` ({label}) must have no `when`."),
    "first-of-when": ("first of 的 {label} 要带 when，只有最后一行不带。", "{label} in `first of` needs a `when`; only the last row has none."),
    "limit-start": ("limits 的句子以 once、at most、highest 或 difference 开头。“up to”是金额的裁量，不是封顶。", "A limit begins with once, at most, highest or difference. `up to` belongs to amounts."),
    "limit-period": ("按期数封顶，需要有 schedule。", "A limit in periods needs a schedule."),
    "limit-unit": ("{found} 与 every {every} 不合。", "{found} does not fit every {every}."),
    "schedule-open": ("schedule 要有 until 或 at most。", "A schedule needs `until` or `at most`."),
    "spread-form": ("spread 写作 yearly over N 年。", "Write `spread: yearly over N 年`."),
    "share-over": ("份额超过 100%：{found}。", "The share is over 100 %: {found}."),
    "same-as-table": ("same as 的两个块须用同一张表：{found} 与 {expected}。", "`same as` needs the same table: {found} and {expected}."),
    "no-fund": ("没有写资金来源。请写 fund；原文没写的写 fund: undetermined。", "No fund. Write `fund`, or `fund: undetermined` if the text names none."),
    "per-person-limit": ("按 /人 付，而 {noun} 不是人：同一人可能领多次。请加一条按 {person} 的 once，或提一个 question。", "Paid per 人, but rows are {noun}: one person may be paid more than once. Add a `once per {person}` limit, or ask a question."),
    "risk-over-what": ("风险要写 for（查哪张表）或 checks（查哪几项），二者取一。", "A risk names the table it runs over (`for`) or the blocks it checks (`checks`): one of the two."),
    "risk-tables": ("checks 里的块不在同一张表上：{tables}。", "The checked blocks stand on different tables: {tables}."),
    # -- targets, stacking, questions -----------------------------------------------
    "target-mode": ("counts、averages、sums 要有且只有一个。", "Exactly one of counts, averages, sums is needed."),
    "years-form": ("years 写作 2022 to 2024（或 2022 to onwards）：{found}。", "Write years as `2022 to 2024` (or `2022 to onwards`): {found}."),
    "stacking-limit": ("stacking 的 limits 只能是 at most。", "Limits of a stacking must be `at most`."),
    "readings-two": ("question 至少要有两种读法。", "A question needs at least two readings."),
    "pairs-many": ("补贴太多：只比较了前 {limit} 对有没有重复付款。请拆成几个文件。", "Too many benefits: only the first {limit} pairs were compared for double payment. Split the document."),
    "readings-many": ("文件里的读法超过 {limit} 种。请拆成几个文件。", "More than {limit} readings in one document. Split it."),
    "runs-unknown": ("runs 写的“{found}”不在 readings 里：{known}。", "`runs` names “{found}”, which is not a reading: {known}."),
    "patch-missing": ("读法要删的 {key} 不存在。", "The reading removes {key}, which is not there."),
    "patch-row": ("表里没有 {row}。", "The table has no {row}."),
    "patch-form": ("读法里 {name} 的写法不对：应是“键: 值”或 replaced by id。", "The reading of {name} must be `key: value` or `replaced by id`."),
    "note-figure": ("note 不能用来了结“{figure}”：它带有金额、期限或门槛的单位。请写成块。", "A note can't close “{figure}”: it has an operative unit. Encode it."),
    "term-form": ("term 写作 3 年 或 18 个月，且要有 effective：{found}。", "Write term as 3 年 or 18 个月, with `effective`: {found}."),
    "expiry-differs": ("expires 写 {found}，由 effective 加 {term} 算出是 {expected}（最后一天）。", "expires says {found}; effective plus {term} gives {expected} (the last day)."),
    # -- whole library --------------------------------------------------------------
    "eligible-table": ("eligible({name}) 须与本块用同一张表：{found}，本块 {expected}。", "eligible({name}) is over {found}, this block over {expected}."),
    "eligible-circle": ("eligible 绕成了圈：{circle}。", "eligible goes round in a circle: {circle}."),
    "never-true": ("“{first}”与“{second}”不能同时成立（{column}）。", "“{first}” and “{second}” can never both hold ({column})."),
    "no-stacking": ("{first} 与 {second} 可能为同一条 {table} 付给同一人，没有 stacking 说明能否并领。", "{first} and {second} can pay one {table} to one payee, and no stacking names both."),
    "clause-unread": ("这一条没有任何块：{clause}。请写块，或写 note 说明为何不运行。", "No block stands under {clause}. Add one, or a note that says why nothing runs."),
    "summary-missing": ("这一条没有用自己的话写的摘要。", "This clause has no summary in our own words."),
    "past-expiry": ("文件已于 {expires} 到期。", "The document expired on {expires}."),
    "cliff": ("门槛 {label}：差一{unit}就从 {high} 变为零。", "Cliff at {label}: one {unit} fewer turns {high} into nothing."),
    "document-number": ("document 号 {number} 已用于 {file}。", "The document number {number} is already used by {file}."),
    "fix-outside": ("{row}：{found} 超出了 {clause} 的区间 {allowed}。地方细则只能在原文留下的区间内定数。", "{row}: {found} lies outside {allowed} of {clause}. A local rule may only choose inside the interval the text leaves."),
    "fix-where": ("{label} 不是原文留给别处规定的条件。", "{label} is not a condition that the text left to others."),
    "fix-shape": ("{row}：与 {clause} 的写法对不上，比不出是否在区间内。请照原文的行、计数单位和基数来写。", "{row} can't be compared with {clause}. Keep the rows, the counting and the base of the text."),
    "fix-open": ("细则仍是区间 {found}：付款要有一个定数。", "The local rule is still an interval, {found}; money is paid on a point."),
    "fix-region": ("{place} 的细则管不到 {outer} 的文件。", "A local rule of {place} can't fix a document of {outer}."),
    "fix-place": ("{rule} 没有一条 … in here 的条件，看不出哪些行归这个地方。", "{rule} has no condition `… in here`, so it is not clear which rows belong to the local place."),
    "fix-twice": ("同一地方、同一段时间，{rule} 被定了两次。请删去一个，或写明各自的起止日。", "{rule} is fixed twice in one place at one time. Remove one, or give them separate dates."),
    "unverified": ("{name} 的数值未经核对，凡用到它的结果都会带标记。", "{name} is not verified; every result that uses it is marked."),
    "boundary-case": ("{label}：没有一个例子正好落在 {missing}。请各补一例。", "{label}: no case stands at {missing}. Add one for each."),
    "reading-idle": ("读法“{first}”与“{second}”在所有例子里结果相同。请补一个分得出两者的例子。", "Readings {first} and {second} never differ in any case. Add one that tells them apart."),
    "case-facts": ("事实写错了：{said}。", "The facts are wrong: {said}."),
}  # fmt: skip


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


_TYPES = (
    (re.compile(r"代码表 (?=[\w-])"), "code list "),
    (re.compile(r"^表 (?=[\w-])"), "table "),
    (re.compile(r"数量（([^）]*)）"), r"quantity in \1"),
)


def _side(value: str, language: str) -> str:
    """`中文‖English` is one of the two; names of types are put into English."""
    chinese, mark, english = value.partition("‖")
    if language != "en":
        return chinese
    if mark:
        return english
    for pattern, words in _TYPES:
        value = pattern.sub(words, value)
    return value


def wording(code: str, values: Mapping[str, str], language: str) -> str:
    """The message of a code.  An unknown code is shown with its values, never hidden."""
    pair = MESSAGES.get(code)
    if pair is None:
        return f"{code} " + " ".join(f"{k}={v}" for k, v in values.items())
    values = {key: _side(value, language) for key, value in values.items()}
    text = pair[1 if language == "en" else 0].format_map(_Blank(values))
    known = values.get("known", "")
    if known and "{known}" not in pair[0]:
        text += f" Known: {known}." if language == "en" else f"可用：{known}。"
    hint = values.get("hint", "")
    if hint:
        text += f" Did you mean {hint}?" if language == "en" else f"是否想写 {hint}？"
    return text
