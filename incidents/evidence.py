"""What the provider failed at under an agreement: the ground on which a remedy plan is asked for. Clause: JS-21."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import Exists, OuterRef, QuerySet

from incidents.models import RemedyPlan
from incidents.rules.availability import HUNDRED, MonthFigure
from incidents.rules.remedies import AGAINST_PROVIDER
from incidents.service_page import month_title
from incidents.uptime import service_of
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.clocks.notices import INTERNAL_TARGETS
from portal.clocks.words import target_label
from portal.journal.models import Finding
from portal.journal.subjects import described

LOOKED_BACK = timedelta(days=366)
"""How far back a plan's evidence goes from the day on which it was asked for."""
MOST = 8
"""How many of each kind are listed; all are counted."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A broken promise, as it is listed: what, of what, when it was due, under which clause; it leads to its page."""

    what: str
    of: str
    at: datetime
    clause: str
    path: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the provider failed at: the newest of each kind, and how many there are."""

    breaches: list[Failure]
    breach_count: int
    findings: list[Finding]
    finding_count: int
    months: list[tuple[str, MonthFigure, bool]]
    """Each with its name, and whether only its hosted periods were under theirs."""

    @property
    def older(self) -> int:
        """How many broken promises are not listed."""
        return self.breach_count - len(self.breaches)

    def __bool__(self) -> bool:
        return bool(self.breach_count or self.finding_count)


def _broken(at: datetime | None = None) -> QuerySet[Clock]:
    """Return the provider's clocks with a breach that counts."""
    clocks = Clock.objects.filter(
        owed_by=Clock.Owner.PROVIDER, breached_at__isnull=False, breach__isnull=False, breach__void__isnull=True
    ).exclude(target__in=INTERNAL_TARGETS)
    return clocks if at is None else clocks.filter(breached_at__gte=at - LOOKED_BACK)


def _against() -> QuerySet[Finding]:
    return Finding.objects.filter(kind__in=AGAINST_PROVIDER)


def where_provider_failed(user: User, *, at: datetime) -> QuerySet[Agreement]:
    """Return the running agreements that know remedy plans and whose provider failed, as far as the user sees them.

    One query. Voided breaches don't count. Clause: JS-21.
    """
    failed = Exists(_broken().filter(agreement=OuterRef("pk"))) | Exists(_against().filter(agreement=OuterRef("pk")))
    running = Agreement.objects.visible_to(user).active(at).filter(terms__support__has_key="remedy_plan")
    return running.filter(failed).select_related("client").order_by("ref")


def plans_to_ask_for(user: User, *, at: datetime) -> list[Agreement]:
    """Return the agreements under which the client may ask for a plan and has none open. One query. Clause: JS-21."""
    return list(where_provider_failed(user, at=at).exclude(remedy_plans__in=RemedyPlan.objects.open()))


def has_failed(agreement: Agreement) -> bool:
    """Return whether there is a breach of the provider's that counts, or a finding against it. Two queries at most."""
    return _broken().filter(agreement=agreement).exists() or _against().filter(agreement=agreement).exists()


def evidence_of(agreement: Agreement, *, until: datetime, for_staff: bool) -> Evidence:
    """Return what the provider failed at within a year before an instant. A constant number of queries."""
    clocks = _broken(until).filter(agreement=agreement, breached_at__lte=until)
    findings = _against().filter(agreement=agreement, at__gt=until - LOOKED_BACK, at__lte=until)
    service = service_of(agreement, until=until)
    return Evidence(
        breaches=list(_failures(clocks.order_by("-breached_at", "-id")[:MOST], for_staff=for_staff)),
        breach_count=clocks.count(),
        findings=list(findings.order_by("-at", "-id")[:MOST]),
        finding_count=findings.count(),
        months=[
            (month_title(figure.month), figure, _kept_on_average(figure))
            for figure in reversed(service.figures)
            if not figure.met and not figure.partial and figure.end > until - LOOKED_BACK
        ],
    )


def _kept_on_average(figure: MonthFigure) -> bool:
    return figure.uptime is not None and figure.uptime * HUNDRED >= Fraction(figure.target)


def _failures(clocks: Iterable[Clock], *, for_staff: bool) -> Iterator[Failure]:
    """Yield clocks as they are listed. One query for each kind of subject."""
    rows = list(clocks)
    shown = described(row.named for row in rows)
    for row in rows:
        subject = shown.get(row.named)
        path = "" if subject is None else subject.staff_path if for_staff else subject.client_path
        assert row.breached_at is not None  # noqa: S101  # The filter says so.
        yield Failure(
            what=target_label(row.target, row.ordinal),
            of=f"{subject.label} {subject.title}" if subject is not None else row.subject,
            at=row.breached_at,
            clause=row.clause,
            path=path,
        )
