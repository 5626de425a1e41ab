"""The outbox in the Django admin: found and read, never changed."""

from django.contrib import admin

from portal.alerts.models import Heartbeat, Message, Preference
from portal.web.admin import ReadOnlyAdmin


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What goes out, went out, or did not."""

    list_display = ["kind", "address", "subject", "agreement", "queued_at", "accepted_at", "failed_at"]
    list_filter = [
        "kind",
        ("accepted_at", admin.EmptyFieldListFilter),
        ("suppressed_at", admin.EmptyFieldListFilter),
        ("failed_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["agreement"]
    search_fields = ["address", "subject", "subject_ref", "agreement__ref"]
    date_hierarchy = "queued_at"


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnlyAdmin):
    """When the background processes last finished a round."""

    list_display = ["name", "finished_at"]
    search_fields = ["name"]


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    """How people want to be told; each changes it on their own page."""

    list_display = ["user", "rhythm", "muted"]
    list_filter = ["rhythm"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__email"]
