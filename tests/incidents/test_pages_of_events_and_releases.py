"""Pages of hosted events, releases and problems."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidents.models import HostedEvent, Incident, Release
from incidents.services import plan_release, schedule_hosted_event
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, text_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement() -> Agreement:
    return AgreementFactory()


@pytest.fixture
def contact(agreement: Agreement) -> User:
    return ClientUserFactory(client=agreement.client, zone="America/New_York")


def event_form(agreement: Agreement, *rows: tuple[str, str], **fields: Any) -> dict[str, Any]:
    form = sending(agreement=agreement.pk, name="Spring Summit", zone="America/New_York", **fields)
    form |= {"sessions-TOTAL_FORMS": max(3, len(rows)), "sessions-INITIAL_FORMS": 0}
    for number, (start, end) in enumerate(rows):
        form |= {f"sessions-{number}-starts_at": start, f"sessions-{number}-ends_at": end}
    return form


def scheduled(agreement: Agreement, start: datetime = MONDAY + 24 * HOUR) -> HostedEvent:
    return schedule_hosted_event(
        agreement_id=agreement.pk,
        name="Spring Summit",
        zone="America/New_York",
        sessions=[(start, start + 2 * HOUR)],
        by=StaffFactory(),
        now=MONDAY,
    )


def test_a_client_schedules_an_event_in_the_events_own_zone(agreement: Agreement, contact: User) -> None:
    form = event_form(agreement, ("2026-03-09T09:00", "2026-03-09T11:00")) | {"zone": "Europe/Paris"}

    with at(MONDAY):
        page = words_of(browser_of(contact).post("/events/new/", form, follow=True))

    session = HostedEvent.objects.get().sessions.get()
    assert session.starts_at == datetime(2026, 3, 9, 8, tzinfo=UTC)
    assert "Mon 9 Mar, 09:00 to 11:00 CET" in page
    assert "Mon 9 Mar, 07:30 to 11:30 CET" in page
    assert "Critical answers in 10 min" in page


def test_more_rows_come_without_a_script_and_keep_what_was_typed(agreement: Agreement, contact: User) -> None:
    form = event_form(agreement, ("2026-03-09T09:00", ""), ("2026-03-10T09:00", "2026-03-10T11:00"))

    with at(MONDAY):
        response = browser_of(contact).post("/events/new/", form | {"more": "1", "name": ""})

    page = text_of(response)
    assert page.count('name="sessions-') - 4 == 2 * (2 + 3)
    assert 'value="2026-03-09T09:00"' in page
    assert "Nothing is filled in" not in page
    assert not HostedEvent.objects.exists()


def test_an_event_sent_twice_is_one_event(agreement: Agreement, contact: User) -> None:
    form = event_form(agreement, ("2026-03-09T09:00", "2026-03-09T11:00"))
    browser = browser_of(contact)

    with at(MONDAY):
        locations = {browser.post("/events/new/", form)["Location"] for _ in range(2)}

    assert len(locations) == 1
    assert HostedEvent.objects.count() == 1


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "The event has no session."),
        ([("2026-03-09T11:00", "2026-03-09T09:00")], "The session ends before it starts. Give a later end."),
        ([("2026-03-09T11:00", "")], "The session has no end. Give one, or empty the row."),
        ([("2026-03-08T02:30", "2026-03-08T05:00")], "the clocks skip it"),
        ([("2026-02-31T02:30", "2026-03-08T05:00")], "is no date and time"),
        ([("2026-03-09T11:00", "2026-04-09T11:00")], "within seven days"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_in_words(
    agreement: Agreement, contact: User, rows: list[tuple[str, str]], sentence: str
) -> None:
    with at(MONDAY):
        response = browser_of(contact).post("/events/new/", event_form(agreement, *rows))

    assert sentence in text_of(response)
    assert not HostedEvent.objects.exists()


@pytest.mark.parametrize("total", ["100000", "-1", "x", ""])
def test_a_forged_number_of_rows_is_refused(agreement: Agreement, contact: User, total: str) -> None:
    form = event_form(agreement, ("2026-03-09T09:00", "2026-03-09T11:00")) | {"sessions-TOTAL_FORMS": total}

    with at(MONDAY):
        response = browser_of(contact).post("/events/new/", form)

    assert response.status_code == 200
    assert not HostedEvent.objects.exists()


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc", "x" * 5_000])
def test_a_zone_that_does_not_exist_is_refused(agreement: Agreement, contact: User, zone: str) -> None:
    form = event_form(agreement, ("2026-03-09T09:00", "2026-03-09T11:00")) | {"zone": zone}

    with at(MONDAY):
        response = browser_of(contact).post("/events/new/", form)

    assert "zone" in response.context["form"].errors


def test_a_foreign_agreement_is_none_of_the_choices(contact: User) -> None:
    form = event_form(AgreementFactory(), ("2026-03-09T09:00", "2026-03-09T11:00"))

    with at(MONDAY):
        response = browser_of(contact).post("/events/new/", form)

    assert "agreement" in response.context["form"].errors
    assert not HostedEvent.objects.exists()


def test_changing_the_schedule_shows_the_sessions_as_they_stand(agreement: Agreement, contact: User) -> None:
    hosted = scheduled(agreement)

    with at(MONDAY):
        page = text_of(browser_of(contact).get(f"/events/{hosted.pk}/edit/"))

    assert 'value="2026-03-03T10:00"' in page


def test_a_moved_event_takes_its_tightening_along(agreement: Agreement, contact: User) -> None:
    incident = reported(agreement=agreement)
    hosted = scheduled(agreement, MONDAY + 95 * MINUTE)
    form = event_form(agreement, ("2026-03-09T09:00", "2026-03-09T11:00")) | {"sessions-INITIAL_FORMS": 1}

    with at(MONDAY + 10 * MINUTE):
        browser_of(contact).post(f"/events/{hosted.pk}/edit/", form)

    assert Clock.objects.get(subject_ref=incident.ref, target="response").due_at == MONDAY + 30 * MINUTE


def test_an_event_is_cancelled_once(agreement: Agreement, contact: User) -> None:
    hosted = scheduled(agreement)
    browser = browser_of(contact)

    with at(MONDAY + MINUTE):
        browser.post(f"/events/{hosted.pk}/cancel/", sending())
        again = browser.post(f"/events/{hosted.pk}/cancel/", sending())

    assert HostedEvent.objects.get().cancelled_at == MONDAY + MINUTE
    assert "was cancelled." in text_of(again)


def test_an_event_says_that_it_is_on_air_while_its_period_holds(agreement: Agreement, contact: User) -> None:
    sessions = [(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR)]
    schedule_hosted_event(
        agreement_id=agreement.pk, name="Summit", zone="America/New_York", sessions=sessions, by=contact, now=MONDAY
    )
    browser = browser_of(contact)

    said = {}
    for hours in (0, 1, 4):
        with at(MONDAY + hours * HOUR):
            page = words_of(browser.get("/events/"))
        said[hours] = [word for word in ("Scheduled", "On air", "Over") if word in page.rpartition("Summit")[2]]

    assert said == {0: ["Scheduled"], 1: ["On air"], 4: ["Over"]}


def test_a_client_lists_its_own_events_only(agreement: Agreement, contact: User) -> None:
    scheduled(agreement)
    scheduled(AgreementFactory())

    response = browser_of(contact).get("/events/")

    assert [row.agreement for row in response.context["page"].rows] == [agreement]


def test_a_planned_release_gives_minor_incidents_their_date(agreement: Agreement) -> None:
    incident = reported("minor", agreement=agreement)
    form = sending(product=agreement.product_id, ref="2026.2", planned_at="2026-03-20T12:00", notes="Fixes.")

    with at(MONDAY + MINUTE):
        page = text_of(browser_of(StaffFactory()).post("/releases/new/", form, follow=True))

    assert "Release 2026.2 is planned" in page
    due = Clock.objects.get(subject_ref=incident.ref, target="resolution").due_at
    assert due == datetime(2026, 3, 20, 12, tzinfo=UTC)


def test_a_release_planned_for_the_past_is_refused_beside_its_date(agreement: Agreement) -> None:
    form = sending(product=agreement.product_id, ref="2026.2", planned_at="2026-03-01T12:00")

    with at(MONDAY):
        response = browser_of(StaffFactory()).post("/releases/new/", form)

    assert "planned_at" in response.context["form"].errors
    assert not Release.objects.exists()


def planned(agreement: Agreement) -> Release:
    assert agreement.product is not None
    return plan_release(
        product_id=agreement.product.pk,
        ref="2026.2",
        planned_at=MONDAY + timedelta(days=9),
        by=StaffFactory(),
        now=MONDAY,
    )


def test_a_published_release_resolves_its_fixes_and_names_them(agreement: Agreement) -> None:
    fixed, left = reported("minor", agreement=agreement), reported("minor", agreement=agreement)
    release = planned(agreement)

    with at(MONDAY + HOUR):
        page = text_of(
            browser_of(StaffFactory()).post(
                f"/releases/{release.pk}/publish/", sending(fixes=[fixed.pk], notes="It works."), follow=True
            )
        )

    assert Incident.objects.get(pk=fixed.pk).status == "resolved"
    assert Incident.objects.get(pk=left.pk).status == "new"
    assert f"{fixed.ref}, {fixed.client}" in page


def test_a_fix_on_another_product_is_none_of_the_choices(agreement: Agreement) -> None:
    elsewhere = reported("minor")
    reported("minor", agreement=agreement)
    release = planned(agreement)

    with at(MONDAY + HOUR):
        response = browser_of(StaffFactory()).post(
            f"/releases/{release.pk}/publish/", sending(fixes=[elsewhere.pk], notes="It works.")
        )

    assert "fixes" in response.context["form"].errors
    assert Release.objects.get().published_at is None


def test_a_release_is_published_once(agreement: Agreement) -> None:
    release = planned(agreement)
    browser = browser_of(StaffFactory())

    with at(MONDAY + HOUR):
        browser.post(f"/releases/{release.pk}/publish/", sending(notes="It works."))
        again = browser.post(f"/releases/{release.pk}/publish/", sending(notes="It works."))

    assert "was published already." in text_of(again)


@pytest.mark.parametrize("address", ["/releases/", "/problems/", "/events/"])
def test_an_empty_list_says_what_would_stand_there_and_a_broken_cursor_is_refused(address: str) -> None:
    browser = browser_of(StaffFactory())

    page, broken = browser.get(address), browser.get(f"{address}?after=zzz")

    assert 'class="empty"' in page.content.decode()
    assert broken.status_code == 400
