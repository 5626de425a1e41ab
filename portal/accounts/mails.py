"""What the mails of sign-in say, by allauth's name for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.alerts.kinds import Mail

Context = Mapping[str, Any]


def _code(context: Context) -> Mail:
    code = context["code"]
    return Mail(
        subject=f"Your sign-in code: {code}",
        ask=f"Enter {code} to sign in.",
        paragraphs=["The code is good for 15 minutes, in the browser where you asked for it. Nobody else needs it."],
        why="You get this because a code was asked for with your address. If it was not you, nothing has to be done.",
        link_path=reverse("account_confirm_login_code"),
        link_label="Open the page that takes the code",
    )


def _reset(context: Context) -> Mail:
    return Mail(
        subject="Set another password",
        ask="Choose another password.",
        paragraphs=["The link is good for one use, within an hour."],
        why="You get this because it was asked for with your address. If it was not you, nothing has to be done.",
        link_path=context["password_reset_url"].removeprefix(settings.ORIGIN),
        link_label="Choose a password",
    )


def _changed(context: Context) -> Mail:
    return Mail(
        subject="Your password was changed",
        ask="Your password was changed. If it was not you, set another one now.",
        facts=[("From", context["ip"])],
        why="You get this at every change of your password.",
        link_path=reverse("account_reset_password"),
        link_label="Set another password",
    )


def _about_second_step(subject: str, ask: str) -> Callable[[Context], Mail]:
    def written(context: Context) -> Mail:
        return Mail(
            subject=subject,
            ask=ask,
            facts=[("From", context["ip"])],
            why="You get this at every change of how you sign in.",
            link_path=reverse("account_change_password"),
            link_label="Change the password",
        )

    return written


_MAILS: Mapping[str, Callable[[Context], Mail]] = {
    "account/email/login_code": _code,
    "account/email/password_reset_key": _reset,
    "account/email/password_changed": _changed,
    "account/email/password_reset": _changed,
    "account/email/password_set": _changed,
    "mfa/email/totp_activated": _about_second_step(
        "An authenticator app guards your sign-in",
        "Signing in takes a code of your authenticator app from now on. If it was not you, change your password now.",
    ),
    "mfa/email/totp_deactivated": _about_second_step(
        "Your authenticator app was taken off",
        "Signing in takes no code of an app any more. If it was not you, change your password now.",
    ),
    "mfa/email/recovery_codes_generated": _about_second_step(
        "You have new recovery codes",
        "The recovery codes that you had before open nothing any more. If it was not you, change your password now.",
    ),
}


def write(name: str, context: Context) -> Mail:
    """Return what a mail says.

    Raises:
        KeyError: allauth would send a mail that we have no words for.
    """
    return _MAILS[name](context)
