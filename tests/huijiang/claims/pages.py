"""The pages of claims for the gate: those of who applies, those of the desk."""

from __future__ import annotations

from tests.huijiang.claims import pages_apply

PAGES = [*pages_apply.PAGES]
NOT_PAGES = {**pages_apply.NOT_PAGES}
