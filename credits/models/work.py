"""Work that no fee covers: the rate card, the time log, and what was charged for it. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from credits.models.accounts import MOST, Unit
from credits.models.entries import Entry
from credits.models.scope import OwnedQuerySet
from portal.accounts.models import User
from portal.clients.models import Agreement


class Rate(models.Model):
    """A price of the rate card, an hour's, from a day on; another price is another row."""

    name = models.CharField(max_length=60, help_text="Such as Engineer, or Engineer on site.")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    hourly = models.BigIntegerField(help_text="Price of an hour in the currency's minor unit.")
    from_on = models.DateField()

    class Meta:
        ordering = ("name", "unit", "-from_on")
        constraints = [
            models.UniqueConstraint(fields=["name", "unit", "from_on"], name="rate_once_from_its_day"),
            models.CheckConstraint(name="rate_costs_something", condition=Q(hourly__gt=0, hourly__lt=MOST // 10**6)),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.unit_id})"


class TimeEntryQuerySet(OwnedQuerySet):
    """The time log, narrowed to what a user may see and to what may be charged."""

    owner = "agreement__client"

    def visible_to(self, user: User) -> Self:
        """Staff see all of it; a client's user sees what its own client was charged for."""
        mine = super().visible_to(user)
        return mine if user.is_provider else mine.filter(charged__isnull=False)

    def chargeable(self) -> Self:
        """Only time that was neither charged nor struck."""
        return self.filter(charged__isnull=True, struck__isnull=True)


class TimeEntry(models.Model):
    """Some minutes of work on a subject, at a rate; never changed: what is wrong is struck, and logged anew."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="time_entries")
    subject = models.CharField(max_length=200, help_text="What was worked on, such as incident:INC-7.")
    worked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    worked_on = models.DateField()
    minutes = models.PositiveIntegerField()
    rate = models.ForeignKey(Rate, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True, help_text="What was done; the client reads it once charged.")
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        ordering = ("worked_on", "id")
        verbose_name_plural = "time entries"
        constraints = [
            models.CheckConstraint(name="time_within_a_day", condition=Q(minutes__gt=0, minutes__lte=24 * 60)),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} minutes on {self.subject}"

    @property
    def subject_ref(self) -> str:
        """What was worked on: `INC-7`."""
        return self.subject.partition(":")[2]


class StruckTime(models.Model):
    """The fact that some logged time is not to be charged."""

    time_entry = models.OneToOneField(TimeEntry, on_delete=models.PROTECT, related_name="struck")
    struck_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    struck_at = models.DateTimeField()
    reason = models.CharField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"Struck: {self.time_entry}"


class ChargeQuerySet(OwnedQuerySet):
    """Charges, narrowed to what a user may see."""

    owner = "entry__client"


class Charge(models.Model):
    """What an entry charges for, and why, in words for the client: they may be put right, the sum may not."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="charge")
    subject = models.CharField(max_length=200)
    reason = models.CharField(max_length=2000)
    fixed_minor = models.BigIntegerField(help_text="What the entry charges besides time: a quoted price, or expenses.")
    clause = models.CharField(max_length=20, blank=True, help_text="The clause that lets it be charged.")
    quote = models.ForeignKey(
        "credits.Quote",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="charges",
        help_text="The accepted quote that it is charged under; its charges together never pass its price.",
    )

    objects = ChargeQuerySet.as_manager()

    class Meta:
        ordering = ("-entry",)

    def __str__(self) -> str:
        return self.reason


class ChargedTime(models.Model):
    """The time that a charge is for, each once, and what it came to."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="time")
    time_entry = models.OneToOneField(TimeEntry, on_delete=models.PROTECT, related_name="charged")
    minor = models.BigIntegerField()

    class Meta:
        ordering = ("charge", "id")

    def __str__(self) -> str:
        return f"{self.time_entry}, charged"
