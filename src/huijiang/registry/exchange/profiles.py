"""Exchange profiles: one YAML file each says which column of somebody else's file is which field of a table of ours.

    id: certificate-query
    title: 技能人才评价证书查询结果
    title_en: Result of the certificate query
    table: certificate
    files: [csv, xlsx]
    encoding: gb18030            # of what we write; UTF-8 and GB 18030 are both read
    dates: "%Y%m%d"              # how a date is written there; ISO where left out
    constant: {kind: 职业技能等级证书}
    columns:
      - {name: 证书编号, field: number}
      - {name: 等级, field: level, values: {三级: 高级工}}
      - {name: 姓名, unused: 只供人核对}
      - {name: AAC004, codes: sex, unused: 没有一条政策问性别, told: sex}

A column that says neither where it goes nor why it is unused is a mistake, as is a field that the table lacks.
`codes` names a table of codes.yaml: what is in none of its lines is refused with its place, also in a column that we
do not keep.  `told`: what we can say of such a column ourselves when we write it (see TOLD).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from huijiang.registry.imports import direct
from huijiang.registry.imports.template import Leaf
from tiaowen.problems import nearest

HERE: Final = Path(__file__).parent / "profiles"
CODES: Final = Path(__file__).parent / "codes.yaml"
TOLD: Final = ("sex", "document", "insured")
"""What a column that is not kept can be told from: the identity number, or whether a spell has ended."""
FILES: Final = ("csv", "xml", "xlsx")


class ProfileError(ValueError):
    """A profile that can't be used: its file and what is wrong in it."""


class UnknownCode(ValueError):
    """A code that its table does not have; the words say what was expected."""


@dataclass(frozen=True)
class Codes:
    """A table of codes: code → what it says; `source`: the standard that lists them."""

    id: str
    title: str
    source: str
    values: Mapping[str, str]

    def expected(self, said: str) -> str:
        close = nearest(said, list(self.values)) if len(said) < 20 else ""
        few = "、".join(f"{code} {word}" for code, word in list(self.values.items())[:10])
        more = f"…（{len(self.values)}）" if len(self.values) > 10 else ""
        return f"{self.title}代码 code（{self.source}）：{few}{more}" + (f"；{close}？" if close else "")


@cache
def codes() -> Mapping[str, Codes]:
    """Every table of codes.  Raises ProfileError."""
    told = yaml.safe_load(CODES.read_text(encoding="utf-8"))
    try:
        found = {
            name: Codes(name, one["title"], one["source"], {str(k): str(v) for k, v in one["values"].items()})
            for name, one in told.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise ProfileError(f"{CODES.name}: {error}；应为 expected title, source, values") from error
    twice = [name for name, one in found.items() if len(set(one.values.values())) < len(one.values)]
    if twice:  # then nobody could say which code to write
        raise ProfileError(f"{CODES.name}: {'、'.join(twice)}: 一个意思有两个代码 a meaning has two codes")
    return found


@dataclass(frozen=True)
class Column:
    """One column of the file.  `values`: theirs → ours."""

    name: str
    field: str = ""
    label: str = ""
    unused: str = ""
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    codes: str = ""
    told: str = ""

    @property
    def table(self) -> Codes | None:
        return codes()[self.codes] if self.codes else None

    def ours(self, said: str) -> str:
        """Their word or code in ours.  Raises UnknownCode."""
        if self.table is not None and said not in self.table.values:
            raise UnknownCode(self.table.expected(said))
        known = {**(self.table.values if self.table is not None else {}), **self.values}
        return known.get(said, said)

    def theirs(self, value: str) -> str:
        """Our word in theirs.  Raises UnknownCode where their table has no code for it."""
        if not value:
            return ""
        known = {**(self.table.values if self.table is not None else {}), **self.values}
        found = next((theirs for theirs, ours in known.items() if ours == value), None)
        if found is None and self.table is not None:
            raise UnknownCode(self.table.expected(value))
        return value if found is None else found


@dataclass(frozen=True)
class Profile:
    """One kind of file."""

    id: str
    title: str
    title_en: str
    table: str
    files: tuple[str, ...]
    columns: tuple[Column, ...]
    encoding: str = "utf-8-sig"
    dates: str = "%Y-%m-%d"
    constant: Mapping[str, str] = dataclasses.field(default_factory=dict)
    source: str = ""

    def column(self, said: str) -> Column | None:
        """By its code or its label."""
        return next((each for each in self.columns if said in (each.name, each.label)), None)

    def leaf(self, column: Column) -> Leaf | None:
        return direct.fields(self.table)[column.field] if column.field else None

    def read_date(self, said: str) -> str:
        """Theirs → ISO; what is no date of theirs stays, for the registry to complain about."""
        try:
            return dt.datetime.strptime(said, self.dates).replace(tzinfo=dt.UTC).date().isoformat()
        except ValueError:
            return said

    def write_date(self, value: str) -> str:
        try:
            return dt.date.fromisoformat(value).strftime(self.dates)
        except ValueError:
            return value


@cache
def profiles() -> Mapping[str, Profile]:
    """Every profile that comes with the software.  Raises ProfileError."""
    found = [read(path.name, yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(HERE.glob("*.yaml"))]
    return {each.id: each for each in found}


def read(name: str, told: Any) -> Profile:
    """One profile, held against the vocabulary.  Raises ProfileError."""
    if not isinstance(told, dict):
        raise ProfileError(f"{name}: 应为“键: 值” expected a map")
    try:
        columns = tuple(Column(**each) for each in told.pop("columns"))
        profile = Profile(**{**told, "files": tuple(told["files"]), "columns": columns})
        fields = direct.fields(profile.table)
    except (KeyError, TypeError) as error:
        raise ProfileError(f"{name}: {error}；应为 expected id, title, title_en, table, files, columns") from error
    wrong = [each for each in profile.files if each not in FILES]
    wrong += [each.field for each in columns if each.field and each.field not in fields]
    wrong += [each for each in profile.constant if each not in fields]
    wrong += [each.name for each in columns if bool(each.field) == bool(each.unused)]
    wrong += [each.codes for each in columns if each.codes and each.codes not in codes()]
    wrong += [each.told for each in columns if each.told and each.told not in TOLD]
    if wrong:
        raise ProfileError(f"{name}: {'、'.join(wrong)}；应为 {profile.table} 的字段，或写明为什么不用 "
                           "expected a field of the table, or why it is unused")  # fmt: skip
    return profile
