from django.contrib import admin
from django.http import HttpRequest

from portal.web.models import Submission


@admin.register(Submission)
class SubmissionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Forms of the last day that acted. Read only: a row is a fact."""

    list_display = ["token", "user", "result_url", "sent_at"]
    list_select_related = ["user"]
    search_fields = ["token", "result_url"]
    date_hierarchy = "sent_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Submission | None = None) -> bool:
        return False
