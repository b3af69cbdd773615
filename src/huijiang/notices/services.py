"""What other rooms call: tell somebody something; announce something new to those who asked for it.

    from huijiang.notices import services as notices

    notices.tell(person, "claim_submitted", {"number": "…", "benefit": "…"}, "claim:5f0c…")
    notices.announce("round", "round:5f0c…", "round_opened", {"title": "…", "until": "2027-01-31"}, region="330109",
                     address="/rounds/5f0c…/")

A room's own templates stand in its `notices.yaml` (see `notices/notices.yaml`).  `register_target("claim", address)`
says which page a message about `claim:…` leads to.
"""

from __future__ import annotations

from huijiang.notices.inbox import mark_read, of, unread
from huijiang.notices.models import Delivery, Notice
from huijiang.notices.subscribing import announce
from huijiang.notices.targets import register_target
from huijiang.notices.telling import tell

__all__ = ["Delivery", "Notice", "announce", "mark_read", "of", "register_target", "tell", "unread"]
