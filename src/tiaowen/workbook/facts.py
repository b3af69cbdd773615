"""Records → rows of the vocabulary's tables, with the sheet and row that each came from."""

from collections import defaultdict
from datetime import date

from tiaowen.problems import nearest
from tiaowen.workbook.columns import CERTIFICATES, DISPLAY_ONLY, FORM, OTHERS, STAFF, STAYS, Column, Gives, Sheet
from tiaowen.workbook.problems import Findings, Severity, WorkbookProblem
from tiaowen.workbook.records import Form, Record
from tiaowen.workbook.roster import FORM_LINES
from tiaowen.workbook.tables import FIRM, Fact, Facts, Person
from tiaowen.workbook.values import ABSENT, CellReader, Complaint, Value, tidy

_OWN_WORDS = frozenset({"本单位", "本公司", "本企业", "我公司", "我单位"})
_KEYS = {"staff": (STAFF, "工号"), "studio": ("工作室", "编号"), "base": ("实训基地", "编号")}


class FactBuilder:
    """Builds facts record by record; sheets whose rows others refer to must come first."""

    def __init__(self, form: Form, cells: CellReader, findings: Findings) -> None:
        self.facts = Facts()
        self._cells = cells
        self._findings = findings
        self._counts: dict[str, int] = defaultdict(int)
        self._ids: dict[str, dict[str, str]] = defaultdict(dict)
        self._rows: dict[tuple[str, str], int] = {}
        self._shared: dict[tuple[str, str, str], dict[str, Fact]] = {}
        self._documents: dict[str, tuple[str, int]] = {}
        self._employments: dict[str, tuple[Value | None, Value | None]] = {}
        self._firm(form)

    def _firm(self, form: Form) -> None:
        name = str(form.values.get("单位名称", ""))
        row: dict[str, Fact] = {"id": FIRM}
        for line in FORM_LINES:
            value = form.values.get(line.header)
            for target in line.fills:
                if value is not None and target not in DISPLAY_ONLY:
                    row[target.partition(".")[2]] = _fact(value)
        self._counts["O"] = 1
        self.facts.tables["organisation"].append(row)
        self.facts.organisations[FIRM] = name
        self.facts.origin["organisation", FIRM] = (FORM, form.rows.get("单位名称", 1))
        self._ids["organisation"][_plain_name(name)] = FIRM

    def add(self, sheet: Sheet, record: Record) -> None:
        """Adds the rows that one record gives."""
        if sheet.name == OTHERS:
            self._other(sheet, record)
            return
        values: dict[str, Fact] = {}
        person = self._person(sheet, record)
        made: dict[str, str] = {}
        for column in sheet.columns:
            self._fill(column, record, values)
        if sheet.name == CERTIFICATES:
            self._issuer_and_trainer(record, values)
            self._holder_employer(person, record, values)
        for gives in sheet.gives:
            if all(record.values.get(header) not in (None, ABSENT) for header in gives.when):
                made[gives.table] = self._row(gives, record, values, person, made)
        if "education_fund" in made:
            self.facts.tables["education_fund"][-1]["year_end"] = f"{record.values.get('年度')}-12-31"
        self._remember(sheet, record, person, made)
        if sheet.name == STAFF and person:
            self._memberships(record, person)

    def _row(
        self, gives: Gives, record: Record, values: dict[str, Fact], person: str | None, made: dict[str, str]
    ) -> str:
        prefix = gives.table + "."
        row = {k.removeprefix(prefix): v for k, v in values.items() if k.startswith(prefix)}
        for name, source in gives.fixed:
            if source == "firm":
                row[name] = FIRM
            elif source == "person":
                if person is not None:
                    row[name] = person
            elif source.startswith("row "):
                if source[4:] in made:
                    row[name] = made[source[4:]]
            else:
                row[name] = source
        if gives.table in ("contest", "contest_item"):
            return self._shared_row(gives, record, row)
        return self._append(gives.table, gives.prefix, row, record)

    def _shared_row(self, gives: Gives, record: Record, row: dict[str, Fact]) -> str:
        """One row for a contest or item that several sheet rows name; later rows fill in what is missing."""
        key = (gives.table, str(row.get("name")), str(row.get("contest", row.get("held_on"))))
        known = self._shared.get(key)
        if known is None:
            name = self._append(gives.table, gives.prefix, row, record)
            self._shared[key] = self.facts.tables[gives.table][-1]
            return name
        for column, value in row.items():
            if f"{gives.table}.{column}" in DISPLAY_ONLY:
                continue
            if known.setdefault(column, value) != value:
                seen = f"{known[column]} / {value}"
                self._say("contradiction", record, "竞赛名称", seen, "warning", one="本行", other="前面同一竞赛的行")
        return str(known["id"])

    def _append(self, table: str, prefix: str, row: dict[str, Fact], record: Record) -> str:
        self._counts[prefix] += 1
        name = f"{prefix}{self._counts[prefix]:04d}"
        self.facts.tables[table].append(
            {"id": name, **{k: v for k, v in row.items() if f"{table}.{k}" not in DISPLAY_ONLY}}
        )
        self.facts.origin[table, name] = (record.sheet, record.row)
        return name

    def _fill(self, column: Column, record: Record, values: dict[str, Fact]) -> None:
        value = record.values.get(column.header)
        if value is None or column.kind in ("document", "document kind", "schemes"):
            return
        fact: Fact | None = _fact(value)
        if value != ABSENT:
            if column.kind == "organisation":
                fact = self._organisation(str(value), record)
            elif column.kind in _KEYS and column.fills:
                fact = self._refer(column, str(value), record)
            elif column.kind == "certificate number" and not column.fills[0].startswith("certificate."):
                fact = self._ids["certificate"].get(str(value))
        if fact is not None:
            for target in column.fills:
                values[target] = fact

    def _refer(self, column: Column, key: str, record: Record) -> str | None:
        sheet, what = _KEYS[column.kind]
        found = self._ids[column.kind].get(key)
        if found is None:
            close = nearest(key, self._ids[column.kind])
            hint = f"；最接近的是“{close}”" if close else ""
            self._say("no such key", record, column.header, key, sheet=sheet, what=what, hint=hint)
        return found

    def _person(self, sheet: Sheet, record: Record) -> str | None:
        if sheet.name in (STAFF, STAYS):
            return self._new_person(sheet, record)
        column = sheet.column("工号")
        number = record.values.get("工号")
        if column is None or number in (None, ABSENT) or column.fills:
            return None
        return self._refer(column, str(number), record)

    def _new_person(self, sheet: Sheet, record: Record) -> str | None:
        document = record.document
        if document is None:
            return None
        known = self._documents.get(document.same_holder)
        if known is not None:
            if sheet.name == STAFF:
                who = self.facts.people[known[0]].name
                self._say("person twice", record, "证件号码", document.masked, other=str(known[1]), who=who)
            return known[0]
        self._counts["P"] += 1
        person = f"P{self._counts['P']:04d}"
        self._documents[document.same_holder] = (person, record.row)
        row: dict[str, Fact] = {"id": person}
        for column in sheet.columns:
            value = record.values.get(column.header)
            for target in column.fills:
                if value is not None and target.startswith("person.") and target not in DISPLAY_ONLY:
                    row[target.removeprefix("person.")] = _fact(value)
        row.pop("birth_date", None)
        if document.birth_date is not None:
            row["birth_date"] = document.birth_date.isoformat()
        if sheet.name == STAFF and record.values.get("离职日期") == ABSENT:
            row["employer"] = FIRM
        self.facts.tables["person"].append(row)
        self.facts.origin["person", person] = (record.sheet, record.row)
        number, name = str(record.values.get("工号", "")), str(record.values.get("姓名", ""))
        self.facts.people[person] = Person(number, name, document.masked)
        return person

    def _memberships(self, record: Record, person: str) -> None:
        listed = record.values.get("已享受的人才计划")
        if listed is None or listed == ABSENT:
            return
        column = Column("已享受的人才计划", "schemes", codes="scheme")

        def complain(one: Complaint) -> None:
            self._say(one.key, record, column.header, str(listed), **dict(one.words))

        for part in str(listed).replace("，", "、").replace(",", "、").replace(";", "、").split("、"):
            scheme = self._cells.code(part.strip(), column, complain) if part.strip() else None
            if scheme is not None:
                self._append("membership", "M", {"person": person, "scheme": scheme}, record)

    def _remember(self, sheet: Sheet, record: Record, person: str | None, made: dict[str, str]) -> None:
        if sheet.name == CERTIFICATES:
            number = record.values.get("证书编号")
            if isinstance(number, str) and number != ABSENT:
                self._unique("certificate", "证书编号", number, made["certificate"], record, "certificate twice")
            return
        key = next((c for c in sheet.columns if c.kind == "key"), None)
        value = record.values.get(key.header) if key else None
        if key is None or value is None:
            return
        group = "staff" if sheet.name == STAFF else next(iter(made), "")
        target = person if sheet.name == STAFF else made.get(group)
        self._unique(group, key.header, str(value), target or "", record, "key twice")
        if sheet.name == STAFF and person is not None:
            self._employments[person] = (record.values.get("入职日期"), record.values.get("离职日期"))

    def _unique(self, group: str, header: str, key: str, target: str, record: Record, message: str) -> None:
        if (group, key) in self._rows:
            other = str(self._rows[group, key])
            self._say(message, record, header, key, header=header, other=other)
            return
        self._rows[group, key] = record.row
        self._ids[group][key] = target

    def _other(self, sheet: Sheet, record: Record) -> None:
        name = record.values.get("单位名称")
        if not isinstance(name, str):
            return
        values: dict[str, Fact] = {}
        for column in sheet.columns:
            self._fill(column, record, values)
        row = {k.partition(".")[2]: v for k, v in values.items() if k not in DISPLAY_ONLY}
        plain = _plain_name(name)
        if plain in self._ids["organisation"]:
            other = str(self._rows.get(("organisation", plain), 0) or "填报说明")
            self._say("key twice", record, "单位名称", name, header="单位名称", other=other)
            return
        self._rows["organisation", plain] = record.row
        found = self._append("organisation", "O", row, record)
        self.facts.organisations[found] = name
        self._ids["organisation"][plain] = found

    def _organisation(self, name: str, record: Record) -> str:
        plain = _plain_name(name)
        if plain in _OWN_WORDS:
            return FIRM
        known = self._ids["organisation"]
        if plain not in known:
            known[plain] = self._append("organisation", "O", {}, record)
            self.facts.organisations[known[plain]] = name
        return known[plain]

    def _issuer_and_trainer(self, record: Record, values: dict[str, Fact]) -> None:
        own = record.values.get("发证机构是否本单位")
        named = record.values.get("发证机构名称")
        issuer = self._organisation(str(named), record) if isinstance(named, str) else None
        values.pop("certificate.issuer", None)
        if own is not None and issuer is not None and (issuer == FIRM) is not own:
            self._contradict(record, "发证机构是否本单位", "发证机构名称")
        elif own is True:
            values["certificate.issuer"] = FIRM
        elif issuer is not None or own is False:
            values["certificate.issuer"] = issuer or self._organisation("外单位（没有写名称）", record)
        direct = record.values.get("是否由本单位直接培养")
        named = record.values.get("培训单位")
        values.pop("certificate.trainer", None)
        values.pop("certificate.trained_directly", None)
        trainer = None
        if isinstance(named, str):
            trainer = ABSENT if named == ABSENT else self._organisation(named, record)
        if direct is True and trainer not in (None, FIRM):
            self._contradict(record, "是否由本单位直接培养", "培训单位")
            return
        if direct is True:
            trainer = FIRM
        if trainer is not None:
            values["certificate.trainer"] = trainer
        # 否 says that this firm did not teach; whether another trainer taught by itself stays unknown.
        if direct is not None and trainer in (None, FIRM):
            values["certificate.trained_directly"] = direct is True

    def _holder_employer(self, person: str | None, record: Record, values: dict[str, Fact]) -> None:
        issued = record.values.get("发证日期")
        started, ended = self._employments.get(person or "", (None, None))
        if isinstance(issued, date) and isinstance(started, date) and issued >= started:
            if ended == ABSENT or (isinstance(ended, date) and issued <= ended):
                values["certificate.holder_employer"] = FIRM

    def _contradict(self, record: Record, one: str, other: str) -> None:
        seen = f"{record.values.get(one)} / {record.values.get(other)}".replace("True", "是").replace("False", "否")
        self._say("contradiction", record, one, seen, "warning", one=one, other=other)

    def _say(self, key: str, record: Record, at: str, seen: str, severity: Severity = "error", /, **words: str) -> None:
        found = WorkbookProblem(
            key, severity, record.sheet, record.row, record.letters.get(at, ""), at, seen[:60], tuple(words.items())
        )
        self._findings.add(found)


def _fact(value: Value) -> Fact:
    return value.isoformat() if isinstance(value, date) else value


def _plain_name(name: str) -> str:
    return tidy(name).replace(" ", "")
