"""The texts of messages, as data: each room's `notices.yaml`.

    claim_submitted:
      group: case            # what people can mute
      values: {number: open, benefit: personal}
      title: {zh: 申报已提交, en: Your claim was submitted}
      body: {zh: "…{number}…{benefit}…", en: "…"}
      sms: {zh: "…{number}…", en: "…"}          # open values only
      required: true         # the law asks for it

An SMS and the subject of a mail may be read on a locked screen and pass through others' hands: only values that are
`open` stand in them; that is checked when the file is read.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from django.utils.translation import gettext_lazy

from huijiang import rooms

FILE: Final = "notices.yaml"
GROUPS: Final = {
    "case": gettext_lazy("我的办件"),
    "entitlement": gettext_lazy("可以申领的提醒"),
    "training": gettext_lazy("培训与考试"),
    "work": gettext_lazy("工作待办"),
    "account": gettext_lazy("账户与授权"),
    "news": gettext_lazy("订阅的新内容"),
}
LANGUAGES: Final = ("zh", "en")
LONGEST_SMS: Final = 140


class WordingError(ValueError):
    """A message that can't be written: file, template, what is wrong."""


@dataclass(frozen=True)
class Wording:
    name: str
    group: str
    required: bool
    values: Mapping[str, str]
    title: Mapping[str, str]
    body: Mapping[str, str]
    sms: Mapping[str, str]

    def check(self, given: Mapping[str, str]) -> None:
        """Raises WordingError where a value is missing or unknown."""
        if set(given) != set(self.values):
            raise WordingError(f"{self.name}: {sorted(given)}；应为 expected {sorted(self.values)}")

    def say(self, part: str, given: Mapping[str, str], language: str) -> str:
        text: Mapping[str, str] = getattr(self, part)
        return text[language if language in LANGUAGES else "zh"].format_map(dict(given))

    def kind(self, language: str) -> str:
        """What message it is, for a log that holds nobody's values: the title with a gap for each."""
        return self.say("title", dict.fromkeys(self.values, "…"), language)


@cache
def wordings() -> dict[str, Wording]:
    """Every message of every room.  Raises WordingError."""
    found: dict[str, Wording] = {}
    folder = Path(rooms.__file__).resolve().parent
    for room in rooms.ROOMS:
        file = folder / room / FILE
        if not file.is_file():
            continue
        for name, told in yaml.safe_load(file.read_text(encoding="utf-8")).items():
            if name in found:
                raise WordingError(f"{room}/{FILE}: {name} 重名 is there twice")
            found[name] = _read(f"{room}/{FILE}: {name}", name, told)
    return found


def _read(where: str, name: str, told: Mapping[str, object]) -> Wording:
    made = Wording(name, str(told["group"]), bool(told.get("required")), dict(told.get("values") or {}),  # type: ignore[call-overload]
                   *(dict(told[each]) for each in ("title", "body", "sms")))  # type: ignore[call-overload]  # fmt: skip
    if made.group not in GROUPS:
        raise WordingError(f"{where}: group {made.group!r}；应为 expected one of {', '.join(GROUPS)}")
    opened = {each for each, kind in made.values.items() if kind == "open"}
    for part, allowed in (("title", opened), ("body", set(made.values)), ("sms", opened)):
        for language in LANGUAGES:
            text = getattr(made, part).get(language)
            if not text:
                raise WordingError(f"{where}: {part}.{language} 没有 is missing")
            used = {field for _t, field, _f, _c in string.Formatter().parse(text) if field is not None}
            if used - allowed:
                raise WordingError(f"{where}: {part}.{language} 用了 uses {sorted(used - allowed)}；只可用 only {sorted(allowed)}")  # fmt: skip
            if part == "sms" and len(text) > LONGEST_SMS:
                raise WordingError(f"{where}: sms.{language} 有 has {len(text)} 字；至多 at most {LONGEST_SMS}")
    return made
