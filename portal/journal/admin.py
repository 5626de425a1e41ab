"""The journal in the Django admin: found and read, never changed."""

from django.contrib import admin

from portal.journal.models import Attachment, Event, EventText, Finding
from portal.web.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """What happened."""

    list_display = ["kind", "subject_kind", "subject_ref", "agreement", "at", "recorded_at", "actor", "on_behalf_of"]
    list_filter = ["subject_kind", "kind", "visible_to_client"]
    list_select_related = ["agreement", "actor", "on_behalf_of"]
    search_fields = ["subject_ref", "kind", "agreement__ref"]
    date_hierarchy = "at"


@admin.register(EventText)
class EventTextAdmin(ReadOnlyAdmin):
    """What people wrote in events; erased by a service, never here."""

    list_display = ["event", "erased_at"]
    list_filter = [("erased_at", admin.EmptyFieldListFilter)]
    list_select_related = ["event"]
    search_fields = ["event__subject_ref"]


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """What the rules found against a clause."""

    list_display = ["kind", "subject", "clause", "agreement", "at"]
    list_filter = ["kind", "clause"]
    list_select_related = ["agreement"]
    search_fields = ["subject", "agreement__ref", "message"]
    date_hierarchy = "at"


@admin.register(Attachment)
class AttachmentAdmin(ReadOnlyAdmin):
    """The files that came with what people wrote; opened on the pages of their subjects, never here."""

    exclude = ["file"]
    list_display = ["name", "subject_kind", "subject_ref", "agreement", "content_type", "size", "sent_by", "sent_at"]
    list_filter = ["content_type", "visible_to_client"]
    list_select_related = ["agreement", "sent_by"]
    search_fields = ["name", "subject_ref", "sha256"]
    date_hierarchy = "sent_at"
