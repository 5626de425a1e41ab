"""What can be done to the ledger. Every service is idempotent by its scope and key."""

from credits.services.approvals import approve
from credits.services.charges import prepare_charge
from credits.services.closing import Closed, close_by_hand, close_months
from credits.services.digests import make_digests
from credits.services.disputes import answer_dispute, raise_dispute, report_missing, report_missing_in_month
from credits.services.entitlements import (
    capture,
    consume_entitlement,
    expire_lots,
    grant_entitlement,
    release,
    reserve,
    warn_of_expiring,
)
from credits.services.money import (
    credit_client,
    enter_invoice,
    offset_invoices,
    owe_refund,
    pay_out,
    pay_refund,
    record_payment,
)
from credits.services.notes import note_entry
from credits.services.posting import Movement, Order, post_entry, reverse_entry
from credits.services.proposals import (
    approve_proposal,
    decline_proposal,
    prepare_proposal,
    waive_proposal,
    withdraw_proposal,
)
from credits.services.quotes import accept_quote, decline_quote, quote_work, withdraw_quote
from credits.services.rates import add_rate
from credits.services.requests import close_request, request_service
from credits.services.statements import issue_statements
from credits.services.verification import verify
from credits.services.work import charge_client, log_time, strike_time

__all__ = [
    "Closed",
    "Movement",
    "Order",
    "accept_quote",
    "add_rate",
    "answer_dispute",
    "approve",
    "approve_proposal",
    "capture",
    "charge_client",
    "close_by_hand",
    "close_months",
    "close_request",
    "consume_entitlement",
    "credit_client",
    "decline_proposal",
    "decline_quote",
    "enter_invoice",
    "expire_lots",
    "grant_entitlement",
    "issue_statements",
    "log_time",
    "make_digests",
    "note_entry",
    "offset_invoices",
    "owe_refund",
    "pay_out",
    "pay_refund",
    "post_entry",
    "prepare_charge",
    "prepare_proposal",
    "quote_work",
    "raise_dispute",
    "record_payment",
    "release",
    "report_missing",
    "report_missing_in_month",
    "request_service",
    "reserve",
    "reverse_entry",
    "strike_time",
    "verify",
    "waive_proposal",
    "warn_of_expiring",
    "withdraw_proposal",
    "withdraw_quote",
]
