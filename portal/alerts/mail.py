"""Mails, composed: text and HTML from one Mail, its sheet inlined, its headers safe, to one recipient."""

from __future__ import annotations

import unicodedata
from email.utils import formataddr
from hashlib import sha256
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string

from portal.alerts.kinds import Mail
from portal.alerts.models import Message
from portal.alerts.provider import Sender

LONGEST_SUBJECT = 200

# Mail programs read attributes everywhere and sheets here and there; what depends on the screen stays a sheet.
_inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def inline_sheet(html: str) -> str:
    """Return a mail's HTML with its sheet as attributes; rules for dark and narrow screens stay in the head."""
    return _inliner.inline(html)


def one_line(text: str) -> str:
    """Return text as a header may carry it: control characters and line ends become single spaces."""
    return " ".join("".join(" " if unicodedata.category(sign) in ("Cc", "Cs") else sign for sign in text).split())


def _identifier(*parts: object) -> str:
    """Return a Message-ID that is the same whenever the same is said, so that a double joins its twin's thread."""
    digest = sha256("\n".join(map(str, parts)).encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.ORIGIN).hostname}>"


def _headers(message: Message) -> dict[str, str]:
    headers = {"Message-ID": _identifier("message", message.key), "Auto-Submitted": "auto-generated"}
    if message.subject_kind:
        # No mail has this id: programs gather all that refer to it, in whatever order they come.
        thread = _identifier("thread", message.agreement_id, message.subject_kind, message.subject_ref)
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def compose(message: Message, mail: Mail, sender: Sender) -> EmailMultiAlternatives:
    """Return the mail that says one message, ready to send.

    Raises:
        ValidationError: The address is not that of one recipient.
    """
    validate_email(message.address)
    subject = one_line(mail.subject)[:LONGEST_SUBJECT]
    context = {
        **mail.context,
        "mail": mail,
        "subject": subject,
        "state": mail.state,
        "link": f"{settings.ORIGIN}{mail.link_path}",
        "provider": sender.name,
    }
    composed = EmailMultiAlternatives(
        subject=subject,
        body=render_to_string(mail.text_template, context),
        from_email=formataddr((one_line(sender.name), sender.address)),
        to=[message.address],
        headers=_headers(message),
    )
    composed.attach_alternative(inline_sheet(render_to_string(mail.html_template, context)), "text/html")
    return composed
