"""Remedy plans: asked for, proposed, agreed to, carried out. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from incidents.errors import (
    AgreementInactiveError,
    AlreadyDoneError,
    BadActionsError,
    IncidentNotFoundError,
    NoFailureError,
    NotAllowedError,
    NotCoveredError,
    OvertakenError,
    UnknownReferenceError,
)
from incidents.evidence import has_failed
from incidents.models import RemedyAction, RemedyConsent, RemedyDone, RemedyPlan, RemedyVersion, Side
from incidents.remedies import PlanView, plan_list, side_of, view_of
from incidents.remedy_notices import tell
from incidents.rules.remedies import Due, PlanState, due_soon, overdue
from incidents.services.opening import require, words
from incidents.services.watching import people_answering_for
from portal.accounts.models import User
from portal.accounts.permissions import Act
from portal.clients.audience import client_people
from portal.clients.models import Agreement
from portal.clients.queries import terms_in_force
from portal.clocks.services import lock_agreement
from portal.journal.subjects import Recipient

MOST_ACTIONS = 20
MOST_VERSIONS = 99
LONGEST_ACTION = 500
FURTHEST = timedelta(days=730)
"""How far ahead an action's day may lie."""


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """An action as it is proposed; `number` is that of an action of an earlier version that it goes on from."""

    what: str
    side: str
    owner: str
    due_on: date
    number: int | None = None


@transaction.atomic
def ask_remedy_plan(*, agreement_id: int, concern: str, by: User, now: datetime) -> RemedyPlan:
    """Ask the provider for a remedy plan. While one is open it is returned instead: asking twice asks once.

    Raises:
        UnknownReferenceError: There is no such agreement for this user.
        NotAllowedError: Staff, or a role that doesn't speak for the client.
        AgreementInactiveError, NotCoveredError: It doesn't run, or its terms know no remedy plan.
        NoFailureError: Nothing counts against the provider. Clause: JS-21.
    """
    require(by, Act.REMEDY_PLAN)
    if by.is_provider:
        raise NotAllowedError("A remedy plan is the client's to ask for.")
    if not Agreement.objects.visible_to(by).filter(pk=agreement_id).exists():
        raise UnknownReferenceError("That agreement does not exist. Choose one of the list.", field="agreement")
    agreement = lock_agreement(agreement_id)
    open_plan = RemedyPlan.objects.open().filter(agreement=agreement).first()
    if open_plan is not None:
        return open_plan
    if not agreement.is_active(now):
        raise AgreementInactiveError(f"{agreement.ref} has ended. A plan is made under a running agreement.")
    support = terms_in_force(agreement, at=now).document.support
    if support is None or support.remedy_plan is None or not support.remedy_plan.value:
        raise NotCoveredError(f"{agreement.ref} has no clause on remedy plans.")
    if not has_failed(agreement):
        raise NoFailureError(f"Nothing counts against us under {agreement.ref}. A plan is asked for after a failure.")
    concern = words(concern, field="concern", what="What should be remedied")
    plan = RemedyPlan.objects.create(agreement=agreement, concern=concern, asked_by=by, asked_at=now)
    tell("remedy_asked", plan=plan, people=people_answering_for(agreement), about="asked", at=now, by=by)
    return plan


def _open(plan_id: int, *, by: User, now: datetime) -> PlanView:
    """Lock a plan that is open, as far as the user may see it, and return how it stands.

    Raises:
        IncidentNotFoundError: There is none.
        AlreadyDoneError: It has ended.
    """
    require(by, Act.REMEDY_PLAN)
    found = RemedyPlan.objects.visible_to(by).filter(pk=plan_id).values_list("agreement_id", flat=True).first()
    if found is None:
        raise IncidentNotFoundError(f"Remedy plan {plan_id} does not exist.")
    lock_agreement(found)
    RemedyPlan.objects.select_for_update().get(pk=plan_id)
    plan = plan_list(by).get(pk=plan_id)
    if plan.closed_at is not None:
        raise AlreadyDoneError(f"{plan.ref} has ended. Ask for a new plan.")
    return view_of(plan, at=now)


@transaction.atomic
def propose_remedy_plan(
    *, plan_id: int, after: int, actions: Sequence[PlannedAction], note: str, by: User, now: datetime
) -> RemedyVersion:
    """Propose a version, whole, in place of version `after` (0: the first); who proposes it agrees to it.

    Actions that are done stay as they are and are carried over; nobody proposes them away.

    Raises:
        OvertakenError: There is a later version by now.
        BadActionsError: No open action, too many, a day in the past or too far ahead, or a number that isn't open.
        NotAllowedError: The client, before the provider's first proposal.
    """
    view = _open(plan_id, by=by, now=now)
    plan, latest = view.plan, view.latest
    number = latest.version.number if latest is not None else 0
    if after != number:
        raise OvertakenError(f"Version {number} was proposed meanwhile. Read it, then propose anew.")
    if number == 0 and not by.is_provider:
        raise NotAllowedError("The first proposal is ours to make. You will be asked to agree to it.")
    if number == MOST_VERSIONS:
        raise BadActionsError(f"The plan has {MOST_VERSIONS} versions. Withdraw it and ask for a new one.")
    _check(actions, view)
    kept = [one.action for one in latest.actions if one.done is not None] if latest is not None else []
    taken = [action.number for version in view.versions for action in (one.action for one in version.actions)]
    fresh = iter(range(max(taken, default=0) + 1, max(taken, default=0) + 1 + len(actions)))
    version = RemedyVersion.objects.create(
        plan=plan, number=number + 1, note=note.strip(), side=side_of(by), proposed_by=by, proposed_at=now
    )
    RemedyAction.objects.bulk_create(
        [
            RemedyAction(
                version=version,
                number=action.number,
                what=action.what,
                side=action.side,
                owner=action.owner,
                due_on=action.due_on,
            )
            for action in kept
        ]
        + [
            RemedyAction(
                version=version,
                number=action.number if action.number is not None else next(fresh),
                what=action.what.strip(),
                side=action.side,
                owner=action.owner.strip(),
                due_on=action.due_on,
            )
            for action in actions
        ]
    )
    RemedyConsent.objects.create(version=version, side=side_of(by), by=by, name=by.name, at=now)
    tell(
        "remedy_proposed", plan=plan, people=_other_side(by, plan.agreement), about=f"v{version.number}", at=now, by=by
    )
    return version


def _check(actions: Sequence[PlannedAction], view: PlanView) -> None:
    if not 0 < len(actions) <= MOST_ACTIONS:
        raise BadActionsError(f"A plan has 1 to {MOST_ACTIONS} open actions, not {len(actions)}. Add or merge some.")
    open_numbers = {one.action.number for one in view.latest.open} if view.latest is not None else set()
    numbers = [action.number for action in actions if action.number is not None]
    if len(set(numbers)) < len(numbers) or set(numbers) - open_numbers:
        raise BadActionsError("An action of this form was done or left out meanwhile. Load the page again.")
    for place, action in enumerate(actions, start=1):
        words(action.what, field="actions", what=f"What action {place} does", longest=LONGEST_ACTION)
        words(action.owner, field="actions", what=f"The owner of action {place}", longest=150)
        if action.side not in Side.values:
            raise BadActionsError(f"“{action.side[:40]}” is no side. Choose one of the list.")
        if not view.today <= action.due_on <= view.today + FURTHEST:
            raise BadActionsError(
                f"Action {place} is due on {action.due_on}. Choose a day from today ({view.today}) to two years ahead."
            )


def _other_side(by: User, agreement: Agreement) -> list[Recipient]:
    return list(client_people(agreement.client_id)) if by.is_provider else people_answering_for(agreement)


def _both_sides(agreement: Agreement) -> list[Recipient]:
    return [*people_answering_for(agreement), *client_people(agreement.client_id)]


@transaction.atomic
def agree_to_remedy_plan(*, plan_id: int, version: int, name: str, by: User, now: datetime) -> RemedyConsent:
    """Agree to the latest version for one's side; kept with name, time and version. Agreeing twice agrees once.

    Raises:
        OvertakenError: There is a later version by now, or none.
    """
    view = _open(plan_id, by=by, now=now)
    latest = view.latest
    if latest is None or latest.version.number != version:
        there = (
            f"Version {latest.version.number} was proposed meanwhile" if latest is not None else "Nothing is proposed"
        )
        raise OvertakenError(f"{there}. Read it, then agree.")
    given = next((consent for consent in latest.consents if consent.side == side_of(by)), None)
    if given is not None:
        return given
    name = words(name, field="name", what="Your name", longest=150)
    consent = RemedyConsent.objects.create(version=latest.version, side=side_of(by), by=by, name=name, at=now)
    tell(
        "remedy_agreed",
        plan=view.plan,
        people=_both_sides(view.plan.agreement),
        about=f"v{version}",
        at=now,
        by=by,
    )
    return consent


@transaction.atomic
def finish_remedy_action(*, plan_id: int, number: int, note: str, by: User, now: datetime) -> RemedyDone:
    """Say that an action of the agreed version is done; the last one ends the plan. Saying it twice says it once.

    Raises:
        UnknownReferenceError: The agreed version has no such action.
        NotAllowedError: It is the other side's.
    """
    view = _open(plan_id, by=by, now=now)
    plan, in_force = view.plan, view.in_force
    found = next((one for one in in_force.actions if one.action.number == number), None) if in_force else None
    if in_force is None or found is None:
        raise UnknownReferenceError(f"{plan.ref} has no agreed action {number}.")
    if found.done is not None:
        return found.done
    if found.action.side != side_of(by):
        raise NotAllowedError("This action is the other side's. They say when it is done.")
    done = RemedyDone.objects.create(plan=plan, number=number, note=note.strip(), by=by, at=now)
    if view.state == PlanState.AGREED and [one.action.number for one in in_force.open] == [number]:
        _close(plan, RemedyPlan.Ending.DONE, by=by, now=now)
        tell("remedy_done", plan=plan, people=_both_sides(plan.agreement), about="done", at=now, by=by)
    return done


@transaction.atomic
def withdraw_remedy_plan(*, plan_id: int, reason: str, by: User, now: datetime) -> RemedyPlan:
    """Take the request for a plan back: the client's alone to do.

    Raises:
        NotAllowedError: Staff.
        AlreadyDoneError: It has ended.
    """
    plan = _open(plan_id, by=by, now=now).plan
    if by.is_provider:
        raise NotAllowedError("The client asked for the plan, and it alone can withdraw it.")
    plan.closing_words = words(reason, field="reason", what="The reason")
    _close(plan, RemedyPlan.Ending.WITHDRAWN, by=by, now=now)
    tell("remedy_withdrawn", plan=plan, people=people_answering_for(plan.agreement), about="withdrawn", at=now, by=by)
    return plan


def _close(plan: RemedyPlan, ending: RemedyPlan.Ending, *, by: User, now: datetime) -> None:
    plan.closed_at, plan.ending, plan.closed_by = now, ending, by
    plan.save(update_fields=["closed_at", "ending", "closed_by", "closing_words"])


def watch_remedy_plans(*, now: datetime) -> int:
    """Remind of actions whose day comes near, and tell both sides of those whose day is over; return how many actions.

    Level-triggered: what was told already has its key in the outbox, so that missed and doubled rounds are harmless.
    Six queries and a few for each agreement with something to tell.
    """
    told = 0
    rows = (
        RemedyPlan.objects.open()
        .select_related("agreement__client__relationship_manager")
        .prefetch_related("versions__actions", "versions__consents", "done")
    )
    for plan in rows:
        view = view_of(plan, at=now)
        if view.in_force is None:
            continue
        actions = {one.action.number: one.action for one in view.in_force.open}
        dues = [Due(number, action.due_on) for number, action in actions.items()]
        for kind, numbers in (
            ("remedy_action_soon", due_soon(dues, today=view.today)),
            ("remedy_action_overdue", overdue(dues, today=view.today)),
        ):
            for number in numbers:
                _remind(kind, plan, actions[number], now=now)
                told += 1
    return told


def _remind(kind: str, plan: RemedyPlan, action: RemedyAction, *, now: datetime) -> None:
    if kind == "remedy_action_overdue":
        people = _both_sides(plan.agreement)
    elif action.side == Side.PROVIDER:
        people = people_answering_for(plan.agreement)
    else:
        people = list(client_people(plan.agreement.client_id))
    tell(kind, plan=plan, people=people, about=f"{action.number}:{action.due_on}", at=now, action=action)
