"""Clients, their people and agreements in the Django admin."""

from __future__ import annotations

from django.contrib import admin

from portal.clients.models import Agreement, Client, Contact, Invitation, Product, Provider
from portal.web.admin import MadeByActs, ReadOnlyAdmin, ReadOnlyInline


@admin.register(Provider)
class ProviderAdmin(ReadOnlyAdmin):
    """The one provider; the settings change it."""

    list_display = ["name", "sender", "zone"]
    search_fields = ["name"]


class ContactInline(ReadOnlyInline):
    """A client's people."""

    model = Contact
    fields = ["name", "email", "phone", "is_support_contact", "user"]
    show_change_link = True


@admin.register(Client)
class ClientAdmin(ReadOnlyAdmin):
    """Clients. They and their people are changed on pages of their own, which know names, logins and promises."""

    list_display = ["name", "zone", "relationship_manager"]
    list_select_related = ["relationship_manager"]
    search_fields = ["name"]
    inlines = [ContactInline]


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """People of clients."""

    list_display = ["name", "email", "phone", "client", "is_support_contact", "user"]
    list_filter = ["is_support_contact"]
    list_select_related = ["client", "user"]
    search_fields = ["name", "email", "client__name"]


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
class AgreementAdmin(MadeByActs):
    """Agreements. What was agreed is pinned, and what happens to one is an event: both have pages of their own."""

    list_display = ["ref", "title", "client", "terms_name", "team", "activated_at", "suspended_at", "ended_at"]
    list_filter = ["terms_name", "hosting", ("activated_at", admin.EmptyFieldListFilter)]
    list_select_related = ["client", "team"]
    search_fields = ["ref", "title", "client__name"]
    autocomplete_fields = ["team"]
    correctable = ("title", "team")
