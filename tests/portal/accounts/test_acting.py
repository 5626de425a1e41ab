"""Staff acting as a client's person: a banner, both names in the journal, no money, never nested."""

from __future__ import annotations

import pytest
from django.test import Client as Browser
from django.urls import reverse

from incidents.models import Incident
from portal.accounts.models import Acting, Role, User
from portal.accounts.permissions import ALLOWED, NEVER_IN_ANOTHERS_NAME, Act, may
from portal.journal.models import Event
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.portal.clients.invited import PASSWORD, send_form

pytestmark = pytest.mark.django_db

WHY = "Dana asked on the phone"


@pytest.fixture
def dana() -> User:
    agreement = AgreementFactory()
    return ClientUserFactory(client=agreement.client, name="Dana Whitlock", password=PASSWORD)


@pytest.fixture
def manager() -> User:
    return StaffFactory(name="Ann Lee", role=Role.MANAGER)


@pytest.fixture
def as_dana(client: Browser, manager: User, dana: User) -> Browser:
    """The manager's browser, once the manager acts as Dana."""
    client.force_login(manager)
    send_form(client, reverse("acting_begin", args=[dana.pk]), reason=WHY)
    return client


def test_every_page_says_who_acts_as_whom_and_lets_them_stop(as_dana: Browser) -> None:
    for name in ("home", "support", "agreements", "hosted_events"):
        page = as_dana.get(reverse(name)).content.decode()

        assert "Ann Lee, you act as Dana Whitlock" in page
        assert f'action="{reverse("acting_stop")}"' in page


def test_what_is_done_is_journalled_with_both_names(as_dana: Browser, manager: User, dana: User) -> None:
    agreement = dana.client.agreements.get()  # type: ignore[union-attr]
    given = {"title": "Registration is down", "description": "Attendees see an error.", "severity": "critical"}

    send_form(as_dana, reverse("support_report"), agreement=agreement.pk, **given)

    assert Incident.objects.get().reporter == dana
    events = Event.objects.filter(agreement=agreement)
    assert events.exists()
    assert {(event.actor, event.on_behalf_of) for event in events} == {(manager, dana)}


def test_who_acts_for_themselves_is_journalled_alone(client: Browser, dana: User) -> None:
    agreement = dana.client.agreements.get()  # type: ignore[union-attr]
    client.force_login(dana)
    given = {"title": "Registration is down", "description": "Attendees see an error.", "severity": "critical"}

    send_form(client, reverse("support_report"), agreement=agreement.pk, **given)

    assert {(event.actor, event.on_behalf_of) for event in Event.objects.all()} == {(dana, None)}


def test_the_reason_is_kept_with_both_names(as_dana: Browser, manager: User, dana: User) -> None:
    acting = Acting.objects.get()

    assert (acting.staff, acting.user, acting.reason, acting.ended_at) == (manager, dana, WHY, None)


def test_without_a_reason_nobody_acts(client: Browser, manager: User, dana: User) -> None:
    client.force_login(manager)

    answer = send_form(client, reverse("acting_begin", args=[dana.pk]))

    assert answer.context["form"].errors["reason"] == ["Nothing is filled in. Fill it in."]
    assert not Acting.objects.exists()


def test_stopping_leads_back_to_ones_own_pages(as_dana: Browser) -> None:
    as_dana.post(reverse("acting_stop"))

    assert as_dana.get(reverse("clients")).status_code == 200
    assert Acting.objects.get().ended_at is not None


def test_signing_out_ends_it(as_dana: Browser, manager: User) -> None:
    as_dana.post(reverse("account_logout"))
    as_dana.force_login(manager)

    assert "you act as" not in as_dana.get(reverse("home")).content.decode()
    assert Acting.objects.get().ended_at is not None


def test_it_is_never_nested(as_dana: Browser) -> None:
    other = ClientUserFactory()

    answer = as_dana.post(reverse("acting_begin", args=[other.pk]), {"reason": WHY})

    assert answer.status_code == 403
    assert Acting.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["account", "account_change_password", "account_set_password", "sessions", "mfa_index", "mfa_activate_totp"]
)
def test_the_persons_own_account_stays_closed(as_dana: Browser, name: str) -> None:
    answer = as_dana.get(reverse(name))

    assert answer.status_code == 403
    assert "Their account is theirs alone" in answer.content.decode()


@pytest.mark.parametrize("role", ALLOWED)
def test_money_and_logins_are_refused_whatever_the_role(role: Role) -> None:
    person = User(role=role)
    person.acted_by = StaffFactory(role=Role.ADMINISTRATOR)

    assert Act.APPROVE_MONEY in NEVER_IN_ANOTHERS_NAME
    assert not any(may(person, act) for act in NEVER_IN_ANOTHERS_NAME)


def test_a_client_administrators_people_are_not_managed_in_their_name(client: Browser, manager: User) -> None:
    administrator = ClientUserFactory(role=Role.CLIENT_ADMINISTRATOR)
    client.force_login(manager)
    send_form(client, reverse("acting_begin", args=[administrator.pk]), reason=WHY)

    assert client.get(reverse("people")).status_code == 403


def test_nobody_acts_as_staff_or_as_a_closed_login(client: Browser, manager: User) -> None:
    client.force_login(manager)

    for person in (StaffFactory(), ClientUserFactory(is_active=False)):
        assert client.post(reverse("acting_begin", args=[person.pk]), {"reason": WHY}).status_code == 404


def test_it_ends_when_the_role_is_taken_away(as_dana: Browser, manager: User) -> None:
    User.objects.filter(pk=manager.pk).update(role=Role.AGENT)

    assert "you act as" not in as_dana.get(reverse("home")).content.decode()


def test_it_ends_when_the_persons_login_is_closed(as_dana: Browser, dana: User) -> None:
    User.objects.filter(pk=dana.pk).update(is_active=False)

    assert "you act as" not in as_dana.get(reverse("home")).content.decode()
