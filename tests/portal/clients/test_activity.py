"""What happened to a client: all of it for staff, for the client what is not the staff's own; page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from incidents.models import Incident
from incidents.services import (
    check_in_backup,
    link_problem,
    make_backup_address,
    plan_release,
    reclassify_incident,
    schedule_hosted_event,
    void_breach,
)
from portal.accounts.models import Role, User
from portal.clients.models import Agreement, Client
from portal.clients.services import suspend_agreement
from portal.clocks.flagging import flag_waking
from portal.contract.events import REGISTRY
from portal.journal.feed import Reader, labels, words_of
from portal.journal.models import Event
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported
from tests.incidents.pages import words_of as words_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    made: Agreement = AgreementFactory()
    return made


@pytest.fixture
def manager() -> User:
    return StaffFactory(name="Ann Lee", role=Role.MANAGER, zone="America/New_York")


@pytest.fixture
def incident(agreement: Agreement) -> Incident:
    return reported(agreement=agreement)


@pytest.fixture
def theirs(agreement: Agreement) -> Browser:
    return browser_of(ClientUserFactory(client=agreement.client, zone="America/New_York"))


def of_client(client: Client) -> str:
    return reverse("client_activity", args=[client.pk])


def test_staff_read_what_happened_to_a_client_newest_first_with_who_why_and_clause(
    manager: User, incident: Incident
) -> None:
    reclassify_incident(
        incident_id=incident.pk, severity="minor", reason="One browser only.", by=manager, now=MONDAY + MINUTE
    )
    suspend_agreement(agreement_id=incident.agreement_id, by=manager, at=MONDAY + 2 * MINUTE)

    page = browser_of(manager).get(of_client(incident.client))

    lines = page.context["lines"]
    assert [line.words.text for line in lines] == ["Support suspended", "Reclassified as minor", "Reported as critical"]
    assert [line.subject for line in lines] == [incident.agreement.ref, incident.ref, incident.ref]
    assert f'href="/incidents/{incident.pk}/"' in page.content.decode()
    words = words_on(page)
    assert "by Ann Lee" in words
    assert "One browser only." in words
    assert "JS-22" in words


def test_the_page_of_a_client_shows_what_happened_last(manager: User, incident: Incident) -> None:
    suspend_agreement(agreement_id=incident.agreement_id, by=manager, at=MONDAY + 2 * MINUTE)

    page = browser_of(manager).get(reverse("client", args=[incident.client_id]))

    assert [line.words.text for line in page.context["lines"]] == ["Support suspended", "Reported as critical"]
    assert f'href="{of_client(incident.client)}"' in page.content.decode()


def test_a_client_reads_its_own_activity_and_nothing_that_is_the_staffs(
    manager: User, incident: Incident, theirs: Browser
) -> None:
    link_problem(incident_id=incident.pk, problem_ref="PRB-1", title="The cache", by=manager, now=MONDAY + MINUTE)
    reported(title="Of another client")

    page = theirs.get(reverse("activity"))

    assert [line.words.text for line in page.context["lines"]] == ["Reported as critical"]
    assert f'href="/support/{incident.pk}/"' in page.content.decode()
    assert "PRB-1" not in page.content.decode()
    assert "PRB-1" in browser_of(manager).get(of_client(incident.client)).content.decode()


def test_why_a_breach_was_voided_is_the_staffs_to_read(manager: User, incident: Incident, theirs: Browser) -> None:
    flag_waking(now=MONDAY + HOUR)
    void_breach(
        incident_id=incident.pk, target="response", ordinal=1, reason="Called at ten.", by=manager, now=MONDAY + HOUR
    )

    assert "Called at ten." in words_on(browser_of(manager).get(of_client(incident.client)))
    page = words_on(theirs.get(reverse("activity")))
    assert "The breach of first response was voided" in page
    assert "Called at ten." not in page


def test_an_address_narrows_to_a_kind_and_to_an_agreement(manager: User, incident: Incident) -> None:
    client = incident.client
    other = reported(agreement=AgreementFactory(client=client), now=MONDAY + MINUTE)
    suspend_agreement(agreement_id=incident.agreement_id, by=manager, at=MONDAY + 2 * MINUTE)
    desk = browser_of(manager)

    of_kind = desk.get(of_client(client), {"about": "agreement"}).context["lines"]
    of_agreement = desk.get(of_client(client), {"agreement": other.agreement_id}).context["lines"]

    assert [line.words.text for line in of_kind] == ["Support suspended"]
    assert [line.subject for line in of_agreement] == [other.ref]


@pytest.mark.parametrize("query", ["about=weather", "agreement=foreign", "actor=1", "after=broken", "size=0"])
def test_what_the_feed_does_not_know_is_refused(theirs: Browser, query: str) -> None:
    foreign = AgreementFactory()

    answer = theirs.get(f"{reverse('activity')}?{query.replace('foreign', str(foreign.pk))}")

    assert answer.status_code == 400


def test_backups_come_by_the_hour_and_show_where_they_are_asked_for(agreement: Agreement, theirs: Browser) -> None:
    token = make_backup_address(agreement_id=agreement.pk, kind="incremental", by=StaffFactory(), now=MONDAY)
    check_in_backup(token=token, now=MONDAY)

    assert theirs.get(reverse("activity")).context["lines"] == []
    asked = theirs.get(reverse("activity"), {"about": "backup"}).context["lines"]
    assert [line.words.text for line in asked] == ["Incremental backup completed"]


def test_times_stand_in_the_readers_zone(agreement: Agreement, manager: User) -> None:
    begins = MONDAY + timedelta(days=3)
    schedule_hosted_event(
        agreement_id=agreement.pk,
        name="Spring Summit",
        zone="Europe/Berlin",
        sessions=[(begins, begins + HOUR)],
        by=manager,
        now=MONDAY,
    )
    assert agreement.product is not None
    plan_release(product_id=agreement.product.pk, ref="2026.1", planned_at=begins, by=manager, now=MONDAY + MINUTE)

    with at(MONDAY + HOUR):
        page = browser_of(manager).get(of_client(agreement.client))

    lines = page.context["lines"]
    assert [line.words.more.replace("\N{NO-BREAK SPACE}", " ") for line in lines] == [
        "for Thu 5 Mar 2026, 10:00 ET",
        "Thu 5 Mar 2026, 10:00 ET",
    ]
    assert [line.subject for line in lines] == [f"{agreement.product} 2026.1", "Spring Summit"]


def test_a_long_feed_goes_on_page_by_page_without_losing_what_happened_at_one_instant(
    agreement: Agreement, manager: User
) -> None:
    Event.objects.bulk_create(
        Event(
            client=agreement.client,
            agreement=agreement,
            subject_kind="agreement",
            kind="agreement.suspended",
            at=MONDAY + number // 10 * MINUTE,
            recorded_at=MONDAY,
        )
        for number in range(120)
    )
    desk, url, seen = browser_of(manager), of_client(agreement.client), []

    while True:
        page = desk.get(url).context["page"]
        seen += [event.pk for event in page.rows]
        if page.next is None:
            break
        url = f"{of_client(agreement.client)}{page.next_url}"

    assert len(seen) == len(set(seen)) == 120
    assert seen == sorted(seen, reverse=True)


def test_a_page_of_the_feed_costs_as_many_queries_for_many_subjects(
    agreement: Agreement, manager: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        reported(agreement=agreement, now=MONDAY + number * MINUTE)
    desk = browser_of(manager)

    with django_assert_max_num_queries(8):
        page = desk.get(of_client(agreement.client))

    assert len(page.context["lines"]) == 12


def test_every_event_of_a_family_that_has_words_is_worded() -> None:
    reader = Reader(for_staff=True, zone=MONDAY.tzinfo)  # type: ignore[arg-type]
    when = MONDAY.isoformat()
    payload = {
        "severity": "minor", "on": "client", "cause": "client_misuse", "target": "response", "ordinal": 1,
        "sessions": [[when, when]], "planned_at": when, "start": when, "end": when, "kind": "full", "fixes": [],
        "asked": True, "last_day": "2026-12-31", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
    }  # fmt: skip
    worded = [kind for kind in REGISTRY if kind.partition(".")[0] in {*labels(), "breach"}]
    events = [
        Event(kind=kind, payload=payload | ({"cause": "network"} if kind.startswith("outage") else {}))
        for kind in worded
    ]

    # What nobody registered words for stands under this sign, by its bare name.
    assert [event.kind for event in events if words_of(event, reader).icon == "info"] == []
