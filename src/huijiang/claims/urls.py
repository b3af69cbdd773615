"""Pages of claims."""

from __future__ import annotations

from huijiang.claims.urls_proactive import PROACTIVE

urlpatterns = [*PROACTIVE]
