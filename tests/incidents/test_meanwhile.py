"""Two people act on one incident: the second is told what changed, and nothing that it wrote is lost."""

from __future__ import annotations

import pytest

from incidents.errors import ChangedMeanwhileError
from incidents.models import Comment, Incident
from incidents.services import answer_incident, comment_as_client, note_internally, require_unchanged, resolve_incident
from incidents.versions import Version, version_of
from portal.accounts.models import User
from tests.factories import StaffFactory
from tests.incidents.pages import HOUR, MINUTE, MONDAY, at, browser_of, reported, sending, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def incident() -> Incident:
    return reported()


@pytest.fixture
def jonas() -> User:
    return StaffFactory(name="Jonas Lindqvist")


@pytest.fixture
def mara() -> User:
    return StaffFactory(name="Mara Oyelaran")


def test_a_reply_begun_before_anothers_is_held_back_with_its_text(incident: Incident, jonas: User, mara: User) -> None:
    form = sending(body="We restart it.", version=str(version_of(incident, jonas)))
    answer_incident(incident_id=incident.pk, body="It is the cache.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        response = browser_of(jonas).post(f"/incidents/{incident.pk}/reply/", form)

    page = text_of(response)
    assert f"Meanwhile somebody else acted on {incident.ref}" in page
    assert "Mara Oyelaran" in page
    assert "It is the cache." in page
    assert "We restart it." in page
    assert not Comment.objects.filter(body="We restart it.").exists()


def test_what_was_held_back_is_sent_the_second_time(incident: Incident, jonas: User, mara: User) -> None:
    browser = browser_of(jonas)
    form = sending(body="We restart it.", version=str(version_of(incident, jonas)))
    answer_incident(incident_id=incident.pk, body="It is the cache.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        held = browser.post(f"/incidents/{incident.pk}/reply/", form)
        shown = {name: held.context["form"][name].value() for name in ("submission", "body", "version")}
        sent = browser.post(f"/incidents/{incident.pk}/reply/", shown)

    assert sent.status_code == 302
    assert Comment.objects.filter(body="We restart it.").count() == 1


def test_the_same_form_sent_twice_is_not_told_of_itself(incident: Incident, jonas: User) -> None:
    browser = browser_of(jonas)
    form = sending(body="We restart it.", version=str(version_of(incident, jonas)))

    with at(MONDAY + 2 * MINUTE):
        answers = [browser.post(f"/incidents/{incident.pk}/reply/", form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Comment.objects.filter(body="We restart it.").count() == 1


def test_ones_own_act_from_another_window_holds_nothing_back(incident: Incident, jonas: User) -> None:
    form = sending(body="We restart it.", version=str(version_of(incident, jonas)))
    note_internally(incident_id=incident.pk, body="Looks like the cache.", by=jonas, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        response = browser_of(jonas).post(f"/incidents/{incident.pk}/reply/", form)

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("note", {"body": "Look."}),
        ("wait", {"on": "client"}),
        ("ask", {"items": "A log"}),
        ("reclassify", {"severity": "major", "reason": "One browser."}),
        ("resolve", {"how": "fix", "body": "Done."}),
        ("withdraw", {"reason": "Twice."}),
        ("unsupported", {"category": "general", "reason": "A question."}),
        ("link", {"new_problem": "PRB-1", "problem_title": "The cache"}),
        ("assign", {"assignee": ""}),
    ],
)
def test_every_act_is_held_back(incident: Incident, jonas: User, mara: User, act: str, fields: dict[str, str]) -> None:
    form = sending(**fields, version=str(version_of(incident, jonas)))
    note_internally(incident_id=incident.pk, body="I am on the phone with them.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        response = browser_of(jonas).post(f"/incidents/{incident.pk}/{act}/", form)

    assert f"Meanwhile somebody else acted on {incident.ref}" in text_of(response)
    assert "I am on the phone with them." in text_of(response)


def test_the_page_that_lives_says_what_its_reader_has_seen(incident: Incident, jonas: User, mara: User) -> None:
    note_internally(incident_id=incident.pk, body="Looks like the cache.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        page = text_of(browser_of(jonas).get(f"/incidents/{incident.pk}/"))
        part = text_of(browser_of(jonas).get(f"/incidents/{incident.pk}/live/thread/"))

    field = f'name="version" form="composer" value="{version_of(incident, jonas)}"'
    assert field in page
    assert field in part


def test_a_client_is_neither_told_of_nor_held_back_by_a_note_among_staff(incident: Incident, mara: User) -> None:
    reporter = incident.reporter
    assert reporter is not None
    form = sending(body="It is back.", version=str(version_of(incident, reporter)))
    note_internally(incident_id=incident.pk, body="They run an old browser.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        response = browser_of(reporter).post(f"/support/{incident.pk}/reply/", form)

    assert response.status_code == 302


def test_a_client_is_told_of_an_answer_that_came_while_it_wrote(incident: Incident, mara: User) -> None:
    reporter = incident.reporter
    assert reporter is not None
    form = sending(body="Any news?", version=str(version_of(incident, reporter)))
    answer_incident(incident_id=incident.pk, body="It is the cache.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        page = text_of(browser_of(reporter).post(f"/support/{incident.pk}/reply/", form))

    assert "It is the cache." in page
    assert "Any news?" in page


def test_a_form_for_what_was_resolved_meanwhile_shows_that_first(incident: Incident, jonas: User, mara: User) -> None:
    form = sending(body="We restart it.", version=str(version_of(incident, jonas)))
    resolve_incident(incident_id=incident.pk, how="fix", body="Restarted.", by=mara, now=MONDAY + MINUTE)

    with at(MONDAY + 2 * MINUTE):
        page = text_of(browser_of(jonas).post(f"/incidents/{incident.pk}/reply/", form))

    assert "Resolved by a fix" in page
    assert "We restart it." in page


@pytest.mark.parametrize(
    "version", ["x", "1", "1-", "1-2", "-1-2-3", "1-2-3-4", "9" * 40 + "-1-1", "\u0661-\u0662-\u0663"]
)
def test_a_damaged_version_is_refused(incident: Incident, jonas: User, version: str) -> None:
    with at(MONDAY + MINUTE):
        response = browser_of(jonas).post(f"/incidents/{incident.pk}/reply/", sending(body="Hello.", version=version))

    assert response.status_code == 200
    assert "This form is damaged." in text_of(response)
    assert not Comment.objects.filter(body="Hello.").exists()


def test_the_service_refuses_by_what_its_caller_has_seen(incident: Incident, jonas: User) -> None:
    seen = version_of(incident, jonas)
    reporter = incident.reporter
    assert reporter is not None
    comment_as_client(incident_id=incident.pk, body="Still down.", by=reporter, now=MONDAY + HOUR)

    with pytest.raises(ChangedMeanwhileError):
        require_unchanged(incident_id=incident.pk, seen=seen, by=jonas)
    require_unchanged(incident_id=incident.pk, seen=version_of(incident, jonas), by=jonas)


def test_a_version_reads_back_as_it_was_written() -> None:
    assert Version.read(str(Version(812, 97))) == Version(812, 97)
