"""Two colleagues at once: on one name, on one default, on the same incidents in another order, on one undo."""

from __future__ import annotations

import pytest

from incidents.models import Assignment, Incident, Problem, SavedView, Watch
from incidents.services import assign_incident, link_problem, remind_of_waits, undo_assignment, wait_for, watch_incident
from incidents.services.bulk import take_incidents
from incidents.services.saved_views import save_view
from portal.alerts.models import Message
from tests.factories import StaffFactory
from tests.incidents.pages import HOUR, MONDAY, reported
from tests.portal.clients.test_people_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_new_problem_named_under_two_agreements_at_once_is_one() -> None:
    hana, first, second = StaffFactory(), reported(), reported()

    def link(incident: Incident) -> None:
        link_problem(incident_id=incident.pk, problem_ref="PRB-1", title="Cache", by=hana, now=MONDAY)

    assert at_once(lambda: link(first), lambda: link(second)) == []
    assert Problem.objects.get().incidents.count() == 2


def test_one_name_of_a_view_saved_twice_at_once_is_refused_once() -> None:
    hana = StaffFactory()

    def save() -> None:
        save_view(by=hana, name="Mine", query="whose=mine")

    assert at_once(save, save) == ["already_done"]
    assert SavedView.objects.count() == 1


def test_two_defaults_saved_at_once_leave_one() -> None:
    hana = StaffFactory()

    refused = at_once(
        lambda: save_view(by=hana, name="Mine", query="whose=mine", is_default=True),
        lambda: save_view(by=hana, name="All", query="whose=all", is_default=True),
    )

    assert refused == []
    assert SavedView.objects.filter(is_default=True).count() == 1


def test_many_taken_in_two_orders_at_once_block_nobody_and_have_one_owner_each() -> None:
    hana, jonas = StaffFactory(), StaffFactory()
    numbers = [reported().pk for _ in range(4)]

    refused = at_once(
        lambda: take_incidents(incident_ids=numbers, by=hana, now=MONDAY),
        lambda: take_incidents(incident_ids=numbers[::-1], by=jonas, now=MONDAY),
    )

    assert refused == []
    assert Assignment.objects.count() == 8
    assert len(set(Incident.objects.values_list("assignee", flat=True))) == 1  # Whoever came later has them all.


def test_an_assignment_is_taken_back_once() -> None:
    hana, incident = StaffFactory(), reported()
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    given = Assignment.objects.get()

    def undo() -> None:
        undo_assignment(assignment_id=given.pk, by=hana, now=MONDAY)

    assert at_once(undo, undo) == ["already_done"]
    assert Incident.objects.get().assignee is None


def test_somebody_who_is_added_twice_at_once_watches_once() -> None:
    hana, incident = StaffFactory(), reported()

    def watch() -> None:
        watch_incident(incident_id=incident.pk, user_id=hana.pk, by=hana, now=MONDAY)

    assert at_once(watch, watch) == ["already_done"]
    assert Watch.objects.count() == 1


def test_two_beats_remind_of_a_wait_once() -> None:
    hana, incident = StaffFactory(), reported()
    assign_incident(incident_id=incident.pk, assignee_id=hana.pk, by=hana, now=MONDAY)
    wait_for(incident_id=incident.pk, on="client", expected_at=MONDAY + HOUR, by=hana, now=MONDAY)

    def remind() -> None:
        remind_of_waits(now=MONDAY + HOUR)

    assert at_once(remind, remind) == []
    assert Message.objects.filter(kind="incident_wait_over").count() == 1
