"""Clients, their people and agreements in the Django admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from portal.clients.models import Agreement, Client, Contact, Invitation, Product, Provider
from portal.web.admin import KeyedInlines, ReadOnlyAdmin, ReadOnlyInline


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # The class takes no parameter at run time.
    """The one provider: changed, never added or removed."""

    list_display = ["name", "sender", "zone"]
    search_fields = ["name"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Provider | None = None) -> bool:
        return False


class ContactInline(ReadOnlyInline):
    """A client's people; they are changed on their own page, which knows their logins."""

    model = Contact
    fields = ["name", "email", "phone", "is_support_contact", "user"]
    show_change_link = True


@admin.register(Client)
class ClientAdmin(KeyedInlines):
    """Clients. One that has agreements can't be removed."""

    list_display = ["name", "zone", "relationship_manager"]
    list_select_related = ["relationship_manager"]
    search_fields = ["name"]
    autocomplete_fields = ["relationship_manager"]
    inlines = [ContactInline]


@admin.register(Contact)
class ContactAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """People of clients."""

    list_display = ["name", "email", "phone", "client", "is_support_contact", "user"]
    list_filter = ["is_support_contact"]
    list_select_related = ["client", "user"]
    search_fields = ["name", "email", "client__name"]
    fields = ["client", "name", "email", "phone", "is_support_contact", "user"]
    readonly_fields = ["client", "email", "is_support_contact", "user"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Who was invited by whom, and what became of it."""

    list_display = ["email", "role", "client", "invited_by", "sent_at", "confirmed_at", "revoked_at"]
    list_select_related = ["client", "invited_by"]
    search_fields = ["email", "name", "client__name"]


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What releases are published for."""

    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Agreement)
class AgreementAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Agreements. Terms are pinned, and what happens to an agreement is an event: both have their own pages."""

    list_display = ["ref", "title", "client", "terms_name", "team", "activated_at", "suspended_at", "ended_at"]
    list_filter = ["terms_name", "hosting", ("activated_at", admin.EmptyFieldListFilter)]
    list_select_related = ["client", "team"]
    search_fields = ["ref", "title", "client__name"]
    autocomplete_fields = ["product", "team"]
    readonly_fields = ["client", "ref", "terms_name", "terms", "activated_at", "suspended_at", "ended_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        return False
