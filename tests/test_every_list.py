"""Every page of the site, opened on few rows and on many: it asks the database no more often.

The world grows by what `tests.test_every_url` makes for its routes, so that a new page is measured as soon as it stands
in that table; and by what gathers on one object: what is said on an incident, who is on a team.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import StatementLine
from credits.services import issue_statements, raise_dispute
from incidents.models import Incident, Problem
from incidents.services import (
    answer_incident,
    ask_information,
    assign_incident,
    comment_as_client,
    link_problem,
    note_internally,
    reclassify_incident,
    resume_incident,
    watch_incident,
)
from portal.accounts.models import Absence, Role, Shift, Team
from portal.clients.models import Client
from portal.clocks.flagging import flag_waking
from tests.credits.books import NOW
from tests.factories import ClientFactory, ClientUserFactory, InvitationFactory, StaffFactory
from tests.test_every_url import (
    MONDAY,
    ROUTES,
    Arguments,
    Maker,
    Route,
    address,
    browser_of,
    one_credit,
    one_dispute,
    one_entry,
    one_hosted_event,
    one_incident,
    one_line,
    one_outage,
    one_problem,
    one_proposal,
    one_statement,
    one_team,
    one_version,
    undone,
)

pytestmark = pytest.mark.django_db

FEW, MANY = 1, 6
SIDES = (Role.ADMINISTRATOR, Role.CLIENT_ADMINISTRATOR)
"""Who sees all that there is on each side."""
MINUTE = timedelta(minutes=1)
LOOKED_AT = MONDAY + timedelta(hours=2)
"""When the pages are opened: what was promised within the hour is breached by then."""

ONCE = frozenset({one_statement, one_line, one_dispute})
"""What hangs on a statement, of which a client gets one a month: months go by instead."""


class World:
    """A client and its neighbours, with some of everything; `arguments` names the first of each kind."""

    def __init__(self) -> None:
        self.ours: Client = ClientFactory(name="Alder & Finch Events")
        self.arguments: dict[Maker, Arguments] = {one_statement: one_statement(self.ours)}
        line = {"pk": StatementLine.objects.get().pk}
        self.arguments |= {one_line: line, one_dispute: {"pk": _dispute(line["pk"])}}
        self.rounds = 0

    def grow(self, rounds: int) -> None:
        """Add one of everything, so many times."""
        for _ in range(rounds):
            self.rounds += 1
            for maker in _makers():
                self.arguments.setdefault(maker, maker(self.ours))
            self._gather()
            self._neighbour()
            issue_statements(now=NOW + timedelta(days=40 + 31 * self.rounds))
        flag_waking(now=LOOKED_AT)

    def _gather(self) -> None:
        """Let more come to the objects whose pages are opened."""
        incident = Incident.objects.select_related("reporter").get(**self.arguments[one_incident])
        assert incident.reporter is not None
        agent, at = StaffFactory(role=Role.MANAGER), MONDAY + self.rounds * 5 * MINUTE
        log = SimpleUploadedFile("server.log", b"503")
        comment_as_client(incident_id=incident.pk, body="Still down.", by=incident.reporter, now=at, files=[log])
        answer_incident(incident_id=incident.pk, body="We see it.", by=agent, now=at + MINUTE)
        note_internally(incident_id=incident.pk, body="It is the cache.", by=agent, now=at + MINUTE)
        severity = ("critical", "major")[self.rounds % 2]
        reclassify_incident(incident_id=incident.pk, severity=severity, reason="So.", by=agent, now=at + MINUTE)
        assign_incident(incident_id=incident.pk, assignee_id=agent.pk, by=agent, now=at + MINUTE)
        watch_incident(incident_id=incident.pk, user_id=StaffFactory().pk, by=agent, now=at + MINUTE)
        ask_information(incident_id=incident.pk, items=["Which browser?"], by=agent, now=at + 2 * MINUTE)
        resume_incident(incident_id=incident.pk, by=agent, now=at + 3 * MINUTE)
        problem = Problem.objects.get(**self.arguments[one_problem])
        other = Incident.objects.get(**one_incident(self.ours))
        link_problem(incident_id=other.pk, problem_ref=problem.ref, title="", by=agent, now=at)
        team = Team.objects.get(pk=self.arguments[one_team]["team_id"])
        team.members.add(agent)
        begins = MONDAY + timedelta(days=7 * self.rounds)
        Shift.objects.create(team=team, user=agent, begins_at=begins, ends_at=begins + timedelta(days=7))
        Absence.objects.create(user=agent, begins_at=begins, ends_at=begins + timedelta(days=7))
        ClientUserFactory(client=self.ours, role=Role.MEMBER)
        InvitationFactory(client=self.ours, expires_at=LOOKED_AT + timedelta(days=7))

    def _neighbour(self) -> None:
        """Let another client come, with what staff's lists show of it."""
        client: Client = ClientFactory()
        for maker in (one_incident, one_entry, one_proposal, one_version, one_outage, one_hosted_event, one_credit):
            maker(client)

    def address(self, name: str, route: Route) -> str:
        """Return where a page lies whose object belongs to our client."""
        return address(name, route, (self.arguments[route.own] if route.own else {}) | route.arguments)


def _makers() -> list[Maker]:
    """Return what makes the objects that routes name, each once, in the table's order."""
    makers = dict.fromkeys(route.own for route in ROUTES.values() if route.own is not None and not route.bearer)
    return [maker for maker in makers if maker not in ONCE]


def _dispute(line_id: int) -> int:
    client = StatementLine.objects.get(pk=line_id).statement.client
    by = ClientUserFactory(client=client, role=Role.CLIENT_ADMINISTRATOR)
    return raise_dispute(line_id=line_id, reason="Not ours.", by=by, now=NOW).pk


LEFT_OUT = {
    "account_logout": "Shown, it ends the session that the other pages are opened with.",
    "backup_check_in": "Backups check in here; it shows nothing.",
    "invitation": "The page behind one mailed link: nothing gathers there.",
    "healthz_alerting": "Monitors read it: it answers 503, rightly, where nothing sends mails.",
}
"""Pages that are not measured, and why."""


def measured(world: World, role: Role) -> dict[str, int]:
    """Return how many statements each page takes that opens to a role, by the name of its route."""
    browser = browser_of(role, world.ours)
    counts: dict[str, int] = {}
    unshown: dict[str, int] = {}
    for name, route in ROUTES.items():
        if role not in route.roles or name in LEFT_OUT or name.startswith("admin:"):
            continue
        with undone(browser), CaptureQueriesContext(connection) as asked:
            answer = browser.get(world.address(name, route))
        if answer.status_code not in (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.FOUND):
            counts[name] = len(asked)
            unshown |= {name: answer.status_code} if answer.status_code != HTTPStatus.OK else {}
    assert unshown == {}
    return counts


def test_no_page_asks_more_often_when_there_is_more() -> None:
    with time_machine.travel(LOOKED_AT, tick=False):
        world = World()
        world.grow(FEW)
        on_few = {role: measured(world, role) for role in SIDES}
        world.grow(MANY - FEW)
        on_many = {role: measured(world, role) for role in SIDES}

    assert [
        f"{role} {name}: {on_few[role][name]} statements, then {count}"
        for role in SIDES
        for name, count in on_many[role].items()
        if count > on_few[role][name]
    ] == []
