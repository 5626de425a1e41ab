"""The words of the incidents' mails: to the client what it is told and owed, to the provider's people what to do.

Texts are read when a mail is written, from comments and the texts beside the journal, so that what was erased is not
sent; internal notes are never read. Clause: JS-2, JS-4, JS-11, JS-12, JB-7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from incidents import desk_mails
from incidents.letters import Fact, Letter, about, label_of, letters_of
from incidents.queries import states_of
from incidents.rules.support import IncidentState
from incidents.rules.support.plan import resolved_clause
from portal.alerts.kinds import Mail
from portal.alerts.models import Message
from portal.clocks.notices import INTERNAL_TARGETS
from portal.web.words import severity_sign

CAUSES = {"client_misuse": "Misuse", "outside_control": "A cause outside our control"}
RESOLVED_BY = {"fix": "A fix", "workaround": "A work-around"}


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write messages of any kind on incidents.

    Eight queries at most, and four more for each reclassification that the client is told of.
    """
    letters = list(letters_of(messages))
    assignments, waits = desk_mails.assignments_of(letters), desk_mails.waits_of(letters)
    writers = _WRITERS | {
        "incident_assigned": lambda letter: desk_mails.assigned(letter, assignments),
        "incident_wait_over": lambda letter: desk_mails.wait_over(letter, waits),
    }
    return [writers[letter.message.kind](letter) for letter in letters]


# --------------------------------------------------------------------------------------------------- to the client


def _answered(letter: Letter) -> Mail:
    return letter.mail(
        subject=f"Answered: {letter.name}, {letter.at}",
        ask=f"Read what {letter.author} wrote on {letter.ref}.",
        paragraphs=letter.written(),
        facts=letter.deadlines(),
        state="running",
    )


def _information_asked(letter: Letter) -> Mail:
    items = [item.text for item in letter.asked.items.all()] if letter.asked is not None else []
    waits = letter.asked.incident.waits.all() if letter.asked is not None else []
    expected = [
        ("Expected by", letter.instant(wait.expected_at))
        for wait in waits
        if letter.asked is not None and wait.began_at == letter.asked.asked_at and wait.expected_at is not None
    ]
    return letter.mail(
        subject=f"We need something from you: {letter.name}, {letter.at}",
        ask=f"Send us what is missing, so that we can go on with {letter.ref}.",
        paragraphs=[f"{number}. {item}" for number, item in enumerate(items, 1)],
        facts=[*expected[-1:], *letter.deadlines()],
        clause=letter.support.pauses.information.clause if letter.support is not None else "",
        state="paused",
    )


def _reclassified(letter: Letter) -> Mail:
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


def _around(letter: Letter) -> tuple[IncidentState, IncidentState]:
    """Return the incident as it was just before its event and right after it. Four queries."""
    assert letter.event is not None  # noqa: S101  # A reclassification is one.
    agreement, ref, at = letter.incident.agreement, letter.ref, letter.event.at
    before = states_of(agreement, [ref], until=at - timedelta.resolution)[ref]
    return before, states_of(agreement, [ref], until=at)[ref]


def _moved(letter: Letter, before: IncidentState, after: IncidentState) -> Iterator[Fact]:
    for (target, ordinal), clock in sorted(after.clocks.items()):
        if not clock.open or target in INTERNAL_TARGETS:
            continue
        old = before.clocks.get((target, ordinal))
        now = "waits" if clock.paused_by else letter.by(clock.due_at)
        was = f", was {letter.by(old.due_at)}" if old is not None and old.open and old.due_at != clock.due_at else ""
        yield label_of(target, ordinal), f"{now}{was if not clock.paused_by else ''} ({clock.promise.clause})"


def _resolved(letter: Letter) -> Mail:
    how = RESOLVED_BY.get(letter.event.payload.get("by", "") if letter.event is not None else "", "")
    return letter.mail(
        subject=f"Resolved: {letter.name}, {letter.at}",
        ask=f"Check that {letter.ref} is solved for you, and reopen it if it is not.",
        under="solved/",
        link_label="Say whether it is solved",
        paragraphs=letter.written(),
        facts=[("Resolved by", how)] if how else [],
        clause=resolved_clause(letter.support) if letter.support is not None else "",
        state="met",
    )


def _determined(letter: Letter) -> Mail:
    return letter.mail(
        subject=f"Not covered by support: {letter.name}, {letter.at}",
        ask=f"See why support does not cover {letter.ref}.",
        paragraphs=[*letter.reason(), "It has no deadlines. We answer it as soon as we can."],
        clause=letter.support.unsupported.clause if letter.support is not None else "",
        state="void",
    )


def _attributed(letter: Letter) -> Mail:
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


def _merged(letter: Letter) -> Mail:
    into = letter.event.payload.get("into", "") if letter.event is not None else ""
    return letter.mail(
        subject=f"Goes on in {into}: {letter.name}, {letter.at}",
        ask=f"Follow {into}: {letter.ref} goes on there.",
        paragraphs=[f"{letter.author} found that both are about the same. What you wrote on {letter.ref} stays there."],
        state="void",
    )


# --------------------------------------------------------------------------------------------------- to the staff


def _reported(letter: Letter) -> Mail:
    due = next((clock.due_at for clock in letter.clocks if clock.due_at is not None), None)
    when = f" by {letter.instant(due)}" if due is not None else ""
    return letter.mail(
        subject=f"{severity_sign(letter.incident.severity).word}: {letter.name}, reported {letter.at}",
        ask=f"Reply to {letter.client}{when}.",
        kicker=f"Reported by {letter.author}",
        paragraphs=letter.written(),
        facts=about(letter),
        state="running",
    )


def _commented(letter: Letter) -> Mail:
    return letter.mail(
        subject=f"New message: {letter.name}, {letter.at}",
        ask=f"Read what {letter.author} of {letter.client} wrote on {letter.ref}.",
        paragraphs=letter.written(),
        facts=about(letter),
        state="running",
    )


def _reopened(letter: Letter) -> Mail:
    return letter.mail(
        subject=f"Reopened: {letter.name}, {letter.at}",
        ask=f"Take up {letter.ref} of {letter.client} again.",
        kicker=f"Reopened by {letter.author}",
        paragraphs=letter.written(),
        facts=about(letter),
        clause="T-11",
        state="risk",
    )


def _withdrawn(letter: Letter) -> Mail:
    return letter.mail(
        subject=f"Withdrawn: {letter.name}, {letter.at}",
        ask=f"Leave {letter.ref}: {letter.client} no longer needs an answer.",
        kicker=f"Withdrawn by {letter.author}",
        paragraphs=letter.reason(),
        facts=about(letter),
        state="void",
    )


_WRITERS: dict[str, Callable[[Letter], Mail]] = {
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
    "incident_watched": desk_mails.watched,
}
