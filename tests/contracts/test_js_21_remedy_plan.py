"""JS-21: a remedy plan, asked for after a failure, agreed by both sides; through the pages and the beat."""

from __future__ import annotations

import re
from typing import Any

import pytest

from credits.services import credit_client
from incidents.models import RemedyConsent, RemedyPlan
from incidents.tasks import watch_remedies
from portal.accounts.models import Role, User
from portal.alerts.models import Message
from portal.clients.models import Agreement
from portal.contract.money import Money
from tests.contracts.desk import Desk, at
from tests.credits.books import approval_for, order
from tests.factories import ClientUserFactory, TeamFactory

ASK = "Ask for a remedy plan"
BROKEN = "10:31"
"""A critical incident of 10:00 has no answer half an hour later."""


@pytest.fixture
def desk(juno: Desk) -> Desk:
    """Live platform support, whose team is the manager."""
    team = TeamFactory()
    team.members.add(juno.manager)
    Agreement.objects.filter(pk=juno.agreement.pk).update(team=team)
    return juno


def break_a_promise(desk: Desk) -> None:
    desk.report("10:00")
    desk.flag(BROKEN)


def ask(desk: Desk, when: str = "11:00", **fields: Any) -> RemedyPlan:
    form = {"concern": "Nobody answered within the half hour.", **fields}
    desk.send(when, f"/remedies/ask/{desk.agreement.pk}/", by=desk.contact, **form)
    return RemedyPlan.objects.latest("pk")


def rows(*actions: tuple[str, str, str, str], after: int = 0) -> dict[str, Any]:
    """Return the rows of a version: what, side, owner, last day; an action's number stands before its words."""
    form: dict[str, Any] = {"after": after, "actions-TOTAL_FORMS": len(actions), "actions-INITIAL_FORMS": 0}
    for place, (what, side, owner, due_on) in enumerate(actions):
        number, _, text = what.rpartition("#")
        form |= {
            f"actions-{place}-{name}": value
            for name, value in zip(
                ("number", "what", "side", "owner", "due_on"), (number, text, side, owner, due_on), strict=True
            )
        }
    return form


OURS = ("Watch the queue around the clock.", "provider", "Jonas Lindqvist", "2026-03-20")
THEIRS = ("Name a second contact.", "client", "Dana Whitlock", "2026-03-13")


def propose(
    desk: Desk, plan: RemedyPlan, *actions: Any, by: User | None = None, after: int = 0, when: str = "12:00"
) -> Any:
    form = rows(*(actions or (OURS, THEIRS)), after=after)
    return desk.send(when, f"/remedies/{plan.pk}/propose/", by=by or desk.manager, **form)


def agree(desk: Desk, plan: RemedyPlan, version: int, *, by: User, when: str = "13:00", name: str = "Dana W.") -> Any:
    return desk.send(when, f"/remedies/{plan.pk}/agree/", by=by, version=version, name=name)


def agreed_plan(desk: Desk) -> RemedyPlan:
    break_a_promise(desk)
    plan = ask(desk)
    propose(desk, plan)
    agree(desk, plan, 1, by=desk.contact)
    return plan


def mailed(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=kind).values_list("address", flat=True))


def test_the_button_stands_there_once_a_promise_is_broken_and_not_before(desk: Desk) -> None:
    desk.report("10:00")
    before = desk.read("10:29", "/support/", by=desk.contact)
    desk.flag(BROKEN)

    after = desk.read("10:32", "/support/", by=desk.contact)

    assert (ASK in before, ASK in after) == (False, True)
    assert ASK in desk.read("10:32", "/remedies/", by=desk.contact)
    assert ASK in desk.read("10:32", f"/remedies/offer/{desk.agreement.pk}/", by=desk.contact)


def test_a_voided_breach_does_not_count(desk: Desk) -> None:
    incident = desk.report("10:00")
    desk.flag(BROKEN)
    desk.work("10:40", incident, "void/response/1", reason="The monitor was wrong.")

    desk.send("11:00", f"/remedies/ask/{desk.agreement.pk}/", by=desk.contact, concern="Late.")

    assert ASK not in desk.read("11:00", "/support/", by=desk.contact)
    assert not RemedyPlan.objects.exists()


def test_a_finding_against_the_provider_counts(desk: Desk) -> None:
    window = {"start": "2026-03-02T20:00", "end": "2026-03-02T21:00", "purpose": "Disks.", "overlaps_accepted": "on"}
    desk.send("10:00", f"/availability/{desk.agreement.pk}/maintenance/new/", by=desk.manager, **window)

    plan = ask(desk)

    assert "Announced less than 24 h" in desk.read("11:00", f"/remedies/{plan.pk}/", by=desk.contact)


def test_a_finding_that_says_nothing_against_the_provider_does_not_count(desk: Desk) -> None:
    desk.report("10:00", category="general")

    assert ASK not in desk.read("11:00", "/support/", by=desk.contact)


def test_terms_without_the_clause_know_no_plan(jbi: Desk) -> None:
    jbi.report("10:00")
    jbi.flag("12:00")

    jbi.send("12:00", f"/remedies/ask/{jbi.agreement.pk}/", by=jbi.contact, concern="Late.")

    assert ASK not in jbi.read("12:00", "/support/", by=jbi.contact)
    assert not RemedyPlan.objects.exists()


def test_the_plan_shows_both_sides_what_it_rests_on(desk: Desk) -> None:
    break_a_promise(desk)
    plan = ask(desk)

    for reader, path in ((desk.contact, "/support/"), (desk.manager, "/incidents/")):
        page = desk.read("11:05", f"/remedies/{plan.pk}/", by=reader)

        assert "1 broken promise" in page
        assert re.search(rf'href="{path}\d+/"', page)
        assert "JS-6" in page


def test_our_team_is_told_that_a_plan_is_asked_for(desk: Desk) -> None:
    break_a_promise(desk)

    ask(desk)

    assert mailed("remedy_asked") == [desk.manager.email]
    assert not Message.objects.get(kind="remedy_asked").mutable


def test_a_double_click_asks_once_and_so_does_a_colleague(desk: Desk) -> None:
    break_a_promise(desk)
    token = "5a0d6c1e-7f61-4c5c-8f0e-0d8a9a1b2c3d"

    first = ask(desk, submission=token)
    second = ask(desk, submission=token)
    third = ask(desk, concern="Again.")

    assert first == second == third
    assert mailed("remedy_asked") == [desk.manager.email]


def test_both_sides_agree_by_name_time_and_version(desk: Desk) -> None:
    plan = agreed_plan(desk)

    kept = RemedyConsent.objects.order_by("at").values_list("side", "name", "version__number")
    page = desk.read("13:05", f"/remedies/{plan.pk}/", by=desk.manager)
    assert list(kept) == [("provider", desk.manager.name, 1), ("client", "Dana W.", 1)]
    assert "Dana W.</span> agreed for" in page
    assert "Being carried out" in page


def test_who_has_to_agree_is_told_and_so_are_both_once_it_is_agreed(desk: Desk) -> None:
    agreed_plan(desk)

    assert mailed("remedy_proposed") == [desk.contact.email]
    assert mailed("remedy_agreed") == [desk.manager.email]


def test_the_client_proposes_another_version_and_the_provider_agrees(desk: Desk) -> None:
    break_a_promise(desk)
    plan = ask(desk)
    propose(desk, plan, OURS)

    propose(desk, plan, ("1#Watch the queue at night too.", *OURS[1:]), THEIRS, by=desk.contact, after=1)
    waiting = desk.read("12:10", f"/remedies/{plan.pk}/", by=desk.manager)
    agree(desk, plan, 2, by=desk.manager)

    page = desk.read("13:10", f"/remedies/{plan.pk}/", by=desk.contact)
    assert "Waits for us" in waiting
    assert "Version 2, agreed" in page
    assert [action.number for action in plan.versions.get(number=2).actions.all()] == [1, 2]


def test_an_agreement_to_a_version_that_was_overtaken_is_refused(desk: Desk) -> None:
    break_a_promise(desk)
    plan = ask(desk)
    propose(desk, plan, OURS)
    propose(desk, plan, THEIRS, after=1)

    response = agree(desk, plan, 1, by=desk.contact)

    assert "Version 2 was proposed meanwhile" in response.content.decode()
    assert not RemedyConsent.objects.filter(side="client").exists()


def test_a_version_proposed_in_place_of_one_that_was_overtaken_is_refused(desk: Desk) -> None:
    break_a_promise(desk)
    plan = ask(desk)
    propose(desk, plan, OURS)

    response = propose(desk, plan, THEIRS, after=0)

    assert "Version 1 was proposed meanwhile" in response.content.decode()
    assert plan.versions.count() == 1


def test_an_agreement_sent_twice_is_one(desk: Desk) -> None:
    plan = agreed_plan(desk)

    agree(desk, plan, 1, by=desk.contact)

    assert RemedyConsent.objects.filter(side="client").count() == 1
    assert mailed("remedy_agreed") == [desk.manager.email]


def test_each_side_says_what_it_has_done_and_the_last_word_ends_the_plan(desk: Desk) -> None:
    plan = agreed_plan(desk)

    theirs = desk.send("14:00", f"/remedies/{plan.pk}/actions/1/", by=desk.contact, note="")
    desk.send("14:00", f"/remedies/{plan.pk}/actions/1/", by=desk.manager, note="The rota covers nights.")
    between = desk.read("14:05", f"/remedies/{plan.pk}/", by=desk.contact)
    desk.send("15:00", f"/remedies/{plan.pk}/actions/2/", by=desk.contact, note="")

    plan.refresh_from_db()
    assert "the other side" in theirs.content.decode()
    assert "The rota covers nights." in between
    assert plan.ending == "done"
    assert mailed("remedy_done") == [desk.manager.email]


def test_nothing_is_done_before_both_agreed(desk: Desk) -> None:
    break_a_promise(desk)
    plan = ask(desk)
    propose(desk, plan)

    response = desk.send("12:30", f"/remedies/{plan.pk}/actions/1/", by=desk.manager, note="")

    assert response.status_code == 404


def test_what_is_done_stays_done_in_the_next_version(desk: Desk) -> None:
    plan = agreed_plan(desk)
    desk.send("14:00", f"/remedies/{plan.pk}/actions/1/", by=desk.manager, note="")

    propose(desk, plan, ("2#Name two contacts.", *THEIRS[1:]), after=1, when="15:00")

    latest = plan.versions.get(number=2)
    assert [(action.number, action.what) for action in latest.actions.all()] == [
        (1, OURS[0]),
        (2, "Name two contacts."),
    ]
    assert "version 1 holds until then" in desk.read("15:05", f"/remedies/{plan.pk}/", by=desk.contact)


def test_an_owner_is_reminded_three_days_before_once_and_both_sides_when_the_day_is_over(desk: Desk) -> None:
    agreed_plan(desk)

    for when in ("03-09 23:59", "03-10 00:00", "03-10 00:05", "03-13 23:59", "03-14 00:00", "03-14 00:05"):
        with at(when):
            watch_remedies()
        if when == "03-09 23:59":
            assert mailed("remedy_action_soon") == []
        if when == "03-13 23:59":
            assert mailed("remedy_action_overdue") == []

    assert mailed("remedy_action_soon") == [desk.contact.email]
    assert mailed("remedy_action_overdue") == sorted([desk.contact.email, desk.manager.email])


def test_of_what_is_done_nobody_is_reminded(desk: Desk) -> None:
    plan = agreed_plan(desk)
    desk.send("14:00", f"/remedies/{plan.pk}/actions/2/", by=desk.contact, note="")

    with at("03-14 00:00"):
        watch_remedies()

    assert mailed("remedy_action_overdue") == []


def test_the_client_withdraws_with_a_reason_and_may_ask_anew(desk: Desk) -> None:
    break_a_promise(desk)
    plan = ask(desk)

    desk.send("12:00", f"/remedies/{plan.pk}/withdraw/", by=desk.contact, reason="Settled by phone.")

    plan.refresh_from_db()
    assert plan.ending == "withdrawn"
    assert mailed("remedy_withdrawn") == [desk.manager.email]
    assert ask(desk, when="12:30") != plan


@pytest.mark.parametrize(
    ("action", "told"),
    [
        (("", "provider", "Jonas", "2026-03-20"), "Nothing is filled in"),
        (("Watch.", "provider", "Jonas", "2026-03-01"), "Choose a day from today"),
        (("Watch.", "provider", "Jonas", "2028-03-03"), "Choose a day from today"),
        (("Watch.", "provider", "Jonas", "2026-02-31"), "That is no date"),
        (("Watch.", "neither", "Jonas", "2026-03-20"), "is none of the choices"),
        (("x" * 501, "provider", "Jonas", "2026-03-20"), "501 characters"),
        (("7#Watch.", "provider", "Jonas", "2026-03-20"), "Load the page again"),
        (("Watch\x00.", "provider", "Jonas", "2026-03-20"), "NUL"),
    ],
)
def test_an_action_that_cannot_be_is_refused_with_its_reason(desk: Desk, action: Any, told: str) -> None:
    break_a_promise(desk)
    plan = ask(desk)

    response = propose(desk, plan, action)

    assert response.status_code == 200
    assert told in response.content.decode()
    assert not plan.versions.exists()


def test_a_member_sees_the_plan_and_has_no_word_in_it(desk: Desk) -> None:
    plan = agreed_plan(desk)
    member = ClientUserFactory(client=desk.agreement.client, role=Role.MEMBER)
    browser = desk._browsers[desk.contact.pk]
    browser.force_login(member)

    with at("14:00"):
        seen = browser.get(f"/remedies/{plan.pk}/")
        refused = browser.post(f"/remedies/{plan.pk}/agree/", {"version": 1, "name": "M"})

    assert (seen.status_code, refused.status_code) == (200, 403)


def test_credits_that_were_granted_stand_on_the_plan_for_those_who_see_money(desk: Desk) -> None:
    plan = agreed_plan(desk)
    credit_client(
        agreement=desk.agreement,
        money=Money(1_000_00, "USD"),
        approval=approval_for(desk.agreement.client),
        **order("credit"),
    )
    address = f"/money/agreements/{desk.agreement.pk}/credits/"

    for reader in (desk.contact, desk.manager):
        assert f'hx-get="{address}"' in desk.read("13:05", f"/remedies/{plan.pk}/", by=reader)
        assert "$1,000.00" in desk.read("13:05", address, by=reader)
