"""What a message looks like when it arrives."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.core import mail
from pytest_django import Settings

from portal.alerts.mail import inline_sheet
from portal.alerts.models import Message
from tests.factories import AgreementFactory
from tests.portal.alerts.letters import NOW, letter, post, send

pytestmark = pytest.mark.django_db


def arrived() -> EmailMessage:
    """Return the one mail that was sent, as a mail program reads it."""
    (sent,) = mail.outbox
    return sent.message()


def html_of(sent: mail.EmailMessage) -> str:
    """Return a mail's HTML part."""
    assert isinstance(sent, mail.EmailMultiAlternatives)
    return str(sent.alternatives[0][0])


def test_text_and_html_say_the_same_and_lead_to_one_page_of_the_configured_origin(settings: Settings) -> None:
    settings.ORIGIN = "https://portal.northlight.example"
    post(letter(ask="Reply to Coastline now.", **{"from": "Grace Holloway"}))

    send()

    (sent,) = mail.outbox
    for part in (sent.body, html_of(sent)):
        assert "Reply to Coastline now." in part
        assert "Grace Holloway" in part
        assert "JS-7" in part
        assert "https://portal.northlight.example/letters/1/" in part
        assert "You get this because you are in a test." in part
    assert sent.body.startswith("Reply to Coastline now.")


def test_markup_in_a_text_is_shown_as_text() -> None:
    hostile = "<script>alert(1)</script> {{ settings.SECRET_KEY }} <b hx-get='/x' onerror=\"y\">"
    post(letter(ask=hostile, subject=hostile))

    send()

    (sent,) = mail.outbox
    assert "<script" not in html_of(sent)
    assert "<b hx-get" not in html_of(sent)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ settings.SECRET_KEY }}" in html_of(sent)
    assert hostile in sent.body


def test_line_ends_in_a_subject_add_no_header_and_no_recipient() -> None:
    post(letter(subject="Late\r\nBcc: eve@elsewhere.example\n\u2028X-Evil: 1\x0bend"))

    send()

    assert arrived()["Subject"] == "Late Bcc: eve@elsewhere.example X-Evil: 1 end"
    assert arrived()["Bcc"] is None
    assert mail.outbox[0].recipients() == ["ada@people.example"]


@pytest.mark.parametrize(
    "address",
    ["ada@people.example, eve@elsewhere.example", "ada@people.example\nBcc: eve@elsewhere.example", "nobody", ""],
)
def test_an_address_that_is_not_one_recipient_is_never_mailed(address: str) -> None:
    post(letter(address=address))

    send()

    assert mail.outbox == []
    assert Message.objects.get().last_error.startswith("The address is none")


def test_a_letter_in_another_script_arrives_as_it_was_written() -> None:
    post(letter(subject="Grüße \u202eabc 🎈", ask="Grüße \u202eabc 🎈"))

    send()

    assert mail.outbox[0].subject == "Grüße \u202eabc 🎈"
    assert "Grüße \u202eabc 🎈" in mail.outbox[0].body


def test_mails_say_that_no_person_wrote_them() -> None:
    post(letter())

    send()

    assert arrived()["Auto-Submitted"] == "auto-generated"


def test_mails_about_one_subject_form_a_thread() -> None:
    agreement = AgreementFactory()
    about = {"agreement_id": agreement.pk, "subject_kind": "incident"}
    post(
        letter("one", "a@people.example", subject_ref="INC-1", **about),
        letter("two", "b@people.example", subject_ref="INC-1", **about),
        letter("other", "c@people.example", subject_ref="INC-2", **about),
    )

    send()

    one, two, other = (sent.extra_headers for sent in mail.outbox)
    assert one["References"] == one["In-Reply-To"] == two["References"]
    assert other["References"] != one["References"]
    assert len({one["Message-ID"], two["Message-ID"], other["Message-ID"], one["References"]}) == 4


def test_a_message_that_is_sent_twice_has_one_message_id() -> None:
    post(letter())
    send()
    Message.objects.update(accepted_at=None)

    send(NOW + timedelta(hours=1))

    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_the_sheet_becomes_attributes_and_the_dark_theme_stays_a_sheet() -> None:
    post(letter())

    send()

    html = html_of(mail.outbox[0])
    assert 'class="edge edge-breached" style="' in html
    assert "background: #d43b35" in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert ".edge-risk" not in html


def test_inlining_fetches_nothing() -> None:
    assert inline_sheet('<link rel="stylesheet" href="http://127.0.0.1:9/x.css"><p>Text</p>').count("<p>Text</p>") == 1
