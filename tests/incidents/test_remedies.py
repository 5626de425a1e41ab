"""Remedy plans against races, and how many queries their pages cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents.models import RemedyConsent, RemedyPlan
from incidents.services import (
    PlannedAction,
    agree_to_remedy_plan,
    ask_remedy_plan,
    finish_remedy_action,
    propose_remedy_plan,
)
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.clocks.flagging import flag_waking
from tests.factories import AgreementFactory, ClientUserFactory, StaffFactory
from tests.incidents.pages import HOUR, MONDAY, at, browser_of, reported
from tests.portal.clients.test_people_races import at_once

LATER = MONDAY + 2 * HOUR
DAY = timedelta(days=1)


def failed(agreement: Agreement | None = None) -> Agreement:
    """Return an agreement under which the provider broke a promise."""
    incident = reported(agreement=agreement)
    flag_waking(now=LATER)
    return incident.agreement


def proposed(agreement: Agreement, *, by: User, actions: int = 1, agreed: bool = False) -> RemedyPlan:
    """Return a plan with one version."""
    contact = ClientUserFactory(client=agreement.client)
    plan = ask_remedy_plan(agreement_id=agreement.pk, concern="Late.", by=contact, now=LATER)
    planned = [PlannedAction(f"Action {n}.", "provider", "Jonas", (LATER + DAY).date()) for n in range(actions)]
    propose_remedy_plan(plan_id=plan.pk, after=0, actions=planned, note="", by=by, now=LATER)
    if agreed:
        agree_to_remedy_plan(plan_id=plan.pk, version=1, name="Dana", by=contact, now=LATER)
    return plan


@pytest.mark.django_db(transaction=True)
def test_two_people_who_ask_at_once_get_one_plan() -> None:
    agreement = failed()
    people = [ClientUserFactory(client=agreement.client) for _ in range(2)]

    def ask(by: User) -> None:
        ask_remedy_plan(agreement_id=agreement.pk, concern="Late.", by=by, now=LATER)

    assert at_once(*(lambda by=by: ask(by) for by in people)) == []
    assert RemedyPlan.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_proposed_at_once_the_second_is_told_of_the_first() -> None:
    agreement, manager = failed(), StaffFactory(role=Role.MANAGER)
    plan = proposed(agreement, by=manager)

    def propose() -> None:
        planned = [PlannedAction("Another.", "client", "Dana", (LATER + DAY).date())]
        propose_remedy_plan(plan_id=plan.pk, after=1, actions=planned, note="", by=manager, now=LATER)

    assert at_once(propose, propose) == ["overtaken"]
    assert plan.versions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_agree_at_once_agree_once() -> None:
    agreement = failed()
    plan = proposed(agreement, by=StaffFactory(role=Role.MANAGER))
    people = [ClientUserFactory(client=agreement.client) for _ in range(2)]

    def agree(by: User) -> None:
        agree_to_remedy_plan(plan_id=plan.pk, version=1, name=by.name, by=by, now=LATER)

    assert at_once(*(lambda by=by: agree(by) for by in people)) == []
    assert RemedyConsent.objects.filter(side="client").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_two_last_actions_marked_done_at_once_end_the_plan_once() -> None:
    agreement, manager = failed(), StaffFactory(role=Role.MANAGER)
    plan = proposed(agreement, by=manager, actions=2, agreed=True)

    def finish(number: int) -> None:
        finish_remedy_action(plan_id=plan.pk, number=number, note="", by=manager, now=LATER)

    assert at_once(lambda: finish(1), lambda: finish(2)) == []
    plan.refresh_from_db()
    assert plan.ending == "done"
    assert not Message.objects.filter(kind="remedy_done").exclude(key__contains=":done:").exists()


@pytest.mark.django_db
def test_the_list_costs_the_same_however_many_plans_there_are() -> None:
    manager = StaffFactory(role=Role.MANAGER)
    browser = browser_of(manager)

    def cost() -> int:
        with (
            at(LATER),
            CaptureQueriesContext(
                connection,
            ) as asked,
        ):
            assert browser.get("/remedies/").status_code == 200
        return len(asked)

    proposed(failed(), by=manager, agreed=True)
    few = cost()
    for _ in range(4):
        proposed(failed(AgreementFactory()), by=manager, actions=3, agreed=True)

    assert cost() == few


@pytest.mark.django_db
def test_the_first_screens_say_whose_word_is_next() -> None:
    agreement, manager = failed(), StaffFactory(role=Role.MANAGER)
    contact = ClientUserFactory(client=agreement.client)
    plan = ask_remedy_plan(agreement_id=agreement.pk, concern="Late.", by=contact, now=LATER)
    with at(LATER):
        asked = browser_of(manager).get("/").content.decode()
    planned = [PlannedAction("Another.", "client", "Dana", (LATER + DAY).date())]
    propose_remedy_plan(plan_id=plan.pk, after=0, actions=planned, note="", by=manager, now=LATER)

    with at(LATER):
        staff, client = (browser_of(user).get("/").content.decode() for user in (manager, contact))

    assert "Propose a remedy plan" in asked
    assert "Propose a remedy plan" not in staff
    assert f"Agree to version 1 of remedy plan {plan.ref}" in client
