"""Terms of agreements: renewed without a gap, and their people reminded of their end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from portal.accounts.models import Role, User
from portal.alerts.kinds import Mail, reasons_against, render_each
from portal.alerts.models import Message
from portal.clients.errors import AlreadyDiscontinuedError, NoTermError, TermDatesError
from portal.clients.models import Agreement
from portal.clients.rules.endings import earliest_last_day, reminder_reached
from portal.clients.services import discontinue_agreement, remind_of_terms, renew_agreement, turn_pages
from portal.journal.models import Event
from tests.factories import AgreementFactory, ClientFactory, StaffFactory
from tests.incidents.pages import at, sending, text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 10, 2, 16, tzinfo=UTC)
"""12:00 in New York, 90 days before the year's last."""
DAY = timedelta(days=1)


@pytest.fixture
def manager() -> User:
    return StaffFactory(role=Role.MANAGER, name="Mara Quinn")


@pytest.fixture
def agreement(manager: User) -> Agreement:
    client = ClientFactory(relationship_manager=manager)
    return AgreementFactory(client=client, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31))


@pytest.mark.parametrize(
    ("today", "reached"),
    [("2026-10-01", None), ("2026-10-02", 90), ("2026-10-31", 90), ("2026-11-01", 60), ("2026-12-30", 30)],
)
def test_the_reminder_that_holds_is_the_last_one_reached(today: str, reached: int | None) -> None:
    assert reminder_reached(date(2026, 12, 31), [90, 60, 30], date.fromisoformat(today)) == reached


def test_no_term_is_cut_short_and_no_notice_either() -> None:
    noticed = date(2026, 3, 1)

    assert earliest_last_day(noticed, 60, None) == date(2026, 4, 30)
    assert earliest_last_day(noticed, 60, date(2026, 4, 1)) == date(2026, 4, 30)
    assert earliest_last_day(noticed, 60, date(2026, 12, 31)) == date(2026, 12, 31)


def test_the_relationship_manager_is_reminded_once_for_each_step(agreement: Agreement, manager: User) -> None:
    for _ in range(2):
        remind_of_terms(now=NOON - DAY)
        remind_of_terms(now=NOON)
        remind_of_terms(now=NOON + 30 * DAY)

    told = Message.objects.filter(kind="term_ending")
    assert {(message.address, message.context["days"]) for message in told} == {
        (manager.email, 90),
        (manager.email, 60),
    }
    assert told.count() == 2


def test_nobody_is_reminded_at_night(agreement: Agreement) -> None:
    midnight = datetime(2026, 10, 2, 5, tzinfo=UTC)

    remind_of_terms(now=midnight)

    assert not Message.objects.exists()


def test_of_reminders_that_passed_unseen_the_last_alone_is_sent(agreement: Agreement) -> None:
    remind_of_terms(now=NOON + 70 * DAY)

    [message] = Message.objects.filter(kind="term_ending")
    [mail] = render_each([message]).values()
    assert isinstance(mail, Mail)
    assert mail.subject.startswith("30 days left")
    assert mail.link_path == f"/agreements/{agreement.pk}/renew/"


def test_an_agreement_says_itself_when_its_people_are_reminded(agreement: Agreement) -> None:
    Agreement.objects.update(reminder_days=[14])

    remind_of_terms(now=NOON)

    assert not Message.objects.exists()


def test_a_reminder_of_a_term_that_was_renewed_is_not_sent(agreement: Agreement, manager: User) -> None:
    remind_of_terms(now=NOON)
    renew_agreement(agreement_id=agreement.pk, ends_on=date(2027, 12, 31), by=manager, at=NOON)

    reasons = reasons_against(Message.objects.all())

    assert list(reasons.values()) == ["Its term was renewed."]


def test_reminding_costs_the_same_however_many_terms_end(manager: User) -> None:
    costs = []

    for count in (1, 4):
        for _ in range(count):
            AgreementFactory(client=ClientFactory(relationship_manager=manager), ends_on=date(2026, 12, 31))
        with CaptureQueriesContext(connection) as queries:
            remind_of_terms(now=NOON)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def test_a_renewal_follows_without_a_gap_on_its_first_day(agreement: Agreement, manager: User) -> None:
    renew_agreement(agreement_id=agreement.pk, ends_on=date(2027, 12, 31), by=manager, at=NOON)

    turn_pages(now=datetime(2027, 1, 1, 4, 59, tzinfo=UTC))
    before = Agreement.objects.get()
    turn_pages(now=datetime(2027, 1, 1, 5, tzinfo=UTC))
    after = Agreement.objects.get()

    assert (before.ends_on, before.renewed_until) == (date(2026, 12, 31), date(2027, 12, 31))
    assert (after.starts_on, after.ends_on) == (date(2027, 1, 1), date(2027, 12, 31))
    assert after.renewed_until is None
    event = Event.objects.get(kind="agreement.renewed")
    assert event.payload == {"starts_on": "2027-01-01", "ends_on": "2027-12-31"}


def test_a_term_that_is_over_gives_way_at_once(agreement: Agreement, manager: User) -> None:
    later = datetime(2027, 2, 1, 15, tzinfo=UTC)

    renewed = renew_agreement(agreement_id=agreement.pk, ends_on=date(2027, 12, 31), by=manager, at=later)

    assert (renewed.starts_on, renewed.ends_on) == (date(2027, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize("ends_on", [date(2026, 12, 31), date(2099, 1, 1)])
def test_a_new_term_that_cannot_be_is_refused(agreement: Agreement, manager: User, ends_on: date) -> None:
    with pytest.raises(TermDatesError, match="2027"):
        renew_agreement(agreement_id=agreement.pk, ends_on=ends_on, by=manager, at=NOON)


def test_what_has_no_term_or_ends_by_notice_is_not_renewed(agreement: Agreement, manager: User) -> None:
    endless = AgreementFactory()
    discontinue_agreement(agreement_id=agreement.pk, last_day=date(2026, 12, 31), by=manager, at=NOON)

    with pytest.raises(NoTermError):
        renew_agreement(agreement_id=endless.pk, ends_on=date(2027, 12, 31), by=manager, at=NOON)
    with pytest.raises(AlreadyDiscontinuedError):
        renew_agreement(agreement_id=agreement.pk, ends_on=date(2027, 12, 31), by=manager, at=NOON)


def test_today_asks_for_the_renewal_until_it_is_done(client: Browser, agreement: Agreement, manager: User) -> None:
    client.force_login(manager)

    with at(NOON - DAY):
        early = text_of(client.get("/"))
    with at(NOON):
        asked = text_of(client.get("/"))
        client.post(f"/agreements/{agreement.pk}/renew/", sending(ends_on="2027-12-31"))
        done = text_of(client.get("/"))

    question = f"Renew {agreement.ref} for"
    assert question not in early
    assert question in asked
    assert question not in done


def test_the_form_proposes_a_term_as_long_as_the_present_one(
    client: Browser, agreement: Agreement, manager: User
) -> None:
    client.force_login(manager)

    with at(NOON):
        page = text_of(client.get(f"/agreements/{agreement.pk}/renew/"))

    assert 'value="2027-12-31"' in page
