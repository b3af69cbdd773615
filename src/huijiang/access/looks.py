"""A look at somebody (models.Sighting) in words, for those who read that they were looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huijiang.access.models import Consent
from huijiang.access.sightings import Purpose
from huijiang.accounts.models import Role
from huijiang.registry.vocabulary import vocabulary
from huijiang.web.language import is_chinese

SEEN: Final = {
    "portrait": gettext_lazy("画像"), "objection": gettext_lazy("异议"), "results": gettext_lazy("可享待遇"),
    "entitlements": gettext_lazy("可享待遇"), "search": gettext_lazy("查找结果中的一行"), "members": gettext_lazy("经办授权"),
    "claim": gettext_lazy("申报的进度"), "account": gettext_lazy("收款的账户"), "file": gettext_lazy("查看了材料"),
    "file.download": gettext_lazy("下载了材料原件"), "identity_document.number": gettext_lazy("完整证件号码"),
}  # fmt: skip
"""What was looked at, where it is no column and no table."""
SINGLE: Final = {"claim": gettext_lazy("办件 %(which)s"), "result": gettext_lazy("待遇 %(which)s")}
"""One of several, whose name follows."""
NAMES: Final[dict[str, Callable[[str], str]]] = {}


def register_name(kind: str, name: Callable[[str], str]) -> None:
    """A room above says how one of `SINGLE` is called, by what was written down."""
    NAMES[kind] = name


def capacity(words: str) -> str:
    """As what somebody looked.  A long list of roles was cut where it is stored: its last word may be the beginning of one."""
    named = {"worker": _("本人"), "agent": _("单位经办")} | {role.value: str(role.label) for role in Role}
    return "、".join(_role(word, named) for word in words.split())


def _role(word: str, named: dict[str, str]) -> str:
    """A role in words; of a cut one only where it can be no other."""
    fits = [said for name, said in named.items() if name.startswith(word)]
    return named.get(word) or (fits[0] if len(fits) == 1 else word)


def purpose(value: str) -> str:
    if value == "own":
        return _("本单位办事")
    for listed in (Purpose, Consent.Purpose):
        if value in listed.values:
            return str(listed(value).label)
    return value


def columns(names: Iterable[str], of: str = "person") -> str:
    """What was looked at; a column without its table is one of `of`."""
    said = dict.fromkeys(_seen(name, of) for name in names)
    return ("、" if is_chinese() else ", ").join(said)


def _seen(name: str, of: str) -> str:
    kind, _space, which = name.partition(" ")
    if name in SEEN:
        return str(SEEN[name])
    if which and kind in SINGLE:
        return str(SINGLE[kind]) % {"which": NAMES[kind](which) if kind in NAMES else which}
    tables = vocabulary().tables
    if name in tables:
        return tables[name].label if is_chinese() else name.replace("_", " ")
    table, _dot, column = name.rpartition(".")
    told = tables.get(table or of)
    if told is None or column not in told.columns or not is_chinese():
        return column.replace("_", " ")
    return f"{told.label}·{told.columns[column].label}" if table not in ("", of) else told.columns[column].label
