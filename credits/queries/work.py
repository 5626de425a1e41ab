"""Reading service requests, quotes and logged time, as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from credits.jobs import Job
from credits.models import Quote, QuoteDecision, QuoteVersion, Rate, ServiceRequest, TimeEntry
from credits.queries.charges import left_of
from credits.rules.units import Amount
from portal.accounts.models import User

VERSIONS = Prefetch(
    "versions", QuoteVersion.objects.select_related("rate", "quoted_by", "decision__decided_by").order_by("number")
)


@dataclass(frozen=True, slots=True)
class QuoteShown:
    """A quote with its newest version, and how that stands: waiting, expired, accepted, declined or withdrawn."""

    quote: Quote
    versions: list[QuoteVersion]
    state: str

    @property
    def subject_ref(self) -> str:
        """What it is for: `INC-7`."""
        return self.quote.subject.partition(":")[2]

    @property
    def newest(self) -> QuoteVersion:
        """The version that counts."""
        return self.versions[-1]

    @property
    def decision(self) -> QuoteDecision | None:
        """What became of it."""
        return getattr(self.newest, "decision", None)

    @property
    def older(self) -> list[QuoteVersion]:
        """The versions before, latest first."""
        return self.versions[-2::-1]

    @property
    def status(self) -> str:
        """The state that colours it."""
        return {"waiting": "running", "expired": "void", "accepted": "met", "declined": "void"}.get(self.state, "void")

    @property
    def word(self) -> str:
        """The state in a word."""
        return "Waits for the client" if self.state == "waiting" else self.state.capitalize()


def shown(quote: Quote, *, at: datetime) -> QuoteShown:
    """Return a quote as pages show it; it comes with its versions (`quotes_of`, `quote_list`)."""
    versions = list(quote.versions.all())
    decision = getattr(versions[-1], "decision", None)
    waits = "expired" if versions[-1].has_expired(at) else "waiting"
    return QuoteShown(quote, versions, waits if decision is None else str(decision.verdict))


def quote_list(user: User, *, state: str = "") -> QuerySet[Quote]:
    """Return the quotes that a user may see, with what their rows name. Two queries."""
    newest = QuoteVersion.objects.filter(quote=OuterRef("pk")).order_by("-number")
    quotes: QuerySet[Quote] = (
        Quote.objects.visible_to(user).select_related("client", "agreement").prefetch_related(VERSIONS)
    )
    if not state:
        return quotes
    quotes = quotes.annotate(verdict=Subquery(newest.values("decision__verdict")[:1]))
    if state == "waiting":
        return quotes.filter(verdict__isnull=True)
    accepted = QuoteDecision.Verdict.ACCEPTED
    return (
        quotes.filter(verdict=accepted)
        if state == "accepted"
        else quotes.exclude(verdict=accepted).exclude(verdict__isnull=True)
    )


def quotes_of(job: Job, *, at: datetime) -> list[QuoteShown]:
    """Return what was quoted for a job, the latest first. Two queries."""
    quotes = Quote.objects.filter(agreement=job.agreement, subject=job.subject).prefetch_related(VERSIONS)
    return [shown(quote, at=at) for quote in quotes.order_by("-pk")]


def time_of(job: Job) -> QuerySet[TimeEntry]:
    """Return the time logged on a job, in order, with what became of it. One query."""
    return TimeEntry.objects.filter(agreement=job.agreement, subject=job.subject).select_related(
        "worked_by", "rate", "struck", "charged__charge"
    )


def own_time(user: User) -> QuerySet[TimeEntry]:
    """Return what somebody logged or worked, with what became of it. One query."""
    rows: QuerySet[TimeEntry] = TimeEntry.objects.visible_to(user).filter(worked_by=user)
    return rows.select_related("agreement__client", "rate", "struck", "charged__charge")


def chargeable_quotes(job: Job) -> list[tuple[Quote, QuoteVersion, Amount]]:
    """Return the accepted quotes of a job under which something may still be charged, with how much. Few queries."""
    quotes = Quote.objects.accepted().filter(agreement=job.agreement, subject=job.subject).prefetch_related(VERSIONS)
    found = [(quote, list(quote.versions.all())[-1], left_of(quote)) for quote in quotes]
    return [(quote, version, left) for quote, version, left in found if left is not None and left.minor > 0]


def rates_in(currency: str, *, on: date) -> list[Rate]:
    """Return the prices that hold on a day in a currency, by name. One query."""
    latest: dict[str, Rate] = {}
    for rate in Rate.objects.filter(unit=currency, from_on__lte=on).order_by("name", "from_on"):
        latest[rate.name] = rate
    return list(latest.values())


def request_list(user: User) -> QuerySet[ServiceRequest]:
    """Return the service requests that a user may see, with what their rows name. One query."""
    requests: QuerySet[ServiceRequest] = ServiceRequest.objects.visible_to(user)
    return requests.select_related("client", "agreement", "requested_by", "closed_by")
