"""Why two records were offered, in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.registry.linked import Pair

WORDS: Final = {
    "name": gettext_lazy("姓名或名称相同"), "sound": gettext_lazy("读音相同"), "near": gettext_lazy("写法相近"),
    "birth": gettext_lazy("出生日期相同"), "birth_near": gettext_lazy("出生日期只差一个数字"),
    "employer": gettext_lazy("工作单位相同"), "place": gettext_lazy("所在地相同"),
    "one_number": gettext_lazy("至多一条有证件号码或信用代码"), "officer": gettext_lazy("工作人员指出"),
}  # fmt: skip


def words_of(pair: Pair) -> str:
    """The reasons of `likeness`, in the language of the page."""
    return _("、").join(str(WORDS[each]) for each in pair.reasons)
