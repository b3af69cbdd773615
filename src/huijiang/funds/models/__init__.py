"""What the room keeps; each file is one side of money."""

from huijiang.funds.models.answers import Answer, AnswerLine
from huijiang.funds.models.budget import Allotment, Line, RuleChange, Share, Source
from huijiang.funds.models.commitments import Commitment
from huijiang.funds.models.ledger import Account, Entry, Posting
from huijiang.funds.models.payments import BankFile, Batch, BatchSignature, PayingAccount, Payment
from huijiang.funds.models.recoveries import CameBack, Finding, Recovery
from huijiang.funds.models.reservations import Reservation, Waiting
from huijiang.funds.models.returned import Refund, RefundLine
from huijiang.funds.models.reversals import Reversal
from huijiang.funds.models.sharing import Closing, ClosingSignature, Portion
from huijiang.funds.models.takeover import PastFile, PastPayment
from huijiang.funds.models.undetermined import FundQuestion

__all__ = [
    "Account",
    "Allotment",
    "Answer",
    "AnswerLine",
    "BankFile",
    "Batch",
    "BatchSignature",
    "CameBack",
    "Closing",
    "ClosingSignature",
    "Commitment",
    "Entry",
    "Finding",
    "FundQuestion",
    "Line",
    "PastFile",
    "PastPayment",
    "PayingAccount",
    "Payment",
    "Portion",
    "Posting",
    "Recovery",
    "Refund",
    "RefundLine",
    "Reservation",
    "Reversal",
    "RuleChange",
    "Share",
    "Source",
    "Waiting",
]
