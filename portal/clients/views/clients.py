"""Staff's pages of clients and their people, and the settings of the installation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import act_required, staff_required, user_of
from portal.accounts.permissions import Act, may
from portal.clients.forms import ClientFilter, ClientForm, ContactForm, ProviderForm
from portal.clients.models import Client, Contact
from portal.clients.places import places_of
from portal.clients.queries import client_list, contacts_of, provider
from portal.clients.services import (
    add_contact,
    change_client,
    change_contact,
    change_provider,
    create_client,
    remove_contact,
)
from portal.clients.views.activity import latest_lines
from portal.web.errors import PortalError
from portal.web.paging import page_of
from portal.web.refusing import checked, refusing

form_page = require_http_methods(["GET", "HEAD", "POST"])

LATEST = 6
"""What a client's first page shows of its activity."""


def _client(request: HttpRequest, client_id: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(user_of(request)), pk=client_id)


@require_safe
@staff_required
@refusing
def clients(request: HttpRequest) -> HttpResponse:
    """List the clients, with a search by name."""
    user = user_of(request)
    search = ClientFilter(request.GET)
    checked(search)
    words = search.cleaned_data["q"]
    page = page_of(request, client_list(user, search=words), order=["name", "id"])
    context = {"page": page, "search": search, "words": words, "may_manage": may(user, Act.MANAGE_CLIENTS)}
    return render(request, "clients/clients.html", context)


@staff_required
@require_safe
def client(request: HttpRequest, client_id: int) -> HttpResponse:
    """Show a client: what is due to it, what was agreed, who is who, and what happened last."""
    user = user_of(request)
    found = get_object_or_404(client_list(user), pk=client_id)
    context = {
        "client": found,
        "contacts": contacts_of(found),
        "agreements": found.agreements.all(),
        "places": places_of(found, user=user),
        "lines": latest_lines(user, found, most=LATEST),
        "now": timezone.now(),
        "may_manage": may(user, Act.MANAGE_CLIENTS),
        "may_agree": may(user, Act.MANAGE_AGREEMENTS),
    }
    return render(request, "clients/client.html", context)


@act_required(Act.MANAGE_CLIENTS)
@form_page
def client_new(request: HttpRequest) -> HttpResponse:
    """Create a client."""
    form = ClientForm(request.POST or None)
    if form.is_valid():

        def act() -> str:
            return reverse("client", args=[create_client(**form.values()).pk])

        try:
            return redirect(form.act_once(user=request.user, at=timezone.now(), act=act))
        except PortalError as error:
            form.refuse(error)
    return render(request, "clients/form.html", {"form": form, "title": "New client", "submit": "Create the client"})


@act_required(Act.MANAGE_CLIENTS)
@form_page
def client_edit(request: HttpRequest, client_id: int) -> HttpResponse:
    """Change what is known of a client."""
    found = _client(request, client_id)
    form = ClientForm(request.POST or None, client=found)
    if form.is_valid():
        try:
            change_client(client_id=found.pk, **form.values())
        except PortalError as error:
            form.refuse(error)
        else:
            messages.success(request, "Saved.")
            return redirect("client", found.pk)
    context = {"form": form, "client": found, "title": f"Edit {found}", "submit": "Save the client"}
    return render(request, "clients/form.html", context)


@act_required(Act.MANAGE_CLIENTS)
@form_page
def contact_new(request: HttpRequest, client_id: int) -> HttpResponse:
    """Add a person to a client."""
    found = _client(request, client_id)
    form = ContactForm(request.POST or None)
    if form.is_valid():

        def act() -> str:
            add_contact(client_id=found.pk, details=form.details())
            return reverse("client", args=[found.pk])

        try:
            return redirect(form.act_once(user=request.user, at=timezone.now(), act=act))
        except PortalError as error:
            form.refuse(error)
    context = {"form": form, "client": found, "title": "New contact", "submit": "Add the contact"}
    return render(request, "clients/form.html", context)


@act_required(Act.MANAGE_CLIENTS)
@form_page
def contact_edit(request: HttpRequest, client_id: int, contact_id: int) -> HttpResponse:
    """Change what is known of a person."""
    found = _client(request, client_id)
    contact = get_object_or_404(contacts_of(found), pk=contact_id)
    form = ContactForm(request.POST or None, contact=contact)
    if form.is_valid():
        try:
            change_contact(contact_id=contact.pk, details=form.details())
        except PortalError as error:
            form.refuse(error)
        else:
            messages.success(request, "Saved.")
            return redirect("client", found.pk)
    context = {
        "form": form,
        "client": found,
        "title": f"Edit {contact}",
        "submit": "Save the contact",
        "remove_url": reverse("contact_remove", args=[found.pk, contact.pk]),
    }
    return render(request, "clients/form.html", context)


@act_required(Act.MANAGE_CLIENTS)
@form_page
def contact_remove(request: HttpRequest, client_id: int, contact_id: int) -> HttpResponse:
    """Ask, then remove a person from a client."""
    found = _client(request, client_id)
    contact: Contact = get_object_or_404(contacts_of(found), pk=contact_id)
    if request.method == "POST":
        try:
            remove_contact(contact_id=contact.pk)
        except PortalError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"{contact} is removed.")
        return redirect("client", found.pk)
    context = {
        "client": found,
        "title": f"Remove {contact}",
        "text": "The login is closed. What this person wrote stays, under their name.",
        "submit": "Remove the contact",
        "cancel_url": reverse("contact_edit", args=[found.pk, contact.pk]),
    }
    return render(request, "clients/confirm.html", context)


@act_required(Act.ADMINISTER)
@form_page
def settings(request: HttpRequest) -> HttpResponse:
    """Change how the provider is called, and where its mails come from."""
    form = ProviderForm(request.POST or None, provider=provider())
    if form.is_valid():
        change_provider(**form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("settings")
    return render(request, "clients/settings.html", {"form": form})
