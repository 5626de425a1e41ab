"""Runs in the Django admin: found and read; what is old goes by itself."""

from django.contrib import admin

from portal.replay.models import Run, Side, SideBreach
from portal.web.admin import ReadOnlyAdmin, ReadOnlyInline


class SideInline(ReadOnlyInline):
    """The contracts of a run."""

    model = Side
    fields = ["letter", "title", "summary"]


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Histories that staff judged."""

    list_display = ["name", "source", "owner", "state", "created_at", "finished_at"]
    list_filter = ["state", "source"]
    list_select_related = ["owner"]
    search_fields = ["name", "owner__email"]
    date_hierarchy = "created_at"
    exclude = ["content"]
    inlines = [SideInline]


@admin.register(Side)
class SideAdmin(ReadOnlyAdmin):
    """A run under one contract."""

    list_display = ["run", "letter", "title"]
    list_select_related = ["run"]
    search_fields = ["run__name", "title"]


@admin.register(SideBreach)
class SideBreachAdmin(ReadOnlyAdmin):
    """Promises that would have been broken."""

    list_display = ["subject", "target", "ordinal", "severity", "clause", "due_at", "met_at", "side"]
    list_filter = ["target", "clause"]
    list_select_related = ["side"]
    search_fields = ["subject", "side__run__name"]
