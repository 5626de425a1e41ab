"""JB-11: the right to end the order form is shown to both sides, exercised by notice, and refunds what was prepaid."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client as Browser

from credits.models import Code, Entry, Proposal, Termination
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.journal.models import Finding
from portal.replay.loading import load_history
from tests.contracts.desk import at
from tests.contracts.downtime import outage
from tests.contracts.judging import event, lines_of, ny
from tests.credits.books import held
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory, StaffFactory, TeamFactory
from tests.portal.replay.comparing import kept, replayed

pytestmark = pytest.mark.django_db

BAD = ("2026-01-10", "2026-03-10", "2026-05-12")
"""Days with nine hours of downtime: January, March and May are under 99 %."""
NOON = "06-15 12:00"
MONTHS = ["2026-01", "2026-03", "2026-05"]


class Sides:
    """An order form of JBI with a year prepaid, its client's administrator, and the provider's people."""

    def __init__(self, *bad: str) -> None:
        self.manager = StaffFactory(role=Role.MANAGER, zone="America/New_York")
        self.boss = StaffFactory(role=Role.ADMINISTRATOR, zone="America/New_York")
        team = TeamFactory()
        team.members.add(self.manager)
        self.agreement: Agreement = AgreementFactory(
            preset="jbi-support",
            overrides=None,
            team=team,
            starts_on="2026-01-01",
            ends_on="2026-12-31",
            prepaid_minor=36_500_00,
        )
        self.agreement.refresh_from_db()
        client = self.agreement.client
        ContactFactory(client=client)
        self.administrator = ClientUserFactory(client=client, role=Role.CLIENT_ADMINISTRATOR, zone="America/New_York")
        self.contact = ClientUserFactory(client=client, zone="America/New_York")
        rows = [outage(f"{day} 08:00", f"{day} 17:00", f"O-{number}") for number, day in enumerate(bad)]
        rows += [
            event("06-12 10:00", "incident.reported", incident="A", severity="critical"),
            event("06-12 10:00", "incident.diagnostics_completed", incident="A"),
        ]
        with at("06-14 12:00"):
            load_history(
                agreement_ref=self.agreement.ref, lines=lines_of(*rows, terms="jbi-support"), now=ny("06-14 12:00")
            )

    def browser(self, user: User) -> Browser:
        browser = Browser()
        browser.force_login(user)
        return browser

    def read(self, user: User, path: str, *, when: str = NOON) -> str:
        with at(when):
            return " ".join(self.browser(user).get(path, follow=True).content.decode().split())

    def send(self, user: User, path: str, *, when: str = NOON, **fields: Any) -> Any:
        with at(when):
            return self.browser(user).post(path, {"submission": str(uuid4()), **fields})

    @property
    def page(self) -> str:
        return f"/money/terminations/{self.agreement.pk}/"

    def give(self, on: str = "2026-07-01", *, by: User | None = None, **fields: Any) -> Any:
        form = {"on": on, "name": "Elena Finch", **fields}
        return self.send(by or self.administrator, f"{self.page}exercise/", **form)


@pytest.fixture
def sides() -> Sides:
    return Sides(*BAD)


def mailed(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("address", flat=True))


def test_both_sides_see_the_right_with_its_months_and_the_refund_for_a_day(sides: Sides) -> None:
    for reader in (sides.manager, sides.administrator, sides.contact):
        page = sides.read(reader, f"{sides.page}?on=2026-07-01")

        for month in MONTHS:
            assert f'href="/availability/{sides.agreement.pk}/?month={month}"' in page
        # 184 of 365 days, the first of July included.
        assert "$18,400.00" in page

    assert "may end" in sides.read(sides.manager, f"{sides.page}offer/")
    assert "You may end" in sides.read(sides.administrator, f"{sides.page}offer/")


def test_who_sees_no_money_sees_the_right_with_its_months_and_no_sum(sides: Sides) -> None:
    agent = StaffFactory(role=Role.AGENT)
    member = ClientUserFactory(client=sides.agreement.client, role=Role.MEMBER)

    for reader in (agent, member):
        before = sides.read(reader, f"{sides.page}?on=2026-07-01")
        assert f'href="/availability/{sides.agreement.pk}/?month={MONTHS[0]}"' in before
        assert "$" not in before

    sides.give()
    assert "$" not in sides.read(member, sides.page)
    assert "$18,400.00" in sides.read(sides.contact, sides.page)


def test_the_days_that_are_paid_and_not_used_stand_beside_those_of_the_term(sides: Sides) -> None:
    assert "184 of 365" in sides.read(sides.administrator, f"{sides.page}?on=2026-07-01")


def test_the_refund_can_be_asked_for_any_day_up_to_the_terms_last_and_for_no_other(sides: Sides) -> None:
    last = sides.read(sides.administrator, f"{sides.page}?on=2026-12-31")
    late = sides.read(sides.administrator, f"{sides.page}?on=2027-01-01")
    past = sides.read(sides.administrator, f"{sides.page}?on=2026-06-14")
    nonsense = sides.read(sides.administrator, f"{sides.page}?on=2026-02-31")

    assert "$100.00" in last
    assert "Choose a day from" in late
    assert "Choose a day from" in past
    assert "That is no date" in nonsense


def test_staff_see_it_among_what_is_at_risk(sides: Sides) -> None:
    assert f"It may end {sides.agreement.ref}" in sides.read(sides.manager, "/")


def test_two_bad_months_give_no_right_to_exercise() -> None:
    sides = Sides(*BAD[:2])

    response = sides.give()

    assert "No right to end" in response.content.decode()
    assert "No right arose" in sides.read(sides.administrator, sides.page)
    assert not Termination.objects.exists()


def test_the_notice_says_what_it_does_before_it_is_given(sides: Sides) -> None:
    page = sides.read(sides.administrator, f"{sides.page}exercise/?on=2026-07-01")

    assert "ends as Wed 1 Jul 2026 begins" in page.replace("\xa0", " ")
    assert "$18,400.00" in page
    assert "1 open incident" in page
    assert not Termination.objects.exists()


def test_the_notice_ends_the_order_form_as_the_day_begins(sides: Sides) -> None:
    sides.give()

    sides.agreement.refresh_from_db()
    given = Termination.objects.get()
    assert sides.agreement.ended_at == ny("07-01 00:00")
    assert (given.name, given.given_by, given.given_at, given.months) == (
        "Elena Finch",
        sides.administrator,
        ny(NOON),
        MONTHS,
    )


def test_until_the_day_incidents_are_taken_and_from_the_day_on_none(sides: Sides) -> None:
    sides.give()
    form: dict[str, Any] = {"title": "Down", "description": "503.", "category": "nonconformity", "severity": "high"}
    form["diagnostics"] = ["0", "1", "2"]
    path = f"/support/new/?agreement={sides.agreement.pk}"

    before = sides.send(sides.contact, path, when="06-30 23:59", **form)
    after = sides.send(sides.contact, path, when="07-01 00:00", **form)

    assert (before.status_code, after.status_code) == (302, 400)


def test_what_is_open_stays_promised_and_its_clocks_run_on(sides: Sides) -> None:
    before = list(Clock.objects.order_by("pk").values())

    sides.give(on="2026-06-15")

    assert list(Clock.objects.order_by("pk").values()) == before


def test_the_journal_still_says_what_replay_says(sides: Sides) -> None:
    sides.give(on="2026-06-15")

    assert replayed(sides.agreement, until=ny(NOON)) == kept(sides.agreement)


def test_a_last_month_that_is_bad_only_because_it_is_short_gives_no_right() -> None:
    sides = Sides(*BAD, "2026-06-02")
    rights = Finding.objects.filter(kind="termination_right").count()
    sides.give(on="2026-06-16")

    sides.read(sides.manager, sides.page, when="07-02 12:00")

    assert Finding.objects.filter(kind="termination_right").count() == rights


def test_the_portal_prepares_the_refund_and_a_second_person_posts_it(sides: Sides) -> None:
    sides.give()
    proposal = Proposal.objects.get()
    waiting = held(sides.agreement.client, Code.REFUND_OWED, "USD")

    response = sides.send(sides.boss, f"/money/proposals/{proposal.pk}/", verdict="approve", reason="")

    assert response.status_code == 302
    assert proposal.prepared_by is None
    assert waiting == 0
    assert held(sides.agreement.client, Code.REFUND_OWED, "USD") == 18_400_00
    assert held(sides.agreement.client, Code.CREDIT_OWED, "USD") == 0
    entry = Entry.objects.get()
    assert (entry.kind, entry.agreement) == ("refund", sides.agreement)
    assert "approved" in sides.read(sides.administrator, sides.page)


def test_both_sides_are_told_by_notices_that_nobody_can_mute(sides: Sides) -> None:
    sides.give()
    proposal = Proposal.objects.get()

    told = mailed("termination_given")
    sides.send(sides.boss, f"/money/proposals/{proposal.pk}/", verdict="approve", reason="")

    assert {sides.manager.email, sides.administrator.email, sides.contact.email} <= told
    assert mailed("refund_posted") == told
    assert not Message.objects.filter(kind__in=("termination_given", "refund_posted"), mutable=True).exists()


def test_a_double_click_gives_one_notice_and_another_day_is_refused(sides: Sides) -> None:
    token = str(uuid4())

    first, second = sides.give(submission=token), sides.give(submission=token)
    again = sides.give()
    other = sides.give(on="2026-08-01")

    assert (first.status_code, second.status_code, again.status_code) == (302, 302, 302)
    assert "Notice was given already" in other.content.decode()
    assert (Termination.objects.count(), Proposal.objects.count()) == (1, 1)


@pytest.mark.parametrize("on", ["2026-06-14", "2027-01-01", "2026-02-31", ""])
def test_a_day_on_which_it_cannot_end_is_refused(sides: Sides, on: str) -> None:
    assert sides.give(on=on).status_code == 200
    assert not Termination.objects.exists()


def test_only_the_clients_administrator_gives_notice(sides: Sides) -> None:
    contact = sides.give(by=sides.contact)
    manager = sides.give(by=sides.manager)

    assert (contact.status_code, manager.status_code) == (403, 404)
    assert not Termination.objects.exists()


def test_without_prepaid_fees_it_ends_and_nothing_is_refunded(sides: Sides) -> None:
    Agreement.objects.filter(pk=sides.agreement.pk).update(prepaid_minor=None)

    sides.give()

    assert Termination.objects.get().refund_minor is None
    assert not Proposal.objects.exists()
