"""What other rooms call: issue a letter, serve it, withdraw it.

from huijiang.letters import services as letters

letter = letters.issue(
    "grant", "claim:5f0c…", region="330109", to=letters.To(person=7), by=user,
    values={"case": "萧-2026-000123", "benefit": "技能提升补贴", …}, amount=200_000,
)
"""

from __future__ import annotations

from huijiang.letters.issuing import Incomplete, To, issue, withdraw
from huijiang.letters.models import Kind, Letter, Office, Service, Withdrawal
from huijiang.letters.serving import is_served, read, serve, served_on

__all__ = [
    "Incomplete", "Kind", "Letter", "Office", "Service", "To", "Withdrawal", "is_served", "issue", "read", "serve",
    "served_on", "withdraw",
]  # fmt: skip
