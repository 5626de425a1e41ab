"""Statements: what stood on a client's accounts, month by month, as it was issued; and what a client disputes."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.accounts import Account, Unit
from credits.models.entries import Entry
from credits.models.scope import OwnedQuerySet
from credits.rules.units import Amount
from incidents.rules.months import Month
from portal.clients.models import Client


class StatementQuerySet(OwnedQuerySet):
    """Statements, narrowed to what a user may see."""


class Statement(models.Model):
    """The fact that a client's month in a unit was over and told; never changed.

    What counts for the month and is posted later is a late line of the next statement. The hash covers the lines, what
    the accounts held before and after, and the statement before.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="statements", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    month_on = models.DateField(help_text="The month's first day.")
    zone = models.CharField(max_length=64, help_text="Of the client's zones the one in which the month was over last.")
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="following")
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ("-month_on", "unit", "-id")
        constraints = [
            models.UniqueConstraint(fields=["client", "unit", "month_on"], name="statement_once_for_its_month"),
            models.CheckConstraint(name="statement_month_by_its_first_day", condition=Q(month_on__day=1)),
        ]
        # The lists of statements, a client's and everybody's, newest first.
        indexes = [
            models.Index(fields=["client", "month_on", "id"], name="statement_of_a_client"),
            models.Index(fields=["month_on", "id"], name="statement_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def month(self) -> Month:
        """The calendar month that it tells."""
        return Month(self.month_on.year, self.month_on.month)

    @property
    def number(self) -> str:
        """What both sides call it: `ST-2027-02-0014`."""
        return f"ST-{self.month}-{self.pk:04d}"


class StatementPartQuerySet(OwnedQuerySet):
    """Parts of statements, narrowed to what a user may see."""

    owner = "statement__client"


class StatementPart(models.Model):
    """What one account held before a statement's lines and after them."""

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    opening = models.BigIntegerField()
    closing = models.BigIntegerField()

    objects = StatementPartQuerySet.as_manager()

    class Meta:
        ordering = ("statement", "account")
        # Below zero is possible: floors hold in the order of posting, and a statement goes by the days that count.
        constraints = [models.UniqueConstraint(fields=["statement", "account"], name="part_once_for_its_account")]

    def __str__(self) -> str:
        return f"{self.account} of {self.statement}"


class StatementLineQuerySet(OwnedQuerySet):
    """Lines of statements, narrowed to what a user may see."""

    owner = "statement__client"


class StatementLine(models.Model):
    """What an entry moved on one of the client's accounts, told once for ever.

    `what` and `clause` are kept as they were told: no name and no free text is in them.
    """

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines", db_index=False)
    number = models.PositiveIntegerField(help_text="Its place on the statement, from 1.")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="statement_lines", db_index=False)
    minor = models.BigIntegerField()
    what = models.CharField(max_length=200)
    clause = models.CharField(max_length=20, blank=True)

    objects = StatementLineQuerySet.as_manager()

    class Meta:
        ordering = ("statement", "number")
        constraints = [
            models.UniqueConstraint(fields=["statement", "number"], name="statement_line_once_at_its_place"),
            models.UniqueConstraint(fields=["entry", "account"], name="statement_line_on_one_statement"),
        ]

    def __str__(self) -> str:
        return f"Line {self.number} of {self.statement}"

    @property
    def amount(self) -> Amount:
        """What it moved, in its unit."""
        return Amount(self.minor, self.account.unit_id)


class DisputeQuerySet(OwnedQuerySet):
    """Disputes, narrowed to what a user may see and to what waits for an answer."""

    owner = "line__statement__client"

    def unanswered(self) -> Self:
        """Only those that staff have not answered."""
        return self.filter(answer__isnull=True)


class Dispute(models.Model):
    """The fact that a client says of a line that it is wrong, and why. Answered, it may be disputed once more."""

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, related_name="disputes")
    ordinal = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=2000)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ("-raised_at", "-id")
        constraints = [models.UniqueConstraint(fields=["line", "ordinal"], name="dispute_once_at_its_place")]

    def __str__(self) -> str:
        return f"Dispute of {self.line}"


class DisputeAnswerQuerySet(OwnedQuerySet):
    """Answers to disputes, narrowed to what a user may see."""

    owner = "dispute__line__statement__client"


class DisputeAnswer(models.Model):
    """What staff said to a dispute. A line that was wrong stays: what puts it right is a further entry."""

    class Outcome(models.TextChoices):
        RIGHT = "right", "The line stands"
        WRONG = "wrong", "The line is wrong"

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=5, choices=Outcome.choices)
    text = models.CharField(max_length=2000)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    objects = DisputeAnswerQuerySet.as_manager()

    class Meta:
        ordering = ("-answered_at", "-id")

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.dispute}"
