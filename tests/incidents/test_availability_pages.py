"""Pages of services: what each reader sees, what staff record, and the address of backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from incidents.models import BackupCheck, MaintenanceWindow, Outage
from incidents.services import Downtime, announce_maintenance, make_backup_address, record_outage
from portal.clients.models import Agreement
from portal.replay.loading import load_history
from tests.contracts.downtime import outage
from tests.contracts.judging import hosted, lines_of, ny
from tests.factories import AgreementFactory, ClientUserFactory, ContactFactory, StaffFactory
from tests.incidents.pages import at, browser_of, sending, text_of

NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Browser:
    return browser_of(StaffFactory(zone="America/New_York"))


def down(agreement: Agreement, start: datetime, end: datetime | None, cause: str = "unscheduled") -> Outage:
    return record_outage(
        agreement_id=agreement.pk, downtime=Downtime(start, end, cause), by=StaffFactory(), now=end or start
    )


def page_of(browser: Browser, agreement: Agreement, query: str = "", now: datetime = NOW) -> str:
    with at(now):
        return text_of(browser.get(f"{reverse('availability', args=[agreement.pk])}{query}"))


def test_the_page_adds_up_the_month_and_says_what_is_left_to_the_next_tier(staff: Browser) -> None:
    agreement = AgreementFactory()
    start = datetime(2026, 3, 10, 14, tzinfo=UTC)
    down(agreement, start, start + 5 * HOUR)
    down(agreement, start + 24 * HOUR, start + 26 * HOUR, "force_majeure")

    page = page_of(staff, agreement)

    assert "March 2026" in page
    assert "5 h</span> down of 7 h 25 min 48 s allowed" in page
    assert "2 h 25 min 48 s more leads to the edge of the next tier" in page
    assert "Force majeure: stays in the month, is no downtime" in page


def test_the_tier_of_hosted_periods_stands_beside_the_months_and_the_larger_is_credited(staff: Browser) -> None:
    """Of 11 h on air 12 min are down, which is 98.18 %; of the month they are 0.03 %."""
    on_air = hosted("03-01 00:00", ("03-10 11:30", "03-10 20:30"))
    agreement = AgreementFactory()
    rows = lines_of(on_air, outage("03-10 12:00", "03-10 12:12"), until=ny("04-02 09:00"))
    load_history(agreement_ref=agreement.ref, lines=rows, now=ny("04-02 09:00"))

    page = page_of(staff, agreement, "?month=2026-03", now=ny("04-02 09:00"))

    assert "of which 12 min down: up 98.1818 % of them" in page
    assert "They lie in the tier 98 % to under 99 %, the month in 99 % and more: the larger of the two is" in page
    assert "hosted 98.1818 %" in page
    assert "by hosted periods" in page


def test_an_open_outage_says_since_when_and_when_each_tier_is_reached(staff: Browser) -> None:
    agreement = AgreementFactory()
    down(agreement, NOW - HOUR, None)

    page = page_of(staff, agreement)

    assert "Down since" in page
    # 7 h 25 min 48 s of March's 743 hours are allowed, one of them is used up.
    assert "Fri 20 Mar 2026, 17:25:48 ET" in page


def test_days_before_the_activation_have_no_data_and_are_never_called_up(staff: Browser) -> None:
    agreement = AgreementFactory(activated_at=NOW - 10 * 24 * HOUR)

    page = page_of(staff, agreement)

    assert page.count('<rect class="f-met" x=') == 11
    assert page.count('<rect class="f-closed" x=') == 79 + 1  # The legend's among them.
    assert "No data" in page


def test_a_service_on_premise_has_no_data(staff: Browser) -> None:
    page = page_of(staff, AgreementFactory(hosting="on_premise"))

    assert "no availability is promised" in page
    assert "f-met" not in page


def test_every_month_can_be_opened_and_no_other(staff: Browser) -> None:
    agreement = AgreementFactory()
    down(agreement, datetime(2026, 2, 3, tzinfo=UTC), datetime(2026, 2, 3, 20, tzinfo=UTC))

    february = page_of(staff, agreement, "?month=2026-02")
    unknown = browser_status(staff, agreement, "?month=2031-02")

    assert "97.0238 %" in february
    assert "Tier of February 2026" in february
    assert unknown == 404


def browser_status(browser: Browser, agreement: Agreement, query: str) -> int:
    with at(NOW):
        return browser.get(f"{reverse('availability', args=[agreement.pk])}{query}").status_code


def test_a_client_reads_its_own_service_and_changes_nothing() -> None:
    agreement = AgreementFactory()
    outage = down(agreement, NOW - HOUR, None)
    browser = browser_of(ClientUserFactory(client=agreement.client))

    page = page_of(browser, agreement)

    assert outage.ref in page
    assert "Record an outage" not in page
    assert "End it" not in page


def test_the_page_asks_the_database_as_often_for_many_outages_as_for_one(
    staff: Browser, django_assert_max_num_queries: Any
) -> None:
    agreement = AgreementFactory()
    for day in range(12):
        down(agreement, NOW - (day + 1) * 24 * HOUR, NOW - (day + 1) * 24 * HOUR + HOUR)

    with django_assert_max_num_queries(16):
        page_of(staff, agreement)


def test_the_list_shows_each_service_with_its_month(staff: Browser) -> None:
    quiet, broken = AgreementFactory(title="Quiet platform"), AgreementFactory(title="Broken platform")
    AgreementFactory(title="Platform on site", hosting="on_premise")
    down(broken, NOW - HOUR, None)

    with at(NOW):
        page = text_of(staff.get(reverse("availability_list")))

    assert quiet.title in page
    assert broken.title in page
    assert page.count("Down since") == 1
    assert page.count("No data") == 1


def test_an_outage_is_recorded_ended_and_put_right_on_its_pages(staff: Browser) -> None:
    agreement = AgreementFactory()
    fields = {"start": "2026-03-20T10:00", "cause": "unscheduled"}

    with at(NOW):
        staff.post(reverse("outage_new", args=[agreement.pk]), sending(**fields))
        outage = Outage.objects.get()
        staff.post(reverse("outage_end", args=[outage.pk]), sending(end="2026-03-20T10:30"))
        outage.refresh_from_db()
        ended = outage.ends_at
        staff.post(
            reverse("outage_correct", args=[outage.pk]),
            sending(**fields | {"end": "2026-03-20T10:45", "cause": "emergency"}),
        )

    outage.refresh_from_db()
    assert ended == datetime(2026, 3, 20, 14, 30, tzinfo=UTC)
    assert (outage.ends_at, outage.cause) == (datetime(2026, 3, 20, 14, 45, tzinfo=UTC), "emergency")


def test_a_refusal_stands_beside_its_field(staff: Browser) -> None:
    agreement = AgreementFactory()

    with at(NOW):
        page = text_of(
            staff.post(
                reverse("outage_new", args=[agreement.pk]),
                sending(start="2026-03-21T10:00", cause="unscheduled"),
            )
        )

    assert "That is in the future." in page
    assert not Outage.objects.exists()


def test_a_window_over_work_hours_is_asked_about_before_it_is_announced(staff: Browser) -> None:
    agreement = AgreementFactory()
    ContactFactory(client=agreement.client)
    url = reverse("maintenance_new", args=[agreement.pk])
    fields = {"start": "2026-03-24T10:00", "end": "2026-03-24T12:00", "purpose": "New disks."}

    with at(NOW):
        asked = text_of(staff.post(url, sending(**fields)))
        saved_before = MaintenanceWindow.objects.exists()
        staff.post(url, sending(**fields | {"overlaps_accepted": "on"}))

    assert "It takes 2 h of work hours." in asked
    assert 'type="checkbox" name="overlaps_accepted"' in asked
    assert not saved_before
    assert MaintenanceWindow.objects.get().ref in page_of(staff, agreement)


def test_a_window_is_cancelled_after_a_question(staff: Browser) -> None:
    agreement = AgreementFactory()
    window = announce_maintenance(
        agreement_id=agreement.pk,
        start=NOW + 36 * HOUR,
        end=NOW + 37 * HOUR,
        purpose="New disks.",
        overlaps_accepted=True,
        by=StaffFactory(),
        now=NOW,
    )

    with at(NOW):
        staff.post(reverse("maintenance_cancel", args=[window.pk]), sending())

    window.refresh_from_db()
    assert window.cancelled_at == NOW


# ---------------------------------------------------------------------------------------------- the address of backups


def token_of(agreement: Agreement, kind: str = "full") -> str:
    return make_backup_address(agreement_id=agreement.pk, kind=kind, by=StaffFactory(), now=NOW)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_backup_checks_in_without_a_login_by_get_or_post(method: str) -> None:
    url = reverse("backup_check_in", args=[token_of(AgreementFactory())])

    with at(NOW):
        response = getattr(Browser(enforce_csrf_checks=True), method)(f"{url}?retention_days=30")

    check = BackupCheck.objects.get()
    assert (response.status_code, response.content) == (200, b"Checked in: full backup.\n")
    assert (check.at, check.retention_days) == (NOW, 30)
    assert "no-store" in response["Cache-Control"]


def test_what_only_looks_whether_the_address_is_there_checks_nothing_in() -> None:
    url = reverse("backup_check_in", args=[token_of(AgreementFactory())])

    answers = [Browser().head(url).status_code, Browser().options(url).status_code]

    assert answers == [405, 405]
    assert not BackupCheck.objects.exists()


def test_an_unknown_address_is_not_there_and_says_nothing_else() -> None:
    response = Browser().get(reverse("backup_check_in", args=["no-such-token"]))

    assert (response.status_code, response.content) == (404, b"There is no such address.\n")


@pytest.mark.parametrize("days", ["many", "-1", "1.5", "99999", "9" * 400])
def test_days_that_cannot_be_are_refused_and_nothing_is_recorded(days: str) -> None:
    url = reverse("backup_check_in", args=[token_of(AgreementFactory())])

    response = Browser().post(url, {"retention_days": days})

    assert response.status_code == 400
    assert not BackupCheck.objects.exists()


def test_a_job_in_a_loop_is_refused_and_fills_no_journal() -> None:
    url = reverse("backup_check_in", args=[token_of(AgreementFactory())])
    answers = []

    for seconds in (0, 9, 10):
        with at(NOW + timedelta(seconds=seconds)):
            answers.append(Browser().get(url).status_code)

    assert answers == [200, 429, 200]
    assert BackupCheck.objects.count() == 2


def test_the_address_is_shown_once_and_a_second_sending_does_not_show_it_again(staff: Browser) -> None:
    agreement = AgreementFactory()
    url = reverse("backup_address", args=[agreement.pk, "incremental"])
    form = sending()

    with at(NOW):
        first, second = staff.post(url, form), staff.post(url, form)

    shown = text_of(first)
    assert "http://127.0.0.1:8000/in/" in shown  # The configured origin, whatever Host was asked.
    assert second.status_code == 302
    assert "no-store" in first["Cache-Control"]
