"""What holds for every request of somebody who is signed in: the session is known, and staff sign in by two steps."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from portal.accounts.acting import acting_of
from portal.accounts.models import User
from portal.accounts.sessions import note_session
from portal.web.views import refuse

Handler = Callable[[HttpRequest], HttpResponseBase]


class KnownSessions:
    """Note when a session was last seen, for the page that lists a person's sessions."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if isinstance(request.user, User) and request.session.session_key:
            note_session(request, request.user, at=timezone.now())  # noqa: TID251  (a shell, as views are)
        return self.get_response(request)


class SecondStepForStaff:
    """Lead staff without an authenticator app to setting one up, where REQUIRE_STAFF_TOTP asks for it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if (
            settings.REQUIRE_STAFF_TOTP
            and isinstance(user, User)
            and user.is_provider
            and not request.path.startswith(reverse("account"))
            and not is_mfa_enabled(user)
        ):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


class ActingAsClient:
    """Let staff who act as a client's person be that person for this request; the journal writes down both.

    The person's own account stays theirs: its pages are refused, and with them acting as anybody else.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        person = acting_of(request)
        if person is not None:
            request.user = person
            stays_open = (reverse("acting_stop"), reverse("account_logout"))
            if request.path.startswith(reverse("account")) and request.path not in stays_open:
                sentence = f"You act as {person}. Their account is theirs alone: stop acting first."
                return refuse(request, HTTPStatus.FORBIDDEN, code="acting", detail=sentence)
        return self.get_response(request)
