"""Units, the chart of accounts, and what each account holds."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from credits.models.scope import OwnedQuerySet
from credits.rules.units import CURRENCY, PREPAID, Amount
from portal.clients.models import Client

MOST = 10**18
"""No balance gets this far from zero, so that no sum leaves a 64-bit column."""


class Unit(models.Model):
    """What is counted, and in which smallest parts: made from `credits.rules.units`.

    Never changed, because that would change every amount ever posted.
    """

    class Kind(models.TextChoices):
        CURRENCY = CURRENCY, "Currency"
        PREPAID = PREPAID, "Prepaid"

    code = models.CharField(max_length=20, primary_key=True)
    scale = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Code(models.TextChoices):
    """The chart of accounts. Each client has them for itself, one for each unit; an entry moves units between them.

    The client's side says what stands between the two companies, and none of it ever falls below zero:

    - `credit_owed`: service credits that the provider owes, until they are offset or paid out (JS-15);
    - `charges_owed`: what the client owes for work that no fee covers (JS-2, JB-8, JB-14);
    - `invoices_owed`: what is open on invoices, a lot for each;
    - `refund_owed`: prepaid fees that the provider owes back after an end (JB-11), never offset as a credit;
    - `entitlement`: prepaid units that may be spent, a lot for each grant (JI-8, JN-2);
    - `held`: prepaid units reserved for something that is not certain yet.

    The provider's side is where all that comes from and goes to; it makes every entry sum to zero, and may be negative:

    - `credits_granted`, `charged`, `invoiced`, `sold`: the sources of credits, charges, invoices and entitlements;
    - `fees_returned`: where refunds come from;
    - `offset`, `paid_out`: where service credits went; `used`, `expired`: where entitlements went.
    """

    CREDIT_OWED = "credit_owed", "Credit owed"
    CHARGES_OWED = "charges_owed", "Charges owed"
    INVOICES_OWED = "invoices_owed", "Invoices owed"
    REFUND_OWED = "refund_owed", "Refund owed"
    ENTITLEMENT = "entitlement", "Entitlement"
    HELD = "held", "Held"
    CREDITS_GRANTED = "credits_granted", "Credits granted"
    CHARGED = "charged", "Charged"
    INVOICED = "invoiced", "Invoiced"
    SOLD = "sold", "Sold"
    OFFSET = "offset", "Offset"
    PAID_OUT = "paid_out", "Paid out"
    FEES_RETURNED = "fees_returned", "Prepaid fees returned"
    USED = "used", "Used"
    EXPIRED = "expired", "Expired"


FLOORED = (
    Code.CREDIT_OWED,
    Code.CHARGES_OWED,
    Code.INVOICES_OWED,
    Code.REFUND_OWED,
    Code.ENTITLEMENT,
    Code.HELD,
)
"""The client's side: never below zero."""

LOTTED = (Code.ENTITLEMENT, Code.INVOICES_OWED)
"""The accounts that are made of lots."""

OF_PREPAID = (Code.ENTITLEMENT, Code.HELD, Code.SOLD, Code.USED, Code.EXPIRED)
"""The accounts that count prepaid units; all others count money."""


class AccountQuerySet(OwnedQuerySet):
    """Accounts, narrowed to what a user may see."""


class Account(models.Model):
    """One account of a client's, in one unit."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="ledger_accounts")
    code = models.CharField(max_length=16, choices=Code.choices)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    floor0 = models.BooleanField(help_text="Whether the balance never falls below zero.")

    objects = AccountQuerySet.as_manager()

    class Meta:
        ordering = ("client", "code", "unit")
        constraints = [
            models.UniqueConstraint(fields=["client", "code", "unit"], name="account_once"),
            models.CheckConstraint(
                name="account_of_the_client_has_a_floor",
                condition=Q(code__in=FLOORED, floor0=True) | (~Q(code__in=FLOORED) & Q(floor0=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_code_display()} ({self.unit_id})"


class BalanceQuerySet(OwnedQuerySet):
    """Balances, narrowed to what a user may see."""

    owner = "account__client"


class Balance(models.Model):
    """What an account holds, the sum of its lines.

    Kept by triggers, which make it with the account and move it when an entry is sealed.
    """

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="balance")
    minor = models.BigIntegerField()
    floor0 = models.BooleanField()
    last_entry = models.ForeignKey(
        "credits.Entry", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = BalanceQuerySet.as_manager()

    class Meta:
        ordering = ("account",)
        constraints = [
            models.CheckConstraint(name="balance_not_below_its_floor", condition=Q(floor0=False) | Q(minor__gte=0)),
            models.CheckConstraint(name="balance_fits", condition=Q(minor__gt=-MOST, minor__lt=MOST)),
        ]

    def __str__(self) -> str:
        return str(self.amount)

    @property
    def amount(self) -> Amount:
        """The balance in its unit."""
        return Amount(self.minor, self.account.unit_id)
