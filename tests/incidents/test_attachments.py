"""Files on incidents: sent by both sides, refused where they would harm, handed out to those who see their subject."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from incidents.models import Comment, Incident
from incidents.services import comment_as_client, note_internally
from portal.accounts.models import Role, User
from portal.journal.attachments import EICAR, MOST_BYTES
from portal.journal.models import Attachment
from tests.factories import ClientUserFactory, StaffFactory
from tests.incidents.pages import MINUTE, MONDAY, at, browser_of, reported, sending, text_of

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 20, 10)
SCRIPT = b"<script>alert(1)</script>"


@pytest.fixture
def incident() -> Incident:
    return reported()


@pytest.fixture
def contact(incident: Incident) -> User:
    return ClientUserFactory(client=incident.client)


def file(content: bytes = b"503 Service Unavailable", name: str = "server.log") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def send(incident: Incident, contact: User, *files: SimpleUploadedFile) -> Any:
    """Send a message with files on the client's page."""
    with at(MONDAY + MINUTE):
        return browser_of(contact).post(
            f"/support/{incident.pk}/reply/", sending(body="See the file.", attachments=list(files))
        )


def kept(incident: Incident, contact: User, *files: SimpleUploadedFile) -> Attachment:
    """Send files and return what was kept of the last."""
    response = send(incident, contact, *files)
    assert response.status_code == 302, response.context["form"].errors
    return Attachment.objects.latest("pk")


def zipped(*, unpacked: int) -> bytes:
    """Return an archive whose table of contents claims a size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(unpacked))
    return target.getvalue()


def test_a_file_sent_with_a_message_stands_below_it_for_both_sides(incident: Incident, contact: User) -> None:
    attachment = kept(incident, contact, file())

    with at(MONDAY + MINUTE):
        pages = [
            text_of(browser_of(user).get(f"{where}{incident.pk}/"))
            for user, where in ((contact, "/support/"), (StaffFactory(), "/incidents/"))
        ]
    assert all(f'<a href="/files/{attachment.pk}/" download dir="auto">server.log</a>' in page for page in pages)


def test_what_is_handed_out_is_what_was_sent(incident: Incident, contact: User) -> None:
    attachment = kept(incident, contact, file(b"503"))

    response = browser_of(StaffFactory()).get(f"/files/{attachment.pk}/")

    assert response.content == b"503"
    assert (attachment.size, attachment.sha256) == (3, hashlib.sha256(b"503").hexdigest())


def test_a_report_takes_files_along(incident: Incident, contact: User) -> None:
    form = {"title": "Again", "description": "A 503.", "category": "availability", "severity": "critical"}

    with at(MONDAY):
        browser_of(contact).post("/support/new/", sending(**form, attachments=[file(), file(PNG, "screen.png")]))

    assert sorted(Attachment.objects.values_list("name", "content_type")) == [
        ("screen.png", "image/png"),
        ("server.log", "text/plain"),
    ]


def test_staff_send_files_to_the_client_with_a_reply(incident: Incident, contact: User) -> None:
    with at(MONDAY + MINUTE):
        browser_of(StaffFactory()).post(
            f"/incidents/{incident.pk}/reply/", sending(body="Try this.", attachments=[file(name="fix.txt")])
        )

    page = text_of(browser_of(contact).get(f"/support/{incident.pk}/"))
    assert "fix.txt" in page


def test_the_file_of_an_internal_note_is_not_there_for_clients(incident: Incident, contact: User) -> None:
    note_internally(incident_id=incident.pk, body="Theirs.", by=StaffFactory(), now=MONDAY, files=[file()])
    attachment = Attachment.objects.get()

    responses = [browser_of(user).get(f"/files/{attachment.pk}/").status_code for user in (contact, StaffFactory())]

    assert responses == [404, 200]
    assert "server.log" not in text_of(browser_of(contact).get(f"/support/{incident.pk}/"))


# -------------------------------------------------------------------------------------------------- BAD_INPUTS, 18


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\r\nSet-Cookie: x=1.txt", "aSet-Cookie: x=1.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("README", "README"),
        ("x" * 500 + ".log", "x" * 146 + ".log"),
        ("...", "file"),
    ],
)
def test_bad_input_18_a_hostile_name_is_kept_harmless_and_the_file_under_a_random_key(
    incident: Incident, contact: User, name: str, shown: str
) -> None:
    sent = file()
    vars(sent)["_name"] = name  # What a caller that is no browser may hand over: the name as it was written.

    comment_as_client(incident_id=incident.pk, body="See it.", by=contact, now=MONDAY, files=[sent])

    attachment = Attachment.objects.get()
    assert attachment.name == shown
    assert set(attachment.file.name.removeprefix("attachments/")) <= set("0123456789abcdef/")


def test_bad_input_18_the_name_forges_no_header(incident: Incident, contact: User) -> None:
    attachment = kept(incident, contact, file(name='q";x=\r\nX-Evil: 1.txt'))

    response = browser_of(contact).get(f"/files/{attachment.pk}/")

    assert "X-Evil" not in response.headers
    assert response["Content-Disposition"].startswith("attachment; filename=")


# -------------------------------------------------------------------------------------------------- BAD_INPUTS, 19


@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("page.html", b"<!DOCTYPE html>" + SCRIPT, "application/octet-stream"),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT, "application/octet-stream"),
        ("paper.pdf", b"%PDF-1.7 /JavaScript (app.alert(1))", "application/pdf"),
        ("picture.png", SCRIPT, "application/octet-stream"),
        ("both.png", PNG + SCRIPT, "image/png"),
    ],
)
def test_bad_input_19_what_could_run_is_only_ever_saved(
    incident: Incident, contact: User, name: str, content: bytes, content_type: str
) -> None:
    attachment = kept(incident, contact, file(content, name))

    response = browser_of(contact).get(f"/files/{attachment.pk}/")

    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


# -------------------------------------------------------------------------------------------------- BAD_INPUTS, 20


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped(unpacked=5_000_000), "an archive that unpacks to 5,000,000 bytes"),
        (b"PK\x03\x04 and no table of contents", "an archive that cannot be read"),
        (PNG[:16] + struct.pack(">II", 100_000, 100_000), "a picture of 100,000 by 100,000 pixels"),
        (b"GIF89a" + struct.pack("<HH", 60_000, 60_000), "a picture of 60,000 by 60,000 pixels"),
        (
            b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 50_000, 40_000),
            "a picture of 40,000 by 50,000 pixels",
        ),
        (
            b"RIFF\x00\x00\x00\x00WEBPVP8X" + bytes(8) + b"\xff\x3f\x00\xff\x3f\x00",
            "a picture of 16,384 by 16,384 pixels",
        ),
        (b"", "empty"),
        (EICAR, "the test file of virus scanners"),
        (b"x" * (MOST_BYTES + 1), "has 10.0 MB"),
    ],
)
def test_bad_input_20_what_would_burst_or_harm_is_refused_by_name_and_nothing_is_kept(
    incident: Incident, contact: User, content: bytes, words: str
) -> None:
    response = send(incident, contact, file(), file(content, "second.bin"))

    (error,) = response.context["form"].errors["attachments"]
    assert "second.bin" in error
    assert words in error
    assert not Attachment.objects.exists()
    assert Comment.objects.filter(author=contact).count() == 0


def test_bad_input_20_an_ordinary_archive_is_taken(incident: Incident, contact: User) -> None:
    attachment = kept(incident, contact, file(zipped(unpacked=1_000), "logs.zip"))

    assert attachment.content_type == "application/zip"


def test_six_files_at_once_are_too_many(incident: Incident, contact: User) -> None:
    response = send(incident, contact, *(file() for _ in range(6)))

    assert response.context["form"].errors["attachments"] == ["6 files are too many. Send 5 at most at once."]


# -------------------------------------------------------------------------------------------------- BAD_INPUTS, 21


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CLIENT_ADMINISTRATOR])
def test_bad_input_21_a_foreign_attachment_is_no_different_from_none(
    incident: Incident, contact: User, role: Role
) -> None:
    attachment = kept(incident, contact, file())
    stranger = browser_of(ClientUserFactory(role=role))

    foreign, missing = (stranger.get(f"/files/{pk}/") for pk in (attachment.pk, 10**12))

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
