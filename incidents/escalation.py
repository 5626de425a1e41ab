"""Who of ours is told at which step of what is owed: whoever has it, then the team, then whoever manages it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from portal.accounts.models import Team, User
from portal.clients.audience import relationship_manager
from portal.clients.models import Client
from portal.journal.subjects import Recipient


def members_of(team_ids: Iterable[int]) -> Mapping[int, list[User]]:
    """Return the people of teams who sign in, by team. One query."""
    found: dict[int, list[User]] = {}
    members = Team.members.through.objects.filter(team_id__in=set(team_ids), user__is_active=True)
    for member in members.select_related("user"):
        found.setdefault(member.team_id, []).append(member.user)
    return found


def steps(
    client: Client,
    team: Team | None,
    members: Iterable[User],
    *,
    assignee: User | None = None,
    by_itself: bool = False,
) -> list[Recipient]:
    """Return who is told and from which share of the target on, each once.

    The first of these steps that has anybody is told of everything: the assignee, the team, the team's manager, or the
    client's relationship manager where no team has one. The later ones are told from the team's own shares on. What a
    machine does by itself (`by_itself`) is its own first step: people are told from the team's share on.
    """
    shares = team or Team()  # Where no team answers, the usual shares hold.
    people: dict[str, Recipient] = {}
    if assignee is not None and assignee.is_active:
        people[assignee.email] = Recipient(assignee.email, assignee.name, assignee.pk, True, "You are assigned to it.")
    share = shares.team_from if people or by_itself else 0
    why = f"You are on the team that answers for {client.name}."
    for user in members:
        people.setdefault(user.email, Recipient(user.email, user.name, user.pk, True, why, share, shares.pk))
    if people:
        share = shares.manager_from
    for one in _managers(client, team):
        people.setdefault(one.address, replace(one, from_share=share))
    return list(people.values())


def _managers(client: Client, team: Team | None) -> list[Recipient]:
    chief = team.manager if team is not None else None
    if team is None or chief is None or not chief.is_active:
        return relationship_manager(client)
    why = f"You manage the team that answers for {client.name}."
    return [Recipient(chief.email, chief.name, chief.pk, True, why, team_id=team.pk)]
