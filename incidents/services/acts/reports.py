"""Reports: an incident begins, or is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from incidents.errors import AgreementInactiveError, NotCoveredError, UnknownReferenceError, UnknownSeverityError
from incidents.models import Category, Comment, Incident
from incidents.queries import shared_of
from incidents.services.opening import LONGEST_BODY, Opened, open_incident, require, require_open, words
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.contract import events as e
from portal.contract.terms import Terms

FIRST_NUMBER = 2000
"""Added to a row's key: what is reported in the demonstration is numbered above what its histories brought."""


def terms_now(agreement: Agreement, now: datetime) -> Terms:
    """Return the terms under which something that begins now would be judged. One query."""
    shared = shared_of(agreement, until=now)
    return shared.before(len(shared.changes)).terms


@transaction.atomic
def report_incident(
    *,
    agreement_id: int,
    title: str,
    description: str,
    severity: str,
    by: User,
    now: datetime,
    category: str = Category.NONCONFORMITY,
    channel: str = "portal",
    version: str = "",
    beta: bool = False,
    diagnostics: bool = True,
    files: Sequence[UploadedFile] = (),
) -> Incident:
    """Open an incident for a client, by itself or by staff on its behalf. Clause: JS-1, JS-2, JS-4, JB-2, JB-4, JB-12.

    Raises:
        UnknownReferenceError: The agreement does not exist for this user.
        AgreementInactiveError: It is a draft or has ended.
        UnknownSeverityError: Its terms have no such severity.
        AttachmentRefusedError: A file can't be taken.
    """
    require(by, Act.REPORT_INCIDENT)
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise UnknownReferenceError("That agreement does not exist. Choose one of the list.", field="agreement")
    agreement = lock_agreement(agreement_id)
    if not agreement.is_active(now):
        raise AgreementInactiveError(f"{agreement.ref} is not active. Activate it first.", field="agreement")
    terms = terms_now(agreement, now)
    if terms.document.support is None:
        raise NotCoveredError(f"{agreement.ref} promises no support. Choose another agreement.", field="agreement")
    if severity not in terms.ranks:
        raise UnknownSeverityError(
            f"Severity “{severity[:40]}” is not one of these terms. Choose {', '.join(terms.severity_names())}.",
            field="severity",
        )
    if category not in Category.values:
        raise UnknownReferenceError(
            f"Category “{category[:40]}” does not exist. Choose one of the list.", field="category"
        )
    title = words(title, field="title", what="The title", longest=300)
    description = words(description, field="description", what="The description", longest=LONGEST_BODY)
    incident = Incident.objects.create(
        client=agreement.client,
        agreement=agreement,
        ref=f"new-{uuid4()}",
        title=title,
        channel=channel,
        version=version,
        reporter=by,
        severity=severity,
        category=category,
        reported_at=now,
    )
    incident.ref = _free_ref(incident)
    incident.save(update_fields=["ref"])
    comment = Comment.objects.create(incident=incident, author=by, body=description, at=now)
    opened = Opened(incident, agreement, by, now)
    opened.keep_files(comment, files)
    opened.record(
        e.IncidentReported(
            at=now,
            incident=incident.ref,
            severity=severity,
            category=category,  # type: ignore[arg-type]  # checked above
            channel=channel,
            title=title,
            version=version or None,
            beta=beta,
            diagnostics=diagnostics,
        ),
        notices="incident_reported",
        comment=comment,
    )
    return incident


def _free_ref(incident: Incident) -> str:
    ref = f"INC-{FIRST_NUMBER + incident.pk}"
    taken = set(
        Incident.objects.filter(agreement=incident.agreement_id, ref__startswith=ref).values_list("ref", flat=True)
    )
    return next(
        candidate for candidate in (ref, *(f"{ref}-{n}" for n in range(2, len(taken) + 3))) if candidate not in taken
    )


@transaction.atomic
def withdraw_incident(*, incident_id: int, reason: str, by: User, now: datetime) -> None:
    """Take a report back."""
    require(by, Act.WITHDRAW)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    reason = words(reason, field="reason", what="The reason")
    opened.record(
        e.IncidentWithdrawn(at=now, incident=opened.incident.ref, reason=reason),
        reason=reason,
        notices="incident_withdrawn",
    )
