"""The retime of incidents: fold the journal, and make rows, clocks and findings what the rules answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.db.models import Max, Q

from incidents.escalation import members_of, steps
from incidents.models import NEVER, Incident, Watch
from incidents.queries import SHARED_KINDS, first_dues, states_of
from incidents.rules.support import IncidentState
from portal.accounts.models import Team, User
from portal.clients.models import Agreement, Contact
from portal.clocks.services import Answer, FoundFinding, keep_findings, lock_agreement, retime
from portal.journal.models import Event
from portal.journal.subjects import Description, Recipient, SubjectKey

FOLDED = (
    "severity",
    "category",
    "supported",
    "status",
    "reported_at",
    "diagnostics_at",
    "responded_at",
    "reproduced_at",
    "waiting_on",
    "waiting_since",
    "resolved_at",
    "resolved_by",
    "cause",
    "ended_at",
    "reopenings",
)
"""The columns that are copies of the fold."""

BATCH = 500
WHY = "why/{target}/{ordinal}/"


def retime_incidents(
    agreement: Agreement,
    refs: Iterable[str],
    *,
    now: datetime,
    by: User | None = None,
    reason: str = "",
    loaded: bool = False,
) -> Mapping[str, IncidentState]:
    """Compute incidents of a locked agreement again and write what changed; a constant number of queries a batch.

    Whoever asks read the time before it got the lock: what was recorded meanwhile is not undone.
    """
    found: dict[str, IncidentState] = {}
    wanted = sorted(set(refs))
    now = max(now, _last_recorded(agreement, wanted, default=now))
    for start in range(0, len(wanted), BATCH):
        batch = wanted[start : start + BATCH]
        states = states_of(agreement, batch, until=now)
        _copy(agreement, states)
        retime(
            agreement=agreement,
            subject_kind="incident",
            refs=batch,
            answers=answers_of(states.values(), now=now),
            now=now,
            by=by,
            reason=reason,
            loaded=loaded,
        )
        _copy_dues(agreement, batch)
        keep_findings(
            agreement=agreement,
            subjects=[f"incident:{ref}" for ref in batch],
            found=[
                FoundFinding(row.subject, row.kind, row.at, row.clause, row.message, row.data)
                for state in states.values()
                for row in state.findings
            ],
        )
        found.update(states)
    return found


def _last_recorded(agreement: Agreement, refs: Sequence[str], *, default: datetime) -> datetime:
    """Return when something that these incidents feel was last recorded. One query."""
    felt = Q(subject_kind__in=SHARED_KINDS) | Q(subject_kind="incident", subject_ref__in=refs)
    last: datetime | None = Event.objects.filter(felt, agreement=agreement).aggregate(last=Max("recorded_at"))["last"]
    return last or default


def answers_of(states: Iterable[IncidentState], *, now: datetime) -> Iterator[Answer]:
    """Yield the rules' answer for each clock: a severity with hosted targets is looked at again at the next period."""
    for state in states:
        support = state.plan.terms.document.support
        shares = support.warnings.value if support is not None and support.warnings is not None else ()
        begins = state.moment.periods.next_begin(now)
        for clock in state.clocks.values():
            promise = state.plan.terms.promise(state.severity, clock.target, hosted=True) if begins else None
            yield Answer(state.ref, clock, begins if promise is not None and promise.hosted else None, shares)


def _copy(agreement: Agreement, states: Mapping[str, IncidentState]) -> None:
    changed = []
    for row in Incident.objects.filter(agreement=agreement, ref__in=list(states)):
        state = states[row.ref]
        if any(getattr(row, name) != getattr(state, name) for name in FOLDED):
            for name in FOLDED:
                setattr(row, name, getattr(state, name))
            changed.append(row)
    Incident.objects.bulk_update(changed, FOLDED)


def _copy_dues(agreement: Agreement, refs: Sequence[str]) -> None:
    """Write what is due first on each incident; time alone never changes it: what breaks is still owed."""
    dues = first_dues(agreement, refs)
    changed = []
    for row in Incident.objects.filter(agreement=agreement, ref__in=refs).only("ref", "due_next"):
        due = dues.get(row.ref, NEVER)
        if row.due_next != due:
            row.due_next = due
            changed.append(row)
    Incident.objects.bulk_update(changed, ["due_next"])


class IncidentKind:
    """What the lower floors must know of incidents; see `portal.journal.subjects`."""

    def describe(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, Description]:
        """Return how incidents are shown. One query."""
        rows = Incident.objects.filter(_any_of(keys)).values_list("agreement_id", "ref", "pk", "title")
        return {
            (agreement_id, ref): Description(ref, title, f"/incidents/{pk}/", f"/support/{pk}/", WHY)
            for agreement_id, ref, pk, title in rows
        }

    def audience(self, keys: Iterable[SubjectKey]) -> Mapping[SubjectKey, list[Recipient]]:
        """Return who is told of each incident's clocks, each once, with the step from which on. Four queries.

        Staff who watch are told of everything.
        """
        rows = list(
            Incident.objects.filter(_any_of(keys))
            .select_related("assignee", "agreement__client", "agreement__client__relationship_manager")
            .only(
                "ref",
                "agreement",
                "team",
                "agreement__team",
                "agreement__client__name",
                "assignee",
                "assignee__email",
                "assignee__name",
                "assignee__is_active",
                "agreement__client__relationship_manager__email",
                "agreement__client__relationship_manager__name",
                "agreement__client__relationship_manager__is_active",
            )
        )
        wanted = {team_id for row in rows if (team_id := row.team_id or row.agreement.team_id)}
        teams = members_of(wanted)
        known = Team.objects.select_related("manager").in_bulk(wanted)
        watchers: dict[int, list[User]] = {}
        for watch in Watch.objects.filter(
            incident__in=rows, user__client__isnull=True, user__is_active=True
        ).select_related("user"):
            watchers.setdefault(watch.incident_id, []).append(watch.user)
        return {
            (row.agreement_id, row.ref): _recipients(
                row, known.get(team_id), teams.get(team_id, []), watchers.get(row.pk, [])
            )
            for row in rows
            for team_id in [row.team_id or row.agreement.team_id or 0]
        }

    def retime(self, agreement_id: int, refs: Iterable[str] | None, *, now: datetime) -> None:
        """Compute these incidents again, or all open ones, under the agreement's lock."""
        agreement = lock_agreement(agreement_id)
        if refs is None:
            refs = open_refs(agreement)
        retime_incidents(agreement, refs, now=now)


def open_refs(agreement: Agreement) -> list[str]:
    """Return the references of an agreement's open incidents: what a shared change can touch. One query."""
    return list(Incident.objects.open().filter(agreement=agreement).values_list("ref", flat=True))


def _any_of(keys: Iterable[SubjectKey]) -> Q:
    by_agreement: dict[int, list[str]] = {}
    for agreement_id, ref in keys:
        by_agreement.setdefault(agreement_id, []).append(ref)
    wanted = Q(pk__in=[])
    for agreement_id, refs in by_agreement.items():
        wanted |= Q(agreement_id=agreement_id, ref__in=refs)
    return wanted


def _recipients(row: Incident, team: Team | None, members: Iterable[User], watchers: Iterable[User]) -> list[Recipient]:
    people = {one.address: one for one in steps(row.agreement.client, team, members, assignee=row.assignee)}
    for user in watchers:
        # Who watches wants to know all of it, whatever else they are.
        if user.email not in people or people[user.email].from_share:
            people[user.email] = Recipient(user.email, user.name, user.pk, True, "You watch it.")
    return list(people.values())


def support_contacts(agreement: Agreement) -> list[Contact]:
    """Return the client's designated support contacts, who are told of what happens to its incidents. Clause: JS-16."""
    return list(Contact.objects.filter(client=agreement.client_id, is_support_contact=True).select_related("user"))
