"""What a mail on an incident tells, whoever reads it: the incident with its people, its texts and what is owed on it.

Texts are read when a mail is written, from comments and the texts beside the journal, so that what was erased is not
sent; internal notes are never read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from incidents.cards import WAITS
from incidents.models import Comment, Incident, InformationRequest
from incidents.notices import TO_CLIENT
from portal.alerts.kinds import Mail, MailState, zone_of
from portal.alerts.models import Message
from portal.clocks.models import Clock, State
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.words import target_label
from portal.contract.terms import SupportTerms
from portal.journal.models import Event
from portal.web.figures import instant_text
from portal.web.words import severity_sign

Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with what it is about."""

    message: Message
    incident: Incident
    event: Event | None
    comment: Comment | None
    clocks: Sequence[Clock]
    asked: InformationRequest | None

    @property
    def ref(self) -> str:
        return self.incident.ref

    @property
    def name(self) -> str:
        """The incident as a subject line calls it."""
        return f"{self.ref} {self.incident.title}"

    @property
    def client(self) -> str:
        return self.incident.client.name

    @property
    def author(self) -> str:
        """Who wrote the comment or acted."""
        person = (
            self.comment.author if self.comment is not None else self.event.actor if self.event is not None else None
        )
        return person.name if person is not None else "somebody"

    @property
    def at(self) -> str:
        """When it happened, in the reader's zone."""
        happened = self.event or self.comment
        return self.instant(happened.at if happened is not None else self.message.queued_at)

    @property
    def support(self) -> SupportTerms | None:
        return self.incident.agreement.pinned_terms.document.support

    def instant(self, at: datetime) -> str:
        return instant_text(at, zone_of(self.message))

    def written(self) -> list[str]:
        """Return the paragraphs of the comment."""
        return _paragraphs(self.comment.body) if self.comment is not None else []

    def reason(self) -> list[str]:
        """Return the paragraphs of the reason; none where it was erased."""
        texts = self.event.text.texts if self.event is not None and hasattr(self.event, "text") else {}
        return _paragraphs(texts.get("reason", ""))

    def deadlines(self) -> list[Fact]:
        """Return what the provider owes on the incident by when, soonest first."""
        return [(label_of(clock.target, clock.ordinal), self.deadline(clock)) for clock in self.clocks]

    def deadline(self, clock: Clock) -> str:
        """Return by when one thing is owed, or what it waits for."""
        if clock.state == State.PAUSED:
            waits = "suspended" if self.incident.agreement.suspended_at else self.incident.waiting_on
            return f"waits {WAITS[waits][1 if self.message.kind in TO_CLIENT else 0]} ({clock.clause})"
        return f"{self.by(clock.due_at)} ({clock.clause})"

    def by(self, due_at: datetime | None) -> str:
        return f"by {self.instant(due_at)}" if due_at is not None else "with the next release, not planned yet"

    def mail(
        self, *, subject: str, ask: str, state: MailState = "", under: str = "", link_label: str = "", **parts: Any
    ) -> Mail:
        """Return the mail, with what is the same in all: its link leads to the incident, or to a page `under` it."""
        page = "support" if self.message.kind in TO_CLIENT else "incidents"
        return Mail(
            subject=subject,
            ask=ask,
            state=state,
            why=f"Why you get this: {self.message.context['why']}",
            link_path=f"/{page}/{self.incident.pk}/{under}",
            link_label=link_label or f"Open {self.ref}",
            **parts,
        )


def letters_of(messages: Sequence[Message]) -> Iterator[Letter]:
    incidents = Incident.objects.select_related("client", "agreement").in_bulk(
        {message.context["incident"] for message in messages}
    )
    events = Event.objects.select_related("actor", "text").in_bulk(
        {message.event_id for message in messages if message.event_id is not None}
    )
    comments = Comment.objects.filter(internal=False).select_related("author")
    said = comments.in_bulk({message.context["comment"] for message in messages if message.context["comment"]})
    clocks = _clocks(incidents.values())
    asked = _asked(incidents)
    for message in messages:
        incident = incidents[message.context["incident"]]
        event = events.get(message.event_id or 0)
        yield Letter(
            message,
            incident,
            event,
            said.get(message.context["comment"]),
            clocks.get((incident.agreement_id, incident.ref), []),
            asked.get((incident.pk, event.at)) if event is not None else None,
        )


def _clocks(incidents: Iterable[Incident]) -> Mapping[tuple[int, str], list[Clock]]:
    """Return what the provider still owes on incidents, soonest first, thresholds of credits aside."""
    wanted = {(incident.agreement_id, incident.ref) for incident in incidents}
    rows = Clock.objects.filter(
        agreement__in={agreement_id for agreement_id, _ in wanted},
        subject_kind="incident",
        subject_ref__in={ref for _, ref in wanted},
        state__in=[State.RUNNING, State.PAUSED],
        owed_by=Clock.Owner.PROVIDER,
    ).exclude(target__in=INTERNAL_TARGETS)
    found: dict[tuple[int, str], list[Clock]] = {}
    for row in sorted(rows, key=lambda row: (row.due_at is None, row.due_at or row.started_at, row.pk)):
        found.setdefault((row.agreement_id, row.subject_ref), []).append(row)
    return found


def _asked(incidents: Iterable[int]) -> Mapping[tuple[int, datetime], InformationRequest]:
    requests = InformationRequest.objects.filter(incident__in=list(incidents)).select_related("incident")
    requests = requests.prefetch_related("items", "incident__waits")
    return {(request.incident_id, request.asked_at): request for request in requests}


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


def label_of(target: str, ordinal: int) -> str:
    """Return what is owed, as a mail calls it."""
    return "Next update" if target == "contact" else target_label(target, ordinal)


def about(letter: Letter) -> list[Fact]:
    incident = letter.incident
    about = [
        ("Client", letter.client),
        (letter.ref, incident.title),
        ("Severity", severity_sign(incident.severity).word),
    ]
    return [*about, *letter.deadlines()]
