"""Statements: what stood on a client's accounts, month by month, as it was issued; and what a client disputes."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.accounts import Account, Unit
from credits.models.entries import Entry
from credits.models.scope import OwnedQuerySet
from credits.rules.units import Amount
from incidents.rules.months import Month
from portal.accounts.models import User
from portal.clients.models import Agreement, Client


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

    def visible_to(self, user: User) -> Self:
        """Staff see every one; a client's user sees its own client's."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.of_clients([user.client_id])

    def of_clients(self, clients: Any) -> Self:
        """Only those of some clients, by ids or by a query of ids."""
        on_a_statement = Q(line__statement__client__in=clients) | Q(statement__client__in=clients)
        return self.filter(on_a_statement | Q(agreement__client__in=clients))

    def with_statements(self) -> Self:
        """Each with what it disputes, whose that is, and who raised it; in the same query."""
        return self.select_related(
            "line__statement__client", "line__account", "statement__client", "agreement__client", "raised_by"
        )

    def unanswered(self) -> Self:
        """Only those that staff have not answered."""
        return self.filter(answer__isnull=True)


class Dispute(models.Model):
    """The fact that a client says of a line that it is wrong, or of a statement or a month that something is missing.

    It says why. Answered, it may be disputed once more.
    """

    line = models.ForeignKey(StatementLine, on_delete=models.PROTECT, null=True, blank=True, related_name="disputes")
    statement = models.ForeignKey(
        Statement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        help_text="Where no line is wrong, but one is missing.",
    )
    agreement = models.ForeignKey(
        Agreement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="disputes",
        db_index=False,
        help_text="Where something is missing in a month of it, whether a statement tells of that month or none.",
    )
    month = models.DateField(null=True, blank=True, help_text="That month's first day.")
    subject = models.CharField(
        max_length=200, blank=True, help_text="What it should have been for, such as incident:INC-7; empty: not said."
    )
    ordinal = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=2000)
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ("-raised_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["line", "ordinal"], name="dispute_once_at_its_place"),
            models.UniqueConstraint(fields=["statement", "ordinal"], name="dispute_once_of_its_statement"),
            models.UniqueConstraint(
                fields=["agreement", "month", "subject", "ordinal"], name="dispute_once_of_its_month"
            ),
            models.CheckConstraint(
                name="dispute_of_one_thing",
                condition=Q(line__isnull=False, statement__isnull=True, agreement__isnull=True)
                | Q(line__isnull=True, statement__isnull=False, agreement__isnull=True)
                | Q(line__isnull=True, statement__isnull=True, agreement__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_of_an_agreements_month",
                condition=Q(agreement__isnull=True, month__isnull=True, subject="")
                | Q(agreement__isnull=False, month__isnull=False, month__day=1),
            ),
        ]

    def __str__(self) -> str:
        return f"Dispute: {self.place}"

    @property
    def told_on(self) -> Statement | None:
        """The statement that it is about; None where it is about a month."""
        return self.statement if self.line is None else self.line.statement

    @property
    def client(self) -> Client:
        """Whose it is."""
        found = self.agreement if self.told_on is None else self.told_on
        assert found is not None  # noqa: S101  # The database demands one of the two.
        return found.client

    @property
    def place(self) -> str:
        """What is disputed, in a few words: `line 3 of ST-2027-02-0014`."""
        if self.line is not None:
            return f"line {self.line.number} of {self.told_on}"
        if self.agreement is not None:
            return f"something missing in {self.month:%B %Y} under {self.agreement.ref}"
        return f"something missing on {self.told_on}"

    @property
    def what(self) -> str:
        """What the line says, or that there is none."""
        return self.line.what if self.line else "Something is missing"

    @property
    def clause(self) -> str:
        """The clause of the line, '' where there is none."""
        return self.line.clause if self.line else ""


class DisputeAnswerQuerySet(OwnedQuerySet):
    """Answers to disputes, narrowed to what a user may see."""

    def visible_to(self, user: User) -> Self:
        """Staff see every one; a client's user sees its own client's."""
        if not user.is_active:
            return self.none()
        return self if user.is_provider else self.filter(dispute__in=Dispute.objects.visible_to(user))


class DisputeAnswer(models.Model):
    """What staff said to a dispute. The statement stays as it was told: what puts it right is a further entry."""

    class Outcome(models.TextChoices):
        RIGHT = "right", "The line stands"
        WRONG = "wrong", "The line is wrong"

    OF_WHAT_IS_MISSING: ClassVar = {Outcome.RIGHT: "Nothing is missing", Outcome.WRONG: "It is missing"}
    """The same two words, said to a dispute that is of no line."""

    dispute = models.OneToOneField(Dispute, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=5, choices=Outcome.choices)
    text = models.CharField(max_length=2000)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    objects = DisputeAnswerQuerySet.as_manager()

    class Meta:
        ordering = ("-answered_at", "-id")

    def __str__(self) -> str:
        return f"{self.verdict}: {self.dispute}"

    @property
    def verdict(self) -> str:
        """What was said, in the words for what was disputed."""
        outcome = self.Outcome(self.outcome)
        return str(outcome.label) if self.dispute.line_id else str(self.OF_WHAT_IS_MISSING[outcome])
