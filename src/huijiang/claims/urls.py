"""Claims: the applicants', the office's, everybody's."""

from __future__ import annotations

from huijiang.claims.urls_apply import APPLY
from huijiang.claims.urls_desk import DESK
from huijiang.claims.urls_proactive import PROACTIVE
from huijiang.claims.urls_rounds import ROUNDS

urlpatterns = [*APPLY, *DESK, *PROACTIVE, *ROUNDS]
