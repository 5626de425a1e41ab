"""Reading charges, as pages show them. Clause: JS-2, JB-8, JB-14."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Prefetch, QuerySet, Sum

from credits.jobs import Job
from credits.models import Charge, ChargedTime, Code, Line, Quote, QuoteDecision, QuoteVersion
from credits.rules.units import Amount
from credits.work_mails import fixed_word
from portal.accounts.models import User
from portal.contract.money import Money
from portal.web.figures import duration_text


@dataclass(frozen=True, slots=True)
class ChargeShown:
    """A charge with its sum, and whether it was taken back."""

    charge: Charge
    total: Money

    @property
    def ref(self) -> str:
        """What it is for."""
        return self.charge.subject.partition(":")[2]

    @property
    def reversed(self) -> bool:
        """Whether it was reversed."""
        return hasattr(self.charge.entry, "reversal")

    @property
    def lines(self) -> list[tuple[ChargedTime, str, Money, Money]]:
        """Its time: each entry with its length, its rate and what it came to."""
        return [
            (
                row,
                duration_text(timedelta(minutes=row.time_entry.minutes)),
                Money(row.time_entry.rate.hourly, row.time_entry.rate.unit_id),
                Money(row.minor, self.total.currency),
            )
            for row in self.charge.time.all()
        ]

    @property
    def fixed(self) -> Money | None:
        """What it charges besides time, None for nothing."""
        return Money(self.charge.fixed_minor, self.total.currency) if self.charge.fixed_minor else None

    @property
    def fixed_word(self) -> str:
        """What that is."""
        return fixed_word(self.charge)


def charge_shown(charge: Charge) -> ChargeShown:
    """Return a charge as pages show it; it comes with its lines (`charge_list`)."""
    lines = [line for line in charge.entry.lines.all() if line.minor > 0]
    return ChargeShown(charge, Money(sum(line.minor for line in lines), lines[0].unit_id))


def charge_list(user: User) -> QuerySet[Charge]:
    """Return the charges that a user may see, with their sums and times. Three queries."""
    charges: QuerySet[Charge] = Charge.objects.visible_to(user)
    return charges.select_related(
        "entry__client", "entry__agreement", "entry__reversal", "entry__approval__approved_by", "quote"
    ).prefetch_related(
        "entry__lines",
        Prefetch(
            "time",
            ChargedTime.objects.select_related("time_entry__rate", "time_entry__worked_by").order_by(
                "time_entry__worked_on", "pk"
            ),
        ),
    )


def charges_of(job: Job, user: User) -> list[ChargeShown]:
    """Return what was charged for a job, the latest first. Three queries."""
    charges = charge_list(user).filter(entry__agreement=job.agreement, subject=job.subject)
    return [charge_shown(charge) for charge in charges.order_by("-pk")]


def left_of(quote: Quote) -> Amount | None:
    """Return how much may still be charged under a quote, None where the client accepted nothing. Two queries."""
    version = QuoteVersion.objects.filter(quote=quote, decision__verdict=QuoteDecision.Verdict.ACCEPTED).first()
    if version is None:
        return None
    lines = Line.objects.filter(
        entry__charge__quote=quote, entry__reversal__isnull=True, account__code=Code.CHARGES_OWED
    )
    charged: int = lines.aggregate(sum=Sum("minor"))["sum"] or 0
    return Amount(version.total_minor - charged, version.unit_id)
