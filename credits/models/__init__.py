"""The ledger's rows. What they promise is kept by the database itself: see `credits.guards`."""

from credits.models.accounts import Account, Balance, Code, Unit
from credits.models.approvals import Approval
from credits.models.closes import MonthClose, MonthHold
from credits.models.digests import Digest
from credits.models.entries import Entry, Kind, Line, Seal
from credits.models.invoices import Invoice
from credits.models.lots import Lot, LotBalance
from credits.models.notes import EntryNote
from credits.models.proposals import Decision, Proposal, Verdict
from credits.models.quotes import Quote, QuoteDecision, QuoteVersion
from credits.models.requests import ServiceRequest
from credits.models.statements import Dispute, DisputeAnswer, Statement, StatementLine, StatementPart
from credits.models.terminations import Termination
from credits.models.work import Charge, ChargedTime, Rate, StruckTime, TimeEntry

__all__ = [
    "Account",
    "Approval",
    "Balance",
    "Charge",
    "ChargedTime",
    "Code",
    "Decision",
    "Digest",
    "Dispute",
    "DisputeAnswer",
    "Entry",
    "EntryNote",
    "Invoice",
    "Kind",
    "Line",
    "Lot",
    "LotBalance",
    "MonthClose",
    "MonthHold",
    "Proposal",
    "Quote",
    "QuoteDecision",
    "QuoteVersion",
    "Rate",
    "Seal",
    "ServiceRequest",
    "Statement",
    "StatementLine",
    "StatementPart",
    "StruckTime",
    "Termination",
    "TimeEntry",
    "Unit",
    "Verdict",
]
