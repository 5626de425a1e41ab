from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client as Browser
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

import portal.settings
from portal.accounts.models import Role, User
from portal.accounts.post import post
from tests.factories import ClientUserFactory, StaffFactory

pytestmark = pytest.mark.django_db

PASSWORD = "seven quiet harbours"
SIGN_IN = "/account/login/"
ASK_FOR_CODE = "/account/login/code/"
ENTER_CODE = "/account/login/code/confirm/"
ASK_FOR_RESET = "/account/password/reset/"


@pytest.fixture(autouse=True)
def _no_attempts_before() -> None:
    cache.clear()


@pytest.fixture
def dana() -> User:
    return ClientUserFactory(email="dana@alder.example", password=PASSWORD)


@pytest.fixture
def mails() -> Callable[[], list[EmailMessage]]:
    """Return the mails sent so far, once those on their way have arrived."""

    def arrived() -> list[EmailMessage]:
        post(EmailMessage()).result()  # A mail without recipients is not sent; it only stands last in the queue.
        return mail.outbox

    return arrived


def code_in(message: EmailMessage) -> str:
    found = re.search(r"[A-Z]{4}-[A-Z]{4}", str(message.subject))
    assert found
    return found.group()


def link_in(message: EmailMessage) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/account/password/reset/key/\S+)", str(message.body))
    assert found
    return found.group(1)


def test_the_right_password_signs_in_and_leads_home(client: Browser, dana: User) -> None:
    response = client.post(SIGN_IN, {"login": "Dana@Alder.example", "password": PASSWORD})

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(dana.pk)


def test_sign_in_leads_on_to_a_page_of_this_site(client: Browser, dana: User) -> None:
    response = client.post(SIGN_IN, {"login": dana.email, "password": PASSWORD, "next": "/account/?from=mail"})

    assert response["Location"] == "/account/?from=mail"


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_sign_in_never_leads_to_another_site(client: Browser, dana: User, elsewhere: str) -> None:
    response = client.post(SIGN_IN, {"login": dana.email, "password": PASSWORD, "next": elsewhere})

    assert response["Location"] == "/"


def test_the_session_gets_another_key_at_sign_in(client: Browser, dana: User) -> None:
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "before"
    session.save()
    fixed = session.session_key

    client.post(SIGN_IN, {"login": dana.email, "password": PASSWORD})

    assert client.session.session_key != fixed


def test_a_wrong_password_reads_the_same_for_a_known_an_unknown_and_a_closed_login(client: Browser, dana: User) -> None:
    closed = ClientUserFactory(email="closed@alder.example", password=PASSWORD, is_active=False)
    tries = [
        (dana.email, "not the password"),
        ("nobody@alder.example", "not the password"),
        (closed.email, "not the password"),
        (closed.email, PASSWORD),
    ]

    answers = [client.post(SIGN_IN, {"login": email, "password": password}) for email, password in tries]

    assert [answer.status_code for answer in answers] == [200] * 4
    pages = {without_address_and_token(answer.content.decode()) for answer in answers}
    assert len(pages) == 1
    assert "That email and password do not match." in pages.pop()


def without_address_and_token(page: str) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)
    return re.sub(r"\w+@alder\.example", "", page)


def test_twenty_wrong_passwords_on_one_login_are_refused_and_its_owner_still_resets_it(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    statuses = [
        client.post(SIGN_IN, {"login": dana.email, "password": "wrong"}, REMOTE_ADDR=f"10.0.0.{number}").status_code
        for number in range(20)
    ]
    owner = Browser(REMOTE_ADDR="10.0.1.1")
    owner.post(ASK_FOR_RESET, {"email": dana.email})
    form = owner.get(link_in(mails()[0]), follow=True)
    words = {"password1": "eight louder harbours", "password2": "eight louder harbours"}
    saved = owner.post(form.redirect_chain[-1][0], words)

    assert statuses == [200] * 5 + [429] * 15
    assert saved["Location"] == "/"
    assert owner.session["_auth_user_id"] == str(dana.pk)


def test_wrong_passwords_on_many_logins_from_one_address_are_refused(client: Browser) -> None:
    statuses = [
        client.post(SIGN_IN, {"login": f"person{number}@alder.example", "password": "wrong"}).status_code
        for number in range(20)
    ]

    assert statuses == [200] * 10 + [429] * 10


def test_the_limit_of_one_login_outlasts_those_of_hundreds_of_others(client: Browser, dana: User) -> None:
    for _ in range(6):
        client.post(SIGN_IN, {"login": dana.email, "password": "wrong"})

    for number in range(500):
        cache.set(f"limit-of-another-{number}", [1.0], 300)

    assert client.post(SIGN_IN, {"login": dana.email, "password": PASSWORD}).status_code == 429


def test_what_is_refused_for_its_number_says_so_in_words(client: Browser, dana: User) -> None:
    for _ in range(5):
        client.post(SIGN_IN, {"login": dana.email, "password": "wrong"})

    refused = client.post(SIGN_IN, {"login": dana.email, "password": PASSWORD})

    assert refused.status_code == 429
    assert "text/html" in refused["Content-Type"]


def test_an_emailed_code_signs_in(client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]) -> None:
    asked = client.post(ASK_FOR_CODE, {"email": dana.email})
    [message] = mails()
    entered = client.post(ENTER_CODE, {"code": code_in(message).lower()})

    assert asked["Location"] == ENTER_CODE
    assert message.to == [dana.email]
    assert entered["Location"] == "/"
    assert client.session["_auth_user_id"] == str(dana.pk)


def test_an_emailed_code_leads_on_to_the_page_that_was_asked_for(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    asked = client.post(ASK_FOR_CODE, {"email": dana.email, "next": "/agreements/"})
    page = client.get(asked["Location"])
    [message] = mails()

    entered = client.post(asked["Location"], {"code": code_in(message), "next": page.context["redirect_field_value"]})

    assert entered["Location"] == "/agreements/"


def test_a_code_opens_nothing_in_another_browser(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    client.post(ASK_FOR_CODE, {"email": dana.email})
    [message] = mails()
    thief = Browser()

    thief.post(ENTER_CODE, {"code": code_in(message)})

    assert "_auth_user_id" not in thief.session


def test_a_code_is_used_up_by_its_use_and_by_three_wrong_tries(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    client.post(ASK_FOR_CODE, {"email": dana.email})
    [message] = mails()
    for _ in range(3):
        client.post(ENTER_CODE, {"code": "BBBB-BBBB"})

    client.post(ENTER_CODE, {"code": code_in(message)})

    assert "_auth_user_id" not in client.session


def test_asking_for_a_code_answers_the_same_for_a_known_an_unknown_and_a_closed_login(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    closed = ClientUserFactory(email="closed@alder.example", is_active=False)

    answers = [
        Browser().post(ASK_FOR_CODE, {"email": email}, follow=True)
        for email in (dana.email, "nobody@alder.example", closed.email)
    ]

    assert {answer.redirect_chain[0] for answer in answers} == {(ENTER_CODE, 302)}
    assert len({without_address_and_token(answer.content.decode()) for answer in answers}) == 1
    assert [message.to for message in mails()] == [[dana.email]]


def test_asking_for_a_reset_answers_the_same_for_a_known_an_unknown_and_a_closed_login(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    closed = ClientUserFactory(email="closed@alder.example", is_active=False)

    answers = [
        Browser().post(ASK_FOR_RESET, {"email": email}, follow=True)
        for email in (dana.email, "nobody@alder.example", closed.email)
    ]

    assert len({without_address_and_token(answer.content.decode()) for answer in answers}) == 1
    assert [message.to for message in mails()] == [[dana.email]]


def test_the_reset_link_begins_with_the_configured_origin(dana: User, mails: Callable[[], list[EmailMessage]]) -> None:
    Browser(SERVER_NAME="localhost").post(ASK_FOR_RESET, {"email": dana.email})

    assert link_in(mails()[0])


def test_a_reset_for_a_foreign_host_is_refused(dana: User, mails: Callable[[], list[EmailMessage]]) -> None:
    refused = Browser(SERVER_NAME="elsewhere.example").post(ASK_FOR_RESET, {"email": dana.email})

    assert refused.status_code == 400
    assert mails() == []


def test_a_reset_link_opens_once_and_never_after_a_change_of_address(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    client.post(ASK_FOR_RESET, {"email": dana.email})
    link = link_in(mails()[0])
    dana.email = "dana@elsewhere.example"
    dana.save()

    page = Browser().get(link, follow=True)

    assert page.status_code == 200
    assert "This link no longer opens anything" in page.content.decode()


def test_opening_a_reset_link_changes_nothing(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    client.post(ASK_FOR_RESET, {"email": dana.email})
    link = link_in(mails()[0])

    Browser().head(link)
    Browser().get(link)
    page = Browser().get(link, follow=True)

    assert "Save and sign in" in page.content.decode()


def test_a_changed_password_ends_every_other_session_and_tells_the_owner(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    elsewhere = Browser()
    for browser in (client, elsewhere):
        browser.post(SIGN_IN, {"login": dana.email, "password": PASSWORD})
    words = {"oldpassword": PASSWORD, "password1": "eight louder harbours", "password2": "eight louder harbours"}

    client.post("/account/password/change/", words)

    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert [message.subject for message in mails()] == ["Your password was changed"]


def test_passwords_are_kept_by_argon2(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = portal.settings.PASSWORD_HASHERS  # The tests' own hasher is quicker.

    dana = ClientUserFactory(password=PASSWORD)

    assert dana.password.startswith("argon2$argon2id$")


def test_a_closed_login_loses_its_session_at_once(client: Browser, dana: User) -> None:
    client.force_login(dana)
    dana.is_active = False
    dana.save()

    assert client.get("/account/").status_code == 302


def test_nobody_signs_up(client: Browser) -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")

    assert client.get("/account/signup/").status_code == 404


def test_signing_out_takes_a_form_and_ends_the_session(client: Browser, dana: User) -> None:
    client.force_login(dana)

    client.get("/account/logout/")
    still = client.get("/account/").status_code
    client.post("/account/logout/")

    assert still == 200
    assert client.get("/account/").status_code == 302


def test_the_mails_of_sign_in_are_text_and_html_from_the_provider(
    client: Browser, dana: User, mails: Callable[[], list[EmailMessage]]
) -> None:
    client.post(ASK_FOR_CODE, {"email": dana.email})

    [message] = mails()

    assert code_in(message) in str(message.body)
    assert [kind for _, kind in message.alternatives] == ["text/html"]  # type: ignore[attr-defined]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_person_changes_name_and_zone_but_never_role_or_client(client: Browser, dana: User) -> None:
    client.force_login(dana)
    forged = {
        "name": "Dana W.",
        "zone": "Europe/Paris",
        "role": Role.ADMINISTRATOR,
        "client": "",
        "email": "x@y.example",
    }

    client.post("/account/", forged)

    dana.refresh_from_db()
    assert (dana.name, dana.zone) == ("Dana W.", "Europe/Paris")
    assert (dana.role, dana.email) == (Role.SUPPORT_CONTACT, "dana@alder.example")
    assert dana.client is not None


def test_a_zone_that_is_none_is_refused_with_a_remedy(client: Browser) -> None:
    staff = StaffFactory()
    client.force_login(staff)

    page = client.post("/account/", {"name": "Ann", "zone": "Mars/Phobos"})

    assert page.status_code == 200
    assert "“Mars/Phobos” is no time zone. Write one such as America/New_York." in page.content.decode()
