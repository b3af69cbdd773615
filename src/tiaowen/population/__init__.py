"""The same plan over whole populations: SQL on DuckDB over Parquet, in bounded memory."""

from tiaowen.population.adding import Total, totals
from tiaowen.population.errors import PopulationError, Unsupported
from tiaowen.population.execution import Population, lines_as_python, run
from tiaowen.population.store import write_facts

__all__ = [
    "Population",
    "PopulationError",
    "Total",
    "Unsupported",
    "lines_as_python",
    "run",
    "totals",
    "write_facts",
]
