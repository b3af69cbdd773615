"""What the county's tables are complete for: some are for some places and years only, as in real life."""

from __future__ import annotations

from typing import Any


def coverage(region: str) -> list[dict[str, Any]]:
    """Entries of coverage.json.  A table that is not listed is not known to be complete anywhere."""

    def entry(table: str, since: str | None = None, *, by: str = "", here: bool = False) -> dict[str, Any]:
        return {
            "table": table,
            "by": [by] if by else [],
            "place": region if here else "",
            "since": since,
            "until": None,
        }

    return [
        entry("person", here=True),  # the county's own register: nobody is known to be absent elsewhere
        entry("organisation", here=True),
        entry("certificate", by="holder"),  # the national query answers for every holder that is asked about
        entry("certificate", by="issuer"),  # and the bodies that issue keep all of theirs
        entry("membership"),
        entry("insurance", "2019-01-01", here=True),  # the county's own social insurance since its new system
        entry("employment", "2021-01-01", by="worker"),
        entry("hire", "2022-01-01", here=True),
        entry("placement", "2023-01-01", here=True),
        entry("stay", "2023-01-01", here=True),
        entry("apprenticeship", "2021-01-01", here=True),
        entry("training", "2021-01-01", here=True),
        entry("enrolment", by="student"),
        entry("school_year", "2024-01-01"),
        entry("assessment_term", "2021-01-01", here=True),
        entry("recognition"),
        entry("studio"),
        entry("studio_review", "2022-01-01"),
        entry("base", "2021-01-01", here=True),
        entry("base_service", "2024-01-01", here=True),
        entry("contest", "2021-01-01", here=True),
        entry("contest_entry", "2021-01-01", here=True),
        entry("payment", "2025-06-01"),
        entry("education_fund", "2023-01-01", here=True),
    ]
