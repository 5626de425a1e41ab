"""Logins and teams in the Django admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from portal.accounts.access import user_of
from portal.accounts.models import STAFF_ROLES, Absence, Acting, Role, Shift, SignIn, Team, User
from portal.accounts.services import change_staff_login
from portal.web.admin import ReadOnlyAdmin
from portal.web.forms import ZoneField


class StaffLoginForm(ModelForm):  # type: ignore[type-arg]  # The class takes no parameter at run time.
    """What an administrator changes of a login of the staff's."""

    zone = ZoneField(required=False, help_text="IANA zone in which this person reads times; empty: UTC.")

    def clean_email(self) -> str:
        """Return the address in lower case, so that one person has one login."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # As above.
    """Logins. They are made by invitations, closed and opened again on the pages of people, where clients' change too.

    What only this page changes is a staff login's address and role.
    """

    form = StaffLoginForm
    list_display = ["email", "name", "role", "client", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["client"]
    search_fields = ["email", "name", "client__name"]
    fields = ["email", "name", "role", "zone", "client", "is_active", "last_login", "created_at"]
    readonly_fields = ["client", "is_active", "last_login", "created_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return obj is None or obj.is_provider

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the staff's roles alone."""
        if db_field.name == "role":
            kwargs["choices"] = [(role.value, role.label) for role in STAFF_ROLES]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Change the login by the service, which knows what may not be."""
        words = {name: form.cleaned_data[name] for name in ("email", "name", "zone")}
        change_staff_login(user_id=obj.pk, role=Role(form.cleaned_data["role"]), by=user_of(request), **words)


@admin.register(Team)
class TeamAdmin(ReadOnlyAdmin):
    """Teams and their members; they have a page of their own, as rotas and absences have."""

    list_display = ["name", "people"]
    search_fields = ["name", "members__name", "members__email"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("members")

    @admin.display(description="Members")
    def people(self, team: Team) -> str:
        """Name the members of a team."""
        return ", ".join(member.name for member in team.members.all())


@admin.register(Absence)
class AbsenceAdmin(ReadOnlyAdmin):
    """Who of the staff is away, and who stands in."""

    list_display = ["user", "stand_in", "begins_at", "ends_at"]
    list_select_related = ["user", "stand_in"]
    search_fields = ["user__name", "user__email", "stand_in__name"]


@admin.register(Shift)
class ShiftAdmin(ReadOnlyAdmin):
    """Who is on call for which team."""

    list_display = ["team", "user", "begins_at", "ends_at"]
    list_select_related = ["team", "user"]
    search_fields = ["team__name", "user__name", "user__email"]


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
