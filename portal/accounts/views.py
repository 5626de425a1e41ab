"""A person's own page. Sign-in itself is allauth's, in our templates."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.accounts.access import signed_in, user_of
from portal.accounts.forms import AccountForm
from portal.accounts.services import change_account


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
