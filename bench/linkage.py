"""Likely duplicates in a loaded county: time, CPU and memory of the job that compares everybody, and what it finds.

`HUIJIANG_BENCH_HOME` and `HUIJIANG_BENCH_PEOPLE` as in section `entitlements`.  Among the people stand DOUBLES records
that are somebody else's without a number: half of them written alike, half with another first name that sounds the same.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from bench.entitlements import HOME, PEOPLE, loaded
from bench.serving import home as folder
from bench.steps import run, server_of, step

TITLE = "Likely duplicates"
DOUBLES = int(os.environ.get("HUIJIANG_BENCH_DOUBLES", "1000"))
Row = tuple[str, str, str]


def rows() -> list[Row]:
    """What, measured, promised."""
    with folder(HOME) as home, server_of(home) as server:
        found = [loaded(home, server)]
        run(["bench.linkage", "plant"], home)
        for kind, what in (("person", f"{PEOPLE:,} people"), ("organisation", "every organisation")):
            for which in ("first look", "next look, nothing new"):
                spent = step(f"{kind} {which}", ["bench.linkage", kind], home, server)
                found.append((f"{what}, {which}: {spent.said}", spent.told(), "bounded memory"))
        return found


# -- inside a process ----------------------------------------------------------------------
_PLANT = """
INSERT INTO registry_person (uid, name, name_key, pinyin, birth_date, employer_id, managed_by_id, source, as_of)
SELECT gen_random_uuid(), p.name, CASE WHEN p.id %% 2 = 0 THEN p.name_key ELSE left(p.name_key, 1) || '〇' END, p.pinyin,
       p.birth_date, p.employer_id, p.managed_by_id, 'bench double', p.as_of
FROM registry_person AS p
WHERE p.birth_date IS NOT NULL AND p.source <> 'bench double'
  AND NOT EXISTS (SELECT FROM registry_person WHERE source = 'bench double')
ORDER BY p.uid LIMIT %s
"""


def main(arguments: list[str]) -> None:
    import django

    django.setup()
    (what,) = arguments
    if what == "plant":
        plant()
    else:
        print(look(what))


def plant() -> None:
    """Doubles, once; and no pairs of an earlier run.  Histories and checks of single rows are not what is measured."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_PLANT, [DOUBLES])
        cursor.execute("DELETE FROM registry_pair")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_person")


def look(kind: str) -> str:
    from django.db.models import Q

    from huijiang.registry import likeness
    from huijiang.registry.models import Pair, Person

    new = likeness.look(kind)
    every: Any = Pair.objects.filter(**{f"first_{kind}__isnull": False})
    said = f"{every.count():,} pairs, {new:,} new"
    if kind == "person":
        double = Person.objects.filter(source="bench double")
        seen = every.filter(Q(first_person__in=double) | Q(second_person__in=double))
        said += f"; {seen.values('second_person').distinct().count():,} of {double.count():,} planted doubles"
    return said


if __name__ == "__main__":
    main(sys.argv[1:])
