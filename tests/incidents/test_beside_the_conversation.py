"""What stands beside an incident's conversation: its files, its journal, who is on call and who stands in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Incident
from incidents.services import (
    answer_incident,
    assign_incident,
    comment_as_client,
    link_problem,
    note_internally,
    reclassify_incident,
)
from portal.accounts.models import Absence, Role, Shift, User
from tests.factories import StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, reporter_of, words_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def hana() -> User:
    return StaffFactory(name="Hana Lee", role=Role.MANAGER, zone="America/New_York")


@pytest.fixture
def incident() -> Incident:
    return reported("major")


def read(user: User, incident: Incident, part: str = "") -> str:
    with at(MONDAY + HOUR):
        return words_of(browser_of(user).get(f"/incidents/{incident.pk}/{part}")).replace("\xa0", " ")


def test_every_file_of_an_incident_stands_on_one_page_with_who_sees_it(hana: User, incident: Incident) -> None:
    log, dump = SimpleUploadedFile("server.log", b"503"), SimpleUploadedFile("dump.txt", b"rows")
    reporter = reporter_of(incident)
    comment_as_client(incident_id=incident.pk, body="See it.", by=reporter, now=MONDAY, files=[log])
    note_internally(incident_id=incident.pk, body="Ours.", by=hana, now=MONDAY + MINUTE, files=[dump])

    page = read(hana, incident, "files/")

    assert page.index("dump.txt") < page.index("server.log")
    assert f"3 bytes {reporter.name} Mon 2 Mar, 10:00 ET Both sides" in page
    assert "Hana Lee Mon 2 Mar, 10:01 ET Staff only" in page


def test_without_files_the_page_says_so(hana: User, incident: Incident) -> None:
    assert "No files" in read(hana, incident, "files/")


def test_the_journal_of_an_incident_tells_what_happened_when_and_what_was_written_down_later(
    hana: User, incident: Incident
) -> None:
    answer_incident(
        incident_id=incident.pk,
        body="We see it.",
        by=hana,
        now=MONDAY + 30 * MINUTE,
        at=MONDAY + 10 * MINUTE,
        backdating_reason="Called at ten past.",
    )
    reclassify_incident(
        incident_id=incident.pk, severity="minor", reason="One browser.", by=hana, now=MONDAY + 31 * MINUTE
    )
    link_problem(incident_id=incident.pk, problem_ref="PRB-1", title="The cache", by=hana, now=MONDAY + 32 * MINUTE)

    page = read(hana, incident, "journal/")

    order = ["incident.linked", "incident.reclassified", "incident.responded", "incident.reported"]
    assert [page.index(kind) for kind in order] == sorted(page.index(kind) for kind in order)
    assert "incident.linked, by Hana Lee, staff only" in page
    assert "One browser." in page
    assert "written down Mon 2 Mar 2026, 10:30:00 ET" in page


def test_who_stands_in_for_whoever_has_it_and_who_is_on_call_is_read_on_its_page(
    hana: User, incident: Incident
) -> None:
    olga, kofi = StaffFactory(name="Olga Oncall"), StaffFactory(name="Kofi Mensah")
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    begins, ends = MONDAY - DAY, MONDAY + DAY
    Absence.objects.create(user=hana, stand_in=kofi, begins_at=begins, ends_at=ends)
    Shift.objects.create(team_id=incident.agreement.team_id or 0, user=olga, begins_at=begins, ends_at=ends)

    page = read(hana, incident)

    assert "Hana Lee away until Tue 3 Mar, 10:00 ET; Kofi Mensah stands in" in page
    assert "Olga Oncall until Tue 3 Mar, 10:00 ET" in page


def test_nobody_to_stand_in_is_said_too(hana: User, incident: Incident) -> None:
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    Absence.objects.create(user=hana, begins_at=MONDAY - DAY, ends_at=MONDAY + DAY)

    assert "away until Tue 3 Mar, 10:00 ET, and nobody stands in" in read(hana, incident)
