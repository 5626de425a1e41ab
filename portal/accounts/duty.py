"""Who is on duty at an instant: on call for a team, and in whose place somebody stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.accounts.models import Absence, Shift
from portal.journal.subjects import Recipient
from portal.web.figures import instant_text


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call, by team, and who is away, by person, at one instant."""

    on_call: Mapping[int, Shift] = field(default_factory=dict)
    away: Mapping[int, Absence] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anybody is on call or away at all."""
        return bool(self.on_call or self.away)

    def completed(self, recipients: Iterable[Recipient]) -> list[Recipient]:
        """Return recipients with whoever is on call for their teams, and with whoever stands in, each once.

        Who is away is still told; their stand-in is told from the same step on, and why.
        """
        people: dict[str, Recipient] = {}
        for recipient in recipients:
            for each in (recipient, *self._on_call_with(recipient)):
                _add(people, each)
        for recipient in list(people.values()):
            for each in self._in_place_of(recipient):
                _add(people, each)
        return list(people.values())

    def _on_call_with(self, recipient: Recipient) -> Iterator[Recipient]:
        shift = self.on_call.get(recipient.team_id or 0)
        if shift is not None:
            user = shift.user
            until = instant_text(shift.ends_at, ZoneInfo(shift.team.zone))
            why = f"You are on call for {shift.team} until {until}."
            yield replace(recipient, address=user.email, name=user.name, user_id=user.pk, why=why)

    def _in_place_of(self, recipient: Recipient) -> Iterator[Recipient]:
        absence = self.away.get(recipient.user_id or 0)
        if absence is not None and absence.stand_in is not None and absence.stand_in.is_active:
            user = absence.stand_in
            until = instant_text(absence.ends_at, ZoneInfo(user.zone or "UTC"))
            why = f"You stand in for {recipient.name} until {until}."
            yield replace(recipient, address=user.email, name=user.name, user_id=user.pk, why=why)


def _add(people: dict[str, Recipient], recipient: Recipient) -> None:
    """Keep the earliest step at which somebody is told, with its reason."""
    known = people.get(recipient.address)
    if known is None or recipient.from_share < known.from_share:
        people[recipient.address] = recipient


def duty_of(*, people: Collection[int], teams: Collection[int], at: datetime) -> Duty:
    """Return who of these people is away, and who is on call for these teams, at an instant. Three queries at most."""
    running = {"begins_at__lte": at, "ends_at__gt": at}
    on_call: dict[int, Shift] = {}
    if teams:
        shifts = Shift.objects.filter(team__in=teams, user__is_active=True, **running)
        on_call = {shift.team_id: shift for shift in shifts.select_related("user", "team").order_by("begins_at", "id")}
    # Somebody on call may be away too: their stand-in is told.
    wanted = {*people, *(shift.user_id for shift in on_call.values())}
    absences = Absence.objects.filter(user__in=wanted, **running).order_by("ends_at", "id")
    # Mostly nobody is away, and the flagger asks before each breach is told: the short question comes first.
    pks = list(absences.values_list("pk", flat=True)) if wanted else []
    away = Absence.objects.filter(pk__in=pks).select_related("stand_in").order_by("ends_at", "id") if pks else ()
    return Duty(on_call, {absence.user_id: absence for absence in away})
