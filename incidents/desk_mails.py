"""The words of the desk's own mails: an incident is yours, a wait should be over, something happened that you watch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Exists, F, OuterRef

from incidents.letters import Letter, about
from incidents.models import Assignment, Wait
from portal.alerts.kinds import Mail
from portal.alerts.models import Message

WATCHED_WORDS = {
    "incident_answered": ("Replied to the client", "Read what {author} wrote to {client}."),
    "incident_information_asked": ("Asked the client", "{author} asked {client} for information."),
    "incident_reclassified": ("Reclassified", "{author} gave it another severity."),
    "incident_resolved": ("Resolved", "{author} resolved it."),
    "incident_determined": ("Not covered by support", "{author} found that support does not cover it."),
    "incident_attributed": ("No resolution time", "{author} found the cause elsewhere."),
    "incident_merged": ("Merged", "{author} merged it into another."),
}


def assigned(letter: Letter, assignments: Mapping[int, Assignment]) -> Mail:
    """Tell who has an incident now, and what the one before left for them."""
    given = assignments.get(letter.message.context["assignment"])
    return letter.mail(
        subject=f"Yours: {letter.name}, {letter.at}",
        ask=f"Take up {letter.ref} of {letter.client}.",
        kicker=f"Assigned by {given.by.name}" if given is not None else "",
        paragraphs=[given.note] if given is not None and given.note else [],
        facts=about(letter),
        state="running",
    )


def wait_over(letter: Letter, waits: Mapping[int, Wait]) -> Mail:
    """Tell that a wait should be over and is not."""
    wait = waits.get(letter.message.context["wait"])
    until = letter.instant(wait.expected_at) if wait is not None and wait.expected_at is not None else ""
    return letter.mail(
        subject=f"Still waiting: {letter.name}, expected by {until}",
        ask=f"Ask again on {letter.ref}, or go on without.",
        paragraphs=[wait.reason] if wait is not None and wait.reason else [],
        facts=about(letter),
        state="paused",
    )


def watched(letter: Letter) -> Mail:
    """Tell a watcher what the client was told."""
    what, sentence = WATCHED_WORDS[letter.message.context["of"]]
    return letter.mail(
        subject=f"{what}: {letter.name}, {letter.at}",
        ask=sentence.format(author=letter.author, client=letter.client),
        paragraphs=letter.written() or letter.reason(),
        facts=about(letter),
        state="running",
    )


def outdated(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return why notices are no longer true: it was given on since, or the wait is over. Two queries."""
    given = {message.context["assignment"] for message in messages if "assignment" in message.context}
    waits = {message.context["wait"] for message in messages if "wait" in message.context}
    later = Assignment.objects.filter(incident=OuterRef("incident"), pk__gt=OuterRef("pk"))
    given_on = set(Assignment.objects.filter(Exists(later), pk__in=given).values_list("pk", flat=True))
    going_on = Wait.objects.filter(pk__in=waits, incident__waiting_since=F("began_at"), incident__resolved_at=None)
    over = waits - set(going_on.values_list("pk", flat=True))
    return {
        message.pk: "It was given on since." if "assignment" in message.context else "The wait is over."
        for message in messages
        if message.context.get("assignment") in given_on or message.context.get("wait") in over
    }


def assignments_of(letters: Iterable[Letter]) -> Mapping[int, Assignment]:
    """Return the assignments that letters tell of. One query where there are any."""
    wanted = _named("assignment", letters)
    return Assignment.objects.select_related("by").in_bulk(wanted) if wanted else {}


def waits_of(letters: Iterable[Letter]) -> Mapping[int, Wait]:
    """Return the waits that letters tell of. One query where there are any."""
    wanted = _named("wait", letters)
    return Wait.objects.in_bulk(wanted) if wanted else {}


def _named(name: str, letters: Iterable[Letter]) -> Sequence[int]:
    return [letter.message.context[name] for letter in letters if name in letter.message.context]
