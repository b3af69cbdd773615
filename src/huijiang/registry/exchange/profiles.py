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

A column that says neither where it goes nor why it is unused is a mistake, as is a field that the table lacks.
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

HERE: Final = Path(__file__).parent / "profiles"
FILES: Final = ("csv", "xml", "xlsx")


class ProfileError(ValueError):
    """A profile that can't be used: its file and what is wrong in it."""


@dataclass(frozen=True)
class Column:
    """One column of the file.  `values`: theirs → ours."""

    name: str
    field: str = ""
    label: str = ""
    unused: str = ""
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def ours(self, said: str) -> str:
        return self.values.get(said, said)

    def theirs(self, value: str) -> str:
        return next((theirs for theirs, ours in self.values.items() if ours == value), value)


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
    if wrong:
        raise ProfileError(f"{name}: {'、'.join(wrong)}；应为 {profile.table} 的字段，或写明为什么不用 "
                           "expected a field of the table, or why it is unused")  # fmt: skip
    return profile
