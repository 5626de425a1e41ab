"""What can be done to an incident now: what its state, its terms and the person's role allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from incidents.models import Incident
from incidents.standing import Standing
from portal.accounts.models import User
from portal.accounts.permissions import Act, may

KEYS = {
    "incident_reply": "r",
    "incident_take": "t",
    "incident_assign": "a",
    "incident_wait": "w",
    "incident_resume": "w",
    "incident_resolve": "e",
}
"""By which keys acts are reached; the first of a page's links with a key takes it."""
COMPOSER = "#id_body"
"""Where the incident's own page is written on: the link sets the writer there, without a page between."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One act as a link: `first` ones stand at the page's head, the others in its list."""

    label: str
    icon: str
    url: str
    first: bool = False
    primary: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class _Possible:
    name: str
    label: str
    icon: str
    act: Act
    first: bool = False
    primary: bool = False


def offers(standing: Standing, user: User) -> list[Offer]:
    """Return what the person may do to the incident now, the next step first."""
    return [
        Offer(
            it.label,
            it.icon,
            COMPOSER if it.name == "incident_reply" else reverse(it.name, args=[standing.incident.pk]),
            it.first,
            it.primary,
            KEYS.get(it.name, ""),
        )
        for it in (_for_staff(standing, user) if user.is_provider else _for_client(standing, user))
        if may(user, it.act)
    ]


def _for_staff(standing: Standing, user: User) -> Iterator[_Possible]:
    incident, state, support = standing.incident, standing.state, standing.support
    work = Act.WORK_INCIDENT
    if incident.is_open:
        missing_start = state.supported and (
            standing.lacks_diagnostics or (standing.lacks_reproduction and not state.attributed)
        )
        lacks_diagnostics = state.supported and standing.lacks_diagnostics
        # Nothing comes before the first answer but what its clock waits for; nor before an update that presses.
        word = (state.responded_at is None and not lacks_diagnostics) or standing.update_presses
        if word:
            yield _Possible("incident_reply", "Reply", "message-square", work, True, True)
        if lacks_diagnostics:
            yield _Possible("incident_diagnostics", "Diagnostics complete", "clipboard-check", work, True, not word)
        elif missing_start:
            yield _Possible("incident_reproduced", "Reproduced", "circle-check", work, True, not word)
        yield _Possible("incident_resolve", "Resolve", "check", work, True, not word and not missing_start)
        if state.waiting_on:
            yield _Possible("incident_resume", "Resume", "play", work, True)
        else:
            yield _Possible("incident_wait", "Wait", "circle-pause", work, True)
        if state.supported:
            yield _Possible("incident_reclassify", "Reclassify", "chevrons-up", Act.RECLASSIFY, True)
        yield _Possible("incident_ask", "Ask for information", "list-checks", work)
        if state.waiting_on:
            yield _Possible("incident_wait", "Change the wait", "circle-pause", work)
    elif incident.status == Incident.Status.RESOLVED:
        yield _Possible("incident_reopen", "Reopen", "history", work, True, True)
    if incident.is_open and incident.assignee_id != user.pk:
        yield _Possible("incident_take", "Take it", "user-check", work)
    yield _Possible("incident_assign", "Assign or hand over", "user", work)
    if incident.watches.filter(user=user).exists():
        yield _Possible("incident_unwatch", "Stop watching", "eye-off", Act.COMMENT)
    else:
        yield _Possible("incident_watch", "Watch", "eye", Act.COMMENT)
    yield _Possible("incident_watchers", "Watchers", "users", work)
    yield _Possible("incident_link", "Link to a problem", "link", work)
    if state.supported and state.ended_at is None:
        if support.void_causes is not None and not state.attributed:
            yield _Possible("incident_attribute", "The cause is not ours", "ban", Act.ATTRIBUTE)
        yield _Possible("incident_determine", "Not covered by support", "ban", Act.DETERMINE)
    if incident.is_open:
        yield _Possible("incident_merge", "Merge into another", "shuffle", work)
        yield _Possible("incident_withdraw", "Withdraw", "x", Act.WITHDRAW)


def _for_client(standing: Standing, user: User) -> Iterator[_Possible]:
    incident = standing.incident
    if incident.is_open:
        yield _Possible("support_reply", "Reply", "message-square", Act.COMMENT, True, True)
        yield _Possible("support_withdraw", "Withdraw the report", "x", Act.WITHDRAW)
    elif incident.status == Incident.Status.RESOLVED:
        said = incident.verdicts.filter(opening=incident.reopenings).exists()
        if not said:
            yield _Possible("support_solved", "It is solved", "circle-check", Act.COMMENT, True, True)
        yield _Possible("support_reopen", "It is not solved", "history", Act.COMMENT, True)
    if incident.ended_at is not None:
        return
    if incident.watches.filter(user=user).exists():
        yield _Possible("support_unfollow", "Stop following", "eye-off", Act.COMMENT)
    elif user.pk != incident.reporter_id:
        yield _Possible("support_follow", "Follow", "eye", Act.COMMENT)
