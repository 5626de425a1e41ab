"""Furnishes the demonstration's desks: managers, a rota, canned replies, saved views, watchers, why things wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from incidents.models import Incident, Wait
from incidents.services import watch_incident
from incidents.services.canned import save_canned
from incidents.services.saved_views import save_view
from portal.accounts.models import Team, User
from portal.accounts.teams import add_absence, add_shift

Plain = Mapping[str, Any]


def furnish(plain: Plain, staff: Mapping[str, User], *, now: datetime) -> None:
    """Give the staff what they would have written and saved by now."""
    teams = {team.name: team.pk for team in Team.objects.all()}
    _staff_teams(plain, staff, now=now)
    for reply in plain["canned"]:
        team_id = teams[reply["team"]] if "team" in reply else None
        save_canned(title=reply["title"], body=reply["body"], team_id=team_id, by=staff[reply["by"]], now=now)
    for view in plain["views"]:
        team_id = teams[view["team"]] if "team" in view else None
        save_view(by=staff[view["by"]], name=view["name"], query=view["query"], team_id=team_id)
    incidents = {incident.ref: incident for incident in Incident.objects.filter(ref__in=_named(plain))}
    for watch in plain["watches"]:
        user = staff[watch["by"]]
        watch_incident(incident_id=incidents[watch["incident"]].pk, user_id=user.pk, by=user, now=now)
    for wait in plain["waits"]:
        incident = incidents[wait["incident"]]
        if incident.waiting_since is not None:
            Wait.objects.create(
                incident=incident,
                reason=wait["reason"],
                began_at=incident.waiting_since,
                expected_at=now + timedelta(hours=wait["expected_in_hours"]),
                by=staff[wait["by"]],
            )


def _staff_teams(plain: Plain, staff: Mapping[str, User], *, now: datetime) -> None:
    """Say who leads each team, who is on call for it, and who is away."""
    for team in Team.objects.filter(name__in=plain["managers"]):
        team.manager = staff[plain["managers"][team.name]]
        team.save(update_fields=["manager"])
        for shift in plain["shifts"]:
            if shift["team"] == team.name:
                begins_at, ends_at = _hours(shift, now)
                user = staff[shift["who"]]
                add_shift(team_id=team.pk, user=user, begins_at=begins_at, ends_at=ends_at, by=team.manager)
    for absence in plain["absences"]:
        user, stand_in = staff[absence["who"]], staff[absence["stand_in"]]
        begins_at, ends_at = _hours(absence, now)
        add_absence(user=user, stand_in=stand_in, begins_at=begins_at, ends_at=ends_at, by=user)


def _hours(plain: Plain, now: datetime) -> tuple[datetime, datetime]:
    """Return a time that the cast gives in hours from now; it begins and ends at full hours."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour + timedelta(hours=plain["from_hours"]), hour + timedelta(hours=plain["until_hours"])


def _named(plain: Plain) -> set[str]:
    return {row["incident"] for name in ("watches", "waits") for row in plain[name]}
