"""Entries, their lines, and the seals without which no entry outlives its transaction."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.accounts import Account, Unit
from credits.models.approvals import Approval
from credits.models.lots import Lot
from credits.models.scope import OwnedQuerySet
from credits.rules.units import Amount
from portal.clients.models import Agreement, Client


class Kind(models.TextChoices):
    """What an entry does."""

    SERVICE_CREDIT = "service_credit", "Service credit"
    OFFSET = "offset", "Offset against invoices"
    PAYOUT = "payout", "Payout"
    REFUND = "refund", "Refund of prepaid fees"
    CHARGE = "charge", "Charge"
    INVOICE = "invoice", "Invoice"
    PAYMENT = "payment", "Payment of an invoice"
    GRANT = "grant", "Entitlement granted"
    CONSUME = "consume", "Entitlement used"
    RESERVE = "reserve", "Entitlement reserved"
    CAPTURE = "capture", "Reserved entitlement used"
    RELEASE = "release", "Reservation ended"
    EXPIRY = "expiry", "Entitlement expired"
    REVERSAL = "reversal", "Reversal"


APPROVED = (Kind.SERVICE_CREDIT, Kind.PAYOUT, Kind.CHARGE, Kind.REFUND)
"""What costs somebody money: never posted, nor reversed, without the approval of a second person."""

IRREVERSIBLE = (Kind.RESERVE, Kind.RELEASE, Kind.REVERSAL)
"""A reservation is released, a release is reserved again, and what was reversed is posted anew."""


class Seal(models.Model):
    """The hash of a whole entry, inserted last: the database accepts it for two or more lines that sum to zero in each
    unit and lot, moves the balances, and takes no further line.

    An entry points at its seal from the start by a deferred foreign key; so none can be committed without.
    """

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.digest


class EntryQuerySet(OwnedQuerySet):
    """Entries, narrowed to what a user may see. Every entry that was committed is sealed."""


class Entry(models.Model):
    """One act on a client's accounts, whole and for ever: what is wrong is reversed, once, by another entry.

    `scope` and `key` are the caller's name for the act: posting it again gives the same entry, and `payload_hash` shows
    that it is the same act.
    """

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="entries", db_index=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    kind = models.CharField(max_length=14, choices=Kind.choices)
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    payload_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=200, help_text="What it rests on, such as incident:INC-7 or breach:12.")
    effective_on = models.DateField(help_text="The day it counts for, in the agreement's zone.")
    posted_at = models.DateTimeField()
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: the portal itself.",
    )
    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, null=True, blank=True, related_name="entries")
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal")
    settles = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="settlement",
        help_text="The reservation that this release ends.",
    )
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="entry")

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["scope", "key"], name="entry_once_for_its_key"),
            models.CheckConstraint(
                name="entry_reverses_if_a_reversal",
                condition=Q(kind=Kind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=Kind.REVERSAL) & Q(reverses__isnull=True)),
            ),
            models.CheckConstraint(
                name="entry_settles_if_a_release",
                condition=Q(kind=Kind.RELEASE, settles__isnull=False)
                | (~Q(kind=Kind.RELEASE) & Q(settles__isnull=True)),
            ),
            models.CheckConstraint(
                name="entry_of_money_is_approved", condition=~Q(kind__in=APPROVED) | Q(approval__isnull=False)
            ),
        ]
        # A client's statement: one client's entries of some days, in order; and its chain of digests.
        indexes = [
            models.Index(fields=["client", "effective_on", "id"], name="entry_of_a_clients_days"),
            models.Index(fields=["client", "id"], name="entry_of_a_clients_chain"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"


class LineQuerySet(OwnedQuerySet):
    """Lines, narrowed to what a user may see."""

    owner = "entry__client"


class Line(models.Model):
    """So many of a unit into an account (positive) or out of it (negative)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="lines", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    minor = models.BigIntegerField()

    objects = LineQuerySet.as_manager()

    class Meta:
        ordering = ("entry", "id")
        constraints = [models.CheckConstraint(name="line_moves_something", condition=~Q(minor=0))]
        # An account's history, newest first.
        indexes = [models.Index(fields=["account", "entry"], name="line_of_an_account")]

    def __str__(self) -> str:
        return f"{self.amount} {self.account.get_code_display().lower()}"

    @property
    def amount(self) -> Amount:
        """What the line moves, in its unit."""
        return Amount(self.minor, self.unit_id)
