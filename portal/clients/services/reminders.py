"""Reminding the provider's people that a term ends. Days and hours are the agreement's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from portal.accounts.models import Team, User
from portal.alerts.services import Notice, enqueue
from portal.clients.audience import relationship_manager
from portal.clients.models import Agreement
from portal.clients.notices import TERM_ENDING
from portal.clients.queries import terms_running_out
from portal.clients.rules.endings import reminder_reached
from portal.journal.subjects import Recipient

FROM = time(8)
"""A reminder is not sent before this time of its day: nobody renews at midnight."""


@transaction.atomic
def remind_of_terms(*, now: datetime) -> int:
    """Queue the reminder that each term's end has reached, and return how many notices that were.

    Each is queued once for each reminder and person, however often this runs; of several that passed unseen only the
    last is sent. Three queries.
    """
    reached = [(agreement, days) for agreement in terms_running_out(at=now) if (days := _reached(agreement, now))]
    teams = _members({agreement.team_id for agreement, _ in reached if agreement.team_id})
    notices = [notice for agreement, days in reached for notice in _notices(agreement, days, teams)]
    return enqueue(notices, at=now)


def _reached(agreement: Agreement, now: datetime) -> int | None:
    assert agreement.ends_on is not None  # noqa: S101  # Only such are asked for.
    local = now.astimezone(ZoneInfo(agreement.zone))
    today = local.date() if local.time() >= FROM else local.date() - timedelta(days=1)
    return reminder_reached(agreement.ends_on, agreement.reminder_days, today)


def _members(teams: set[int]) -> Mapping[int, Sequence[User]]:
    found: dict[int, list[User]] = {}
    members = Team.members.through.objects.filter(team_id__in=teams, user__is_active=True).select_related("user")
    for member in members:
        found.setdefault(member.team_id, []).append(member.user)
    return found


def _notices(agreement: Agreement, days: int, teams: Mapping[int, Sequence[User]]) -> Iterator[Notice]:
    """Yield the notice to the relationship manager, or to the team where there is none."""
    client = agreement.client
    why = f"You are on the team that answers for {client.name}, which has no relationship manager."
    team = [Recipient(user.email, user.name, user.pk, True, why) for user in teams.get(agreement.team_id or 0, [])]
    for one in relationship_manager(client) or team:
        yield Notice(
            key=f"{TERM_ENDING}:{agreement.pk}:{agreement.ends_on}:{days}:{one.address}",
            kind=TERM_ENDING,
            address=one.address,
            recipient_id=one.user_id,
            agreement_id=agreement.pk,
            subject_kind="agreement",
            context={"why": one.why, "days": days, "ends_on": str(agreement.ends_on)},
        )
