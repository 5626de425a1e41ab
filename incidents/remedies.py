"""Remedy plans as they are shown: their versions, who agreed, what is done, and whose turn it is. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.urls import reverse

from incidents.models import RemedyAction, RemedyConsent, RemedyDone, RemedyPlan, RemedyVersion, Side
from incidents.models.remedies import RemedyPlanQuerySet
from incidents.rules.remedies import Due, PlanState, due_soon, overdue, plan_state
from portal.accounts.models import User
from portal.accounts.permissions import Act, may
from portal.clients.today import MOST, Asked, Decision

WORDS = {
    PlanState.ASKED: ("risk", "Waits for a proposal"),
    PlanState.PROPOSED: ("risk", "Waits for agreement"),
    PlanState.AGREED: ("running", "Being carried out"),
    PlanState.DONE: ("met", "Done"),
    PlanState.WITHDRAWN: ("void", "Withdrawn"),
}


def side_of(user: User) -> Side:
    """Return on which side a user stands."""
    return Side.PROVIDER if user.is_provider else Side.CLIENT


@dataclass(frozen=True, slots=True)
class ActionView:
    """An action of a version, whether it is done, and the word for its state."""

    action: RemedyAction
    done: RemedyDone | None
    state: str
    word: str


@dataclass(frozen=True)
class VersionView:
    """One version with its actions and who agreed."""

    version: RemedyVersion
    actions: Sequence[ActionView]
    consents: Sequence[RemedyConsent]

    @property
    def sides(self) -> frozenset[str]:
        """Which sides agreed."""
        return frozenset(consent.side for consent in self.consents)

    @property
    def agreed(self) -> bool:
        """Whether both sides agreed."""
        return len(self.sides) == 2

    @property
    def agreed_at(self) -> datetime | None:
        """When the second side agreed."""
        return max(consent.at for consent in self.consents) if self.agreed else None

    @property
    def open(self) -> list[ActionView]:
        """The actions that are not done."""
        return [one for one in self.actions if one.done is None]


@dataclass(frozen=True)
class PlanView:
    """One plan as it stands on a day, `today` in the agreement's zone."""

    plan: RemedyPlan
    today: date

    @cached_property
    def versions(self) -> list[VersionView]:
        """Every version, the first one first."""
        done = {row.number: row for row in self.plan.done.all()}
        return [
            VersionView(
                version,
                [self._action(action, done.get(action.number)) for action in version.actions.all()],
                list(version.consents.all()),
            )
            for version in self.plan.versions.all()
        ]

    def _action(self, action: RemedyAction, done: RemedyDone | None) -> ActionView:
        if done is not None:
            return ActionView(action, done, "met", "Done")
        due = [Due(action.number, action.due_on)]
        if self.plan.closed_at is None and overdue(due, today=self.today):
            return ActionView(action, None, "breached", "Overdue")
        if self.plan.closed_at is None and due_soon(due, today=self.today):
            return ActionView(action, None, "risk", "Due soon")
        return ActionView(action, None, "running", "Open")

    @property
    def latest(self) -> VersionView | None:
        """The last version, agreed or not."""
        return self.versions[-1] if self.versions else None

    @property
    def in_force(self) -> VersionView | None:
        """The last version that both sides agreed to: what is carried out."""
        return next((version for version in reversed(self.versions) if version.agreed), None)

    @property
    def earlier(self) -> list[VersionView]:
        """The versions before the latest, newest first."""
        return self.versions[-2::-1] if len(self.versions) > 1 else []

    @cached_property
    def state(self) -> PlanState:
        """How the plan stands."""
        return plan_state(ending=self.plan.ending, sides=self.latest.sides if self.latest is not None else None)

    @property
    def words(self) -> tuple[str, str]:
        """The state's status and its word."""
        return WORDS[self.state]

    def waits_for(self, side: str) -> bool:
        """Return whether this side's word is next: first the provider's, then who has not agreed."""
        if self.state == PlanState.ASKED:
            return side == Side.PROVIDER
        return self.state == PlanState.PROPOSED and self.latest is not None and side not in self.latest.sides

    @property
    def waits_for_client(self) -> bool:
        """Whether the client's word is next."""
        return self.waits_for(Side.CLIENT)

    @property
    def next_due(self) -> RemedyAction | None:
        """The open action in force whose day comes first."""
        if self.in_force is None or self.plan.closed_at is not None:
            return None
        return min(
            (one.action for one in self.in_force.open), key=lambda action: (action.due_on, action.number), default=None
        )


def plan_list(user: User) -> RemedyPlanQuerySet:
    """Return the plans a user may see with all that their views show. Six queries, however many plans."""
    versions = RemedyVersion.objects.select_related("proposed_by").prefetch_related(
        Prefetch("actions", RemedyAction.objects.order_by("number")),
        Prefetch("consents", RemedyConsent.objects.order_by("at", "id")),
    )
    return (
        RemedyPlan.objects.visible_to(user)
        .select_related("agreement__client", "asked_by", "closed_by")
        .prefetch_related(
            Prefetch("versions", versions.order_by("number")),
            Prefetch("done", RemedyDone.objects.select_related("by").order_by("number")),
        )
    )


def view_of(plan: RemedyPlan, *, at: datetime) -> PlanView:
    """Return a plan of `plan_list` as it stands at an instant. No query."""
    return PlanView(plan, at.astimezone(ZoneInfo(plan.agreement.zone)).date())


def decisions(asked: Asked) -> list[Decision]:
    """Return the open plans that wait for the word of the side that asks. Six queries. Clause: JS-21."""
    user = asked.user
    if not may(user, Act.REMEDY_PLAN):
        return []
    plans = plan_list(user).open().filter(agreement__in=asked.agreements()).order_by("asked_at", "id")[:MOST]
    views = (view_of(plan, at=asked.at) for plan in plans)
    return [_decision(view, user) for view in views if view.waits_for(side_of(user))]


def _decision(view: PlanView, user: User) -> Decision:
    plan, latest = view.plan, view.latest
    whom = f" for {plan.agreement.client}" if user.is_provider else ""
    if latest is None:
        return Decision(
            title=f"Propose a remedy plan{whom}",
            text=f"{plan.asked_by} asks for it under {plan.agreement.ref}: {shortened(plan.concern)}",
            verb="Propose",
            url=reverse("remedy_propose", args=[plan.pk]),
            since=plan.asked_at,
            clauses=("JS-21",),
        )
    return Decision(
        title=f"Agree to version {latest.version.number} of remedy plan {plan.ref}{whom}",
        text=f"{latest.version.proposed_by} proposed it, with {len(latest.actions)} actions.",
        verb="Review",
        url=reverse("remedy", args=[plan.pk]),
        since=latest.version.proposed_at,
        clauses=("JS-21",),
    )


def shortened(text: str, longest: int = 120) -> str:
    """Return a text's beginning in one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
