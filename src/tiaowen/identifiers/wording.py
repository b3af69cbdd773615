"""What identifier errors and warnings say, in Chinese and in English.

Each entry: key → (what is wrong in Chinese, what was expected in Chinese, the same two in English).
"""

from typing import Final, Literal

Language = Literal["zh", "en"]

WORDING: Final[dict[str, tuple[str, str, str, str]]] = {
    "empty": ("没有填写", "填写{kind}", "is empty", "a number of {kind}"),
    "scientific": (
        "已被表格软件改成科学计数，末尾几位丢失",
        "先把整列设为“文本”格式，再照证件重新录入",
        "was turned into scientific notation and its last digits are lost",
        "format the whole column as text, then type the number again from the document",
    ),
    "unknown document": (
        "不像任何一种个人证件号码",
        "18 位居民身份证或居住证、15 位旧身份证、H 或 M 开头的 9 位或 11 位通行证、"
        "8 位台湾居民通行证、3 个字母加 12 位数字的旧版外国人永久居留证",
        "does not look like any personal document number",
        "18 characters of an identity or residence card, 15 of an old one, a permit of H or M and"
        " 8 or 10 digits, 8 digits of a Taiwan permit, or 3 letters and 12 digits",
    ),
    "other kind": (
        "写的证件类型是{stated}，号码却像{found}",
        "改正证件类型或号码",
        "is stated to be {stated} but has the form of {found}",
        "correct the kind or the number",
    ),
    "unlisted kind": (
        "不认识证件类型“{stated}”",
        "下列之一：{kinds}",
        "is of the unknown kind {stated}",
        "one of {kinds}",
    ),
    "wrong form": (
        "不合{kind}的格式",
        "{form}",
        "does not have the form of {kind}",
        "{form}",
    ),
    "no such day": (
        "第 7 到 14 位 {seen} 不是一个日期",
        "出生年月日，8 位数字",
        "has {seen} at positions 7 to 14, which is no date",
        "a date of birth in 8 digits",
    ),
    "not yet born": (
        "出生日期 {seen} 在 {on} 之后",
        "不晚于 {on} 的出生日期",
        "gives the date of birth {seen}, after {on}",
        "a date of birth on or before {on}",
    ),
    "check": (
        "校验位是 {seen}，算得 {computed}",
        "照证件逐位核对，多半是有一位写错",
        "ends in the check character {seen}; {computed} was computed",
        "compare it with the document: most likely one character is wrong",
    ),
    "area": (
        "前两位 {seen} 不是已知的省级代码",
        "核对证件；号码照收",
        "begins with {seen}, not a known province",
        "check the document; the number is accepted",
    ),
    "age": (
        "按出生日期 {birth} 算得 {age} 岁，不在 16 到 75 岁之间",
        "核对证件；号码照收",
        "gives the age {age} (born {birth}), outside 16 to 75",
        "check the document; the number is accepted",
    ),
    "no check digit": (
        "这种证件没有公开的校验办法，只看了格式",
        "核对证件",
        "is of a kind with no public check digit; only its form was checked",
        "check the document",
    ),
    "certificate level": (
        "第 16 位是 {seen}，与等级“{stated}”不符",
        "这一等级应为 {wanted}",
        "has {seen} at position 16, which does not agree with the level {stated}",
        "{wanted} for that level",
    ),
    "certificate year": (
        "年份位是 {seen}，与发证年份 {stated} 不符",
        "应为 {wanted}",
        "has the year {seen}, which does not agree with the year of issue {stated}",
        "{wanted}",
    ),
    "certificate place": (
        "第 6、7 位是 {seen}，与省级代码 {wanted} 不符",
        "应为 {wanted}",
        "has {seen} at positions 6 and 7, which does not agree with province {wanted}",
        "{wanted}",
    ),
}
