"""Logins and teams in the Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from portal.accounts.models import Absence, Acting, Shift, SignIn, Team, User
from portal.web.admin import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # The class takes no parameter at run time.
    """Logins. A new one has no password: an emailed code opens it, and its owner sets one."""

    list_display = ["email", "name", "role", "client", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["client"]
    search_fields = ["email", "name", "client__name"]
    autocomplete_fields = ["client"]
    fields = ["email", "name", "role", "client", "zone", "is_active", "last_login", "created_at"]
    readonly_fields = ["last_login", "created_at"]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Keep the address in lower case, and close a new login to passwords."""
        obj.email = obj.email.lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Teams and their members."""

    list_display = ["name", "people"]
    search_fields = ["name", "members__name", "members__email"]
    autocomplete_fields = ["members"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("members")

    @admin.display(description="Members")
    def people(self, team: Team) -> str:
        """Name the members of a team."""
        return ", ".join(member.name for member in team.members.all())


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who of the staff is away, and who stands in."""

    list_display = ["user", "stand_in", "begins_at", "ends_at"]
    list_select_related = ["user", "stand_in"]
    search_fields = ["user__name", "user__email", "stand_in__name"]
    autocomplete_fields = ["user", "stand_in"]


@admin.register(Shift)
class ShiftAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Who is on call for which team."""

    list_display = ["team", "user", "begins_at", "ends_at"]
    list_select_related = ["team", "user"]
    search_fields = ["team__name", "user__name", "user__email"]
    autocomplete_fields = ["team", "user"]


@admin.register(SignIn)
class SignInAdmin(ReadOnlyAdmin):
    """Sessions. They are ended by their owner, or by closing the login."""

    list_display = ["user", "began_at", "seen_at", "address", "agent"]
    list_select_related = ["user"]
    search_fields = ["user__email", "address"]
    fields = ["user", "began_at", "seen_at", "address", "agent"]  # Never the key, which opens the session.


@admin.register(Acting)
class ActingAdmin(ReadOnlyAdmin):
    """Who of the staff acted as whom, and why."""

    list_display = ["staff", "user", "reason", "began_at", "ended_at"]
    list_select_related = ["staff", "user"]
    search_fields = ["staff__name", "user__name", "user__email", "reason"]
    date_hierarchy = "began_at"
