"""Files that people send along: what is refused, how one is kept, and how it is handed out again. BAD_INPUTS: 18 to 21.

A file is kept under a random key as it came; it is never unpacked, shown in a page or run. It is handed out as a
download only, by a page of its subject's module, which knows who may see the subject.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.utils.http import content_disposition_header

from portal.journal.content import HEAD, burst, content_type
from portal.journal.models import Attachment
from portal.journal.services import Actor, Owner
from portal.web.errors import PortalError

MOST_FILES = 5
MOST_BYTES = 10_000_000
LONGEST_NAME = 150
RULES = f"Up to {MOST_FILES} files of {MOST_BYTES // 1_000_000} MB each."
"""What is taken, as a form's hint."""

# The test file of virus scanners, in two halves, so that no scanner takes this module for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class AttachmentRefusedError(PortalError):
    """A file is not taken: too many, empty, too large, harmful, or one that would burst."""

    code = "attachment_refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="attachments")


def safe_name(name: str) -> str:
    """Return a file's name without folders, control and invisible characters, shortened before its ending.

    safe_name("../../x.txt") == "x.txt"
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(character for character in last if character.isprintable()).strip(" .")
    ending = PurePosixPath(plain).suffix[:20]
    if len(plain) > LONGEST_NAME:
        plain = plain[: LONGEST_NAME - len(ending)] + ending
    return plain or "file"


@transaction.atomic
def attach(
    *,
    agreement: Owner,
    subject: tuple[str, str],
    part: str,
    files: Sequence[UploadedFile],
    by: Actor,
    at: datetime,
    visible_to_client: bool = True,
) -> list[Attachment]:
    """Keep files with a part of a subject, all of them or none. One statement for each.

    Raises:
        AttachmentRefusedError: One of them can't be taken; the sentence names it, and says why.
    """
    if len(files) > MOST_FILES:
        raise AttachmentRefusedError(f"{len(files)} files are too many. Send {MOST_FILES} at most at once.")
    checked = [(file, *_checked(file)) for file in files]
    kind, ref = subject
    return [
        Attachment.objects.create(
            agreement_id=agreement.pk,
            subject_kind=kind,
            subject_ref=ref,
            part=part,
            visible_to_client=visible_to_client,
            file=file,
            name=safe_name(file.name or ""),
            size=file.size or 0,
            sha256=digest,
            content_type=content,
            sent_by_id=by.pk,
            sent_at=at,
        )
        for file, content, digest in checked
    ]


def _checked(file: UploadedFile) -> tuple[str, str]:
    """Return a file's type and its digest."""
    name, size = safe_name(file.name or ""), file.size or 0
    if not size:
        raise AttachmentRefusedError(f"“{name}” is empty. Choose the file again.")
    if size > MOST_BYTES:
        raise AttachmentRefusedError(
            f"“{name}” has {size / 1_000_000:.1f} MB. Send a file of {MOST_BYTES // 1_000_000} MB at most."
        )
    file.seek(0)
    content = file.read()
    if EICAR in content:
        raise AttachmentRefusedError(f"“{name}” is the test file of virus scanners. Send a file without it.")
    kind = content_type(content[:HEAD])
    if grown := burst(file, kind, size=size):
        raise AttachmentRefusedError(f"“{name}” is {grown}. Send a smaller one.")
    file.seek(0)
    return kind, hashlib.sha256(content).hexdigest()


def download(attachment: Attachment) -> HttpResponse:
    """Hand out a file to be saved, so that no browser shows or runs it on our pages. BAD_INPUTS: 19."""
    with attachment.file.open("rb") as file:  # MOST_BYTES at most: read whole, it leaves no handle open.
        response = HttpResponse(file.read(), content_type=attachment.content_type)
    disposition = content_disposition_header(as_attachment=True, filename=attachment.name)
    assert disposition is not None  # noqa: S101  # It is None only for what is neither named nor attached.
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
