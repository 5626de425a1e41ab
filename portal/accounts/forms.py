"""The forms of sign-in, in the house's words, and a person's own page."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.recovery_codes import forms as recovery_forms
from allauth.mfa.totp import forms as totp_forms
from django import forms

from portal.accounts.models import User
from portal.web.forms import LineField, OnceForm, PortalForm, ZoneField

PASSWORD_HINT = "12 characters or more; a few words are best."  # noqa: S105


class _InOurWords:
    """A form of allauth's with our labels and hints, without placeholders that vanish while one types."""

    words: dict[str, tuple[str, str]] = {}
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            label, field.help_text = self.words.get(name, (field.label, ""))
            field.label = label
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = "Nothing is filled in. Fill it in."


class SignInForm(_InOurWords, allauth_forms.LoginForm):  # type: ignore[misc]
    """Sign-in by email and password."""

    words = {
        "login": ("Email", ""),
        "password": ("Password", ""),
        "remember": ("Keep me signed in for 14 days on this device", ""),
    }


class AskForCodeForm(_InOurWords, allauth_forms.RequestLoginCodeForm):  # type: ignore[misc]
    """Where to send a code that signs in."""


class EnterCodeForm(_InOurWords, allauth_forms.ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that was mailed."""

    words = {"code": ("Code", "Eight letters from the mail, such as BCDF-GHJK. Upper and lower case are the same.")}


class AskForResetForm(_InOurWords, allauth_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to send a link that sets another password."""


class ResetPasswordForm(_InOurWords, allauth_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """Another password, behind a mailed link."""

    words = {"password1": ("New password", PASSWORD_HINT), "password2": ("New password again", "")}


class ChangePasswordForm(_InOurWords, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    """Another password, of somebody who knows the present one."""

    words = {
        "oldpassword": ("Present password", ""),
        "password1": ("New password", PASSWORD_HINT),
        "password2": ("New password again", ""),
    }


class SetPasswordForm(_InOurWords, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, of somebody who came in by code."""

    words = {"password1": ("Password", PASSWORD_HINT), "password2": ("Password again", "")}


class PasswordAgainForm(_InOurWords, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that guards the login is changed."""

    words = {"password": ("Password", "")}


_APP_CODE = {"code": ("Code", "The six digits that your app shows now, or one of your recovery codes.")}


class SecondStepForm(_InOurWords, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The code of the authenticator app at sign-in."""

    words = _APP_CODE


class SecondStepAgainForm(_InOurWords, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The code of the app, before something that guards the login is changed."""

    words = _APP_CODE


class ActivateAppForm(_InOurWords, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """A first code, which shows that the app knows the key."""

    words = {"code": ("Code", "The six digits that your app shows now.")}


class DeactivateAppForm(_InOurWords, totp_forms.DeactivateTOTPForm):  # type: ignore[misc]
    """Taking the app off; the password was typed again before."""


class NewRecoveryCodesForm(_InOurWords, recovery_forms.GenerateRecoveryCodesForm):  # type: ignore[misc]
    """Other recovery codes in place of those there are."""


class ActingForm(OnceForm):
    """Why one of the staff acts as a client's person."""

    reason = LineField(max_length=300, help_text="It is kept, with your name and theirs, beside what you do.")


class AccountForm(PortalForm):
    """How a person is called, and the zone in which times are told to them."""

    name = LineField(max_length=150)
    zone = ZoneField(label="Time zone", help_text="Every time on these pages is told in it. Such as America/New_York.")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": user.name, "zone": user.zone}, **kwargs)
