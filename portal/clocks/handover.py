"""Hand-over: what would break before the next opening is told to whoever is on call, before the desk closes.

The desk's hours are the agreement's business calendar. It is level-triggered: within the last hour before a closing
every round finds the same clocks, and each is told of once a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from portal.accounts.duty import duty_of
from portal.accounts.models import User
from portal.alerts.kinds import Mail, zone_of
from portal.alerts.models import Message
from portal.alerts.services import Notice, enqueue
from portal.clients.models import Agreement
from portal.clients.today import MOST, Asked, Decision
from portal.clocks.models import Clock, ClockQuerySet, State
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.words import target_label
from portal.contract.calendar import BusinessCalendar
from portal.contract.terms import known_terms
from portal.journal.models import Event
from portal.journal.subjects import Description, Named, Recipient, described
from portal.web.figures import instant_text

HANDOVER = "handover"
LEAD = timedelta(hours=1)
"""How long before the closing it is told."""
LONGEST_CLOSED = timedelta(days=14)
"""No desk is closed for longer; what is due later is nobody's night."""
MOMENT = timedelta.resolution


@dataclass(frozen=True, slots=True)
class HandOver:
    """A clock that runs out while its desk is closed, and who is told of it."""

    clock: Clock
    closes_at: datetime
    opens_at: datetime
    told: Sequence[Recipient]


def night_of(calendar: BusinessCalendar, at: datetime) -> tuple[datetime, datetime] | None:
    """Return when a desk closes and opens next, if it closes within the hour; None at every other time. Clause: T-4."""
    if calendar.always_open:
        return None
    closes_at = calendar.deadline(at, 0)
    if not closes_at - LEAD <= at < closes_at:
        return None
    return closes_at, calendar.add(closes_at, MOMENT) - MOMENT


def hand_overs(*, at: datetime) -> list[HandOver]:
    """Return what is due before the next opening of each desk that closes within the hour. Six queries at most."""
    owed = _owed().filter(due_at__gt=at, due_at__lt=at + LONGEST_CLOSED)
    agreements = _agreements(owed.order_by().values_list("agreement", flat=True).distinct())
    nights = {pk: night for pk, calendar in _calendars(agreements, at) if (night := night_of(calendar, at))}
    due = Q(pk__in=[])
    for pk, (_, opens_at) in nights.items():
        due |= Q(agreement=pk, due_at__lt=opens_at)
    clocks = list(owed.filter(due).order_by("due_at", "id")) if nights else []
    told = _told({clock.agreement_id for clock in clocks}, agreements, at)
    return [HandOver(clock, *nights[clock.agreement_id], told[clock.agreement_id]) for clock in clocks]


def _owed() -> ClockQuerySet:
    return (
        Clock.objects.running()
        .filter(owed_by=Clock.Owner.PROVIDER, at_due=Clock.AtDue.BREACH)
        .exclude(target__in=INTERNAL_TARGETS)
        .select_related("agreement__client")
    )


def _agreements(pks: Iterable[int]) -> Mapping[int, Agreement]:
    return Agreement.objects.select_related("client__relationship_manager", "team__manager").in_bulk(list(pks))


def _calendars(agreements: Mapping[int, Agreement], at: datetime) -> Iterator[tuple[int, BusinessCalendar]]:
    """Yield the business hours of each agreement's terms in force. One query."""
    documents = {pk: agreement.terms for pk, agreement in agreements.items()}
    amended = Event.objects.filter(agreement__in=documents, at__lte=at).amendments().in_order()
    documents |= {event.agreement_id: event.payload["terms"] for event in amended}
    for pk, document in documents.items():
        yield pk, known_terms(document).business


def _told(pks: Iterable[int], agreements: Mapping[int, Agreement], at: datetime) -> Mapping[int, list[Recipient]]:
    """Return who is on call for each agreement's team, or who answers for it where nobody is. Two queries.

    Whose login was closed answers for nothing any more.
    """
    wanted = [agreements[pk] for pk in pks]
    duty = duty_of(people=(), teams={agreement.team_id for agreement in wanted if agreement.team_id}, at=at)
    found: dict[int, list[Recipient]] = {}
    for agreement in wanted:
        shift = duty.on_call.get(agreement.team_id or 0)
        leader = _open(agreement.team.manager) if agreement.team is not None else None
        manager = _open(agreement.client.relationship_manager)
        if shift is not None:
            person, why = shift.user, f"You are on call for {shift.team}."
        elif leader is not None:
            person, why = leader, f"You manage {agreement.team}, for which nobody is on call."
        elif manager is not None:
            person, why = manager, f"You are {agreement.client.name}'s relationship manager, and nobody is on call."
        else:
            found[agreement.pk] = []
            continue
        found[agreement.pk] = duty.completed([Recipient(person.email, person.name, person.pk, True, why)])
    return found


def _open(user: User | None) -> User | None:
    return user if user is not None and user.is_active else None


def tell_hand_overs(*, now: datetime) -> int:
    """Queue the notice of each hand-over, once for each clock, closing and person; return how many were given."""
    return enqueue(
        (
            Notice(
                key=f"{HANDOVER}:{row.clock.pk}:{row.closes_at:%Y%m%d}:{recipient.address}",
                kind=HANDOVER,
                address=recipient.address,
                recipient_id=recipient.user_id,
                agreement_id=row.clock.agreement_id,
                subject_kind=row.clock.subject_kind,
                subject_ref=row.clock.subject_ref,
                context={
                    "why": recipient.why,
                    "clock": row.clock.pk,
                    "closes_at": row.closes_at.isoformat(),
                    "opens_at": row.opens_at.isoformat(),
                },
                mutable=False,
            )
            for row in hand_overs(at=now)
            for recipient in row.told
        ),
        at=now,
    )


# ---------------------------------------------------------------------------------------------------- how it is told


def render(messages: Sequence[Message]) -> list[Mail]:
    """Write hand-overs. One query, and one more for each kind of subject."""
    clocks = Clock.objects.select_related("agreement__client").in_bulk(
        {message.context["clock"] for message in messages}
    )
    shown = described(clock.named for clock in clocks.values())
    return [_mail(message, clocks[message.context["clock"]], shown) for message in messages]


def _mail(message: Message, clock: Clock, shown: Mapping[Named, Description]) -> Mail:
    subject, zone = shown[clock.named], zone_of(message)
    target = target_label(clock.target, clock.ordinal)
    due = instant_text(clock.due_at, zone) if clock.due_at is not None else "paused by now"
    return Mail(
        subject=f"Hand-over: {target.lower()} on {subject.label} is due {due}",
        kicker=f"Hand-over, {clock.agreement.client.name}",
        ask=f"See to {subject.label} before {due}: the desk is closed then.",
        facts=[
            ("Subject", subject.title),
            ("Promise", f"{target} ({clock.clause})"),
            ("Due", due),
            ("Desk opens", instant_text(datetime.fromisoformat(message.context["opens_at"]), zone)),
        ],
        clause=clock.clause,
        why=f"Why you get this: {message.context['why']}",
        link_path=subject.staff_path,
        link_label=f"Open {subject.label}",
        state="risk",
    )


def outdated(messages: Sequence[Message]) -> Mapping[int, str]:
    """Return the hand-overs of clocks that do not run any more. One query."""
    clocks = Clock.objects.in_bulk({message.context["clock"] for message in messages})
    return {
        message.pk: f"It is {clock.get_state_display().lower()} by now."
        for message in messages
        if (clock := clocks[message.context["clock"]]).state != State.RUNNING
    }


def decisions(asked: Asked) -> list[Decision]:
    """Return what was handed over to whoever looks, until their desk closes: what the beat told them of.

    Two queries, and one for each kind of subject: to reckon every desk's hours again at each look would take seconds.
    """
    if not asked.user.is_provider:
        return []
    told = Message.objects.filter(
        kind=HANDOVER, recipient=asked.user, queued_at__gt=asked.at - LEAD, queued_at__lte=asked.at
    )
    closings = {
        row["clock"]: datetime.fromisoformat(row["closes_at"]) for row in told.values_list("context", flat=True)
    }
    clocks = (
        Clock.objects.running().filter(pk__in=closings).select_related("agreement__client").order_by("due_at", "id")
    )
    rows = [clock for clock in clocks[:MOST] if asked.at < closings[clock.pk]]
    shown = described(clock.named for clock in rows)
    return [_decision(clock, closings[clock.pk], shown[clock.named], asked) for clock in rows]


def _decision(clock: Clock, closes_at: datetime, subject: Description, asked: Asked) -> Decision:
    assert clock.due_at is not None  # noqa: S101  # Only such are asked for.
    due = instant_text(clock.due_at, ZoneInfo(timezone.get_current_timezone_name()))
    return Decision(
        title=f"Hand-over: {target_label(clock.target, clock.ordinal).lower()} on {subject.label}",
        text=f"{clock.agreement.client} expects it by {due}, before the desk opens. It falls to you.",
        verb="Open",
        url=subject.staff_path,
        since=closes_at - LEAD,
        clauses=(clock.clause,),
    )
