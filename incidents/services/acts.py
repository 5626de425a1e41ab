"""What people do to one incident. Each function is one intention: it locks, checks, records, computes again, and tells.

`by` is who acts and `now` is the instant of the act, aware; `at` is given only where a promise was kept earlier than it
was recorded. All of them raise `IncidentNotFoundError` for what the user may not see and `NotAllowedError` for what the
role does not allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from incidents.errors import (
    AgreementInactiveError,
    AlreadyDoneError,
    MissingError,
    NoBreachError,
    NotCoveredError,
    NotResolvedError,
    NotWaitingError,
    SameSeverityError,
    UnknownReferenceError,
    UnknownSeverityError,
)
from incidents.models import Category, Comment, Incident, InformationItem, InformationRequest, Problem
from incidents.notices import tell
from incidents.queries import clocks_of
from incidents.services.opening import (
    LONGEST_BODY,
    Opened,
    instant_of_act,
    open_incident,
    require,
    require_open,
    words,
)
from incidents.services.outages import Downtime, say_downtime
from incidents.services.retiming import retime_incidents
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.models import Agreement
from portal.clocks.services import lock_agreement
from portal.contract import events as e
from portal.contract.terms import Terms
from portal.journal.services import append

FIRST_NUMBER = 1000
MOST_ITEMS = 20


def terms_now(agreement: Agreement, now: datetime) -> Terms:
    """Return the terms under which something that begins now would be judged. One query."""
    from incidents.queries import shared_of

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
def answer_incident(
    *,
    incident_id: int,
    body: str,
    by: User,
    now: datetime,
    at: datetime | None = None,
    backdating_reason: str = "",
    files: Sequence[UploadedFile] = (),
) -> Comment:
    """Write to the client: the first such message answers the incident, each later one is a contact.

    Clause: JS-6 to JS-9, T-11.

    Raises:
        IncidentClosedError: It is closed; reopen it to go on.
        BackdatingError, BadInstantError: `at` can't be.
        AttachmentRefusedError: A file can't be taken.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    body = words(body, field="body", what="The reply", longest=LONGEST_BODY)
    when = instant_of_act(opened, at, backdating_reason)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=when)
    opened.keep_files(comment, files)
    first = opened.incident.responded_at is None
    event = (e.IncidentResponded if first else e.IncidentContacted)(at=when, incident=opened.incident.ref)
    opened.record(event, reason=backdating_reason, notices="incident_answered", comment=comment)
    return comment


@transaction.atomic
def note_internally(
    *, incident_id: int, body: str, by: User, now: datetime, files: Sequence[UploadedFile] = ()
) -> Comment:
    """Write what the client never sees; it moves no clock."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    body = words(body, field="body", what="The note", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now, internal=True)
    opened.keep_files(comment, files)
    return comment


@transaction.atomic
def comment_as_client(
    *, incident_id: int, body: str, by: User, now: datetime, files: Sequence[UploadedFile] = ()
) -> Comment:
    """Write as the client: ends at its own instant a wait for the client or its information. Clause: T-6, JS-12."""
    require(by, Act.COMMENT)
    opened = open_incident(incident_id, by=by, now=now)
    if by.is_provider:
        raise MissingError("Staff reply with an answer, not as the client.", field="body")
    require_open(opened.incident)
    body = words(body, field="body", what="The message", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now)
    opened.keep_files(comment, files)
    event = None
    if opened.incident.waiting_on in ("client", "information"):
        opened.incident.information_requests.filter(answered_at__isnull=True).update(answered_at=now)
        event = opened.record(e.IncidentResumed(at=now, incident=opened.incident.ref))
    tell("incident_commented", incident=opened.incident, event=event, by=by, at=now, comment=comment)
    return comment


@transaction.atomic
def wait_for(*, incident_id: int, on: str, by: User, now: datetime) -> None:
    """Wait for the client or for a third party; a second wait replaces the first. Clause: T-6, JB-6.

    Raises:
        AlreadyDoneError: The same is waited for already.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if on not in ("client", "third_party"):
        raise UnknownReferenceError(f"“{on[:40]}” can't be waited for. Choose the client or a third party.", field="on")
    if opened.incident.waiting_on == on:
        raise AlreadyDoneError(f"{opened.incident.ref} waits for that already.", field="on")
    _drop_requests(opened)
    opened.record(e.IncidentWaiting(at=now, incident=opened.incident.ref, on=on))  # type: ignore[arg-type]  # checked above


@transaction.atomic
def ask_information(*, incident_id: int, items: Sequence[str], by: User, now: datetime) -> InformationRequest:
    """Ask the client for a checklist of things; what the terms say waits until it is answered. Clause: JS-12."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    texts = [words(item, field="items", what="An item", longest=300) for item in items if item.strip()]
    if not 0 < len(texts) <= MOST_ITEMS:
        raise MissingError(f"Ask for 1 to {MOST_ITEMS} things, one a line.", field="items")
    _drop_requests(opened)
    request = InformationRequest.objects.create(incident=opened.incident, asked_by=by, asked_at=now)
    InformationItem.objects.bulk_create(InformationItem(request=request, text=text) for text in texts)
    opened.record(
        e.IncidentWaiting(at=now, incident=opened.incident.ref, on="information"), notices="incident_information_asked"
    )
    return request


def _drop_requests(opened: Opened) -> None:
    opened.incident.information_requests.filter(answered_at__isnull=True).update(answered_at=opened.now)


@transaction.atomic
def resume_incident(*, incident_id: int, by: User, now: datetime) -> None:
    """End the wait. Clause: T-6.

    Raises:
        NotWaitingError: Nobody is waited for.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    if not opened.incident.waiting_on:
        raise NotWaitingError(f"{opened.incident.ref} waits for nobody.")
    _drop_requests(opened)
    opened.record(e.IncidentResumed(at=now, incident=opened.incident.ref))


@transaction.atomic
def complete_diagnostics(*, incident_id: int, by: User, now: datetime) -> None:
    """Say that the requested diagnostics are complete: the response clock starts. Clause: JB-4."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if opened.incident.diagnostics_at is not None:
        raise AlreadyDoneError(f"The diagnostics of {opened.incident.ref} are complete already.")
    opened.record(e.IncidentDiagnosticsCompleted(at=now, incident=opened.incident.ref))


@transaction.atomic
def reproduce_incident(*, incident_id: int, by: User, now: datetime) -> None:
    """Say that staff saw the fault: the resolution clock starts where the terms say so. Clause: JB-5."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if opened.incident.reproduced_at is not None:
        raise AlreadyDoneError(f"{opened.incident.ref} was reproduced already.")
    opened.record(e.IncidentReproduced(at=now, incident=opened.incident.ref))


@transaction.atomic
def reclassify_incident(*, incident_id: int, severity: str, reason: str, by: User, now: datetime) -> Incident:
    """Give the incident another severity, tell its support contacts, and move its clocks. Clause: JS-4, T-7.

    Raises:
        UnknownSeverityError: The incident's terms have no such severity.
        SameSeverityError: It has that severity.
        IncidentClosedError: A closed incident keeps its severity.
    """
    require(by, Act.RECLASSIFY)
    opened = open_incident(incident_id, by=by, now=now)
    incident = opened.incident
    require_open(incident)
    reason = words(reason, field="reason", what="The reason")
    known = terms_of(opened).severity_names()
    if severity not in known:
        raise UnknownSeverityError(
            f"Severity “{severity[:40]}” is not one of these terms. Choose {', '.join(known)}.", field="severity"
        )
    if severity == incident.severity:
        raise SameSeverityError(f"{incident.ref} is {severity} already. Choose another.", field="severity")
    opened.record(
        e.IncidentReclassified(at=now, incident=incident.ref, severity=severity, reason=reason),
        notices="incident_reclassified",
    )
    return incident


def terms_of(opened: Opened) -> Terms:
    """Return the terms under which an incident is judged: those in force when it was reported."""
    from incidents.queries import state_of

    return state_of(opened.incident, until=opened.now).plan.terms


@transaction.atomic
def resolve_incident(
    *,
    incident_id: int,
    how: str,
    body: str,
    by: User,
    now: datetime,
    cause: str = "",
    at: datetime | None = None,
    backdating_reason: str = "",
    downtime: Downtime | None = None,
    no_downtime: str = "",
) -> Comment:
    """Resolve by a fix or a work-around and say so to the client. Clause: JS-11, JS-17, JB-7, T-11.

    Args:
        downtime: When the service was down, or `no_downtime`: why it was not. An availability incident needs one.

    Raises:
        IncidentClosedError: It is closed already.
        DowntimeMissingError: It is an availability incident, and neither is said or known.
        BackdatingError, BadInstantError: `at` can't be.
    """
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    require_open(opened.incident)
    if how not in ("fix", "workaround"):
        raise UnknownReferenceError(f"“{how[:40]}” is no resolution. Choose a fix or a work-around.", field="how")
    if cause not in ("", "client_misuse", "outside_control"):
        raise UnknownReferenceError(f"“{cause[:40]}” is no cause. Choose one of the list.", field="cause")
    body = words(body, field="body", what="What was done", longest=LONGEST_BODY)
    say_downtime(
        incident=opened.incident,
        agreement=opened.agreement,
        downtime=downtime,
        no_downtime=no_downtime,
        by=by,
        now=now,
    )
    when = instant_of_act(opened, at, backdating_reason)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=when)
    _drop_requests(opened)
    event = e.IncidentResolved(at=when, incident=opened.incident.ref, by=how, cause=cause or None)  # type: ignore[arg-type]  # checked above
    opened.record(event, reason=backdating_reason, notices="incident_resolved", comment=comment)
    return comment


@transaction.atomic
def reopen_incident(*, incident_id: int, reason: str, by: User, now: datetime) -> None:
    """Reopen what was not solved after all: a new resolution clock starts. Clause: T-11.

    Raises:
        NotResolvedError: It is not resolved.
    """
    require(by, Act.COMMENT if not by.is_provider else Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    if opened.incident.status != Incident.Status.RESOLVED:
        raise NotResolvedError(
            f"{opened.incident.ref} is {opened.incident.get_status_display().lower()}, not resolved."
        )
    body = words(reason, field="reason", what="What is still wrong", longest=LONGEST_BODY)
    comment = Comment.objects.create(incident=opened.incident, author=by, body=body, at=now)
    opened.record(
        e.IncidentReopened(at=now, incident=opened.incident.ref), notices="incident_reopened", comment=comment
    )


@transaction.atomic
def link_problem(*, incident_id: int, problem_ref: str, title: str, by: User, now: datetime) -> Problem:
    """Link the incident to a shared root cause, known or new. Clause: JS-13."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    problem_ref = words(problem_ref, field="problem", what="The problem's name", longest=60)
    problem = Problem.objects.filter(ref=problem_ref).first()
    if problem is None:
        title = words(title, field="problem_title", what="A new problem's title", longest=300)
        problem = Problem.objects.create(ref=problem_ref, title=title, created_at=now)
    elif opened.incident.problem_id == problem.pk:
        raise AlreadyDoneError(f"{opened.incident.ref} is linked to {problem.ref} already.", field="problem")
    opened.incident.problem = problem
    opened.incident.save(update_fields=["problem"])
    opened.record(e.IncidentLinked(at=now, incident=opened.incident.ref, problem=problem.ref), visible_to_client=False)
    return problem


@transaction.atomic
def determine_unsupported(*, incident_id: int, category: str, reason: str, by: User, now: datetime) -> None:
    """Find that support does not cover it, and tell the client why: its clocks are void. Clause: JS-2."""
    require(by, Act.DETERMINE)
    opened = open_incident(incident_id, by=by, now=now)
    if category not in ("general", "enhancement", "other"):
        raise UnknownReferenceError(
            f"“{category[:40]}” is a supported category. Choose one that is not.", field="category"
        )
    if not opened.incident.supported:
        raise AlreadyDoneError(f"{opened.incident.ref} is unsupported already.", field="category")
    reason = words(reason, field="reason", what="The reason")
    event = e.IncidentDetermined(at=now, incident=opened.incident.ref, category=category, reason=reason)  # type: ignore[arg-type]  # checked above
    opened.record(event, reason=reason, notices="incident_determined")


@transaction.atomic
def attribute_cause(*, incident_id: int, cause: str, reason: str, by: User, now: datetime) -> None:
    """Lay the cause with the client or outside the provider's control: no resolution time. Clause: JB-7.

    Raises:
        NotCoveredError: The terms have no such clause.
    """
    require(by, Act.ATTRIBUTE)
    opened = open_incident(incident_id, by=by, now=now)
    support = terms_of(opened).document.support
    if support is None or support.void_causes is None or cause not in support.void_causes.value:
        raise NotCoveredError("Under these terms no cause takes the resolution time away.", field="cause")
    reason = words(reason, field="reason", what="The reason")
    event = e.IncidentAttributed(at=now, incident=opened.incident.ref, cause=cause, reason=reason)
    opened.record(event, reason=reason, notices="incident_attributed")


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


@transaction.atomic
def assign_incident(*, incident_id: int, assignee_id: int | None, by: User, now: datetime) -> Incident:
    """Give the incident to one of the staff, or to nobody; it moves no clock."""
    require(by, Act.WORK_INCIDENT)
    opened = open_incident(incident_id, by=by, now=now)
    assignee = None
    if assignee_id is not None:
        assignee = User.objects.filter(pk=assignee_id, client__isnull=True, is_active=True).first()
        if assignee is None:
            raise UnknownReferenceError(
                "That person is not one of the staff. Choose one of the list.", field="assignee"
            )
    opened.incident.assignee = assignee
    opened.incident.save(update_fields=["assignee"])
    return opened.incident


@transaction.atomic
def void_breach(*, incident_id: int, target: str, ordinal: int, reason: str, by: User, now: datetime) -> None:
    """Let a recorded breach no longer count, by a reasoned decision that stays on record.

    Raises:
        NoBreachError: The clock has no breach that counts.
    """
    require(by, Act.VOID_BREACH)
    opened = open_incident(incident_id, by=by, now=now)
    clock = clocks_of(opened.incident).filter(target=target, ordinal=ordinal, breached_at__isnull=False).first()
    if clock is None:
        raise NoBreachError(f"{target} {ordinal} of {opened.incident.ref} has no breach that counts.")
    reason = words(reason, field="reason", what="The reason")
    append(
        agreement=opened.agreement,
        event=e.BreachVoided(
            at=now, subject_ref=f"incident:{opened.incident.ref}", target=target, ordinal=ordinal, reason=reason
        ),
        actor=by,
        recorded_at=now,
    )
    retime_incidents(opened.agreement, [opened.incident.ref], now=now, by=by, reason=reason)
