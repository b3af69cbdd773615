"""The pages of claims for the gate, by those who use them."""

from __future__ import annotations

from tests.huijiang.claims import pages_checks

PAGES = [*pages_checks.PAGES]
NOT_PAGES = {**pages_checks.NOT_PAGES}
