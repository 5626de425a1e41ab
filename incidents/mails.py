"""The words of the incidents' mails: to the client what it is told and owed, to the provider's people what to do.

Texts are read when a mail is written, from comments and the texts beside the journal, so that what was erased is not
sent; internal notes are never read. Clause: JS-2, JS-4, JS-11, JS-12, JB-7.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from incidents.cards import WAITS
from incidents.models import Comment, Incident, InformationRequest
from incidents.notices import TO_CLIENT
from incidents.queries import states_of
from incidents.rules.support import IncidentState
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

CAUSES = {"client_misuse": "Misuse", "outside_control": "A cause outside our control"}
RESOLVED_BY = {"fix": "A fix", "workaround": "A work-around"}


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write messages of any kind on incidents. Five queries, and four more for each reclassification among them."""
    return [_WRITERS[letter.message.kind](letter) for letter in _letters(messages)]


# ---------------------------------------------------------------------------------------------------- what is told


@dataclass(frozen=True, slots=True)
class _Letter:
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
        return [(_label(clock.target, clock.ordinal), self.deadline(clock)) for clock in self.clocks]

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


def _letters(messages: Sequence[Message]) -> Iterator[_Letter]:
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
        yield _Letter(
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
    requests = InformationRequest.objects.filter(incident__in=list(incidents)).prefetch_related("items")
    return {(request.incident_id, request.asked_at): request for request in requests}


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if part.strip()]


def _label(target: str, ordinal: int) -> str:
    return "Next update" if target == "contact" else target_label(target, ordinal)


# --------------------------------------------------------------------------------------------------- to the client


def _answered(letter: _Letter) -> Mail:
    return letter.mail(
        subject=f"Answered: {letter.name}, {letter.at}",
        ask=f"Read what {letter.author} wrote on {letter.ref}.",
        paragraphs=letter.written(),
        facts=letter.deadlines(),
        state="running",
    )


def _information_asked(letter: _Letter) -> Mail:
    items = [item.text for item in letter.asked.items.all()] if letter.asked is not None else []
    return letter.mail(
        subject=f"We need something from you: {letter.name}, {letter.at}",
        ask=f"Send us what is missing, so that we can go on with {letter.ref}.",
        paragraphs=[f"{number}. {item}" for number, item in enumerate(items, 1)],
        facts=letter.deadlines(),
        clause=letter.support.pauses.information.clause if letter.support is not None else "",
        state="paused",
    )


def _reclassified(letter: _Letter) -> Mail:
    """Tell the old and the new severity, why, and each deadline that moved. Clause: JS-4, T-7."""
    before, after = _around(letter)
    word, old = severity_sign(after.severity).word, severity_sign(before.severity).word.lower()
    written = (
        any(severity.meaning.clause == "JS-5" for severity in letter.support.severities) if letter.support else False
    )
    return letter.mail(
        subject=f"Now {word.lower()}, was {old}: {letter.name}, {letter.at}",
        ask=f"See the new deadlines of {letter.ref}.",
        paragraphs=letter.reason(),
        facts=[("Severity", f"{word}, was {old}"), *_moved(letter, before, after)],
        clause="JS-4"
        if written
        else "T-7",  # Where the contract asks for no written notice, it is the rule that moves.
        state="running",
    )


def _around(letter: _Letter) -> tuple[IncidentState, IncidentState]:
    """Return the incident as it was just before its event and right after it. Four queries."""
    assert letter.event is not None  # noqa: S101  # A reclassification is one.
    agreement, ref, at = letter.incident.agreement, letter.ref, letter.event.at
    before = states_of(agreement, [ref], until=at - timedelta.resolution)[ref]
    return before, states_of(agreement, [ref], until=at)[ref]


def _moved(letter: _Letter, before: IncidentState, after: IncidentState) -> Iterator[Fact]:
    for (target, ordinal), clock in sorted(after.clocks.items()):
        if not clock.open or target in INTERNAL_TARGETS:
            continue
        old = before.clocks.get((target, ordinal))
        now = "waits" if clock.paused_by else letter.by(clock.due_at)
        was = f", was {letter.by(old.due_at)}" if old is not None and old.open and old.due_at != clock.due_at else ""
        yield _label(target, ordinal), f"{now}{was if not clock.paused_by else ''} ({clock.promise.clause})"


def _resolved(letter: _Letter) -> Mail:
    how = RESOLVED_BY.get(letter.event.payload.get("by", "") if letter.event is not None else "", "")
    return letter.mail(
        subject=f"Resolved: {letter.name}, {letter.at}",
        ask=f"Check that {letter.ref} is solved for you, and reopen it if it is not.",
        under="solved/",
        link_label="Say whether it is solved",
        paragraphs=letter.written(),
        facts=[("Resolved by", how)] if how else [],
        state="met",
    )


def _determined(letter: _Letter) -> Mail:
    return letter.mail(
        subject=f"Not covered by support: {letter.name}, {letter.at}",
        ask=f"See why support does not cover {letter.ref}.",
        paragraphs=[*letter.reason(), "It has no deadlines. We answer it as soon as we can."],
        clause=letter.support.unsupported.clause if letter.support is not None else "",
        state="void",
    )


def _attributed(letter: _Letter) -> Mail:
    cause = letter.event.payload.get("cause", "") if letter.event is not None else ""
    causes = letter.support.void_causes if letter.support is not None else None
    return letter.mail(
        subject=f"No resolution time: {letter.name}, {letter.at}",
        ask=f"See what caused {letter.ref}.",
        paragraphs=letter.reason(),
        facts=[("Cause", CAUSES.get(cause, cause)), *letter.deadlines()],
        clause=causes.clause if causes is not None else "",
        state="void",
    )


def _merged(letter: _Letter) -> Mail:
    into = letter.event.payload.get("into", "") if letter.event is not None else ""
    return letter.mail(
        subject=f"Goes on in {into}: {letter.name}, {letter.at}",
        ask=f"Follow {into}: {letter.ref} goes on there.",
        paragraphs=[f"{letter.author} found that both are about the same. What you wrote on {letter.ref} stays there."],
        state="void",
    )


# --------------------------------------------------------------------------------------------------- to the staff


def _about(letter: _Letter) -> list[Fact]:
    incident = letter.incident
    about = [
        ("Client", letter.client),
        (letter.ref, incident.title),
        ("Severity", severity_sign(incident.severity).word),
    ]
    return [*about, *letter.deadlines()]


def _reported(letter: _Letter) -> Mail:
    due = next((clock.due_at for clock in letter.clocks if clock.due_at is not None), None)
    when = f" by {letter.instant(due)}" if due is not None else ""
    return letter.mail(
        subject=f"{severity_sign(letter.incident.severity).word}: {letter.name}, reported {letter.at}",
        ask=f"Reply to {letter.client}{when}.",
        kicker=f"Reported by {letter.author}",
        paragraphs=letter.written(),
        facts=_about(letter),
        state="running",
    )


def _commented(letter: _Letter) -> Mail:
    return letter.mail(
        subject=f"New message: {letter.name}, {letter.at}",
        ask=f"Read what {letter.author} of {letter.client} wrote on {letter.ref}.",
        paragraphs=letter.written(),
        facts=_about(letter),
        state="running",
    )


def _reopened(letter: _Letter) -> Mail:
    return letter.mail(
        subject=f"Reopened: {letter.name}, {letter.at}",
        ask=f"Take up {letter.ref} of {letter.client} again.",
        kicker=f"Reopened by {letter.author}",
        paragraphs=letter.written(),
        facts=_about(letter),
        clause="T-11",
        state="risk",
    )


def _withdrawn(letter: _Letter) -> Mail:
    return letter.mail(
        subject=f"Withdrawn: {letter.name}, {letter.at}",
        ask=f"Leave {letter.ref}: {letter.client} no longer needs an answer.",
        kicker=f"Withdrawn by {letter.author}",
        paragraphs=letter.reason(),
        facts=_about(letter),
        state="void",
    )


_WRITERS: dict[str, Callable[[_Letter], Mail]] = {
    "incident_answered": _answered,
    "incident_information_asked": _information_asked,
    "incident_reclassified": _reclassified,
    "incident_resolved": _resolved,
    "incident_determined": _determined,
    "incident_attributed": _attributed,
    "incident_merged": _merged,
    "incident_reported": _reported,
    "incident_commented": _commented,
    "incident_reopened": _reopened,
    "incident_withdrawn": _withdrawn,
}
