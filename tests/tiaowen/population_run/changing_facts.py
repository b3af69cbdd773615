"""Random facts, and changes to them: rows that come, go, change, move from one firm to another, stand twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.tiaowen.population.random_facts import RandomFacts
from tests.tiaowen.population_run.town import LIBRARY
from tiaowen.evaluate.facts import Row
from tiaowen.plan.rules import DocumentPlan
from tiaowen.population import write_facts
from tiaowen.population.run_folder import running
from tiaowen.population.running import FolderRun
from tiaowen.population.units import Unit


class ChangingFacts:
    """A small population for some rule that can be changed a little again and again."""

    def __init__(self, plan: DocumentPlan, rule: str, random: Random, size: int) -> None:
        self.random = random
        self.made = RandomFacts(LIBRARY, plan, rule, random, size)
        self.facts = self.made.build()
        self.number = 0

    def write(self, folder: Path) -> Path:
        self.number += 1
        write_facts(self.facts, folder / f"facts{self.number}")
        return folder / f"facts{self.number}"

    def change(self, times: int) -> None:
        for _ in range(times):
            name = self.random.choice([each for each, rows in self.facts.tables.items() if rows])
            way = self.random.choice((self._alter, self._alter, self._alter, self._add, self._double, self._remove))
            way(name, self.random.choice(self.facts.tables[name]))

    def _alter(self, name: str, row: Row) -> None:
        """One column gets another value; a reference may lead to another row then."""
        columns = [each for each in LIBRARY.vocabulary.tables[name].columns.values() if each.derived is None]
        column = self.random.choice([each for each in columns if each.name in row.values] or columns)
        value = self.made._value(name, column.name, column.type, 1.0)
        if value is not None:
            row.values[column.name] = value

    def _add(self, name: str, row: Row) -> None:
        new = Row(name, f"{row.id}+{self.random.randrange(10**9)}", {})
        self.made._fill(new, 1.0)
        self.facts.tables[name].append(new)

    def _double(self, name: str, row: Row) -> None:
        """The same said twice, under two ids."""
        self.facts.tables[name].append(Row(name, f"{row.id}={self.random.randrange(10**9)}", dict(row.values)))

    def _remove(self, name: str, row: Row) -> None:
        """Rows that refer to it refer to another then."""
        left = [each for each in self.facts.tables[name] if each is not row]
        if not left:
            return
        self.facts.tables[name] = left
        for rows in self.facts.tables.values():
            for each in rows:
                for column, value in each.values.items():
                    if value is row:
                        each.values[column] = left[0]


def run_unit(unit: Unit, folder: Path, out: Path, since: Path | None = None) -> FolderRun:
    with running(LIBRARY, [unit], folder, out, threads=1, since=since) as work:
        return work.run(None)
