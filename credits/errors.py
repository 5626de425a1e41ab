"""What the ledger's services refuse, each with a stable code."""

from __future__ import annotations

from portal.web.errors import PortalError


class LedgerError(PortalError):
    """Something can't be posted."""

    code = "posting_refused"


class UnbalancedError(LedgerError):
    """The lines are fewer than two, or don't sum to zero in each unit and lot."""

    code = "unbalanced"


class BadAmountError(LedgerError):
    """The amount is zero, too large, negative where it may not be, or not whole. BAD_INPUTS: 13, 42."""

    code = "bad_amount"


class UnknownUnitError(LedgerError):
    """The ledger has no such unit, or the account doesn't count it. BAD_INPUTS: 42."""

    code = "unknown_unit"


class InsufficientError(LedgerError):
    """More would be taken than is there and still valid. Clause: JN-2. BAD_INPUTS: 42."""

    code = "insufficient"


class FutureError(LedgerError):
    """The day it would count for has come nowhere on Earth. BAD_INPUTS: 42."""

    code = "in_the_future"


class ValidityError(LedgerError):
    """The grant would expire before it begins."""

    code = "bad_validity"


class KeyReusedError(LedgerError):
    """The key stands for another posting already. BAD_INPUTS: 36."""

    code = "key_reused"
    status = 409


class AlreadyReversedError(LedgerError):
    """The entry was reversed; it can't be reversed twice."""

    code = "already_reversed"
    status = 409


class NotReversibleError(LedgerError):
    """A reservation, a release or a reversal is undone in another way."""

    code = "not_reversible"
    status = 409


class ReservationEndedError(LedgerError):
    """The reservation was captured or released."""

    code = "reservation_ended"
    status = 409


class AlreadyChargedError(LedgerError):
    """The logged time was charged or struck, or belongs to another agreement. Clause: JS-2, JB-8."""

    code = "already_charged"
    status = 409


class NotApprovedError(LedgerError):
    """What costs money needs the approval of a second person."""

    code = "not_approved"
    status = 409


class OwnWorkError(LedgerError):
    """Nobody approves what they prepared."""

    code = "own_work"
    status = 403


class BeyondLimitError(LedgerError):
    """The amount is beyond what the role may decide on."""

    code = "beyond_limit"
    status = 403


class MayNotError(LedgerError):
    """The role does not do this with money."""

    code = "may_not"
    status = 403


class AlreadyDecidedError(LedgerError):
    """Somebody decided on the proposal before."""

    code = "already_decided"
    status = 409


class ReasonMissingError(LedgerError):
    """What is decided against somebody needs a reason that they can read."""

    code = "reason_missing"


class UnknownProposalError(LedgerError):
    """There is no such proposal for this user."""

    code = "not_found"
    status = 404


class NoRightError(LedgerError):
    """No right to end the order form arose. Clause: JB-11."""

    code = "no_right"
    status = 409


class AlreadyEndedError(LedgerError):
    """The order form has an end already. Clause: JB-11."""

    code = "already_ended"
    status = 409


class EndDayError(LedgerError):
    """The order form can't end on that day. Clause: JB-11."""

    code = "end_day"


class NameMissingError(LedgerError):
    """A notice is signed by a name."""

    code = "name_missing"


class MonthNotOverError(LedgerError):
    """A month is closed once it is over in the agreement's zone. Clause: T-8, T-10."""

    code = "month_not_over"


class NothingToCloseError(LedgerError):
    """The agreement grants no credits."""

    code = "nothing_to_close"


class AlreadyClosedError(LedgerError):
    """The month closed, and nothing has changed since."""

    code = "already_closed"
    status = 409


class CapPassedError(LedgerError):
    """The month's credits would pass its cap. Clause: JS-13."""

    code = "cap_passed"
    status = 409


class TakenBackError(LedgerError):
    """More would be taken back than is granted for the month. Clause: JS-13."""

    code = "taken_back"
    status = 409


class NoWordsError(LedgerError):
    """A text is missing, or longer than it may be."""

    code = "no_words"


class NotQuotableError(LedgerError):
    """The fee covers the work, or the work is over: nothing is quoted. Clause: JS-2, JB-14."""

    code = "not_quotable"
    status = 409


class UnknownQuoteError(LedgerError):
    """There is no such quote for this user."""

    code = "not_found"
    status = 404


class QuoteDecidedError(LedgerError):
    """Somebody accepted, declined or withdrew the quote before. BAD_INPUTS: 36, 37."""

    code = "quote_decided"
    status = 409


class QuoteSupersededError(LedgerError):
    """A later version took the quote's place."""

    code = "quote_superseded"
    status = 409


class QuoteExpiredError(LedgerError):
    """The quote's last day is over."""

    code = "quote_expired"
    status = 409


class BeyondQuoteError(LedgerError):
    """The charge would pass what the client accepted. Clause: JS-2, JB-14."""

    code = "beyond_quote"
    status = 409


class NotChargeableError(LedgerError):
    """No accepted quote and no recorded cause lets the work be charged. Clause: JS-2, JB-8."""

    code = "not_chargeable"
    status = 409


class BadDayError(LedgerError):
    """A day that comes too early or too late. BAD_INPUTS: 12, 38."""

    code = "bad_day"


class RateExistsError(LedgerError):
    """The rate card has a price of that name, in that currency, from that day on."""

    code = "rate_exists"
    status = 409


class UnknownAgreementError(LedgerError):
    """There is no such agreement for this user, or it does not run."""

    code = "unknown_agreement"


class UnknownRequestError(LedgerError):
    """There is no such service request for this user."""

    code = "not_found"
    status = 404


class RequestClosedError(LedgerError):
    """The service request is closed. BAD_INPUTS: 37."""

    code = "request_closed"
    status = 409


class UnknownLineError(LedgerError):
    """There is no such line, or no such dispute, for this user."""

    code = "not_found"
    status = 404


class AlreadyDisputedError(LedgerError):
    """A dispute of the line waits for an answer. BAD_INPUTS: 36."""

    code = "already_disputed"
    status = 409


class AlreadyAnsweredError(LedgerError):
    """Somebody answered the dispute before. BAD_INPUTS: 36, 37."""

    code = "already_answered"
    status = 409
