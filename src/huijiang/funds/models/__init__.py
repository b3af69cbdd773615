"""What the room keeps; each file is one side of money."""

from huijiang.funds.models.budget import Allotment, Line, Share, Source
from huijiang.funds.models.ledger import Account, Entry, Posting

__all__ = ["Account", "Allotment", "Entry", "Line", "Posting", "Share", "Source"]
