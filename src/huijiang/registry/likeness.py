"""Which records may be the same: probabilistic linkage (Fellegi and Sunter) by splink on DuckDB.

The weights are declared, not learned: two runs over the same rows give the same pairs, and an officer can be told
why.  `m` is how often a column agrees so in two records of one person, `u` how often by chance in two of different
people.  An identity number cannot agree (the database keeps each once); that both records have one speaks against.

Memory does not grow with the register.  Two records are compared only where a rule of PASSES says that they may be one;
all that a pass compares agree in its column, so the register is taken in parts by a hash of that column, each part on
its own.  What of a part does not fit into MEMORY goes to a private folder, which ends with the part.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from typing import Any, Final

import duckdb
import pyarrow as pa
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from django.db import transaction
from django.db.models import Exists, F, Func, IntegerField, OuterRef
from django.db.models.functions import Mod
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from huijiang.registry.linked import Pair, aliases
from huijiang.registry.models import MODELS, IdentityDocument, Organisation, Person

Rules = tuple[tuple[str, ...], ...]
LEAST: Final = 0.5  # below even odds nobody's time is asked for
SAID: Final = {
    "names": (("name_key", "name"), ("pinyin", "sound"), ("", "near")), "birth": (("birth", "birth"), ("", "birth_near")),
    "employer": (("employer", "employer"),), "place": (("place", "place"),), "number": (("", "one_number"),),
}  # fmt: skip
"""What is compared → (column that is equal, reason); an empty column: they agree otherwise."""


def _level(level: Any, m: float, u: float) -> Any:
    return level.configure(m_probability=m, u_probability=u)


def _else(m: float, u: float) -> Any:
    return _level(levels.ElseLevel(), m, u)


def _names(near: float) -> Any:
    return comparisons.CustomComparison(output_column_name="names", comparison_levels=[
        levels.NullLevel("name_key"),
        _level(levels.ExactMatchLevel("name_key"), 0.90, 0.0005),
        _level(levels.ExactMatchLevel("pinyin"), 0.04, 0.001),
        _level(levels.JaroWinklerLevel("name_key", distance_threshold=near), 0.04, 0.005),
        _else(0.02, 0.9935),
    ])  # fmt: skip


def _number() -> Any:
    return comparisons.CustomComparison(output_column_name="number", comparison_levels=[
        _level(levels.CustomLevel('NOT ("numbered_l" AND "numbered_r")', "not both"), 0.90, 0.20),
        _else(0.10, 0.80),
    ])  # fmt: skip


def _same(column: str, m: float, u: float) -> Any:
    return comparisons.CustomComparison(output_column_name=column, comparison_levels=[
        levels.NullLevel(column), _level(levels.ExactMatchLevel(column), m, u), _else(1 - m, 1 - u),
    ])  # fmt: skip


def _people(rules: Rules) -> SettingsCreator:
    birth = comparisons.CustomComparison(output_column_name="birth", comparison_levels=[
        levels.NullLevel("birth"),
        _level(levels.ExactMatchLevel("birth"), 0.94, 0.00005),
        _level(levels.DamerauLevenshteinLevel("birth", distance_threshold=1), 0.04, 0.001),
        _else(0.02, 0.99895),
    ])  # fmt: skip
    return SettingsCreator(
        link_type="dedupe_only", probability_two_random_records_match=0.00001, unique_id_column_name="id",
        retain_matching_columns=False, retain_intermediate_calculation_columns=True,
        comparisons=[_names(0.9), birth, _same("employer", 0.60, 0.002), _number()],
        blocking_rules_to_generate_predictions=[block_on(*each) for each in rules],
    )  # fmt: skip


def _firms(rules: Rules) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only", probability_two_random_records_match=0.0001, unique_id_column_name="id",
        retain_matching_columns=False, retain_intermediate_calculation_columns=True,
        comparisons=[_names(0.95), _same("place", 0.95, 0.10), _number()],
        blocking_rules_to_generate_predictions=[block_on(*each) for each in rules],
    )  # fmt: skip


COLUMNS: Final = {
    "person": ("id", "name_key", "pinyin", "birth", "employer", "numbered"),
    "organisation": ("id", "name_key", "pinyin", "place", "numbered"),
}
PASSES: Final[dict[str, tuple[tuple[str, Rules], ...]]] = {
    "person": (
        ("birth_date", (("name_key", "birth"), ("pinyin", "birth"), ("birth", "employer"))),
        ("name_key", (("name_key", "employer"),)),
    ),
    "organisation": (
        ("name_key", (("name_key",),)), ("pinyin", (("pinyin",),)), ("place_id", (("place", "substr(name_key, 1, 6)"),)),
    ),
}  # fmt: skip
"""Kind → (the column by which the register is taken in parts, what two records of a part must agree in)."""
PART: Final = 100_000  # records that are compared at a time
MEMORY: Final = "256MB"
AT_ONCE: Final = 2_000
Found = tuple[int, int, int, list[str]]


class _PartOf(Func):
    """Which of some parts a value belongs to; every like value to the same."""

    template = "(hashtext(%(expressions)s::text) & 2147483647)"
    output_field = IntegerField()


def _records(kind: str) -> Any:
    """The records that are nobody's alias, with what is compared of them."""
    if kind == "person":
        has = Exists(IdentityDocument.objects.filter(person=OuterRef("pk")))
        found = Person.objects.annotate(birth=F("birth_date"), numbered=has)
        columns: tuple[str, ...] = ("pk", "name_key", "pinyin", "birth", "employer_id", "numbered")
    else:
        found = Organisation.objects.annotate(numbered=F("uscc"))
        columns = ("pk", "name_key", "pinyin", "place_id", "numbered")
    return found.exclude(pk__in=aliases(kind)).values_list(*columns)


def pairs(kind: str, part: int = PART) -> list[Found]:
    """(lower number, higher number, probability in thousandths, reasons) of every pair above even odds."""
    return sorted({each[:2]: each for some in found_in_parts(kind, part) for each in some}.values())


def found_in_parts(kind: str, part: int = PART) -> Iterator[list[Found]]:
    """The pairs of one part after another; a pair that two passes find comes twice, and the same."""
    count = _records(kind).count()
    if count < 2:
        return
    if count <= part:
        yield _compared(kind, _records(kind), tuple(rule for _by, rules in PASSES[kind] for rule in rules))
        return
    parts = -(-count // part)
    for by, rules in PASSES[kind]:
        for number in range(parts):
            some = _records(kind).exclude(**{by: None}).annotate(part=Mod(_PartOf(F(by)), parts)).filter(part=number)
            yield _compared(kind, some, rules)


def _compared(kind: str, records: Any, rules: Rules) -> list[Found]:
    """One part, in a database of its own."""
    with tempfile.TemporaryDirectory(prefix="huijiang-linkage-") as folder, duckdb.connect(":memory:") as connection:
        connection.execute("SET memory_limit = $1", [MEMORY])
        connection.execute("SET temp_directory = $1", [folder])
        connection.execute("SET preserve_insertion_order = false")
        connection.execute(_TABLE[kind])
        if _fill(connection, kind, records) < 2:
            return []
        api = DuckDBAPI(connection)
        settings = _people(rules) if kind == "person" else _firms(rules)
        linker = Linker(api.register("records"), settings, log_level="ERROR")
        found = linker.inference.predict(threshold_match_probability=LEAST, warning_mode="never")
        connection.table(found.physical_name).create_view("found", replace=True)
        cursor = connection.execute(_ASKED[kind])
        names = [each[0] for each in cursor.description]
        made = []
        while rows := cursor.fetchmany(AT_ONCE):
            made += [_pair(dict(zip(names, row, strict=True))) for row in rows]
        return made


_TABLE: Final = {
    "person": "CREATE TABLE records (id BIGINT, name_key VARCHAR, pinyin VARCHAR, birth VARCHAR, employer VARCHAR, numbered BOOLEAN)",
    "organisation": "CREATE TABLE records (id BIGINT, name_key VARCHAR, pinyin VARCHAR, place VARCHAR, numbered BOOLEAN)",
}  # fmt: skip
_ASKED: Final = {
    "person": """
        SELECT found.*, l.name_key = r.name_key AS name_key, l.pinyin = r.pinyin AS pinyin, l.birth = r.birth AS birth,
               l.employer = r.employer AS employer
        FROM found JOIN records AS l ON l.id = found.id_l JOIN records AS r ON r.id = found.id_r""",
    "organisation": """
        SELECT found.*, l.name_key = r.name_key AS name_key, l.pinyin = r.pinyin AS pinyin, l.place = r.place AS place
        FROM found JOIN records AS l ON l.id = found.id_l JOIN records AS r ON r.id = found.id_r""",
}
"""The pairs, with whether each column is equal in both."""


def _fill(connection: duckdb.DuckDBPyConnection, kind: str, records: Any) -> int:
    """Rows go over in blocks, so that no more than one of them is in Python at a time."""
    names, count = COLUMNS[kind], 0
    types = {"id": pa.int64(), "numbered": pa.bool_()}
    rows = records.iterator(chunk_size=AT_ONCE * 10)
    while block := list(itertools.islice(rows, AT_ONCE * 10)):
        told = {
            name: pa.array([_plain(name, row[at]) for row in block], types.get(name, pa.string()))
            for at, name in enumerate(names)
        }
        connection.register("block", pa.table(told))
        connection.execute("INSERT INTO records SELECT * FROM block")
        connection.unregister("block")
        count += len(block)
    return count


def _plain(name: str, value: Any) -> Any:
    if name == "numbered":
        return bool(value)
    return value if name == "id" or value is None else str(value) or None


def _pair(found: dict[str, Any]) -> Found:
    low, high = sorted((int(found["id_l"]), int(found["id_r"])))
    reasons = [
        next(said for column, said in ways if not column or found.get(column))
        for compared, ways in SAID.items()
        if (found.get(f"mw_{compared}") or 0) > 0
    ]
    return low, high, round(found["match_probability"] * 1000), reasons


def look(kind: str) -> int:
    """Offer new pairs; one that was decided is never offered again.  Gives how many are new."""
    return sum(_offer(kind, some) for some in found_in_parts(kind))


def _offer(kind: str, found: list[Found]) -> int:
    """Some pairs at once.  What was decided stays as it is; what is open takes the probability of today."""
    first, second, new = f"first_{kind}_id", f"second_{kind}_id", 0
    for at in range(0, len(found), AT_ONCE):
        some = {each[:2]: each for each in found[at : at + AT_ONCE]}
        with transaction.atomic():
            numbers = {number for pair in some for number in pair}
            there = set(MODELS[kind]._default_manager.filter(pk__in=numbers).values_list("pk", flat=True))
            known = {
                (getattr(each, first), getattr(each, second)): each
                for each in Pair.objects.filter(**{f"{first}__in": {low for low, _high in some}})
            }
            fresh = [each for pair, each in some.items() if pair not in known and set(pair) <= there]
            Pair.objects.bulk_create([
                Pair(**{first: low, second: high}, probability=probability, reasons=reasons)
                for low, high, probability, reasons in fresh
            ], ignore_conflicts=True)  # fmt: skip
            new += len(fresh)
            for pair, (_low, _high, probability, reasons) in some.items():
                held = known.get(pair)
                if (
                    held is not None
                    and held.decision == ""
                    and (held.probability, held.reasons) != (probability, reasons)
                ):
                    Pair.objects.filter(pk=held.pk, decision="").update(probability=probability, reasons=reasons)
    return new
