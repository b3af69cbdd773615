"""Which records may be the same: probabilistic linkage (Fellegi and Sunter) by splink on DuckDB, in memory alone.

The weights are declared, not learned: two runs over the same rows give the same pairs, and an officer can be told
why.  `m` is how often a column agrees so in two records of one person, `u` how often by chance in two of different
people.  An identity number cannot agree (the database keeps each once); that both records have one speaks against.
"""

from __future__ import annotations

from typing import Any, Final

import duckdb
import pyarrow as pa
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from huijiang.registry.linked import Pair, aliases
from huijiang.registry.models import MODELS, IdentityDocument, Organisation, Person

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


def _people() -> SettingsCreator:
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
        blocking_rules_to_generate_predictions=[
            block_on("name_key", "birth"), block_on("pinyin", "birth"), block_on("name_key", "employer"),
            block_on("birth", "employer"),
        ],
    )  # fmt: skip


def _firms() -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only", probability_two_random_records_match=0.0001, unique_id_column_name="id",
        retain_matching_columns=False, retain_intermediate_calculation_columns=True,
        comparisons=[_names(0.95), _same("place", 0.95, 0.10), _number()],
        blocking_rules_to_generate_predictions=[
            block_on("name_key"), block_on("pinyin"), block_on("place", "substr(name_key, 1, 6)"),
        ],
    )  # fmt: skip


COLUMNS: Final = {
    "person": ("id", "name_key", "pinyin", "birth", "employer", "numbered"),
    "organisation": ("id", "name_key", "pinyin", "place", "numbered"),
}


def _rows(kind: str) -> Any:
    """The records that are nobody's alias, with what is compared of them."""
    if kind == "person":
        has = Exists(IdentityDocument.objects.filter(person=OuterRef("pk")))
        found = Person.objects.annotate(birth=F("birth_date"), numbered=has)
        columns: tuple[str, ...] = ("pk", "name_key", "pinyin", "birth", "employer_id", "numbered")
    else:
        found = Organisation.objects.annotate(numbered=F("uscc"))
        columns = ("pk", "name_key", "pinyin", "place_id", "numbered")
    return found.exclude(pk__in=aliases(kind)).values_list(*columns).iterator(chunk_size=20_000)


def pairs(kind: str) -> list[tuple[int, int, int, list[str]]]:
    """(lower number, higher number, probability in thousandths, reasons) of every pair above even odds."""
    told: dict[str, list[Any]] = {name: [] for name in COLUMNS[kind]}
    for row in _rows(kind):
        for name, value in zip(told, row, strict=True):
            told[name].append(_plain(name, value))
    if len(told["id"]) < 2:
        return []
    types = {"id": pa.int64(), "numbered": pa.bool_()}
    given = pa.table({name: pa.array(values, types.get(name, pa.string())) for name, values in told.items()})
    with duckdb.connect(":memory:") as connection:
        connection.register("given", given)
        connection.execute("CREATE TABLE records AS SELECT * FROM given")
        api = DuckDBAPI(connection)
        linker = Linker(api.register("records"), _people() if kind == "person" else _firms(), log_level="ERROR")
        found = linker.inference.predict(threshold_match_probability=LEAST, warning_mode="never").as_record_list()
    place = {number: at for at, number in enumerate(told["id"])}
    return sorted(_pair(each, told, place) for each in found)


def _plain(name: str, value: Any) -> Any:
    if name == "numbered":
        return bool(value)
    return value if name == "id" or value is None or value == "" else str(value)


def _pair(found: dict[str, Any], told: dict[str, list[Any]], place: dict[int, int]) -> tuple[int, int, int, list[str]]:
    low, high = sorted((int(found["id_l"]), int(found["id_r"])))
    one, other = place[low], place[high]
    reasons = []
    for compared, ways in SAID.items():
        if found.get(f"mw_{compared}", 0) > 0:
            reasons.append(
                next(said for column, said in ways if not column or told[column][one] == told[column][other])
            )
    return low, high, round(found["match_probability"] * 1000), reasons


def look(kind: str) -> int:
    """Offer new pairs; one that was decided is never offered again.  Gives how many are new."""
    new = 0
    model = MODELS[kind]
    for low, high, probability, reasons in pairs(kind):
        with transaction.atomic():
            if model._default_manager.filter(pk__in=(low, high)).count() < 2:
                continue
            pair, made = Pair.objects.get_or_create(
                **{f"first_{kind}_id": low, f"second_{kind}_id": high},
                defaults={"probability": probability, "reasons": reasons},
            )
            if not made and pair.decision == "":
                Pair.objects.filter(pk=pair.pk, decision="").update(probability=probability, reasons=reasons)
            new += made
    return new
