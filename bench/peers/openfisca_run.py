"""Runs in OpenFisca's own environment: totals of a population, or one person at a time with the tracer.

    openfisca_run.py flatten FOLDER COLUMNS.npz TABLES   make the flattened columns, and the same as Parquet
    openfisca_run.py flat COLUMNS.npz               totals from them
    openfisca_run.py tables FOLDER                  totals from the event tables
    openfisca_run.py people COLUMNS.npz N…          each person by number, traced

Prints JSON: totals in fen; CPU seconds of the process, and of it after the imports; peak memory; milliseconds per person.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core.simulations import Simulation, SimulationBuilder
from openfisca_events import Columns, flatten, load, save, write_tables
from openfisca_system import BENEFITS, FIRM_FACTS, FIRM_INPUTS, MONTHS, PERSON_INPUTS, system

BEGUN = time.process_time()  # after the imports
INPUTS = {**PERSON_INPUTS, **FIRM_INPUTS}


def slots_of(columns: dict[str, Columns]) -> dict[str, int]:
    return {name: int(columns[name]["slot"].max(initial=0)) + 1 for name in INPUTS}


def simulation(rules: Any, columns: dict[str, Columns]) -> Simulation:
    """The inputs set, month by month and slot by slot; months without events keep OpenFisca's defaults."""
    people, firms = len(columns["person"]["employer"]), len(columns["firm"]["kind"])
    builder = SimulationBuilder()
    builder.create_entities(rules)
    builder.declare_person_entity("person", range(people))
    firm = builder.declare_entity("firm", range(firms + 1))  # the last one: no employer
    firm.members_entity_id = columns["person"]["employer"]
    made: Simulation = builder.build(rules)
    for column in FIRM_FACTS:
        values = columns["firm"][column]
        made.set_input(f"firm_{column}", "ETERNITY", np.append(values, np.zeros(1, values.dtype)))
    for name, kinds in INPUTS.items():
        count = people if name in PERSON_INPUTS else firms + 1
        who, month, slot = (columns[name][each] for each in ("who", "month", "slot"))
        for number, written in enumerate(MONTHS):
            in_month = np.flatnonzero(month == number)
            for place in np.unique(slot[in_month]):
                rows = in_month[slot[in_month] == place]
                for column, kind in kinds.items():
                    dense = np.zeros(count, dtype=bool if kind is bool else np.int32)
                    dense[who[rows]] = columns[name][column][rows]
                    made.set_input(f"{name}_{column}_{place}", written, dense)
    return made


def totals(made: Simulation) -> dict[str, int]:
    """Fen by benefit, over all the months."""
    return {
        name: sum(int(made.calculate(name, each).sum(dtype=np.int64)) for each in periods)
        for name, periods in BENEFITS.items()
    }


def population(columns: dict[str, Columns]) -> None:
    found = totals(simulation(system(slots_of(columns)), columns))
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, calculation = used.ru_utime + used.ru_stime, time.process_time() - BEGUN
    print(json.dumps({"totals": found, "cpu": cpu, "calculation": calculation, "peak": peak_mib()}))


def peak_mib() -> int:
    """Peak memory of this process; `getrusage` may say the parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(each for each in lines if each.startswith("VmHWM:")).split()[1]) // 1024


def one(columns: dict[str, Columns], number: int) -> dict[str, Columns]:
    """The columns of one person and of their employer alone."""
    employer = int(columns["person"]["employer"][number])
    known = employer < len(columns["firm"]["kind"])
    found: dict[str, Columns] = {
        "person": {"employer": np.array([0])},
        "firm": {c: v[employer : employer + 1] if known else v[:0] for c, v in columns["firm"].items()},
    }
    for name in INPUTS:
        of = number if name in PERSON_INPUTS else employer
        rows = columns[name]["who"] == of
        found[name] = {c: v[rows] for c, v in columns[name].items()} | {"who": np.zeros(int(rows.sum()), np.int32)}
    return found


def people(columns: dict[str, Columns], numbers: list[int]) -> None:
    """Set up, calculate and print the trace of one person after the other; the rules are made once."""
    rules = system(slots_of(columns))
    cases = [one(columns, number) for number in numbers]
    times, found, letters = [], [], 0
    for count, case in enumerate([*cases[:5], *cases]):
        start = time.perf_counter()
        made = simulation(rules, case)
        made.trace = True
        total = totals(made)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            made.tracer.print_computation_log()
        took = 1_000 * (time.perf_counter() - start)
        if count >= 5:  # the first five warm up
            times.append(took)
            found.append(total)
            letters += len(printed.getvalue())
    print(json.dumps({"times": times, "totals": found, "letters": letters // max(1, len(cases))}))


def main(verb: str, place: str, *rest: str) -> None:
    if verb == "flatten":
        columns = flatten(Path(place))
        save(columns, Path(rest[0]))
        write_tables(columns, Path(rest[1]))
    elif verb == "flat":
        population(load(Path(place)))
    elif verb == "tables":
        population(flatten(Path(place)))
    elif verb == "people":
        people(load(Path(place)), [int(each) for each in rest])
    else:
        raise SystemExit(f"openfisca_run.py: no verb {verb}; there are flatten, flat, tables, people")


if __name__ == "__main__":
    main(*sys.argv[1:])
