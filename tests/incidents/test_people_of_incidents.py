"""Who has an incident, who it is handed over to, and who watches it: told with the reason, and taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.errors import AlreadyDoneError, UnknownReferenceError
from incidents.models import Incident, Watch
from incidents.services import (
    answer_incident,
    assign_incident,
    comment_as_client,
    hand_over_incident,
    undo_assignment,
    unwatch_incident,
    wait_for,
    watch_incident,
)
from portal.accounts.models import Role, User
from portal.alerts.models import Message, Preference
from portal.alerts.services import choose_notices
from portal.clocks.flagging import flag_waking
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory, TeamFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, reporter_of, sending, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> User:
    return StaffFactory(name="Hana Lee", email="hana@people.example", zone="America/New_York")


@pytest.fixture
def jonas() -> User:
    return StaffFactory(name="Jonas Lindqvist", email="jonas@people.example")


def told(kind: str) -> dict[str, str]:
    """Return who was told of a kind, and why."""
    return {message.address: message.context["why"] for message in Message.objects.filter(kind=kind)}


def test_whoever_is_given_an_incident_is_told_and_the_conversation_says_by_whom(hana: User, jonas: User) -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        address = f"/incidents/{incident.pk}/assign/"
        browser_of(hana).post(address, sending(assignee=jonas.pk, note="The cache again."))
        page = words_of(browser_of(jonas).get(f"/incidents/{incident.pk}/"))

    assert Incident.objects.get(pk=incident.pk).assignee == jonas
    assert told("incident_assigned") == {"jonas@people.example": "It is assigned to you."}
    assert "Hana Lee: Assigned to Jonas Lindqvist. The cache again." in page


def test_the_client_reads_nothing_of_who_has_it(hana: User, jonas: User) -> None:
    incident = reported()
    hand_over_incident(
        incident_id=incident.pk, assignee_id=jonas.pk, team_id=None, note="Be quick.", by=hana, now=MONDAY
    )

    with at(MONDAY + MINUTE):
        page = words_of(browser_of(reporter_of(incident)).get(f"/support/{incident.pk}/"))

    assert "Jonas" not in page
    assert "Be quick" not in page


def test_an_incident_that_is_handed_over_is_its_new_teams_matter(hana: User) -> None:
    incident = reported()
    second_line = TeamFactory(name="Second line")
    second_line.members.add(StaffFactory(email="second@people.example"))
    assert incident.agreement.team is not None
    incident.agreement.team.members.add(StaffFactory(email="first@people.example"))

    hand_over_incident(incident_id=incident.pk, assignee_id=None, team_id=second_line.pk, by=hana, now=MONDAY)
    comment_as_client(incident_id=incident.pk, body="Hello?", by=reporter_of(incident), now=MONDAY + MINUTE)
    flag_waking(now=MONDAY + HOUR)

    assert told("incident_assigned") == {"second@people.example": "You are on the team Second line."}
    assert set(told("incident_commented")) == {"second@people.example"}
    assert set(told("breach")) == {"second@people.example"}


def test_one_click_takes_it(hana: User) -> None:
    incident = reported()

    with at(MONDAY + MINUTE):
        response = browser_of(hana).post(f"/incidents/{incident.pk}/take/", sending(), follow=True)

    assert f"{incident.ref} is yours." in words_of(response)
    assert Incident.objects.get(pk=incident.pk).assignee == hana
    assert told("incident_assigned") == {}  # She knows.


def test_what_is_theirs_already_is_not_given_again(hana: User) -> None:
    incident = reported()
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)

    with pytest.raises(AlreadyDoneError, match="assigned to Hana Lee already"):
        assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)


def test_an_assignment_is_taken_back_while_nobody_gave_it_on(hana: User, jonas: User) -> None:
    incident = reported()
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    given = hand_over_incident(incident_id=incident.pk, assignee_id=jonas.pk, team_id=None, by=hana, now=MONDAY)

    undo_assignment(assignment_id=given.pk, by=hana, now=MONDAY + MINUTE)

    assert Incident.objects.get(pk=incident.pk).assignee == hana
    with pytest.raises(AlreadyDoneError, match="Hana Lee assigned"):
        undo_assignment(assignment_id=given.pk, by=hana, now=MONDAY + 2 * MINUTE)


def test_an_assignment_made_meanwhile_holds_an_act_back(hana: User, jonas: User) -> None:
    incident = reported()
    browser = browser_of(hana)

    with at(MONDAY + MINUTE):
        version = browser.get(f"/incidents/{incident.pk}/reply/").context["form"]["version"].value()
        assign_incident(incident_id=incident.pk, assignee_id=jonas.pk, by=jonas, now=MONDAY + MINUTE)
        response = browser.post(f"/incidents/{incident.pk}/reply/", sending(body="On it.", version=str(version)))

    page = words_of(response)
    assert f"Meanwhile somebody else acted on {incident.ref}" in page
    assert "Jonas Lindqvist: Assigned to Jonas Lindqvist" in page
    assert "On it." in page
    assert not incident.comments.filter(body="On it.").exists()


def test_staff_who_watch_are_told_what_the_client_writes_and_is_told_and_of_breaches(hana: User, jonas: User) -> None:
    incident = reported()
    watch_incident(incident_id=incident.pk, user_id=jonas.pk, by=jonas, now=MONDAY)

    comment_as_client(incident_id=incident.pk, body="Hello?", by=reporter_of(incident), now=MONDAY + MINUTE)
    answer_incident(incident_id=incident.pk, body="Looking.", by=hana, now=MONDAY + 2 * MINUTE)
    flag_waking(now=MONDAY + HOUR)

    watched = {"jonas@people.example": "You watch it."}
    assert told("incident_commented") == watched
    assert told("incident_watched") == watched
    assert told("breach") == watched


def test_a_watcher_is_not_told_of_what_they_did_themselves(jonas: User) -> None:
    incident = reported()
    watch_incident(incident_id=incident.pk, user_id=jonas.pk, by=jonas, now=MONDAY)

    answer_incident(incident_id=incident.pk, body="Looking.", by=jonas, now=MONDAY + MINUTE)

    assert told("incident_watched") == {}


def test_a_clients_person_follows_its_companys_incident_and_stops(hana: User) -> None:
    incident = reported()
    member = ClientUserFactory(client=incident.client, role=Role.MEMBER, email="omar@alder.example")
    browser = browser_of(member)

    with at(MONDAY + MINUTE):
        offered = words_of(browser.get(f"/support/{incident.pk}/"))
        followed = browser.post(f"/support/{incident.pk}/follow/", sending(), follow=True)
        answer_incident(incident_id=incident.pk, body="Looking.", by=hana, now=MONDAY + MINUTE)
        stopped = browser.post(f"/support/{incident.pk}/unfollow/", sending(), follow=True)

    assert "Follow" in offered
    assert f"You follow {incident.ref}." in words_of(followed)
    assert told("incident_answered")["omar@alder.example"] == "You follow it."
    assert f"You no longer follow {incident.ref}." in words_of(stopped)
    assert not Watch.objects.exists()


def test_nobody_follows_another_companys_incident() -> None:
    incident = reported()
    stranger = ClientUserFactory()

    with at(MONDAY + MINUTE):
        response = browser_of(stranger).post(f"/support/{incident.pk}/follow/", sending())

    assert response.status_code == 404
    assert not Watch.objects.exists()


def test_a_colleague_is_added_and_removed_on_the_page_of_watchers(hana: User, jonas: User) -> None:
    incident = reported()
    browser = browser_of(hana)
    address = f"/incidents/{incident.pk}/watchers/"

    with at(MONDAY + MINUTE):
        empty = words_of(browser.get(address))
        browser.post(address, sending(user=jonas.pk))
        one = words_of(browser.get(address))
        browser.post(f"{address}{jonas.pk}/remove/", sending())

    assert "Nobody watches" in empty
    assert "Jonas Lindqvist since" in one
    assert not Watch.objects.exists()


def test_staff_do_not_add_a_clients_person_nor_a_client_one_of_the_staff(hana: User) -> None:
    incident = reported()

    for by, other in ((hana, reporter_of(incident)), (reporter_of(incident), hana)):
        with pytest.raises(UnknownReferenceError, match="not one of your colleagues"):
            watch_incident(incident_id=incident.pk, user_id=other.pk, by=by, now=MONDAY)


def test_clients_do_not_remove_the_staffs_watchers(hana: User) -> None:
    incident = reported()
    watch_incident(incident_id=incident.pk, user_id=hana.pk, by=hana, now=MONDAY)

    with pytest.raises(UnknownReferenceError):
        unwatch_incident(incident_id=incident.pk, user_id=hana.pk, by=reporter_of(incident))

    assert Watch.objects.count() == 1


def test_the_incidents_page_costs_the_same_for_few_and_for_many_watchers(
    hana: User,
) -> None:
    incident = reported(agreement=AgreementFactory())
    browser = browser_of(hana)
    counts = []
    for _ in range(2):
        for _ in range(4):
            colleague = StaffFactory()
            watch_incident(incident_id=incident.pk, user_id=colleague.pk, by=hana, now=MONDAY)
            assign_incident(incident_id=incident.pk, assignee_id=colleague.pk, by=hana, now=MONDAY)
        with at(MONDAY + timedelta(minutes=2)), CaptureQueriesContext(connection) as captured:
            browser.get(f"/incidents/{incident.pk}/watchers/")
            browser.get(f"/incidents/{incident.pk}/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


def test_the_page_tells_who_was_told_of_what_and_who_was_not(hana: User, jonas: User) -> None:
    incident = reported()
    assert incident.agreement.team is not None
    incident.agreement.team.members.add(hana, jonas)
    choose_notices(user_id=jonas.pk, rhythm=Preference.Rhythm.AT_ONCE, muted=["incident_commented"])

    empty = reported(agreement=AgreementFactory(team=None))
    comment_as_client(incident_id=incident.pk, body="Hello?", by=reporter_of(incident), now=MONDAY + MINUTE)
    wait_for(incident_id=incident.pk, on="client", by=hana, now=MONDAY + 2 * MINUTE)
    comment_as_client(incident_id=incident.pk, body="Here.", by=reporter_of(incident), now=MONDAY + 3 * MINUTE)
    flag_waking(now=MONDAY + HOUR)

    with at(MONDAY + HOUR):
        page = words_of(browser_of(hana).get(f"/incidents/{incident.pk}/"))
        nobody = words_of(browser_of(hana).get(f"/incidents/{empty.pk}/"))
        theirs = words_of(browser_of(reporter_of(incident)).get(f"/support/{incident.pk}/"))

    assert "Breach: Hana Lee, Jonas Lindqvist" in page
    assert "Incident commented: Hana Lee Not Jonas Lindqvist: Its reader turned this kind of notice off." in page
    assert "Nobody yet" in nobody
    assert "Who was told" not in theirs
