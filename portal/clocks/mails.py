"""The words of the clocks' mails: a share of a target is used up, a promise was broken. Clause: T-5."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.clocks.models import Breach, Clock, State
from portal.clocks.notices import audiences
from portal.clocks.words import target_label
from portal.contract.terms import clause_texts
from portal.journal.subjects import Description, Named, described
from portal.web.figures import duration_text, instant_text
from portal.web.words import severity_sign

ASKS = {
    "response": "Reply to {client}",
    "contact": "Send {client} an update",
    "resolution": "Resolve {subject} for {client}",
}
ANY_ASK = "See to {subject} for {client}"
"""What the reader is asked to do, by target; when is added."""


def render_breaches(messages: Sequence[Message]) -> list[Mail]:
    """Write that promises were broken. A constant number of queries for each kind of subject."""
    breaches = _breaches(messages)
    told = [(message, breaches[message.breach_id]) for message in messages if message.breach_id is not None]
    shown = described(breach.clock.named for breach in breaches.values())
    return [_breach_mail(_Words(message, breach.clock, shown), breach) for message, breach in told]


def render_warnings(messages: Sequence[Message]) -> list[Mail]:
    """Write how much of a target is used up. A constant number of queries for each kind of subject."""
    clocks = _clocks(messages)
    shown = described(clock.named for clock in clocks.values())
    return [
        _warning_mail(_Words(message, clocks[message.context["clock"]], shown), share=message.context["share"])
        for message in messages
    ]


def outdated_breaches(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the breaches that no longer count, or whose subject or reader is gone."""
    breaches = _breaches(messages)
    shown = described(breach.clock.named for breach in breaches.values())
    told = audiences(breach.clock for breach in breaches.values())
    reasons: dict[int, str] = {}
    for message in messages:
        breach = breaches[message.breach_id or 0]
        subject = breach.clock.named
        if hasattr(breach, "void"):
            reasons[message.pk] = f"It no longer counts: {breach.void.reason}"[:200]
        elif subject not in shown:
            reasons[message.pk] = "What it is about is gone."
        elif message.recipient_id is None and message.address not in {to.address for to in told.get(subject, [])}:
            reasons[message.pk] = "The recipient's login was removed."
    return reasons


def outdated_warnings(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the warnings of clocks that do not run toward the same instant any more."""
    clocks = _clocks(messages)
    shown = described(clock.named for clock in clocks.values())
    reasons: dict[int, str] = {}
    for message in messages:
        clock = clocks[message.context["clock"]]
        if clock.state != State.RUNNING:
            reasons[message.pk] = f"It is {clock.get_state_display().lower()} by now."
        elif clock.due_at != datetime.fromisoformat(message.context["due_at"]):
            reasons[message.pk] = "It is due at another time by now."
        elif clock.named not in shown:
            reasons[message.pk] = "What it is about is gone."
    return reasons


# ------------------------------------------------------------------------------------------------------------ rows


def _breaches(messages: Iterable[Message]) -> dict[int, Breach]:
    rows = Breach.objects.filter(pk__in={message.breach_id for message in messages})
    return {row.pk: row for row in rows.select_related("clock__agreement__client", "void")}


def _clocks(messages: Iterable[Message]) -> dict[int, Clock]:
    rows = Clock.objects.filter(pk__in={message.context["clock"] for message in messages})
    return {row.pk: row for row in rows.select_related("agreement__client")}


# ----------------------------------------------------------------------------------------------------------- words


@dataclass(frozen=True, slots=True)
class _Words:
    """What the mails on a clock have in common, in its reader's zone."""

    message: Message
    clock: Clock
    shown: Mapping[Named, Description]

    @property
    def subject(self) -> Description:
        return self.shown[self.clock.named]

    @property
    def zone(self) -> ZoneInfo:
        return zone_of(self.message)

    @property
    def target(self) -> str:
        """The clock's name within a sentence."""
        label = target_label(self.clock.target, self.clock.ordinal)
        return f"{label[0].lower()}{label[1:]}"

    @property
    def due(self) -> str:
        return self.instant(self.clock.due_at)

    def instant(self, at: datetime | None) -> str:
        return instant_text(at, self.zone) if at is not None else ""

    def ask(self, when: str) -> str:
        asked = ASKS.get(self.clock.target, ANY_ASK)
        return f"{asked.format(client=self.clock.agreement.client.name, subject=self.subject.label)} {when}."

    def facts(self) -> list[tuple[str, str]]:
        clock = self.clock
        severity = [("Severity", severity_sign(clock.severity).word)] if clock.severity else []
        return [
            ("Client", clock.agreement.client.name),
            (self.subject.label, self.subject.title),
            *severity,
            ("Started", self.instant(clock.started_at)),
            ("Due", self.due),
            ("Promise", f"{clause_texts()[clock.clause]} ({clock.clause})"),
        ]


def _breach_mail(words: _Words, breach: Breach) -> Mail:
    clock, subject = words.clock, words.subject
    due = words.instant(breach.due_at)
    met = clock.met_at is not None
    flagged = [("Flagged", f"{duration_text(breach.detected_at - breach.due_at)} after it was due")]
    return Mail(
        subject=f"Breached: {words.target} on {subject.label} was due {due}",
        kicker=f"Breached: {words.target}, {subject.label}",
        ask=f"See why the {words.target} on {subject.label} came late." if met else words.ask("now"),
        paragraphs=[
            f"It was due {due}. It came {words.instant(clock.met_at)}."
            if met
            else f"It was due {due}. It has not come."
        ],
        facts=[*words.facts(), *([] if breach.late_detected else flagged)],
        clause=clock.clause,
        why=f"Why you get this: {words.message.context['why']}",
        link_path=subject.staff_path,
        link_label=f"Open {subject.label}",
        state="breached",
    )


def _warning_mail(words: _Words, *, share: int) -> Mail:
    subject = words.subject
    return Mail(
        subject=f"{share} % used: {words.target} on {subject.label} is due {words.due}",
        kicker=f"At risk: {words.target}, {subject.label}",
        ask=words.ask(f"by {words.due}"),
        paragraphs=[f"{share} % of the time for it is used up."],
        facts=words.facts(),
        clause=words.clock.clause,
        why=f"Why you get this: {words.message.context['why']}",
        link_path=subject.staff_path,
        link_label=f"Open {subject.label}",
        state="risk",
    )
