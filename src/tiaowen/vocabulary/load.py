"""Reading vocabulary files: tables, code lists, derived facts, units, places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tiaowen.language.blocks import Block, BlockFile, read_blocks
from tiaowen.language.expressions import ExpressionError
from tiaowen.language.sentences import parse_number
from tiaowen.language.yamltext import Mapping as YamlMapping
from tiaowen.language.yamltext import Scalar
from tiaowen.problems import Problem, Spot, nearest, problem
from tiaowen.vocabulary.model import (
    CodeList,
    Column,
    Derived,
    Directory,
    DirectoryRow,
    Parameter,
    ParameterRow,
    Table,
    Vocabulary,
)
from tiaowen.vocabulary.regions import Region
from tiaowen.vocabulary.types import (
    BOOL,
    DATE,
    DAYS,
    INT,
    MONEY,
    MONTH,
    MONTHS,
    REGION,
    TEXT,
    YEAR,
    Type,
)
from tiaowen.vocabulary.units import Unit, UnitError

PLAIN = {"bool": BOOL, "date": DATE, "month": MONTH, "year": YEAR, "int": INT, "text": TEXT,
         "region": REGION}  # fmt: skip
KEYS = {
    "table": {"id", "name", "title", "noun", "event", "person", "place", "spell", "source",
              "visible"},
    "codes": {"id", "name", "ordered", "open", "source"},
    "derived": {"id", "name", "takes", "gives", "means", "stated by", "source", "visible", "note"},
    "units": {"id", "name"},
    "regions": {"id", "name", "source"},
    "parameter": {"id", "name", "unit", "by", "rows", "source", "verified", "note"},
    "directory": {"id", "name", "rows", "source", "complete", "verified", "note", "covers"},
}  # fmt: skip


def load_vocabulary(files: Mapping[str, str]) -> tuple[Vocabulary, list[Problem]]:
    """Build the vocabulary from file name → text.  Returns it with every problem found."""
    return vocabulary_of([read_blocks(text, name) for name, text in sorted(files.items())])


def vocabulary_of(read: Sequence[BlockFile]) -> tuple[Vocabulary, list[Problem]]:
    """The same from files that have been read, in order of their names."""
    problems: list[Problem] = []
    for each in read:
        problems += each.problems
    blocks = [(each, block) for each in read for block in each.blocks]
    found = Vocabulary()
    loader = _Loader(found, problems)
    for kind in ("units", "regions", "codes", "table", "derived", "parameter", "directory"):
        for _, block in blocks:
            if block.kind == kind:
                loader.keys(block)
                getattr(loader, kind)(block)
        if kind == "table":
            loader.finish_columns()
    for _, block in blocks:
        if block.kind not in KEYS:
            problems.append(
                problem(
                    "unknown-block",
                    block.spot(),
                    kind=block.kind or "没写名字的‖without a name",
                    hint=nearest(block.kind, KEYS),
                    known="、".join(KEYS),
                )
            )
    return found, problems


def is_vocabulary(read: BlockFile) -> bool:
    """Whether a file holds vocabulary, parameters or directories rather than a document."""
    return "document" not in read.front.entries


class _Loader:
    def __init__(self, found: Vocabulary, problems: list[Problem]) -> None:
        self.found = found
        self.problems = problems
        self.pending: list[tuple[Table, Block]] = []

    def say(self, code: str, spot: Spot, **values: Any) -> None:
        self.problems.append(problem(code, spot, **values))

    def keys(self, block: Block) -> None:
        for key in block.body.entries:
            if key not in KEYS[block.kind]:
                self.say(
                    "unknown-key",
                    block.spot(key),
                    key=key,
                    hint=nearest(key, KEYS[block.kind]),
                    known="、".join(sorted(KEYS[block.kind])),
                )
        if "id" not in block.body.entries and block.kind not in ("units", "regions"):
            self.say("missing-key", block.spot(), key="id")

    def cells(self, block: Block, *needed: str) -> Iterable[tuple[int, dict[str, str]]]:
        """The rows of the table under a block as dicts; problems for missing columns."""
        if block.table is None:
            return
        for name in needed:
            if name not in block.table.header:
                self.say(
                    "table-column-missing",
                    Spot(block.file, block.table.line, 1, block.clause.label, block.id),
                    column=name,
                    known="、".join(block.table.header),
                )
                return
        for line, cells in block.table.rows:
            yield line, dict(zip(block.table.header, cells, strict=True))

    # -- units, places, codes ---------------------------------------------------
    def units(self, block: Block) -> None:
        for line, row in self.cells(block, "unit", "dimension", "in base"):
            if not row["in base"].isdigit():
                self.say("not-a-number", _at(block, line, row["in base"]), found=row["in base"])
                continue
            self.found.units.add(Unit(row["unit"], row["dimension"], int(row["in base"])))

    def regions(self, block: Block) -> None:
        for line, row in self.cells(block, "code", "name", "parent"):
            spot = _at(block, line, row["code"])
            if row["code"] in self.found.regions.by_code:
                self.say("duplicate-key", spot, key=row["code"])
                continue
            self.found.regions.add(
                Region(
                    row["code"],
                    row["name"],
                    row["parent"],
                    self.date(row.get("from", ""), spot),
                    self.date(row.get("until", ""), spot),
                    row.get("successor", ""),
                )
            )

    def codes(self, block: Block) -> None:
        codes: dict[str, str] = {}
        also: dict[str, str] = {}
        for line, row in self.cells(block, "code"):
            if row["code"] in codes:
                self.say("duplicate-key", _at(block, line, row["code"]), key=row["code"])
            codes[row["code"]] = row.get("english", "")
            for other in row.get("also written", "").replace("，", "、").split("、"):
                if other.strip():
                    also[other.strip()] = row["code"]
        ordered = block.text("ordered") == "yes"
        is_open = block.text("open") == "yes"
        self.found.codes[block.id] = CodeList(block.id, block.name, ordered, is_open, codes, also, block.spot("id"))

    # -- tables -----------------------------------------------------------------
    def table(self, block: Block) -> None:
        spell: tuple[str, str] | None = None
        if block.text("spell"):
            parts = [part.strip() for part in block.text("spell").split(" to ")]
            if len(parts) == 2:
                spell = (parts[0], parts[1])
            else:
                self.say("spell-form", block.spot("spell", block.body.get("spell")))
        person = block.text("person")
        if person == "none":
            person = ""
        found = Table(
            block.id, block.name, block.text("noun"), block.text("event"), person,
            block.text("place"), spell, {}, block.text("source"), block.spot("id"),
            block.text("title"),
        )  # fmt: skip
        if block.id in self.found.tables:
            self.say("duplicate-key", block.spot("id"), key=block.id)
            return
        self.found.tables[block.id] = found
        self.pending.append((found, block))

    def finish_columns(self) -> None:
        """Types of columns are resolved once every table and code list is known."""
        for table, block in self.pending:
            printed: set[str] = set()  # also those whose type is wrong: that is said once
            for line, row in self.cells(block, "column", "name", "type"):
                spot = _at(block, line, row["type"], row["column"])
                printed.add(row["column"])
                kind = self.type(row["type"], spot)
                if kind is None:
                    continue
                if row["column"] in table.columns:
                    self.say("duplicate-key", spot, key=row["column"])
                table.columns[row["column"]] = Column(
                    table.id,
                    row["column"],
                    row["name"],
                    kind,
                    row.get("source") or block.text("source"),
                    row.get("visible") or block.text("visible"),
                    spot,
                    note=row.get("note", ""),
                )
            if not self._usable(table, block, "event", table.event, printed, "date"):
                table.event = ""
            if table.person != "self" and not self._usable(table, block, "person", table.person, printed, "row"):
                table.person = ""
            if not all(self._usable(table, block, "spell", name, printed, "date") for name in table.spell or ()):
                table.spell = None

    def _usable(
        self, table: Table, block: Block, key: str, name: str, printed: set[str], kind: str
    ) -> bool:  # fmt: skip
        """Whether a column that the table's head names is there and of the kind it must be."""
        column = table.columns.get(name)
        if column is not None and column.type.kind == kind:
            return True
        if column is not None:
            spot = block.spot(key)
            self.say("column-kind", spot, key=key, name=name, found=column.type.words, expected=kind)
        elif name and name not in printed:
            self.say("unknown-column", block.spot(key), table=table.id, name=name, hint=nearest(name, table.columns))
        return not name

    def type(self, text: str, spot: Spot) -> Type | None:
        """`date or none`, `duration in 个月`, `quantity in 元`, a code list or a table."""
        or_none = text.endswith(" or none")
        base = text.removesuffix(" or none").strip()
        found: Type | None = PLAIN.get(base)
        if base.startswith(("duration in ", "quantity in ")):
            name = base.split(" in ", 1)[1].strip()
            try:
                unit = self.found.units.unit(name.split("/")[0])
            except UnitError as error:
                self.say(error.code, spot, **error.values)
                return None
            plain = {"fen": MONEY, "months": MONTHS, "days": DAYS}.get(unit.dimension)
            found = Type("quantity", unit.dimension, unit=name) if plain is None else plain
            found = Type("quantity", found.name, unit=name)
        elif base in self.found.tables:
            found = Type("row", base)
        elif base in self.found.codes:
            found = Type("code", base)
        if found is None:
            known = [*PLAIN, *self.found.tables, *self.found.codes]
            self.say("unknown-type", spot, type=text, hint=nearest(base, known))
            return None
        if or_none and found.kind in ("bool", "int", "quantity"):
            self.say("none-type", spot, type=base)
            return None
        return found.absent_too() if or_none else found

    def derived(self, block: Block) -> None:
        table_id, _, name = block.id.partition(".")
        table = self.found.tables.get(table_id)
        if table is None or not name:
            self.say(
                "unknown-table",
                block.spot("id"),
                name=block.id,
                hint=nearest(table_id, self.found.tables),
            )
            return
        takes: list[tuple[str, Type]] = []
        params = block.body.get("takes")
        if isinstance(params, YamlMapping):
            for key, node in params:
                kind = self.type(node.text, block.spot("takes", node)) if isinstance(node, Scalar) else None
                if kind is not None:
                    takes.append((key, kind))
        gives = self.type(block.text("gives"), block.spot("gives", block.body.get("gives")))
        if gives is None:
            return
        if name in table.columns:
            self.say("duplicate-key", block.spot("id"), key=block.id)
        means = block.body.get("means")
        spot = block.spot("means", means)
        stated = block.text("stated by").removeprefix(f"{table_id}.")
        if stated and stated not in table.columns:
            self.say(
                "unknown-column",
                block.spot("stated by"),
                table=table_id,
                name=stated,
                hint=nearest(stated, table.columns),
            )
            stated = ""
        table.columns[name] = Column(
            table_id,
            name,
            block.name,
            gives,
            block.text("source"),
            block.text("visible"),
            block.spot("id"),
            Derived(tuple(takes), block.text("means"), stated, spot),
            block.text("note"),
        )

    # -- parameters and directories ---------------------------------------------
    def parameter(self, block: Block) -> None:
        unit = block.text("unit")
        dimension = ""
        if unit and unit not in ("undetermined", "none"):
            try:
                dimension = self.found.units.unit(unit.split("/")[0]).dimension
            except UnitError as error:
                self.say(error.code, block.spot("unit", block.body.get("unit")), **error.values)
        found = Parameter(
            block.id, block.name, unit, dimension, block.text("by"), [],
            block.text("source"), block.spot("id"),
        )  # fmt: skip
        for line, row in self.cells(block, "from"):
            self._parameter_row(found, block, line, row)
        self.found.parameters[block.id] = found

    def _parameter_row(self, found: Parameter, block: Block, line: int, row: dict[str, str]) -> None:
        spot = _at(block, line, row["from"])
        since = self.date(row["from"], spot)
        if since is None:
            return
        verified = row.get("verified", block.text("verified")) == "yes"
        source = row.get("source", "") or found.source
        for key, cell in row.items():
            if key in ("from", "verified", "source", "note", found.by) or not cell:
                continue
            try:
                figure = self.found.units.figure(parse_number(cell, spot))
            except UnitError as error:
                self.say(error.code, spot, **error.values)
                continue
            except ExpressionError as error:
                self.problems.append(error.problem)
                continue
            name = key if not found.by else row.get(found.by, key)
            if found.by == "region":
                code = self.found.regions.resolve(name)
                if code is None:
                    self.say("unknown-region", spot, name=name)
                    continue
                name = code
            elif not found.by:
                name = ""
            found.rows.append(ParameterRow(since, name, figure.value, verified, source))

    def directory(self, block: Block) -> None:
        found = Directory(
            block.id, block.name, block.text("complete") == "yes", [], block.text("source"),
            block.spot("id"),
        )  # fmt: skip
        for line, row in self.cells(block, "from", "code"):
            spot = _at(block, line, row["from"])
            since = self.date(row["from"], spot)
            if since is not None:
                verified = row.get("verified", "") == "yes"
                until = self.date(row.get("until", ""), spot)
                found.rows.append(DirectoryRow(since, until, row["code"], row.get("name", ""), verified))
        self.found.directories[block.id] = found

    def date(self, text: str, spot: Spot) -> dt.date | None:
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.say("bad-date", spot, found=text)
            return None


def _at(block: Block, line: int, cell: str, key: str = "") -> Spot:
    """A cell of the table under a block."""
    return Spot(block.file, line, 1, block.clause.label, block.id or block.kind, key, cell, max(1, len(cell)))
