"""What the room keeps; each file is one side of money."""

from huijiang.funds.models.budget import Allotment, Line, Share, Source
from huijiang.funds.models.ledger import Account, Entry, Posting
from huijiang.funds.models.payments import (
    Answer,
    AnswerLine,
    BankFile,
    Batch,
    BatchSignature,
    CameBack,
    Finding,
    PayingAccount,
    Payment,
    Recovery,
)
from huijiang.funds.models.reservations import Reservation, Waiting
from huijiang.funds.models.takeover import PastFile, PastPayment

__all__ = [
    "Account",
    "Allotment",
    "Answer",
    "AnswerLine",
    "BankFile",
    "Batch",
    "BatchSignature",
    "CameBack",
    "Entry",
    "Finding",
    "Line",
    "PastFile",
    "PastPayment",
    "PayingAccount",
    "Payment",
    "Posting",
    "Recovery",
    "Reservation",
    "Share",
    "Source",
    "Waiting",
]
