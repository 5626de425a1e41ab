"""Incidents and what moves their clocks in the Django admin.

What the journal's fold wrote is read here and changed by acts on the pages; titles and links may be put right.
"""

from __future__ import annotations

from django.contrib import admin

from incidents.models import (
    Assignment,
    BackupAddress,
    BackupCheck,
    BulkAct,
    BulkOutcome,
    CannedReply,
    Comment,
    HostedEvent,
    HostedSession,
    Incident,
    InformationItem,
    InformationRequest,
    MaintenanceWindow,
    NoDowntime,
    Outage,
    Problem,
    Release,
    RemedyAction,
    RemedyConsent,
    RemedyDone,
    RemedyPlan,
    RemedyVersion,
    SavedView,
    ServiceWatch,
    Verdict,
    Wait,
    Watch,
)
from portal.web.admin import MadeByActs, ReadOnlyAdmin, ReadOnlyInline


@admin.register(Problem)
class ProblemAdmin(MadeByActs):
    """Root causes that incidents share."""

    list_display = ["ref", "title", "created_at"]
    search_fields = ["ref", "title", "incidents__ref"]
    correctable = ("title",)


@admin.register(Incident)
class IncidentAdmin(MadeByActs):
    """Incidents."""

    list_display = ["ref", "title", "client", "agreement", "severity", "status", "assignee", "reported_at"]
    list_filter = ["status", "severity", "category", "supported"]
    list_select_related = ["client", "agreement", "assignee"]
    search_fields = ["ref", "title", "client__name", "agreement__ref"]
    date_hierarchy = "reported_at"
    show_full_result_count = False
    correctable = ("title", "channel", "version")


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    """What people wrote on incidents."""

    list_display = ["incident", "author", "at", "internal"]
    list_filter = ["internal"]
    list_select_related = ["incident", "author"]
    search_fields = ["incident__ref", "body"]
    date_hierarchy = "at"


class InformationItemInline(ReadOnlyInline):
    """What was asked for."""

    model = InformationItem


@admin.register(InformationRequest)
class InformationRequestAdmin(ReadOnlyAdmin):
    """What clients were asked for."""

    list_display = ["incident", "asked_by", "asked_at", "answered_at"]
    list_filter = [("answered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["incident", "asked_by"]
    search_fields = ["incident__ref", "items__text"]
    inlines = [InformationItemInline]


class HostedSessionInline(ReadOnlyInline):
    """The sessions of a hosted event, as last announced."""

    model = HostedSession


@admin.register(HostedEvent)
class HostedEventAdmin(ReadOnlyAdmin):
    """Clients' events that go on air."""

    list_display = ["name", "ref", "agreement", "zone", "cancelled_at"]
    list_select_related = ["agreement"]
    search_fields = ["name", "ref", "agreement__ref"]
    inlines = [HostedSessionInline]


@admin.register(Release)
class ReleaseAdmin(MadeByActs):
    """Releases of products."""

    list_display = ["ref", "product", "planned_at", "published_at", "beta"]
    list_filter = ["beta", "product"]
    list_select_related = ["product"]
    search_fields = ["ref", "product__name", "notes"]
    correctable = ("notes",)


@admin.register(Outage)
class OutageAdmin(ReadOnlyAdmin):
    """Outages, as last recorded."""

    list_display = ["ref", "agreement", "starts_at", "ends_at", "cause", "incident"]
    list_filter = ["cause", ("ends_at", admin.EmptyFieldListFilter)]
    list_select_related = ["agreement", "incident"]
    search_fields = ["ref", "agreement__ref", "incident__ref"]
    date_hierarchy = "starts_at"


@admin.register(NoDowntime)
class NoDowntimeAdmin(ReadOnlyAdmin):
    """Statements that an availability incident took no downtime."""

    list_display = ["incident", "reason", "stated_by", "stated_at"]
    list_select_related = ["incident", "stated_by"]
    search_fields = ["incident__ref", "reason"]


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(ReadOnlyAdmin):
    """Announced maintenance."""

    list_display = ["ref", "agreement", "starts_at", "ends_at", "agreed", "announced_at", "cancelled_at"]
    list_filter = ["agreed", ("cancelled_at", admin.EmptyFieldListFilter)]
    list_select_related = ["agreement"]
    search_fields = ["ref", "agreement__ref", "purpose"]
    date_hierarchy = "starts_at"


@admin.register(BackupCheck)
class BackupCheckAdmin(ReadOnlyAdmin):
    """Backups that checked in."""

    list_display = ["agreement", "kind", "at", "retention_days"]
    list_filter = ["kind"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__ref"]
    date_hierarchy = "at"


@admin.register(BackupAddress)
class BackupAddressAdmin(ReadOnlyAdmin):
    """Addresses at which backups check in; their tokens are known to nobody."""

    list_display = ["agreement", "kind", "made_at", "made_by"]
    list_select_related = ["agreement", "made_by"]
    search_fields = ["agreement__ref"]
    exclude = ["token_hash"]


@admin.register(ServiceWatch)
class ServiceWatchAdmin(ReadOnlyAdmin):
    """When time alone changes something of a service next."""

    list_display = ["agreement", "next_at"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__ref"]


@admin.register(Verdict)
class VerdictAdmin(ReadOnlyAdmin):
    """What clients said of resolutions."""

    list_display = ["incident", "opening", "stars", "confirmed_by", "confirmed_at"]
    list_filter = ["stars"]
    list_select_related = ["incident", "confirmed_by"]
    search_fields = ["incident__ref", "incident__title"]
    date_hierarchy = "confirmed_at"


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    """Who was given an incident, by whom."""

    list_display = ["incident", "assignee", "team", "by", "at"]
    list_select_related = ["incident", "assignee", "team", "by"]
    search_fields = ["incident__ref", "assignee__name", "by__name"]
    date_hierarchy = "at"


@admin.register(Watch)
class WatchAdmin(ReadOnlyAdmin):
    """Who watches which incident."""

    list_display = ["incident", "user", "added_by", "at"]
    list_select_related = ["incident", "user", "added_by"]
    search_fields = ["incident__ref", "user__name"]
    date_hierarchy = "at"


@admin.register(Wait)
class WaitAdmin(ReadOnlyAdmin):
    """Why incidents wait, and until when they are expected to."""

    list_display = ["incident", "began_at", "expected_at", "reminded_at", "by"]
    list_select_related = ["incident", "by"]
    search_fields = ["incident__ref", "reason"]
    date_hierarchy = "began_at"


@admin.register(CannedReply)
class CannedReplyAdmin(ReadOnlyAdmin):
    """Replies that staff write often; they are kept on their own page."""

    list_display = ["title", "team", "written_by", "changed_at"]
    list_select_related = ["team", "written_by"]
    search_fields = ["title", "body"]


@admin.register(SavedView)
class SavedViewAdmin(ReadOnlyAdmin):
    """Filters of the queue under a name."""

    list_display = ["name", "owner", "team", "query", "is_default"]
    list_select_related = ["owner", "team"]
    search_fields = ["name", "owner__name"]


class BulkOutcomeInline(ReadOnlyInline):
    """What became of each."""

    model = BulkOutcome


@admin.register(BulkAct)
class BulkActAdmin(ReadOnlyAdmin):
    """What was done to many incidents at once."""

    list_display = ["kind", "detail", "by", "at"]
    list_filter = ["kind"]
    list_select_related = ["by"]
    search_fields = ["detail", "by__name", "outcomes__incident__ref"]
    date_hierarchy = "at"
    inlines = [BulkOutcomeInline]


class RemedyVersionInline(ReadOnlyInline):
    """A plan's versions."""

    model = RemedyVersion


@admin.register(RemedyPlan)
class RemedyPlanAdmin(ReadOnlyAdmin):
    """Remedy plans."""

    list_display = ["__str__", "agreement", "asked_by", "asked_at", "ending", "closed_at"]
    list_filter = ["ending"]
    list_select_related = ["agreement", "asked_by"]
    search_fields = ["agreement__ref", "agreement__client__name", "concern"]
    date_hierarchy = "asked_at"
    inlines = [RemedyVersionInline]


class RemedyActionInline(ReadOnlyInline):
    """A version's actions."""

    model = RemedyAction


class RemedyConsentInline(ReadOnlyInline):
    """Who agreed to a version."""

    model = RemedyConsent


@admin.register(RemedyVersion)
class RemedyVersionAdmin(ReadOnlyAdmin):
    """Versions of remedy plans."""

    list_display = ["__str__", "side", "proposed_by", "proposed_at"]
    list_select_related = ["plan", "proposed_by"]
    search_fields = ["plan__agreement__ref", "note"]
    inlines = [RemedyActionInline, RemedyConsentInline]


@admin.register(RemedyAction)
class RemedyActionAdmin(ReadOnlyAdmin):
    """Actions of remedy plans."""

    list_display = ["what", "version", "number", "side", "owner", "due_on"]
    list_filter = ["side"]
    list_select_related = ["version__plan"]
    search_fields = ["what", "owner", "version__plan__agreement__ref"]


@admin.register(RemedyConsent)
class RemedyConsentAdmin(ReadOnlyAdmin):
    """Who agreed to which version."""

    list_display = ["name", "version", "side", "by", "at"]
    list_filter = ["side"]
    list_select_related = ["version__plan", "by"]
    search_fields = ["name", "by__email", "version__plan__agreement__ref"]


@admin.register(RemedyDone)
class RemedyDoneAdmin(ReadOnlyAdmin):
    """Actions that are done."""

    list_display = ["__str__", "by", "at"]
    list_select_related = ["plan", "by"]
    search_fields = ["plan__agreement__ref", "note", "by__email"]
