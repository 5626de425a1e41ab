from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms.models import _get_foreign_key
from django.http import HttpRequest

from portal.web.models import Submission


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # The class takes no parameter at run time.
    """Rows that are facts, or computed from facts: to be found and read, by nobody to be added, changed or removed."""

    show_full_result_count = False  # These tables are the long ones.

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
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


class KeyedInlines(admin.ModelAdmin):  # type: ignore[type-arg]
    """An admin with inlines that take the keys of the object's own rows only; others are forged, and refused."""

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Model, inline: admin.options.InlineModelAdmin[Any, Any], prefix: str
    ) -> dict[str, Any]:
        name = re.compile(rf"{re.escape(prefix)}-[0-9]+-{inline.model._meta.pk.name}")
        keys = {value for key, value in request.POST.items() if value and name.fullmatch(key)}
        if keys:
            key_up = _get_foreign_key(self.model, inline.model, fk_name=inline.fk_name, can_fail=False)
            own = inline.model._default_manager.filter(**{key_up.name: obj.pk})
            if keys - {str(key) for key in own.values_list("pk", flat=True)}:
                raise PermissionDenied
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        return kwargs


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Forms of the last day that acted."""

    list_display = ["token", "user", "result_url", "sent_at"]
    list_select_related = ["user"]
    search_fields = ["token", "result_url"]
    date_hierarchy = "sent_at"
