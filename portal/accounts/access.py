"""Doors of pages: who comes in, who is sent to sign in, and who is told that there is nothing.

The wrong side's pages do not exist for a user (404); what others on the user's own side may do is refused (403).
An object that the user may not see is no different from one that is not there: look it up in `visible_to(user)`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from portal.accounts.models import User
from portal.accounts.permissions import Act, exists_for, may

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

signed_in = login_required
"""Everybody with a login; others are sent to sign in and come back."""


def user_of(request: HttpRequest) -> User:
    """Return the login behind a request that passed one of these doors."""
    if not isinstance(request.user, User):
        raise TypeError("This page has no door: decorate its view with one of portal.accounts.access.")
    return request.user


def staff_required(view: View[P]) -> View[P]:
    """Open a page to the provider's own people only."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not user_of(request).is_provider:
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(guarded)


def client_required(view: View[P]) -> View[P]:
    """Open a page to clients' people only."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if user_of(request).is_provider:
            raise Http404
        return view(request, *args, **kwargs)

    return login_required(guarded)


def act_required(act: Act) -> Callable[[View[P]], View[P]]:
    """Open a page to those whose role allows the act."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = user_of(request)
            if not exists_for(user, act):
                raise Http404
            if not may(user, act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return decorate
