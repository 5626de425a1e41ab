"""Remedy plans: what the provider does after it failed, agreed by both sides. Clause: JS-21.

A plan has versions; a version is a whole list of actions and never changes. Who agreed to which version, and which
action is done, are facts of their own. How a plan stands follows from them: see `incidents.rules.remedies`.
"""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from incidents.models.availability import ServicePartQuerySet
from portal.clients.models import Agreement


class Side(models.TextChoices):
    """Whose part something is."""

    PROVIDER = "provider", "Provider"
    CLIENT = "client", "Client"


class RemedyPlanQuerySet(ServicePartQuerySet["RemedyPlan"]):
    """Plans, narrowed to what a user may see and to how they stand."""

    def open(self) -> Self:
        """Only plans that were neither done nor withdrawn."""
        return self.filter(closed_at__isnull=True)


class RemedyPlan(models.Model):
    """A remedy plan that the client asked for. An agreement has one that is open at most."""

    class Ending(models.TextChoices):
        DONE = "done", "Done"
        WITHDRAWN = "withdrawn", "Withdrawn"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="remedy_plans")
    concern = models.TextField(help_text="What the client wants remedied, in its own words.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=9, choices=Ending.choices, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closing_words = models.CharField(max_length=2000, blank=True, help_text="Why it was withdrawn.")

    objects = RemedyPlanQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        constraints = [
            # The second of two clicks at once finds the first one's plan.
            models.UniqueConstraint(
                fields=["agreement"], name="one_open_remedy_plan", condition=Q(closed_at__isnull=True)
            ),
            models.CheckConstraint(
                name="remedy_plan_closed_with_its_ending",
                condition=Q(closed_at__isnull=True, ending="") | (Q(closed_at__isnull=False) & ~Q(ending="")),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """What people call it."""
        return f"RP-{self.pk}"


class RemedyVersion(models.Model):
    """What one side proposed, whole; never changed or removed."""

    plan = models.ForeignKey(RemedyPlan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=2000, blank=True, help_text="What the proposer says of it.")
    side = models.CharField(max_length=8, choices=Side.choices)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()

    class Meta:
        ordering = ("plan", "number")
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="remedy_version_once")]

    def __str__(self) -> str:
        return f"{self.plan.ref}, version {self.number}"


class RemedyAction(models.Model):
    """What somebody of either side does by a day, in one version; its number stays through all versions of the plan."""

    version = models.ForeignKey(RemedyVersion, on_delete=models.PROTECT, related_name="actions")
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=500)
    side = models.CharField(max_length=8, choices=Side.choices)
    owner = models.CharField(max_length=150, help_text="Who does it.")
    due_on = models.DateField(help_text="The last day, in the agreement's zone.")

    class Meta:
        ordering = ("version", "number")
        constraints = [models.UniqueConstraint(fields=["version", "number"], name="remedy_action_once_in_its_version")]

    def __str__(self) -> str:
        return self.what


class RemedyConsent(models.Model):
    """The fact that a side agreed to a version: who, by which name, and when. Never changed or removed."""

    version = models.ForeignKey(RemedyVersion, on_delete=models.PROTECT, related_name="consents")
    side = models.CharField(max_length=8, choices=Side.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150, help_text="As the person signed.")
    at = models.DateTimeField()

    class Meta:
        ordering = ("version", "at")
        constraints = [models.UniqueConstraint(fields=["version", "side"], name="remedy_consent_once_of_each_side")]

    def __str__(self) -> str:
        return f"{self.name} agreed to {self.version}"


class RemedyDone(models.Model):
    """The fact that an action is done, whatever version comes after. Never changed or removed."""

    plan = models.ForeignKey(RemedyPlan, on_delete=models.PROTECT, related_name="done")
    number = models.PositiveSmallIntegerField(help_text="The action's.")
    note = models.CharField(max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("plan", "number")
        verbose_name_plural = "actions done"
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="remedy_action_done_once")]

    def __str__(self) -> str:
        return f"{self.plan.ref}, action {self.number}"
