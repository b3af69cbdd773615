"""A bound on the memory of a run is one on the process, of which the database is only a part."""

from __future__ import annotations

import os
import re
from pathlib import Path

UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30, "TIB": 2**40}
STATM = Path("/proc/self/statm")  # pages: of all, resident, …


def for_database(memory: str) -> str:
    """What DuckDB may take of a bound such as `600MB`: what the process does not hold yet, less a tenth.

    DuckDB does not count all that it allocates, hence the tenth.  It gets a third of the bound at least: with
    less it can't work.  Another way of writing a bound is DuckDB's to read, or to refuse.
    """
    found = re.fullmatch(r"\s*(\d+)\s*([KMGT]I?B)\s*", memory.upper())
    if found is None:
        return memory
    bound = int(found[1]) * UNITS[found[2]]
    return f"{max(bound * 9 // 10 - held(), bound // 3) // 10**6}MB"


def held() -> int:
    """Bytes that this process holds in memory now; 0 where the system does not tell."""
    if not STATM.is_file():
        return 0
    return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
