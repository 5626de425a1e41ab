"""What somebody wants moved, and what a second person said to it."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.accounts import MOST, Unit
from credits.models.approvals import Approval
from credits.models.entries import Entry
from credits.models.scope import OwnedQuerySet
from credits.rules.units import Amount
from portal.clients.models import Agreement, Client
from portal.contract.money import SCALES, Money


class ProposalQuerySet(OwnedQuerySet):
    """Proposals, narrowed to what a user may see and to what waits."""

    def undecided(self) -> Self:
        """Only those that nobody approved, waived, declined or withdrew."""
        return self.filter(decision__isnull=True)


class Proposal(models.Model):
    """A credit, a payout, a charge … that waits for a second person: insert only, decided by another fact.

    `kind` names what the register knows of it (`credits.proposals`), `payload` what it rests on: figures, ids and words
    of the rules, never what people wrote. `scope` and `key` are its name for ever: proposed again it is the same one.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="proposals", db_index=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals")
    kind = models.CharField(max_length=30)
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    month = models.DateField(null=True, blank=True, help_text="The first day of the month that it is for, if it is.")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    minor = models.BigIntegerField(help_text="In the unit's smallest part; below zero takes back what was too much.")
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the portal itself.",
    )
    prepared_at = models.DateTimeField()
    reason = models.CharField(max_length=2000)
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="proposal_once_for_its_key"),
            models.CheckConstraint(name="proposal_moves_something", condition=~Q(minor=0)),
            models.CheckConstraint(name="proposal_fits", condition=Q(minor__gt=-MOST, minor__lt=MOST)),
            models.CheckConstraint(
                name="proposal_month_by_its_first_day", condition=Q(month__isnull=True) | Q(month__day=1)
            ),
        ]
        # A client's proposals, newest first; and those of an agreement's month, which its close compares.
        indexes = [
            models.Index(fields=["client", "-id"], name="proposal_of_a_client"),
            models.Index(fields=["agreement", "month"], name="proposal_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} proposed to {self.client}"

    @property
    def amount(self) -> Amount:
        """What would be moved, in its unit."""
        return Amount(self.minor, self.unit_id)

    @property
    def money(self) -> Money | None:
        """The amount as money, None for prepaid units."""
        return Money(self.minor, self.unit_id) if self.unit_id in SCALES else None


class Verdict(models.TextChoices):
    """What was said to a proposal."""

    APPROVED = "approved", "Approved"
    WAIVED = "waived", "Waived"
    DECLINED = "declined", "Declined"
    WITHDRAWN = "withdrawn", "Withdrawn"


class DecisionQuerySet(OwnedQuerySet):
    """Decisions, narrowed to what a user may see."""

    owner = "proposal__client"


class Decision(models.Model):
    """The one word that was said to a proposal, never changed: approved, waived, declined, or withdrawn unheard.

    A waiver says that it is due and not asked for, and the client reads why; a refusal says that it is not due.
    """

    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the portal, which withdrew what later evidence overtook.",
    )
    decided_at = models.DateTimeField()
    reason = models.CharField(max_length=2000, blank=True)
    approval = models.OneToOneField(Approval, on_delete=models.PROTECT, null=True, blank=True, related_name="decision")
    entry = models.OneToOneField(
        Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="decision", help_text="What it posted."
    )

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ("-decided_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="decision_posts_if_approved",
                condition=Q(verdict=Verdict.APPROVED, approval__isnull=False, entry__isnull=False)
                | (~Q(verdict=Verdict.APPROVED) & Q(approval__isnull=True, entry__isnull=True)),
            ),
            models.CheckConstraint(
                name="decision_by_a_person",
                condition=Q(decided_by__isnull=False) | Q(verdict=Verdict.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="decision_against_gives_a_reason", condition=Q(verdict=Verdict.APPROVED) | ~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()}: {self.proposal_id}"
