"""What the problems of a workbook say: what is wrong, what was expected, how to mend it."""

from typing import Final, Literal, NamedTuple

Language = Literal["zh", "en"]
Three = tuple[str, str, str]


class Message(NamedTuple):
    """One message in Chinese and in English."""

    zh: Three
    en: Three


def _m(zh: Three, en: Three) -> Message:
    return Message(zh, en)


_XLSX: Final = "一个 .xlsx 工作簿"
_SAVE: Final = "用表格软件打开，另存为“Excel 工作簿（.xlsx）”后再上传"
_EN_XLSX: Final = "an .xlsx workbook"
_EN_SAVE: Final = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)"

FILE: Final = {
    "no file": _m(("找不到这个文件", _XLSX, "核对路径和文件名"), ("the file was not found", _EN_XLSX, "check the path and the name")),
    "no ordinary file": _m(("这不是一个普通文件", _XLSX, "指定文件本身，不要指定文件夹"), ("this is not an ordinary file", _EN_XLSX, "name the file itself, not a folder")),
    "empty file": _m(("文件是空的", _XLSX, "重新保存或重新下载"), ("the file is empty", _EN_XLSX, "save or download it again")),
    "unreadable": _m(("读不了这个文件", _XLSX, "关掉正打开它的程序，或核对权限"), ("the file can't be read", _EN_XLSX, "close the program that holds it, or check the permissions")),
    "too large": _m(("文件太大", "不超过 {limit}", "删去图片和不用的工作表，或分成几份"), ("the file is too large", "at most {limit}", "remove pictures and unused sheets, or split it")),
    "not a workbook": _m(("这不是工作簿；改扩展名不会改变内容", _XLSX, _SAVE), ("this is not a workbook; renaming does not change what it is", _EN_XLSX, _EN_SAVE)),
    "other zip": _m(("这是压缩包，里面没有工作簿", _XLSX, "先解压，再选里面的 .xlsx"), ("this is a zip without a workbook in it", _EN_XLSX, "unpack it and choose the .xlsx inside")),
    "old workbook": _m(("这是旧格式 .xls 的文件", _XLSX, _SAVE), ("this is an old .xls file", _EN_XLSX, _EN_SAVE)),
    "binary workbook": _m(("这是二进制工作簿", _XLSX, _SAVE), ("this is a binary workbook", _EN_XLSX, _EN_SAVE)),
    "macros": _m(("工作簿里有宏", "没有宏的 .xlsx", _SAVE), ("the workbook carries macros", "an .xlsx without macros", _EN_SAVE)),
    "encrypted": _m(("工作簿设了打开密码", "没有密码的 .xlsx", "在“文件—信息—保护工作簿”里去掉密码再保存"), ("the workbook is encrypted", "an .xlsx without a password", "remove the password under File, Info, Protect Workbook, and save")),
    "damaged": _m(("文件损坏，读到一半读不下去", "完整的 .xlsx", "重新保存或重新下载"), ("the file is damaged", "a whole .xlsx", "save or download it again")),
    "part missing": _m(("工作簿缺了一个部件", "完整的 .xlsx", _SAVE), ("a part of the workbook is missing", "a whole .xlsx", _EN_SAVE)),
    "bomb": _m(("解开后大得不合常理", "解开后不超过 {limit}", "新建一个工作簿，只粘贴数据"), ("it unpacks to an unreasonable size", "at most {limit} unpacked", "paste only the data into a new workbook")),
    "bomb ratio": _m(("某个部件的压缩比大得不合常理", "不超过 {limit} 倍", "新建一个工作簿，只粘贴数据"), ("a part is packed unreasonably tight", "at most {limit} to 1", "paste only the data into a new workbook")),
    "too many parts": _m(("里面的部件太多", "不超过 {limit} 个", "新建一个工作簿，只粘贴数据"), ("it has too many parts", "at most {limit}", "paste only the data into a new workbook")),
    "too large part": _m(("有一个部件太大", "不超过 {limit} 字节", "新建一个工作簿，只粘贴数据"), ("a part is too large", "at most {limit} bytes", "paste only the data into a new workbook")),
    "too much text": _m(("文字太多", "合计不超过 {limit} 个字", "分成几份"), ("there is too much text", "at most {limit} characters in all", "split it")),
    "entities": _m(("内容里有文档类型声明，工作簿不会有它", "表格软件保存的 .xlsx", _SAVE), ("the XML declares a document type, which no workbook does", "an .xlsx saved by a spreadsheet program", _EN_SAVE)),
}  # fmt: skip

SHEETS: Final = {
    "sheet missing": _m(("缺少必需的工作表“{wanted}”", "有“{wanted}”", "照模板补上；表名要一字不差"), ("the required sheet “{wanted}” is missing", "a sheet “{wanted}”", "add it as in the template; the name must match")),
    "sheet misspelt": _m(("不认识这个工作表，它很像“{wanted}”", "“{wanted}”", "把表名改成“{wanted}”"), ("this sheet is unknown but looks like “{wanted}”", "“{wanted}”", "rename it “{wanted}”")),
    "sheet unknown": _m(("这个工作表不在模板里，没有读", "模板里的工作表", "不用管它，或者删掉"), ("this sheet is not in the template and was not read", "a sheet of the template", "leave it, or delete it")),
    "sheet hidden": _m(("这个工作表是隐藏的，照样读了", "看得见的工作表", "取消隐藏，核对里面的内容"), ("this sheet is hidden; it was read all the same", "a visible sheet", "unhide it and check what it holds")),
    "sheet twice": _m(("有两个工作表都叫这个名字", "每个名字一个工作表", "合并成一个"), ("two sheets have this name", "one sheet of each name", "join them")),
    "no header": _m(("前 10 行里找不到表头", "表头：{wanted}", "照模板写表头，一行，不合并"), ("no header row in the first 10 rows", "the headers {wanted}", "write the header row as in the template, in one row, unmerged")),
    "header missing": _m(("缺少必需的列“{wanted}”", "表头里有“{wanted}”", "照模板补上这一列"), ("the required column “{wanted}” is missing", "the header “{wanted}”", "add the column as in the template")),
    "header unknown": _m(("不认识这个表头，这一列没有读", "{wanted}", "改成模板里的表头，或者不用管它"), ("this header is unknown; the column was not read", "{wanted}", "use a header of the template, or leave it")),
    "header misspelt": _m(("不认识这个表头，它很像“{wanted}”", "“{wanted}”", "把表头改成“{wanted}”"), ("this header is unknown but looks like “{wanted}”", "“{wanted}”", "rename the header “{wanted}”")),
    "header twice": _m(("有两列都是“{wanted}”，另一列在 {other} 列", "每个表头只出现一次", "删去一列，或改名"), ("two columns are “{wanted}”; the other is column {other}", "each header once", "delete one column or rename it")),
    "merged header": _m(("表头里有合并单元格 {area}", "表头一行，每列一个单元格", "取消合并，每列各写各的表头"), ("the header has merged cells {area}", "one header row, one cell a column", "unmerge them and write each column's own header")),
    "merged cells": _m(("数据里有合并单元格 {area}", "每行每列各有自己的值", "取消合并，把值填进每一格"), ("the data have merged cells {area}", "a value of its own in every cell", "unmerge them and fill in each cell")),
    "too wide": _m(("这一行有内容的列太多", "不超过 {limit} 列", "删去多余的列"), ("the row has too many filled columns", "at most {limit} columns", "delete the extra columns")),
    "too long": _m(("行数太多", "不超过 {limit} 行", "分成几份"), ("there are too many rows", "at most {limit} rows", "split the workbook")),
    "no rows": _m(("表里没有数据", "至少一行", "填写数据"), ("the sheet has no rows", "at least one row", "fill it in")),
}  # fmt: skip

CELLS: Final = {
    "blank": _m(("必填的一格是空的", "{wanted}", "填写这一格"), ("a required cell is empty", "{wanted}", "fill it in")),
    "bad date": _m(("这不是一个日期", "日期，如 2025-03-01、2025/3/1、2025年3月1日、20250301", "改写成日期"), ("this is not a date", "a date such as 2025-03-01, 2025/3/1 or 20250301", "write it as a date")),
    "date as text": _m(("日期写成了文字，按 {read} 读", "日期格式的单元格", "核对；可以不改"), ("the date is written as text and was read as {read}", "a cell in date format", "check it; it may stay")),
    "far date": _m(("日期 {read} 早于 1900 年或晚于 2100 年", "1900 年到 2100 年之间的日期", "核对年份"), ("the date {read} lies before 1900 or after 2100", "a date from 1900 to 2100", "check the year")),
    "two days": _m(("{later}在{earlier}（{day}）之前", "不早于{earlier}", "核对两个日期"), ("{later} lies before {earlier} ({day})", "not before {earlier}", "check both dates")),
    "bad bool": _m(("这不是“是”或“否”", "是、否，或者空着（不清楚）", "改写成“是”或“否”"), ("this is neither 是 nor 否", "是, 否, or empty (not known)", "write 是 or 否")),
    "bad number": _m(("这不是一个数", "{wanted}", "只写数字"), ("this is not a number", "{wanted}", "write digits only")),
    "bad money": _m(("这不是金额", "以元计的金额，不小于 0，至多两位小数", "只写数字，如 3500.50"), ("this is not an amount of money", "yuan, not below 0, at most two decimals", "write digits only, such as 3500.50")),
    "bad year": _m(("这不是年份", "四位数的年份", "写成如 2025"), ("this is not a year", "a year in four digits", "write it like 2025")),
    "bad code": _m(("清单里没有这个值{hint}", "{wanted}", "从下拉清单里选"), ("the list has no such value{hint}", "{wanted}", "choose from the list")),
    "bad region": _m(("不认识这个地区{hint}", "省/市/县（市、区），如 浙江省/杭州市/萧山区", "写全称"), ("this place is unknown{hint}", "province/city/county, such as 浙江省/杭州市/萧山区", "write its full name")),
    "no absence": _m(("这一列不能填“无”", "{wanted}", "填实际的值；不清楚就空着"), ("this column can't say 无 (none)", "{wanted}", "fill in the value, or leave it empty if not known")),
    "formula": _m(("这一格是公式，按上次算出的值读", "直接填写的值", "复制后“选择性粘贴—数值”"), ("the cell holds a formula; its last value was read", "a typed value", "copy and paste as values")),
    "formula without value": _m(("这一格是公式，文件里没有它的结果", "直接填写的值", "用表格软件打开并保存一次，或粘贴为数值"), ("the cell holds a formula and the file carries no result", "a typed value", "open and save it in a spreadsheet program, or paste as values")),
    "cell error": _m(("这一格是公式错误", "一个值", "改正公式，或直接填值"), ("the cell holds a formula error", "a value", "correct the formula or type the value")),
    "digits lost": _m(("长号码被存成了数字，第 15 位以后已丢失", "文本格式的号码", "先把整列设为“文本”，再照证件重新录入"), ("a long number was stored as a number; its digits after the 15th are lost", "the number as text", "format the whole column as text and type the number again")),
    "identifier": _m(("{wrong}", "{expected}", "照证件改正"), ("{wrong}", "{expected}", "correct it from the document")),
    "identifier doubtful": _m(("{wrong}", "{expected}", "核对；号码照收"), ("{wrong}", "{expected}", "check it; the number is accepted")),
    "too long text": _m(("文字太长", "不超过 {limit} 个字", "写短一些"), ("the text is too long", "at most {limit} characters", "shorten it")),
}  # fmt: skip

ROWS: Final = {
    "person twice": _m(("同一个证件号码出现两次，另一次在第 {other} 行（{who}）", "每人一行", "核对证件号码；确是一人的，合成一行"), ("the same document number stands twice, also in row {other} ({who})", "one row a person", "check the number; join the rows if they are one person")),
    "key twice": _m(("“{header}”重复，另一次在第 {other} 行", "每行不同", "改正编号，或合成一行"), ("{header} stands twice, also in row {other}", "a different one in each row", "correct it or join the rows")),
    "no such key": _m(("“{sheet}”里没有这个{what}{hint}", "“{sheet}”里已有的{what}", "改正，或在“{sheet}”里补上一行"), ("“{sheet}” has no such {what}{hint}", "a {what} of “{sheet}”", "correct it, or add a row to “{sheet}”")),
    "certificate twice": _m(("同一个证书编号出现两次，另一次在第 {other} 行", "每本证书一行", "核对编号，或删去一行"), ("the same certificate number stands twice, also in row {other}", "one row a certificate", "check the number or delete a row")),
    "contradiction": _m(("“{one}”与“{other}”不一致", "两格说同一件事", "核对两格"), ("{one} and {other} contradict each other", "two cells that agree", "check both")),
    "form line missing": _m(("没有填写“{wanted}”", "在“{wanted}”右边一格填写", "照模板补上"), ("“{wanted}” is not filled in", "a value to the right of “{wanted}”", "fill it in as in the template")),
    "form line unknown": _m(("不认识这一项{hint}，没有读", "模板里的项目", "改成模板里的写法，或不用管它"), ("this line is unknown{hint} and was not read", "a line of the template", "write it as in the template, or leave it")),
    "form line twice": _m(("“{wanted}”填写了两次，另一次在第 {other} 行", "每项一次", "删去一行"), ("“{wanted}” is filled in twice, also in row {other}", "each line once", "delete one")),
    "future": _m(("日期在填报日期 {on} 之后", "不晚于 {on}", "核对日期"), ("the date lies after the day of filing, {on}", "on or before {on}", "check the date")),
}  # fmt: skip

MESSAGES: Final[dict[str, Message]] = {**FILE, **SHEETS, **CELLS, **ROWS}
