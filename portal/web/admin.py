from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from portal.web.models import Submission


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # The class takes no parameter at run time.
    """Rows that are facts, computed from facts, or changed on pages of their own: here they are found and read only."""

    show_full_result_count = False  # These tables are the long ones.

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class MadeByActs(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that begin and end by an act on the pages, which writes the journal too; some words may be put right."""

    correctable: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: object = None) -> list[str]:
        return [field.name for field in self.model._meta.fields if field.name not in self.correctable]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


class ReadOnlyInline(admin.TabularInline):  # type: ignore[type-arg]
    """Rows below another, to be read."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Forms of the last day that acted."""

    list_display = ["token", "user", "result_url", "sent_at"]
    list_select_related = ["user"]
    search_fields = ["token", "result_url"]
    date_hierarchy = "sent_at"
