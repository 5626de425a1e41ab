"""Clocks and breaches in the Django admin: found and read, never changed."""

from django.contrib import admin

from portal.clocks.models import Breach, BreachVoid, Clock
from portal.web.admin import ReadOnlyAdmin


@admin.register(Clock)
class ClockAdmin(ReadOnlyAdmin):
    """The rules' answers, as last computed."""

    list_display = ["subject", "target", "ordinal", "severity", "clause", "agreement", "state", "due_at", "met_at"]
    list_filter = ["state", "target", "owed_by", "clause"]
    list_select_related = ["agreement"]
    search_fields = ["subject_ref", "agreement__ref"]
    date_hierarchy = "started_at"


@admin.register(Breach)
class BreachAdmin(ReadOnlyAdmin):
    """Promises that were not kept."""

    list_display = ["clock", "due_at", "detected_at", "late_detected"]
    list_filter = ["late_detected", "clock__target", "clock__clause"]
    list_select_related = ["clock"]
    search_fields = ["clock__subject_ref", "clock__agreement__ref"]
    date_hierarchy = "due_at"


@admin.register(BreachVoid)
class BreachVoidAdmin(ReadOnlyAdmin):
    """Breaches that no longer count, and why."""

    list_display = ["breach", "actor", "reason", "at"]
    list_select_related = ["breach__clock", "actor"]
    search_fields = ["reason", "breach__clock__subject_ref"]
    date_hierarchy = "at"
