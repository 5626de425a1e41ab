"""The ledger in the Django admin: found and read, never changed."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from credits.models import (
    Account,
    Approval,
    Balance,
    Charge,
    Decision,
    Digest,
    Dispute,
    DisputeAnswer,
    Entry,
    EntryNote,
    Invoice,
    Line,
    Lot,
    MonthClose,
    MonthHold,
    Proposal,
    Quote,
    QuoteDecision,
    QuoteVersion,
    Rate,
    ServiceRequest,
    Statement,
    StatementLine,
    StatementPart,
    StruckTime,
    Termination,
    TimeEntry,
    Unit,
)
from portal.web.admin import ReadOnlyAdmin, ReadOnlyInline


class LineInline(ReadOnlyInline):
    """What an entry moves."""

    model = Line
    fields = ["account", "minor", "unit", "lot"]


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    """Entries with their lines."""

    list_display = ["id", "kind", "client", "agreement", "effective_on", "posted_at", "posted_by", "source"]
    list_filter = ["kind", "client"]
    list_select_related = ["client", "agreement", "posted_by"]
    search_fields = ["key", "source", "client__name", "agreement__ref"]
    date_hierarchy = "posted_at"
    inlines = [LineInline]


class BalanceInline(ReadOnlyInline):
    """What an account holds."""

    model = Balance
    fields = ["minor", "floor0", "last_entry"]


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Accounts with their balances."""

    list_display = ["client", "code", "unit", "balance"]
    list_filter = ["code", "unit"]
    list_select_related = ["client", "unit", "balance__account"]
    search_fields = ["client__name"]
    inlines = [BalanceInline]


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    """Grants and invoices, and what is left of them."""

    list_display = ["id", "account", "agreement", "balance", "effective_at", "expires_at"]
    list_select_related = ["account__unit", "agreement", "balance"]
    search_fields = ["account__client__name", "agreement__ref"]


@admin.register(Unit)
class UnitAdmin(ReadOnlyAdmin):
    """What is counted."""

    list_display = ["code", "scale", "kind"]
    search_fields = ["code"]


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """What a second person approved."""

    list_display = ["id", "client", "prepared_by", "approved_by", "approved_at"]
    list_select_related = ["client", "prepared_by", "approved_by"]
    date_hierarchy = "approved_at"
    search_fields = ["client__name", "prepared_by__name", "approved_by__name"]


class DecisionInline(ReadOnlyInline):
    """What was said to a proposal."""

    model = Decision
    fields = ["verdict", "decided_by", "decided_at", "reason", "entry"]


@admin.register(Proposal)
class ProposalAdmin(ReadOnlyAdmin):
    """What waits for a second person, and what was said to it."""

    list_display = ["id", "kind", "client", "agreement", "month", "amount", "prepared_by", "prepared_at", "decision"]
    list_filter = ["kind", "unit"]
    list_select_related = ["client", "agreement", "prepared_by", "decision"]
    search_fields = ["key", "client__name", "agreement__ref"]
    date_hierarchy = "prepared_at"
    inlines = [DecisionInline]


@admin.register(MonthClose)
class MonthCloseAdmin(ReadOnlyAdmin):
    """Months that closed, with what their credits rest on."""

    list_display = ["agreement", "month", "number", "closed_at", "closed_by", "inputs_hash"]
    list_select_related = ["agreement", "closed_by"]
    search_fields = ["agreement__ref", "inputs_hash"]
    date_hierarchy = "month"


@admin.register(MonthHold)
class MonthHoldAdmin(ReadOnlyAdmin):
    """What keeps months from closing by themselves."""

    list_display = ["agreement", "month", "since"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__ref"]


class StatementPartInline(ReadOnlyInline):
    """What each account held before and after."""

    model = StatementPart
    fields = ["account", "opening", "closing"]


class StatementLineInline(ReadOnlyInline):
    """What a statement tells, line by line."""

    model = StatementLine
    fields = ["number", "entry", "account", "minor", "what", "clause"]


@admin.register(Statement)
class StatementAdmin(ReadOnlyAdmin):
    """Statements that were issued."""

    list_display = ["number", "client", "unit", "month_on", "issued_at"]
    list_filter = ["unit"]
    list_select_related = ["client", "unit"]
    search_fields = ["client__name", "digest"]
    date_hierarchy = "month_on"
    inlines = [StatementPartInline, StatementLineInline]


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    """What clients said of lines that they hold for wrong, and of what they miss."""

    list_display = ["__str__", "reason", "raised_by", "raised_at"]
    list_select_related = ["line__statement", "statement", "agreement", "raised_by"]
    search_fields = [
        "reason",
        "subject",
        "line__statement__client__name",
        "statement__client__name",
        "agreement__client__name",
    ]
    date_hierarchy = "raised_at"


@admin.register(DisputeAnswer)
class DisputeAnswerAdmin(ReadOnlyAdmin):
    """What staff answered."""

    list_display = ["dispute", "outcome", "answered_by", "answered_at"]
    list_filter = ["outcome"]
    list_select_related = ["dispute__line__statement", "dispute__statement", "dispute__agreement", "answered_by"]
    search_fields = [
        "text",
        "dispute__line__statement__client__name",
        "dispute__statement__client__name",
        "dispute__agreement__client__name",
    ]


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    """Invoices that were typed in."""

    list_display = ["number", "client", "issued_on", "lot"]
    list_select_related = ["client", "lot"]
    search_fields = ["number", "client__name"]


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    """The chains of digests."""

    list_display = ["client", "number", "entries", "last_entry", "digest", "made_at"]
    list_select_related = ["client", "last_entry"]
    search_fields = ["digest", "client__name"]


@admin.register(Rate)
class RateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # The class takes no parameter at run time.
    """The rate card: another price is another row, from its day on."""

    list_display = ["name", "unit", "hourly", "from_on"]
    list_filter = ["unit"]
    search_fields = ["name"]

    def has_change_permission(self, request: HttpRequest, obj: Rate | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Rate | None = None) -> bool:
        return False


@admin.register(TimeEntry)
class TimeEntryAdmin(ReadOnlyAdmin):
    """The time log."""

    list_display = ["subject", "agreement", "worked_by", "worked_on", "minutes", "rate"]
    list_select_related = ["agreement", "worked_by", "rate"]
    search_fields = ["subject", "agreement__ref"]
    date_hierarchy = "worked_on"


@admin.register(Charge)
class ChargeAdmin(ReadOnlyAdmin):
    """What was charged for, and why."""

    list_display = ["entry", "subject", "reason", "fixed_minor", "quote"]
    list_select_related = ["entry", "quote"]
    search_fields = ["subject", "reason", "quote__ref"]


@admin.register(StruckTime)
class StruckTimeAdmin(ReadOnlyAdmin):
    """Logged time that is not charged."""

    list_display = ["time_entry", "struck_by", "struck_at", "reason"]
    list_select_related = ["time_entry", "struck_by"]
    search_fields = ["time_entry__subject", "reason"]


@admin.register(EntryNote)
class EntryNoteAdmin(ReadOnlyAdmin):
    """What entries of prepaid units are for."""

    list_display = ["entry", "words"]
    list_select_related = ["entry"]
    search_fields = ["words"]


@admin.register(Termination)
class TerminationAdmin(ReadOnlyAdmin):
    """Notices that ended an order form."""

    list_display = ["agreement", "client", "ends_on", "name", "given_at", "refund_minor", "unit"]
    list_select_related = ["agreement", "client", "unit"]
    search_fields = ["agreement__ref", "client__name", "name"]
    date_hierarchy = "given_at"


class QuoteVersionInline(ReadOnlyInline):
    """What a quote said, version by version."""

    model = QuoteVersion
    fields = ["number", "basis", "total_minor", "unit", "valid_until", "quoted_by", "quoted_at"]


@admin.register(Quote)
class QuoteAdmin(ReadOnlyAdmin):
    """Offers of work."""

    list_display = ["ref", "client", "agreement", "subject", "clause", "opened_at"]
    list_filter = ["client"]
    list_select_related = ["client", "agreement"]
    search_fields = ["ref", "subject", "client__name", "agreement__ref"]
    inlines = [QuoteVersionInline]


@admin.register(QuoteDecision)
class QuoteDecisionAdmin(ReadOnlyAdmin):
    """What was accepted, declined and withdrawn, by whom."""

    list_display = ["version", "verdict", "name", "decided_by", "decided_at"]
    list_filter = ["verdict"]
    list_select_related = ["version__quote", "decided_by"]
    search_fields = ["version__quote__ref", "name"]
    date_hierarchy = "decided_at"


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ReadOnlyAdmin):
    """What clients asked for on request and for a price."""

    list_display = ["ref", "title", "client", "kind", "requested_by", "requested_at", "outcome"]
    list_filter = ["kind", "outcome"]
    list_select_related = ["client", "requested_by"]
    search_fields = ["ref", "title", "client__name"]
    date_hierarchy = "requested_at"
