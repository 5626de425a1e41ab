"""What the database itself keeps of the ledger's promises, whoever writes to it: pages, admin, shell or SQL.

A line fits its entry, its account and its lot, and none comes after the seal. A seal demands two or more lines that sum
to zero in each unit and lot, then moves the balances; floors are checks on those. A balance moves in no other way: only
by what an entry later than its last has on it, and so by each entry once. An entry can't be committed without its seal,
because its foreign key to the seal is deferred.
"""

# ruff: noqa: S608  (The SQL is made of this module's own constants; no value of anybody's is in it.)

from __future__ import annotations

from collections.abc import Iterable

from credits.models import (
    Account,
    Approval,
    Balance,
    Charge,
    ChargedTime,
    Decision,
    Digest,
    Dispute,
    DisputeAnswer,
    Entry,
    EntryNote,
    Invoice,
    Kind,
    Line,
    Lot,
    LotBalance,
    MonthClose,
    Proposal,
    QuoteDecision,
    QuoteVersion,
    Rate,
    Seal,
    Statement,
    StatementLine,
    StatementPart,
    StruckTime,
    Termination,
    TimeEntry,
    Unit,
    Verdict,
)
from credits.models.accounts import LOTTED, OF_PREPAID
from credits.models.entries import APPROVED, IRREVERSIBLE
from credits.rules.units import PREPAID
from portal.journal.append_only import Guard, Refusal, append_only, kept


def _one_of(values: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"


ACCOUNT_OPENED = Guard(
    "credits_account_opened",
    "INSERT",
    refusals=(
        Refusal(
            "the account does not count this kind of unit",
            f"(NEW.code IN {_one_of(OF_PREPAID)}) <> "
            f"((SELECT kind FROM credits_unit WHERE code = NEW.unit_id) = '{PREPAID}')",
        ),
    ),
    acts=(
        "INSERT INTO credits_balance (account_id, minor, floor0, last_entry_id) VALUES (NEW.id, 0, NEW.floor0, NULL)",
    ),
)

BALANCE_MOVED = Guard(
    "credits_balance_moved",
    "UPDATE",
    refusals=(
        Refusal(
            "a balance keeps its account and its floor", "NEW.account_id <> OLD.account_id OR NEW.floor0 <> OLD.floor0"
        ),
        Refusal(
            "a balance moves by each later entry once, by what the entry says",
            "NEW.last_entry_id IS NULL OR NEW.last_entry_id <= COALESCE(OLD.last_entry_id, 0) "
            "OR NOT EXISTS (SELECT 1 FROM credits_line WHERE account_id = OLD.account_id "
            "AND entry_id = NEW.last_entry_id GROUP BY entry_id HAVING SUM(minor) = NEW.minor - OLD.minor)",
        ),
    ),
)

LOT_OPENED = Guard(
    "credits_lot_opened",
    "INSERT",
    refusals=(
        Refusal(
            "this account has no lots",
            f"NOT EXISTS (SELECT 1 FROM credits_account WHERE id = NEW.account_id AND code IN {_one_of(LOTTED)})",
        ),
        Refusal(
            "the agreement is of another client",
            "NEW.agreement_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_account "
            "JOIN clients_agreement ON clients_agreement.client_id = credits_account.client_id "
            "WHERE credits_account.id = NEW.account_id AND clients_agreement.id = NEW.agreement_id)",
        ),
    ),
    acts=(
        (
            "INSERT INTO credits_lotbalance (lot_id, granted, remaining, last_entry_id) "
            "VALUES (NEW.id, NEW.granted, 0, NULL)"
        ),
    ),
)

LOT_MOVED = Guard(
    "credits_lot_moved",
    "UPDATE",
    refusals=(
        Refusal("a lot keeps its grant", "NEW.lot_id <> OLD.lot_id OR NEW.granted <> OLD.granted"),
        Refusal(
            "a lot moves by each later entry once, by what the entry says",
            "NEW.last_entry_id IS NULL OR NEW.last_entry_id <= COALESCE(OLD.last_entry_id, 0) "
            "OR NOT EXISTS (SELECT 1 FROM credits_line JOIN credits_lot ON credits_lot.id = credits_line.lot_id "
            "AND credits_lot.account_id = credits_line.account_id "
            "WHERE credits_line.lot_id = OLD.lot_id AND credits_line.entry_id = NEW.last_entry_id "
            "GROUP BY credits_line.entry_id HAVING SUM(credits_line.minor) = NEW.remaining - OLD.remaining)",
        ),
    ),
)

CHARGE_REWORDED = Guard(
    "credits_charge_reworded",
    "UPDATE",
    refusals=(
        Refusal(
            "a charge keeps its entry, its subject and its sum",
            "NEW.entry_id <> OLD.entry_id OR NEW.subject <> OLD.subject OR NEW.fixed_minor <> OLD.fixed_minor "
            "OR COALESCE(NEW.quote_id, 0) <> COALESCE(OLD.quote_id, 0)",
        ),
    ),
)

_ACCEPTED = (
    "FROM credits_quotedecision "
    "JOIN credits_quoteversion ON credits_quoteversion.id = credits_quotedecision.version_id "
    f"WHERE credits_quotedecision.verdict = '{QuoteDecision.Verdict.ACCEPTED}' AND credits_quoteversion.quote_id = "
)

CHARGE_MADE = Guard(
    "credits_charge_made",
    "INSERT",
    refusals=(
        Refusal(
            "the charges of a quote never pass what the client accepted",
            "NEW.quote_id IS NOT NULL AND COALESCE((SELECT SUM(credits_line.minor) FROM credits_charge "
            "JOIN credits_line ON credits_line.entry_id = credits_charge.entry_id AND credits_line.minor > 0 "
            "WHERE credits_charge.quote_id = NEW.quote_id AND NOT EXISTS (SELECT 1 FROM credits_entry AS reversal "
            "WHERE reversal.reverses_id = credits_charge.entry_id)), 0) "
            f"> COALESCE((SELECT MAX(credits_quoteversion.total_minor) {_ACCEPTED}NEW.quote_id), 0)",
        ),
        Refusal(
            "the quote is of another agreement",
            "NEW.quote_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_quote JOIN credits_entry "
            "ON credits_entry.agreement_id = credits_quote.agreement_id "
            "WHERE credits_quote.id = NEW.quote_id AND credits_entry.id = NEW.entry_id)",
        ),
    ),
)

NOTE_REWORDED = Guard(
    "credits_entrynote_reworded",
    "UPDATE",
    refusals=(Refusal("a note keeps its entry", "NEW.entry_id <> OLD.entry_id"),),
)

QUOTE_REVISED = Guard(
    "credits_quote_revised",
    "INSERT",
    refusals=(
        Refusal(
            "the versions of a quote are numbered one after another",
            "NEW.number <> (SELECT COUNT(*) FROM credits_quoteversion WHERE quote_id = NEW.quote_id)",
        ),
        Refusal("what the client accepted is not revised", f"EXISTS (SELECT 1 {_ACCEPTED}NEW.quote_id)"),
    ),
)

QUOTE_DECIDED = Guard(
    "credits_quote_decided",
    "INSERT",
    refusals=(
        Refusal(
            "only the newest version of a quote is decided",
            "EXISTS (SELECT 1 FROM credits_quoteversion AS later JOIN credits_quoteversion AS mine "
            "ON mine.quote_id = later.quote_id AND mine.number < later.number WHERE mine.id = NEW.version_id)",
        ),
        Refusal(
            "a quote is accepted before it expires",
            f"NEW.verdict = '{QuoteDecision.Verdict.ACCEPTED}' AND EXISTS (SELECT 1 FROM credits_quoteversion "
            "WHERE id = NEW.version_id AND expires_at <= NEW.decided_at)",
        ),
    ),
)

ENTRY_BEGUN = Guard(
    "credits_entry_begun",
    "INSERT",
    refusals=(
        Refusal(
            "the agreement is of another client",
            "NEW.agreement_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clients_agreement "
            "WHERE id = NEW.agreement_id AND client_id = NEW.client_id)",
        ),
        Refusal(
            "the approval is of another client",
            "NEW.approval_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_approval "
            "WHERE id = NEW.approval_id AND client_id = NEW.client_id)",
        ),
        Refusal(
            "only an entry of the same client is reversed, and no reservation, release or reversal",
            "NEW.reverses_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_entry "
            "WHERE id = NEW.reverses_id AND id <> NEW.id AND client_id = NEW.client_id "
            f"AND kind NOT IN {_one_of(IRREVERSIBLE)})",
        ),
        Refusal(
            "what a second person approved is reversed with an approval alone",
            "NEW.reverses_id IS NOT NULL AND NEW.approval_id IS NULL AND EXISTS (SELECT 1 FROM credits_entry "
            f"WHERE id = NEW.reverses_id AND kind IN {_one_of(APPROVED)})",
        ),
        Refusal(
            "only a reservation of the same client is released",
            "NEW.settles_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_entry "
            f"WHERE id = NEW.settles_id AND client_id = NEW.client_id AND kind = '{Kind.RESERVE}')",
        ),
    ),
)

LINE_APPENDED = Guard(
    "credits_line_appended",
    "INSERT",
    refusals=(
        Refusal(
            "a line is appended to an entry of this transaction, before its seal",
            "NOT EXISTS (SELECT 1 FROM credits_entry WHERE id = NEW.entry_id) "
            "OR EXISTS (SELECT 1 FROM credits_entry JOIN credits_seal ON credits_seal.digest = credits_entry.seal_id "
            "WHERE credits_entry.id = NEW.entry_id)",
        ),
        Refusal(
            "a line has the unit of its account and the client of its entry",
            "NOT EXISTS (SELECT 1 FROM credits_account "
            "JOIN credits_entry ON credits_entry.client_id = credits_account.client_id "
            "WHERE credits_account.id = NEW.account_id AND credits_account.unit_id = NEW.unit_id "
            "AND credits_entry.id = NEW.entry_id)",
        ),
        Refusal(
            "an account made of lots moves by its own lots",
            f"EXISTS (SELECT 1 FROM credits_account WHERE id = NEW.account_id AND code IN {_one_of(LOTTED)}) "
            "AND NOT EXISTS (SELECT 1 FROM credits_lot WHERE id = NEW.lot_id AND account_id = NEW.account_id)",
        ),
        Refusal(
            "a lot has the client and the unit of the line",
            "NEW.lot_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_lot "
            "JOIN credits_account ON credits_account.id = credits_lot.account_id "
            "JOIN credits_entry ON credits_entry.client_id = credits_account.client_id "
            "WHERE credits_lot.id = NEW.lot_id AND credits_account.unit_id = NEW.unit_id "
            "AND credits_entry.id = NEW.entry_id)",
        ),
        Refusal(
            "a lot is spent from its first instant until it expires",
            "NEW.minor < 0 AND EXISTS (SELECT 1 FROM credits_lot JOIN credits_entry ON credits_entry.id = NEW.entry_id "
            "WHERE credits_lot.id = NEW.lot_id AND credits_lot.account_id = NEW.account_id "
            f"AND credits_entry.kind IN {_one_of((Kind.CONSUME, Kind.RESERVE))} "
            "AND (credits_lot.effective_at > credits_entry.posted_at "
            "OR credits_lot.expires_at <= credits_entry.posted_at))",
        ),
        # SQLite keeps a fraction in a column of whole numbers.
        Refusal("a line moves whole minor units", "NEW.minor <> CAST(NEW.minor AS bigint)"),
    ),
)

_SEALED_LINES = (
    "FROM credits_line JOIN credits_entry ON credits_entry.id = credits_line.entry_id "
    "WHERE credits_entry.seal_id = NEW.digest"
)
_SEALED_ENTRY = "(SELECT id FROM credits_entry WHERE seal_id = NEW.digest)"
_HOME = (
    "SELECT 1 FROM credits_lot WHERE credits_lot.id = credits_line.lot_id "
    "AND credits_lot.account_id = credits_line.account_id"
)

ENTRY_SEALED = Guard(
    "credits_entry_sealed",
    "INSERT",
    refusals=(
        Refusal("an entry has two lines at least", f"(SELECT COUNT(*) {_SEALED_LINES}) < 2"),
        Refusal(
            "the lines of an entry sum to zero in each unit and lot",
            f"EXISTS (SELECT 1 {_SEALED_LINES} GROUP BY credits_line.unit_id, credits_line.lot_id "
            "HAVING SUM(credits_line.minor) <> 0)",
        ),
        Refusal(
            "a reversal is the exact negation of what it reverses",
            "EXISTS (SELECT 1 FROM credits_entry AS reversal JOIN credits_line "
            "ON credits_line.entry_id IN (reversal.id, reversal.reverses_id) "
            "WHERE reversal.seal_id = NEW.digest AND reversal.reverses_id IS NOT NULL "
            "GROUP BY credits_line.account_id, credits_line.lot_id HAVING SUM(credits_line.minor) <> 0)",
        ),
    ),
    acts=(
        (
            f"UPDATE credits_balance SET last_entry_id = {_SEALED_ENTRY}, minor = minor + "
            f"(SELECT SUM(minor) {_SEALED_LINES} AND credits_line.account_id = credits_balance.account_id) "
            f"WHERE account_id IN (SELECT credits_line.account_id {_SEALED_LINES})"
        ),
        (
            f"UPDATE credits_lotbalance SET last_entry_id = {_SEALED_ENTRY}, remaining = remaining + "
            f"(SELECT SUM(minor) {_SEALED_LINES} AND credits_line.lot_id = credits_lotbalance.lot_id "
            f"AND EXISTS ({_HOME})) "
            f"WHERE lot_id IN (SELECT credits_line.lot_id {_SEALED_LINES} AND EXISTS ({_HOME}))"
        ),
    ),
)

PROPOSAL_MADE = Guard(
    "credits_proposal_made",
    "INSERT",
    refusals=(
        Refusal(
            "the agreement is of another client",
            "NEW.agreement_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM clients_agreement "
            "WHERE id = NEW.agreement_id AND client_id = NEW.client_id)",
        ),
    ),
)

_BY_ANOTHER = _one_of((Verdict.APPROVED, Verdict.WAIVED, Verdict.DECLINED))

DECISION_TAKEN = Guard(
    "credits_decision_taken",
    "INSERT",
    refusals=(
        Refusal(
            "who prepares a proposal does not decide on it",
            f"NEW.verdict IN {_BY_ANOTHER} AND EXISTS (SELECT 1 FROM credits_proposal "
            "WHERE id = NEW.proposal_id AND prepared_by_id = NEW.decided_by_id)",
        ),
        Refusal(
            "the approval is of another proposal",
            "NEW.approval_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_proposal JOIN credits_approval "
            "ON credits_approval.client_id = credits_proposal.client_id "
            "AND COALESCE(credits_approval.prepared_by_id, 0) = COALESCE(credits_proposal.prepared_by_id, 0) "
            "WHERE credits_proposal.id = NEW.proposal_id AND credits_approval.id = NEW.approval_id "
            "AND credits_approval.approved_by_id = NEW.decided_by_id)",
        ),
        Refusal(
            "the entry was not posted by this approval",
            "NEW.entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_entry "
            "WHERE id = NEW.entry_id AND approval_id = NEW.approval_id)",
        ),
    ),
)

MONTH_CLOSED = Guard(
    "credits_month_closed",
    "INSERT",
    refusals=(
        Refusal(
            "a close supersedes the one before it, of the same month",
            "NEW.supersedes_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_monthclose "
            "WHERE id = NEW.supersedes_id AND agreement_id = NEW.agreement_id AND month = NEW.month "
            "AND number = NEW.number - 1)",
        ),
    ),
)


NOTICE_GIVEN = Guard(
    "credits_notice_given",
    "INSERT",
    refusals=(
        Refusal(
            "the agreement is of another client",
            "NOT EXISTS (SELECT 1 FROM clients_agreement WHERE id = NEW.agreement_id AND client_id = NEW.client_id)",
        ),
        Refusal(
            "the refund was proposed for another agreement",
            "NEW.proposal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_proposal "
            "WHERE id = NEW.proposal_id AND agreement_id = NEW.agreement_id AND minor = NEW.refund_minor)",
        ),
    ),
)


STATEMENT_ISSUED = Guard(
    "credits_statement_issued",
    "INSERT",
    refusals=(
        Refusal(
            "a statement follows an earlier one of its client and unit",
            "NEW.previous_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM credits_statement "
            "WHERE id = NEW.previous_id AND client_id = NEW.client_id AND unit_id = NEW.unit_id "
            "AND month_on < NEW.month_on)",
        ),
        Refusal(
            "only the first statement of a client and unit follows none",
            "NEW.previous_id IS NULL AND EXISTS (SELECT 1 FROM credits_statement "
            "WHERE id <> NEW.id AND client_id = NEW.client_id AND unit_id = NEW.unit_id)",
        ),
    ),
)

_ACCOUNT_OF_STATEMENT = (
    "NOT EXISTS (SELECT 1 FROM credits_account JOIN credits_statement "
    "ON credits_statement.client_id = credits_account.client_id "
    "AND credits_statement.unit_id = credits_account.unit_id "
    "WHERE credits_account.id = NEW.account_id AND credits_statement.id = NEW.statement_id)"
)

STATEMENT_PART_TOLD = Guard(
    "credits_statement_part_told",
    "INSERT",
    refusals=(Refusal("a statement tells of its own client and unit", _ACCOUNT_OF_STATEMENT),),
)

STATEMENT_LINE_TOLD = Guard(
    "credits_statement_line_told",
    "INSERT",
    refusals=(
        Refusal("a statement tells of its own client and unit", _ACCOUNT_OF_STATEMENT),
        Refusal(
            "a line tells what its entry moved",
            "NEW.minor <> COALESCE((SELECT SUM(minor) FROM credits_line "
            "WHERE entry_id = NEW.entry_id AND account_id = NEW.account_id), 0)",
        ),
    ),
)


def register() -> None:
    """Register every table of the ledger with its guards."""
    append_only(Unit)
    append_only(Account, ACCOUNT_OPENED)
    kept(Balance, BALANCE_MOVED)
    append_only(Lot, LOT_OPENED)
    kept(LotBalance, LOT_MOVED)
    append_only(Approval)
    append_only(Proposal, PROPOSAL_MADE)
    append_only(Termination, NOTICE_GIVEN)
    append_only(Decision, DECISION_TAKEN)
    append_only(MonthClose, MONTH_CLOSED)
    append_only(Entry, ENTRY_BEGUN)
    append_only(Line, LINE_APPENDED)
    append_only(Seal, ENTRY_SEALED)
    append_only(Invoice)
    append_only(Digest)
    append_only(Statement, STATEMENT_ISSUED)
    append_only(StatementPart, STATEMENT_PART_TOLD)
    append_only(StatementLine, STATEMENT_LINE_TOLD)
    append_only(Dispute)
    append_only(DisputeAnswer)
    append_only(Rate)
    append_only(TimeEntry)
    append_only(StruckTime)
    kept(Charge, CHARGE_MADE, CHARGE_REWORDED)
    append_only(ChargedTime)
    kept(EntryNote, NOTE_REWORDED)
    append_only(QuoteVersion, QUOTE_REVISED)
    append_only(QuoteDecision, QUOTE_DECIDED)
