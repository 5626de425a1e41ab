"""A person's own page. Sign-in itself is allauth's, in our templates."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.accounts.access import act_required, signed_in, user_of
from portal.accounts.acting import begin_acting, end_acting
from portal.accounts.forms import AccountForm, ActingForm
from portal.accounts.models import SignIn, User
from portal.accounts.permissions import Act
from portal.accounts.services import change_account
from portal.accounts.sessions import device, end_sessions, sessions_of


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Show and change one's own name and zone."""
    user = user_of(request)
    form = AccountForm(request.POST or None, user=user)
    if form.is_valid():
        change_account(user=user, name=form.cleaned_data["name"], zone=form.cleaned_data["zone"])
        messages.success(request, "Saved.")
        return redirect("account")
    return render(request, "accounts/account.html", {"form": form})


@signed_in
@require_safe
def sessions(request: HttpRequest) -> HttpResponse:
    """List where a person is signed in."""
    now = timezone.now()
    rows = [
        {"row": row, "device": device(row.agent), "is_this": row.session_key == request.session.session_key}
        for row in sessions_of(user_of(request), at=now)
    ]
    return render(request, "accounts/sessions.html", {"sessions": rows, "now": now})


@signed_in
@require_POST
def session_end(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """End one of a person's own sessions. Ending it twice is harmless."""
    own = SignIn.objects.filter(user=user_of(request))
    end_sessions(own.filter(pk=get_object_or_404(own, pk=sign_in_id).pk))
    messages.success(request, "That session is ended.")
    return redirect("sessions")


@signed_in
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Sign a person out everywhere, here too."""
    end_sessions(SignIn.objects.filter(user=user_of(request)))
    logout(request)
    return redirect("account_login")


@act_required(Act.ACT_AS_CLIENT)
@require_http_methods(["GET", "HEAD", "POST"])
def acting_begin(request: HttpRequest, user_id: int) -> HttpResponse:
    """Ask for a reason, then act as one of a client's people."""
    person = get_object_or_404(User.objects.filter(client__isnull=False, is_active=True), pk=user_id)
    form = ActingForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()

        def act() -> str:
            begin_acting(request, by=user_of(request), user=person, reason=form.cleaned_data["reason"], at=now)
            return "/"

        return redirect(form.act_once(user=request.user, at=now, act=act))
    return render(request, "accounts/acting.html", {"form": form, "person": person})


@signed_in
@require_POST
def acting_stop(request: HttpRequest) -> HttpResponse:
    """Be oneself again. Stopping twice is harmless."""
    end_acting(request, at=timezone.now())
    return redirect("home")
