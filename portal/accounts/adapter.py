"""How allauth behaves here: nobody signs up, every refusal reads the same, mails leave beside the request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from qrcode import make as make_qr
from qrcode.image.svg import SvgPathFillImage

from portal.accounts.mails import write
from portal.accounts.models import User
from portal.accounts.post import post
from portal.alerts.mail import compose
from portal.alerts.models import Message
from portal.alerts.provider import provider
from portal.web.views import refuse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The portal's sign-in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "That email and password do not match. Try again, or have a code emailed to you.",
        "incorrect_code": "That is not the code that we sent. Type it again, or ask for another one.",
        "incorrect_password": "That is not your password. Type it again.",
        "enter_current_password": "That is not your present password. Type it again.",
        "invalid_password_reset": "This link was used, or is too old. Ask for another one.",
        "rate_limited": "A code was sent a moment ago. Wait for it, or try again in a minute.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Logins are made by staff; nobody signs up."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Refuse a closed login as if it did not exist."""
        user: User | None = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        """Send a login that was closed between two steps back to the start."""
        return redirect("account_login")

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Answer too many attempts with 429 on every page, not with a form that invites another try."""
        if code == "too_many_login_attempts":
            raise ImmediateHttpResponse(refuse(self.request, HTTPStatus.TOO_MANY_REQUESTS, code="too_many_requests"))
        return super().validation_error(code, *args)  # type: ignore[no-any-return]

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Begin the link with the configured origin, whatever Host the request named."""
        uid, _, token = key.partition("-")
        return str(settings.ORIGIN) + reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the person's own page."""
        return reverse("account")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Compose a mail now, in our own words and look, and send it beside the request."""
        key = f"{template_prefix}:{uuid4()}"
        post(compose(Message(key=key, address=email), write(template_prefix, context), provider()))


class SecondStepAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second step of sign-in, an authenticator app."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That is not the code, or it was used already. Wait for the app to show the next one.",
        "cannot_generate_recovery_codes": "Recovery codes come with the authenticator app. Set the app up first.",
    }

    def get_totp_issuer(self) -> str:
        """Name the provider in the app."""
        return provider().name

    def build_totp_svg(self, url: str) -> str:
        """Draw the code as markup for the page itself: the policy of contents allows no picture from data."""
        return str(make_qr(url, image_factory=SvgPathFillImage).to_string(encoding="unicode"))
