"""Two clicks at once on what holds once: a link, an invitation, the last support contact, the last administrator."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from portal.accounts.models import Role, User
from portal.accounts.services import close_login, create_login
from portal.accounts.teams import save_team
from portal.clients.models import Contact, Invitation
from portal.clients.services import (
    AgreementDetails,
    ContactDetails,
    change_contact,
    confirm_invitation,
    create_client,
    draft_agreement,
    end_designation,
    invite,
    revoke_invitation,
)
from portal.clients.services.invitations import link_token
from portal.web.errors import PortalError
from tests.factories import AgreementFactory, ClientFactory, ContactFactory, InvitationFactory, StaffFactory

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run acts at the same time, each on a connection of its own, and return the codes of those refused."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            start.wait(20)
            act()
        except PortalError as error:
            return error.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(acts)) as threads:
        return sorted(code for code in threads.map(run, acts) if code)


def test_a_link_confirmed_twice_at_once_opens_one_login() -> None:
    invitation = InvitationFactory(role=Role.SUPPORT_CONTACT, phone="+1 212 555 0100")
    token = link_token(invitation)

    def confirm() -> None:
        confirm_invitation(token=token, name="Dana", password="seven quiet harbours", at=NOON)

    assert at_once(confirm, confirm) == ["link_ended"]
    assert User.objects.filter(email=invitation.email).count() == 1
    assert Contact.objects.get().is_support_contact


def test_an_address_invited_by_two_clients_and_to_the_staff_at_once_is_invited_once() -> None:
    ours, theirs, manager = ClientFactory(), ClientFactory(), StaffFactory(role=Role.MANAGER)

    def ask(role: Role, client_id: int | None) -> None:
        invite(email="dana@alder.example", role=role, client_id=client_id, by=manager, at=NOON)

    refused = at_once(
        lambda: ask(Role.MEMBER, ours.pk), lambda: ask(Role.MEMBER, theirs.pk), lambda: ask(Role.AGENT, None)
    )

    assert refused == ["already_invited"] * 2
    assert Invitation.objects.count() == 1


def test_two_last_support_contacts_are_not_removed_at_once() -> None:
    agreement = AgreementFactory()
    first, second = (ContactFactory(client=agreement.client) for _ in range(2))

    refused = at_once(lambda: end_designation(contact_id=first.pk), lambda: end_designation(contact_id=second.pk))

    assert refused == ["support_contact_needed"]
    assert agreement.client.contacts.filter(is_support_contact=True).count() == 1


def test_two_administrators_do_not_close_each_other_at_once() -> None:
    ann, bo = (StaffFactory(role=Role.ADMINISTRATOR) for _ in range(2))

    refused = at_once(lambda: close_login(user_id=ann.pk, by=bo), lambda: close_login(user_id=bo.pk, by=ann))

    assert refused == ["last_administrator"]
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).count() == 1


def test_a_link_that_is_taken_back_while_it_is_confirmed_is_one_or_the_other() -> None:
    invitation = InvitationFactory(expires_at=NOON + timedelta(days=7))
    token = link_token(invitation)

    def confirm() -> None:
        confirm_invitation(token=token, name="Dana", password="seven quiet harbours", at=NOON)

    def take_back() -> None:
        revoke_invitation(invitation_id=invitation.pk, at=NOON)

    assert at_once(confirm, take_back) == ["link_ended"]
    invitation.refresh_from_db()
    assert (invitation.confirmed_at is None) != (invitation.revoked_at is None)


def test_a_name_that_two_take_at_once_is_taken_once() -> None:
    manager, alder = StaffFactory(role=Role.MANAGER), ClientFactory()
    contact = ContactFactory(client=alder)
    details = AgreementDetails(ref="ALDER-SUPPORT", title="Support", zone="UTC")
    address = "dana@alder.example"

    def draft() -> None:
        draft_agreement(client_id=alder.pk, terms_name="juno-live-support", details=details)

    def make_team() -> None:
        steps = {"team_from": 75, "manager_from": 90}
        save_team(team_id=None, name="Support", zone="UTC", members=[], manager=None, by=manager, **steps)

    def give_login() -> None:
        given = ContactDetails(name="Dana", email=address, phone="1", is_support_contact=True, signs_in=True)
        change_contact(contact_id=contact.pk, details=given)

    def make_login() -> None:
        create_login(email=address, name="Dana", role=Role.AGENT)

    def create() -> None:
        create_client(name="Alder", zone="UTC")

    assert at_once(draft, draft) == ["name_taken"]
    assert at_once(create, create) == ["name_taken"]
    assert at_once(make_team, make_team) == ["team_refused"]
    assert at_once(give_login, make_login) == ["login_exists"]
