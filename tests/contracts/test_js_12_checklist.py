"""JS-12 through the page: what is asked is given thing by thing, and the last of it ends the wait at its instant."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Comment, Incident, InformationItem
from portal.alerts.models import Message
from portal.journal.models import Attachment
from tests.contracts.desk import Desk, clock_of
from tests.contracts.judging import ny


def asked(desk: Desk) -> Incident:
    """Return an incident reported at 10:00 on which a log and the systems were asked for at 11:00."""
    incident = desk.report("10:00")
    desk.work("11:00", incident, "ask", items="The log\nYour systems")
    return incident


def ids() -> list[int]:
    return list(InformationItem.objects.order_by("pk").values_list("pk", flat=True))


def give(desk: Desk, when: str, incident: Incident, **fields: Any) -> Any:
    return desk.send(when, f"/support/{incident.pk}/answer/", by=desk.contact, **fields)


def test_a_part_of_the_answer_is_kept_and_the_wait_goes_on(juno: Desk) -> None:
    incident = asked(juno)
    log, _ = ids()

    response = give(juno, "12:00", incident, **{f"text-{log}": "503 at 09:58"})

    assert response.status_code == 302
    assert list(InformationItem.objects.values_list("provided_at", flat=True)) == [ny("12:00"), None]
    assert clock_of(incident, "resolution").state == "paused"
    assert Comment.objects.latest("pk").body == "The log\n503 at 09:58"


def test_the_last_of_it_ends_the_wait_at_its_own_instant(juno: Desk) -> None:
    incident = asked(juno)
    log, systems = ids()
    give(juno, "12:00", incident, **{f"text-{log}": "503 at 09:58"})

    give(juno, "17:00", incident, **{f"given-{systems}": "on"})

    incident.refresh_from_db()
    assert incident.waiting_on == ""
    assert clock_of(incident, "resolution").due_at == ny("22:00")  # One of six hours was used at 11:00.
    assert Comment.objects.latest("pk").body == "Your systems\nYou have it already."


def test_staff_and_client_see_what_is_there_and_what_is_missing(juno: Desk) -> None:
    incident = asked(juno)
    give(juno, "12:00", incident, **{f"text-{ids()[0]}": "503"})

    pages = [
        juno.read("12:01", f"{where}{incident.pk}/", by=by)
        for where, by in (("/support/", juno.contact), ("/incidents/", juno.manager))
    ]

    for page in pages:
        assert '<span dir="auto">The log</span><span class="sub">There since' in page
        assert '<span dir="auto">Your systems</span><span class="sub">Missing</span>' in page


def test_a_file_answers_a_thing_and_stands_in_the_conversation(juno: Desk) -> None:
    incident = asked(juno)
    log, _ = ids()

    give(juno, "12:00", incident, **{f"files-{log}": SimpleUploadedFile("server.log", b"503")})

    assert Attachment.objects.get().name == "server.log"
    assert "server.log" in juno.read("12:01", f"/incidents/{incident.pk}/", by=juno.manager)
    assert "See the files." in Comment.objects.latest("pk").body


def test_staff_are_mailed_each_part(juno: Desk) -> None:
    incident = asked(juno)
    juno.work("11:00", incident, "assign", assignee=juno.manager.pk)

    for when, item in zip(("12:00", "13:00"), ids(), strict=True):
        give(juno, when, incident, **{f"text-{item}": "Here."})

    told = Message.objects.filter(kind="incident_commented", address=juno.manager.email)
    assert list(told.order_by("queued_at").values_list("queued_at", flat=True)) == [ny("12:00"), ny("13:00")]


def test_nothing_filled_in_is_refused(juno: Desk) -> None:
    incident = asked(juno)

    response = give(juno, "12:00", incident)

    assert "Nothing is given yet." in response.content.decode()
    assert Comment.objects.filter(author=juno.contact).count() == 1


def test_a_thing_of_another_incident_is_not_answered(juno: Desk) -> None:
    theirs = asked(juno)
    ours = asked(juno)
    foreign = ids()[0]

    response = give(juno, "12:00", ours, **{f"text-{foreign}": "Here."})

    assert "Nothing is given yet." in response.content.decode()
    assert not theirs.comments.filter(body__contains="Here.").exists()


def test_once_all_is_there_the_page_asks_for_nothing(juno: Desk) -> None:
    incident = asked(juno)
    give(juno, "12:00", incident, **{f"text-{item}": "Here." for item in ids()})

    page = juno.read("12:05", f"/support/{incident.pk}/answer/", by=juno.contact)
    late = give(juno, "12:05", incident)

    assert "Nothing is missing" in page
    assert late.status_code == 200
    assert Comment.objects.filter(author=juno.contact).count() == 2


def test_a_stranger_finds_no_list(juno: Desk) -> None:
    incident = asked(juno)
    stranger = Desk("juno-live-support")

    response = stranger.send("12:00", f"/support/{incident.pk}/answer/", by=stranger.contact)

    assert response.status_code == 404
