"""Invitations and logins, through pages; a scanner, an old link and a stranger among the visitors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Client, Contact, Invitation
from tests.factories import ClientFactory, ClientUserFactory, ContactFactory, InvitationFactory, StaffFactory
from tests.portal.clients.invited import PASSWORD, mailed_link, send_form

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, 15, tzinfo=UTC)
JOINED = {"name": "Dana Whitlock", "password": PASSWORD}


@pytest.fixture
def alder() -> Client:
    return ClientFactory(name="Alder & Finch Events", zone="Europe/London")


@pytest.fixture
def manager(client: Browser) -> User:
    user: User = StaffFactory(name="Ann Lee", role=Role.MANAGER)
    client.force_login(user)
    return user


@pytest.fixture
def visitor() -> Browser:
    return Browser()


def words_of(page: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.decode()).split())


def invite_dana(browser: Browser, alder: Client, role: Role = Role.MEMBER) -> str:
    """Invite Dana as a manager and return the path of the mailed link."""
    url = reverse("client_invite", args=[alder.pk])
    answer = send_form(browser, url, email="Dana@Alder.example", role=role, phone="+44 20 7946 0100")
    assert answer.status_code == 302
    return mailed_link()


def test_an_invited_person_chooses_a_password_and_is_signed_in(
    client: Browser, manager: User, alder: Client, visitor: Browser
) -> None:
    link = invite_dana(client, alder)

    answer = visitor.post(link, JOINED)

    dana = User.objects.get(email="dana@alder.example")
    assert answer["Location"] == "/"
    assert (dana.name, dana.role, dana.client, dana.zone) == ("Dana Whitlock", Role.MEMBER, alder, "Europe/London")
    assert dana.check_password(PASSWORD)
    assert dana.contact == Contact.objects.get(client=alder)
    assert visitor.session["_auth_user_id"] == str(dana.pk)


def test_the_mail_says_who_invites_to_what_and_until_when(client: Browser, manager: User, alder: Client) -> None:
    with time_machine.travel(MONDAY, tick=False):
        invite_dana(client, alder)

    letter = mail.outbox[-1]
    assert "Alder & Finch Events" in letter.subject
    assert "Invited by: Ann Lee" in letter.body
    assert "Mon 9 Mar 2026" in letter.body.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_opens_the_link_confirms_nothing(
    client: Browser, manager: User, alder: Client, visitor: Browser, method: str
) -> None:
    link = invite_dana(client, alder)

    answers = [getattr(visitor, method)(link).status_code for _ in range(3)]

    assert answers == [200] * 3
    assert Invitation.objects.get().confirmed_at is None
    assert not User.objects.filter(email="dana@alder.example").exists()


def test_a_link_that_was_used_says_so_and_changes_nothing(
    client: Browser, manager: User, alder: Client, visitor: Browser
) -> None:
    link = invite_dana(client, alder)
    visitor.post(link, JOINED)

    answers = [Browser().get(link), Browser().post(link, JOINED | {"password": "another quiet harbour"})]

    assert [answer.status_code for answer in answers] == [410, 410]
    assert all("This link was used." in words_of(answer.content) for answer in answers)
    assert User.objects.get(email="dana@alder.example").check_password(PASSWORD)


def test_a_link_opens_until_seven_days_after_its_sending_and_not_at_that_instant(
    client: Browser, manager: User, alder: Client, visitor: Browser
) -> None:
    with time_machine.travel(MONDAY, tick=False):
        link = invite_dana(client, alder)

    with time_machine.travel(MONDAY + timedelta(days=7, microseconds=-1), tick=False):
        before = visitor.get(link)
    with time_machine.travel(MONDAY + timedelta(days=7), tick=False):
        after = visitor.post(link, JOINED)

    assert (before.status_code, after.status_code) == (200, 410)
    assert "Ask Ann Lee to send it again." in words_of(after.content)


def test_an_invitation_sent_again_is_good_for_seven_more_days(client: Browser, alder: Client, visitor: Browser) -> None:
    invitation = InvitationFactory(client=alder, sent_at=MONDAY, expires_at=MONDAY + timedelta(days=7))
    later = MONDAY + timedelta(days=10)

    with time_machine.travel(later, tick=False):
        client.force_login(StaffFactory(role=Role.MANAGER))
        send_form(client, reverse("invitation_resend", args=[invitation.pk]))
        link = mailed_link()
        answer = visitor.post(link, JOINED)

    assert answer.status_code == 302


def test_a_link_to_an_address_that_was_corrected_opens_nothing(
    client: Browser, manager: User, alder: Client, visitor: Browser
) -> None:
    wrong = invite_dana(client, alder)
    invitation = Invitation.objects.get()

    send_form(client, reverse("invitation_resend", args=[invitation.pk]), email="dana.whitlock@alder.example")
    right = mailed_link()

    assert "sent to another address" in words_of(visitor.get(wrong).content)
    assert visitor.get(right).status_code == 200


def test_an_invitation_is_not_moved_to_an_address_that_was_invited(
    client: Browser, manager: User, alder: Client
) -> None:
    first, second = (InvitationFactory(client=alder) for _ in range(2))

    answer = send_form(client, reverse("invitation_resend", args=[first.pk]), email=second.email)

    assert "was invited already" in answer.context["form"].errors["email"][0]
    assert Invitation.objects.get(pk=first.pk).email == first.email


def test_a_link_that_was_taken_back_says_by_whom(
    client: Browser, manager: User, alder: Client, visitor: Browser
) -> None:
    link = invite_dana(client, alder)

    send_form(client, reverse("invitation_revoke", args=[Invitation.objects.get().pk]))

    assert "Ann Lee took this invitation back." in words_of(visitor.post(link, JOINED).content)
    assert not User.objects.filter(email="dana@alder.example").exists()


@pytest.mark.parametrize("token", ["x", "WzEsImEiXQ:1tXyZ:forged", "%00", "a" * 3000])
def test_a_damaged_link_says_so(visitor: Browser, token: str) -> None:
    answer = visitor.get(f"/join/{token}/")

    assert answer.status_code in (404, 410)
    assert "text/html" in answer["Content-Type"]


def test_what_is_known_of_a_contact_whose_address_changed_is_not_confirmed(
    client: Browser, manager: User, alder: Client, visitor: Browser
) -> None:
    dana = ContactFactory(client=alder, email="dana@alder.example", is_support_contact=False)
    send_form(client, reverse("person_designate", args=[dana.pk]))
    link = mailed_link()
    Contact.objects.filter(pk=dana.pk).update(email="dana@elsewhere.example")

    answer = visitor.post(link, JOINED)

    assert answer.status_code == 410
    assert "reached at another address by now" in words_of(answer.content)


@pytest.mark.parametrize(
    ("password", "sentence"), [("short", "at least 12 characters"), ("dana@alder.example", "too similar")]
)
def test_a_weak_password_is_refused_and_the_link_stays_good(
    client: Browser, manager: User, alder: Client, visitor: Browser, password: str, sentence: str
) -> None:
    link = invite_dana(client, alder)

    answer = visitor.post(link, JOINED | {"password": password})

    assert sentence in words_of(answer.content)
    assert visitor.post(link, JOINED).status_code == 302


def test_a_double_click_on_an_invitation_mails_once(client: Browser, manager: User, alder: Client) -> None:
    url = reverse("client_invite", args=[alder.pk])
    form = {"submission": str(client.get(url).context["form"]["submission"].value())}

    for _ in range(2):
        client.post(url, form | {"email": "dana@alder.example", "role": Role.MEMBER})

    assert Invitation.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("invited@alder.example", "was invited already"),
        ("sam@coastline.example", "has a login already"),
        ("dana", "That is no mail address."),
        ("dana@alder.example\nBcc: x@y.example", "That is no mail address."),
    ],
)
def test_an_address_that_cannot_be_invited_is_refused_in_words(
    client: Browser, manager: User, alder: Client, address: str, sentence: str
) -> None:
    InvitationFactory(client=alder, email="invited@alder.example")
    ClientUserFactory(email="sam@coastline.example")

    answer = send_form(client, reverse("client_invite", args=[alder.pk]), email=address, role=Role.MEMBER)

    assert sentence in " ".join(answer.context["form"].errors["email"])
    assert Invitation.objects.count() == 1


def test_each_act_on_people_is_confirmed_on_the_list(client: Browser, manager: User, alder: Client) -> None:
    stays = ContactFactory(client=alder, is_support_contact=True)
    leaves = ContactFactory(client=alder, name="Lee Okafor", is_support_contact=True)
    invited = send_form(client, reverse("client_invite", args=[alder.pk]), email="dana@alder.example", role=Role.MEMBER)

    confirmed = words_of(client.get(invited["Location"]).content)
    released = send_form(client, reverse("person_release", args=[leaves.pk]))

    assert "An invitation is mailed to dana@alder.example. It holds once the link in it is confirmed." in confirmed
    assert "Lee Okafor is no support contact any more." in words_of(client.get(released["Location"]).content)
    assert stays.client == alder


def test_a_support_contact_is_invited_with_a_phone(client: Browser, manager: User, alder: Client) -> None:
    answer = send_form(
        client, reverse("client_invite", args=[alder.pk]), email="dana@alder.example", role=Role.SUPPORT_CONTACT
    )

    assert "reached by phone too" in answer.context["form"].errors["phone"][0]


def test_a_clients_administrator_invites_members_and_support_contacts_alone(client: Browser, alder: Client) -> None:
    client.force_login(ClientUserFactory(client=alder, role=Role.CLIENT_ADMINISTRATOR))
    url = reverse("people_invite")

    answers = {
        role: send_form(client, url, email=f"{role}@alder.example", role=role, phone="+44 20 7946 0100").status_code
        for role in (Role.MEMBER, Role.SUPPORT_CONTACT, Role.CLIENT_ADMINISTRATOR, Role.ADMINISTRATOR)
    }

    assert [role for role, status in answers.items() if status == 302] == [Role.MEMBER, Role.SUPPORT_CONTACT]
    assert {invitation.client for invitation in Invitation.objects.all()} == {alder}


def test_an_administrator_invites_to_the_staff(client: Browser, visitor: Browser) -> None:
    client.force_login(StaffFactory(role=Role.ADMINISTRATOR))

    send_form(client, reverse("staff_invite"), email="bo@northlight.example", role=Role.FINANCE)
    visitor.post(mailed_link(), {"name": "Bo Park", "password": PASSWORD})

    bo = User.objects.get(email="bo@northlight.example")
    assert (bo.role, bo.client) == (Role.FINANCE, None)


def test_only_administrators_see_invitations_to_the_staff(client: Browser, manager: User) -> None:
    invitation = InvitationFactory(client=None, role=Role.ADMINISTRATOR)

    assert client.get(reverse("invitation_resend", args=[invitation.pk])).status_code == 404
    assert client.get(reverse("staff")).status_code == 403


def test_a_closed_login_is_out_at_once_and_comes_back_as_it_was(client: Browser, manager: User, alder: Client) -> None:
    dana: User = ClientUserFactory(client=alder)
    theirs = Browser()
    theirs.force_login(dana)

    send_form(client, reverse("login_close", args=[dana.pk]))
    closed = theirs.get(reverse("account")).status_code
    send_form(client, reverse("login_reopen", args=[dana.pk]))

    dana.refresh_from_db()
    assert closed == 302
    assert (dana.is_active, dana.role) == (True, Role.SUPPORT_CONTACT)


def test_nobody_closes_their_own_login(client: Browser) -> None:
    own = StaffFactory(role=Role.ADMINISTRATOR)
    StaffFactory(role=Role.ADMINISTRATOR)
    client.force_login(own)

    answer = send_form(client, reverse("login_close", args=[own.pk]))

    assert "This is your own login." in words_of(answer.content)


def test_a_manager_closes_no_login_of_the_staff(client: Browser, manager: User) -> None:
    colleague = StaffFactory()

    assert client.post(reverse("login_close", args=[colleague.pk])).status_code == 404


def test_lists_of_people_cost_the_same_however_many_there_are(
    client: Browser, manager: User, alder: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(7):
        ContactFactory(client=alder, user=ClientUserFactory(client=alder))
        InvitationFactory(client=alder, replaces=ContactFactory(client=alder))

    with django_assert_max_num_queries(9):
        page = client.get(reverse("client_people", args=[alder.pk]))

    assert len(page.context["invitations"]) == 7
