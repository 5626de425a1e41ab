"""Who signs in: a client's people, the provider's staff, invitations, and the page behind a mailed link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from portal.accounts.access import act_required, client_required, staff_required, user_of
from portal.accounts.models import CLIENT_ROLES, Role, User
from portal.accounts.permissions import Act, may
from portal.accounts.services import close_login, reopen_login
from portal.clients.errors import LinkEndedError
from portal.clients.forms import DesignateForm, InviteColleagueForm, InviteStaffForm, JoinForm, ResendForm
from portal.clients.models import Client, Contact, Invitation
from portal.clients.queries import contacts_of, invitations_of, staff_list
from portal.clients.services import (
    confirm_invitation,
    end_designation,
    invite,
    resend_invitation,
    revoke_invitation,
)
from portal.clients.services.invitations import check_open, invitation_of
from portal.web.errors import PortalError
from portal.web.forms import OnceForm

form_page = require_http_methods(["GET", "HEAD", "POST"])

COLLEAGUES = (Role.MEMBER, Role.SUPPORT_CONTACT)
"""Roles that a client's own administrator gives."""


# ---------------------------------------------------------------------------------------------------------- lists


@client_required
@act_required(Act.MANAGE_PEOPLE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Show a client's administrator their colleagues, and who is invited."""
    return _people(request, _own_client(request))


@staff_required
@require_safe
def client_people(request: HttpRequest, client_id: int) -> HttpResponse:
    """Show staff a client's people, and who is invited."""
    return _people(request, _client(request, client_id))


def _people(request: HttpRequest, client: Client) -> HttpResponse:
    user = user_of(request)
    context = {
        "client": client,
        "contacts": contacts_of(client),
        "invitations": invitations_of(user, client),
        "may_manage": may(user, Act.MANAGE_PEOPLE),
        "invite_url": reverse("client_invite", args=[client.pk]) if user.is_provider else reverse("people_invite"),
        "now": timezone.now(),
    }
    return render(request, "clients/people.html", context)


@act_required(Act.ADMINISTER)
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """Show the provider's people, and who is invited."""
    context = {"staff": staff_list(), "invitations": invitations_of(user_of(request), None), "now": timezone.now()}
    return render(request, "clients/staff.html", context)


# ----------------------------------------------------------------------------------------------------- inviting


@client_required
@act_required(Act.MANAGE_PEOPLE)
@form_page
def people_invite(request: HttpRequest) -> HttpResponse:
    """Let a client's administrator invite a colleague."""
    return _invite_to(request, _own_client(request), COLLEAGUES)


@staff_required
@act_required(Act.MANAGE_PEOPLE)
@form_page
def client_invite(request: HttpRequest, client_id: int) -> HttpResponse:
    """Let staff invite somebody to a client."""
    return _invite_to(request, _client(request, client_id), CLIENT_ROLES)


def _invite_to(request: HttpRequest, client: Client, roles: Sequence[Role]) -> HttpResponse:
    form = InviteColleagueForm(request.POST or None, client=client, roles=roles)

    def act() -> str:
        replaces = form.cleaned_data["replaces"]
        invite(
            email=form.cleaned_data["email"],
            role=Role(form.cleaned_data["role"]),
            client_id=client.pk,
            phone=form.cleaned_data["phone"],
            replaces_id=replaces.pk if replaces else None,
            by=user_of(request),
            at=timezone.now(),
        )
        messages.success(request, _mailed(form.cleaned_data["email"]))
        return _list_of(request, client)

    return _act(request, form, act, client, title=f"Invite to {client}", submit="Mail the invitation")


@act_required(Act.ADMINISTER)
@form_page
def staff_invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody to the provider's staff."""
    form = InviteStaffForm(request.POST or None)

    def act() -> str:
        role = Role(form.cleaned_data["role"])
        invite(email=form.cleaned_data["email"], role=role, by=user_of(request), at=timezone.now())
        messages.success(request, _mailed(form.cleaned_data["email"]))
        return reverse("staff")

    return _act(request, form, act, None, title="Invite to the staff", submit="Mail the invitation")


@act_required(Act.MANAGE_PEOPLE)
@form_page
def invitation_resend(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Mail an invitation again, to the same address or another one."""
    invitation = _invitation(request, invitation_id)
    form = ResendForm(request.POST or None, invitation=invitation)

    def act() -> str:
        resend_invitation(invitation_id=invitation.pk, email=form.cleaned_data["email"], at=timezone.now())
        messages.success(request, _mailed(form.cleaned_data["email"]))
        return _list_of(request, invitation.client)

    return _act(request, form, act, invitation.client, title=f"Invite {invitation} again", submit="Mail it again")


@act_required(Act.MANAGE_PEOPLE)
@form_page
def invitation_revoke(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Ask, then take an invitation back."""
    invitation = _invitation(request, invitation_id)

    def act() -> str:
        revoke_invitation(invitation_id=invitation.pk, at=timezone.now())
        messages.success(request, f"The invitation of {invitation} is taken back.")
        return _list_of(request, invitation.client)

    return _act(
        request,
        OnceForm(request.POST or None),
        act,
        invitation.client,
        title=f"Take the invitation of {invitation} back",
        text="The mailed link opens nothing any more.",
        submit="Take it back",
        danger=True,
    )


# ------------------------------------------------------------------------------------------------ one person


@act_required(Act.MANAGE_PEOPLE)
@require_safe
def person(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Show one of a client's people, and what can be changed about them."""
    contact = _contact(request, contact_id)
    context = {
        "contact": contact,
        "client": contact.client,
        "may_act": may(user_of(request), Act.ACT_AS_CLIENT),
    }
    return render(request, "clients/person.html", context)


@act_required(Act.MANAGE_PEOPLE)
@form_page
def person_designate(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Name one of a client's people as support contact; it holds once they confirm the mailed link. Clause: JS-16."""
    contact = _contact(request, contact_id)
    form = DesignateForm(request.POST or None, contact=contact)

    def act() -> str:
        replaces = form.cleaned_data["replaces"]
        invite(
            email=contact.email,
            role=Role.SUPPORT_CONTACT,
            client_id=contact.client_id,
            phone=form.cleaned_data["phone"],
            replaces_id=replaces.pk if replaces else None,
            by=user_of(request),
            at=timezone.now(),
        )
        messages.success(request, f"A link is mailed to {contact.email}. It holds once {contact} confirms it.")
        return _list_of(request, contact.client)

    return _act(
        request,
        form,
        act,
        contact.client,
        title=f"Name {contact} as support contact",
        text=f"It holds once {contact} confirms the link that is mailed to {contact.email}.",
        submit="Mail the link",
    )


@act_required(Act.MANAGE_PEOPLE)
@form_page
def person_release(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Ask, then let one of a client's people no longer be a support contact. Clause: JS-16."""
    contact = _contact(request, contact_id)

    def act() -> str:
        end_designation(contact_id=contact.pk)
        messages.success(request, f"{contact} is no support contact any more.")
        return _list_of(request, contact.client)

    return _act(
        request,
        OnceForm(request.POST or None),
        act,
        contact.client,
        title=f"Remove {contact} from the support contacts",
        text=f"{contact} reads and comments still, and opens no incidents any more.",
        submit="Remove from the support contacts",
        danger=True,
    )


@act_required(Act.MANAGE_PEOPLE)
@form_page
def login_close(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask, then close a login."""
    login = _login(request, user_id)

    def act() -> str:
        close_login(user_id=login.pk, by=user_of(request))
        messages.success(request, f"The login of {login} is closed.")
        return _list_of(request, login.client)

    return _act(
        request,
        OnceForm(request.POST or None),
        act,
        login.client,
        title=f"Close the login of {login}",
        text="Every session of theirs ends. What they wrote stays, under their name.",
        submit="Close the login",
        danger=True,
    )


@act_required(Act.MANAGE_PEOPLE)
@form_page
def login_reopen(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask, then open a closed login again."""
    login = _login(request, user_id)

    def act() -> str:
        reopen_login(user_id=login.pk)
        messages.success(request, f"The login of {login} is open again.")
        return _list_of(request, login.client)

    return _act(
        request,
        OnceForm(request.POST or None),
        act,
        login.client,
        title=f"Open the login of {login} again",
        text="They sign in as before, with the same password and role.",
        submit="Open the login",
    )


# ------------------------------------------------------------------------------------------ the mailed link


@never_cache
@form_page
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show what a mailed link asks for; a POST alone confirms it. A link that ended says so. Clause: JS-16."""
    now = timezone.now()
    try:
        found = invitation_of(token)
        check_open(found, at=now)
    except LinkEndedError as error:
        return _ended(request, error)
    has_login = found.contact is not None and found.contact.user is not None
    form = None if has_login else JoinForm(request.POST or None, invitation=found)
    if request.method == "POST" and (form is None or form.is_valid()):
        given: dict[str, Any] = {} if form is None else form.cleaned_data
        try:
            user = confirm_invitation(token=token, at=now, **given)
        except LinkEndedError as error:
            return _ended(request, error)
        except PortalError as error:
            return _ended(request, LinkEndedError(error.sentence))
        if form is None:
            return render(request, "clients/invitation_confirmed.html", {"invitation": found})
        response: HttpResponseBase = perform_login(request, user, redirect_url=reverse("home"))
        return response
    return render(request, "clients/invitation.html", {"invitation": found, "form": form})


def _ended(request: HttpRequest, error: LinkEndedError) -> HttpResponse:
    context = {"sentence": error.sentence}
    return render(request, "clients/invitation_ended.html", context, status=HTTPStatus.GONE)


# ------------------------------------------------------------------------------------------------------- common


def _act(
    request: HttpRequest,
    form: OnceForm,
    act: Callable[[], str],
    client: Client | None,
    *,
    title: str,
    submit: str,
    text: str = "",
    danger: bool = False,
) -> HttpResponse:
    """Show a form's page, or act once and lead to the list; a refusal stands above the form."""
    if form.is_valid():
        try:
            return redirect(form.act_once(user=request.user, at=timezone.now(), act=act))
        except PortalError as error:
            form.refuse(error)
    context = {
        "form": form,
        "client": client,
        "title": title,
        "text": text,
        "submit": submit,
        "danger": danger,
        "list_url": _list_of(request, client),
    }
    return render(request, "clients/people_act.html", context)


def _mailed(email: str) -> str:
    return f"An invitation is mailed to {email}. It holds once the link in it is confirmed."


def _list_of(request: HttpRequest, client: Client | None) -> str:
    if client is None:
        return reverse("staff")
    return reverse("client_people", args=[client.pk]) if user_of(request).is_provider else reverse("people")


def _client(request: HttpRequest, client_id: int) -> Client:
    return get_object_or_404(Client.objects.visible_to(user_of(request)), pk=client_id)


def _own_client(request: HttpRequest) -> Client:
    return get_object_or_404(Client.objects.visible_to(user_of(request)))


def _contact(request: HttpRequest, contact_id: int) -> Contact:
    clients = Client.objects.visible_to(user_of(request))
    return get_object_or_404(Contact.objects.select_related("client", "user").filter(client__in=clients), pk=contact_id)


def _invitation(request: HttpRequest, invitation_id: int) -> Invitation:
    invitations = Invitation.objects.visible_to(user_of(request)).pending()
    return get_object_or_404(invitations.select_related("client", "contact"), pk=invitation_id)


def _login(request: HttpRequest, user_id: int) -> User:
    """Return a login that the user manages; staff's are an administrator's alone."""
    user = user_of(request)
    login = get_object_or_404(User.objects.select_related("client"), pk=user_id)
    managed = login.client_id == user.client_id if not user.is_provider else login.client_id is not None
    if not managed and not may(user, Act.ADMINISTER):
        raise Http404
    return login
