"""A bound on the memory of a run is one on the process, of which the database is only a part."""

from __future__ import annotations

import os
import re
from pathlib import Path

UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
UNCOUNTED = 160 * 10**6  # bytes; every rule over a million people held 140 beyond what was counted
STATM = Path("/proc/self/statm")  # pages: of all, resident, …


def for_database(memory: str) -> str:
    """What DuckDB may take of a bound such as `600MB`: what the process does not hold yet, less what neither counts.

    That is a tenth of the bound, `UNCOUNTED` at least: what DuckDB allocates without counting it, and what Python
    comes to hold of statements.  DuckDB gets a third of the bound at least: with less it can't work.  Another way of
    writing a bound is DuckDB's to read, or to refuse.
    """
    found = re.fullmatch(r"\s*(\d+)\s*([KMGT]I?B)\s*", memory.upper())
    if found is None:
        return memory
    bound = int(found[1]) * UNITS[found[2]]
    return f"{max(bound - max(bound // 10, UNCOUNTED) - held(), bound // 3) // 10**6}MB"


def held() -> int:
    """Bytes that this process holds in memory now; 0 where the system does not tell."""
    if not STATM.is_file():
        return 0
    return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
