"""Clocks as rows, so that what falls due is found by an index; breaches as facts. Clause: T-5."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.journal.subjects import Named


class State(models.TextChoices):
    """How a clock stands."""

    RUNNING = "running", "Running"
    PAUSED = "paused", "Paused"
    MET = "met", "Met"
    BREACHED = "breached", "Breached"
    VOID = "void", "Void"


class Wake(models.TextChoices):
    """What time alone does to a clock at its `next_at`."""

    DUE = "due", "It is due"
    WARNING = "warning", "A share of the target is used up"
    RULES = "rules", "The subject's rules must run"


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clocks, narrowed to what a user may see and to what time will change."""

    def visible_to(self, user: User) -> Self:
        """Staff see every clock; a client's user sees its own agreements', credit thresholds and drafts excepted."""
        if not user.is_active:
            return self.none()
        if user.is_provider:
            return self
        return self.filter(agreement__client_id=user.client_id, agreement__activated_at__isnull=False)

    def running(self) -> Self:
        """Only clocks whose time runs."""
        return self.filter(state=State.RUNNING)

    def waking_by(self, at: datetime) -> Self:
        """Only clocks that time changes at or before `at`, first things first; read from the partial index.

        A paused clock is among them when a hosted period begins: its remaining time shrinks. Clause: T-7.
        """
        return self.filter(next_at__lte=at).order_by("next_at", "id")


class Clock(models.Model):
    """The rules' answer for one promise, kept as a row. Written by the retime and the flagger only."""

    class Owner(models.TextChoices):
        PROVIDER = "provider", "Provider"
        CLIENT = "client", "Client"

    class AtDue(models.TextChoices):
        BREACH = "breach", "Breached when it passes"
        MEET = "meet", "Met when it passes"

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clocks")
    subject_kind = models.CharField(max_length=20)
    subject_ref = models.CharField(max_length=200, blank=True)
    target = models.CharField(max_length=30)
    ordinal = models.PositiveIntegerField()
    clause = models.CharField(max_length=10)
    severity = models.CharField(max_length=31, blank=True)
    owed_by = models.CharField(max_length=8, choices=Owner.choices, default=Owner.PROVIDER)
    at_due = models.CharField(max_length=6, choices=AtDue.choices, default=AtDue.BREACH)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="Empty while paused, or while no release is planned."
    )
    met_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(
        null=True, blank=True, help_text="The due instant, once it has passed; empty when void."
    )
    state = models.CharField(max_length=8, choices=State.choices)
    next_at = models.DateTimeField(null=True, blank=True, help_text="When time alone changes something next.")
    wake = models.CharField(max_length=7, choices=Wake.choices, blank=True)
    rules_at = models.DateTimeField(
        null=True, blank=True, help_text="When time alone makes the rules say something else, the due aside."
    )
    warnings = models.JSONField(
        default=list, blank=True, encoder=DjangoJSONEncoder, help_text="Warnings still to come: [share, instant] each."
    )

    objects = ClockQuerySet.as_manager()

    class Meta:
        ordering = ("agreement", "subject_kind", "subject_ref", "target", "ordinal")
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "subject_kind", "subject_ref", "target", "ordinal"], name="clock_once"
            ),
        ]
        indexes = [
            # The tick's claim: what has come, first things first, however many clocks are open.
            models.Index(fields=["next_at", "id"], name="clock_waking", condition=Q(next_at__isnull=False)),
            # What a month's close counts: the thresholds that broke in it. Breaches are few among clocks.
            models.Index(fields=["breached_at"], name="clock_breached", condition=Q(breached_at__isnull=False)),
            # The dashboards' soonest due; and how many are, counted without a look at the rows.
            models.Index(
                fields=["due_at", "id", "at_due", "owed_by", "target"],
                name="clock_due",
                condition=Q(state="running", due_at__isnull=False),
            ),
            # The same of one agreement: a client's first screen.
            models.Index(
                fields=["agreement", "due_at", "id"],
                name="clock_due_of_agreement",
                condition=Q(state="running", due_at__isnull=False),
            ),
            # What broke and is still owed, on every first screen.
            models.Index(
                fields=["due_at", "id"], name="clock_broken", condition=Q(state="breached", met_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.ordinal} of {self.subject}"

    @property
    def subject(self) -> str:
        """Kind and reference, as replay writes them."""
        return f"{self.subject_kind}:{self.subject_ref}"

    @property
    def named(self) -> Named:
        """The subject as `described` takes it."""
        return self.subject_kind, (self.agreement_id, self.subject_ref)


class Breach(models.Model):
    """A promise that was not kept: inserted once, never changed or removed; triggers refuse it on both databases."""

    clock = models.OneToOneField(Clock, on_delete=models.PROTECT, related_name="breach")
    due_at = models.DateTimeField(help_text="The breach's instant: when it was due, never when it was noticed.")
    detected_at = models.DateTimeField()
    late_detected = models.BooleanField(
        help_text="Loaded or backdated: it was long past when it was recorded, and says nothing of the flagger's speed."
    )

    class Meta:
        ordering = ("-due_at", "-id")
        verbose_name_plural = "breaches"
        indexes = [models.Index(fields=["detected_at"], name="breach_detected")]

    def __str__(self) -> str:
        return f"Breach of {self.clock}"


class BreachVoid(models.Model):
    """The reasoned fact that a breach no longer counts; never changed or removed."""

    breach = models.OneToOneField(Breach, on_delete=models.PROTECT, related_name="void")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return self.reason
