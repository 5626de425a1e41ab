"""A credit's receipt: the fee and its percent, and the minutes that were counted, from the threshold to the outage.

It opens what a month's close has frozen; the parts of each threshold come from the incident's own fold, so that they
are the same minutes that its page shows. Clause: JS-13, JS-14, JS-17, JS-20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from credits.credit_payload import CreditPayload, Part, percent_words, rule_words
from credits.models import MonthClose, Proposal
from credits.proposals import payload_of
from credits.queries.closing import THRESHOLDS
from credits.rules.closing import CAP, fee_of
from credits.rules.service_credits import MonthlyFee
from credits.service_credit import readings_of
from incidents.models import Incident
from incidents.reasons import Reason, reason_of
from incidents.rules.months import Month
from incidents.service_page import MonthView, month_title, month_view
from incidents.standing import standing_of
from incidents.uptime import service_of
from portal.accounts.models import User
from portal.clients.models import Agreement
from portal.clocks.models import Clock
from portal.contract.money import Money
from portal.web.figures import money_text

MOST_OPENED = 3
"""Thresholds whose minutes stand on the receipt itself; each of the others leads to its own page."""
AVAILABILITY = "availability"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A threshold that an incident crossed: when, where its minutes stand, and for the first ones the minutes."""

    incident: Incident
    clock: Clock
    url: str
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a service credit is made of.

    Attributes:
        base: The month's fee in words; an annual fee's twelfth is exact, so it may not be a whole cent.
        line: What the whole line comes to; the proposal's own amount may be a difference.
        incidents: The evidence without a threshold: incidents of a problem that came back.
        parts: The month's lines in words, each with its percent and sum, where the month is credited as a whole; the
            cap's stands last.
        readings: A sentence for each clause that can be read in two ways; staff's alone.
        month: The month's minutes as they are known now, where the credit is for availability.
        counted_then: The downtime that the close counted, where the record was put right since; else None.
    """

    proposal: Proposal
    payload: CreditPayload
    words: str
    month_words: str
    base: str
    line: Money | None
    parts: Sequence[tuple[str, str, str, Money]]
    readings: Sequence[str]
    thresholds: Sequence[Threshold]
    incidents: Sequence[Incident]
    month: MonthView | None
    counted_then: timedelta | None


def receipt_of(proposal: Proposal, *, user: User, at: datetime) -> Receipt:
    """Return what a service credit is made of. Six queries, and four for each threshold that it opens."""
    payload: CreditPayload = payload_of(proposal)
    close = MonthClose.objects.filter(pk=payload.close).first() if payload.close is not None else None
    fee = fee_of(close.inputs) if close is not None else None
    agreement = proposal.agreement
    assert agreement is not None  # noqa: S101  # A credit is always an agreement's.
    thresholds = _thresholds(proposal, payload, close, user=user, at=at)
    month = Month(proposal.month.year, proposal.month.month) if proposal.month is not None else None
    opened = {one.incident.pk for one in thresholds}
    minutes = _month(agreement, month, at) if AVAILABILITY in _rules(payload) and month is not None else None
    return Receipt(
        proposal=proposal,
        payload=payload,
        words=rule_words(payload.rule),
        month_words=month_title(month) if month is not None else "",
        base=_fee_words(fee),
        line=Money(payload.line_minor, proposal.unit_id) if payload.line_minor is not None else proposal.money,
        parts=[
            (_part_words(one), one.clause, percent_words(one.percent), Money(one.minor, proposal.unit_id))
            for one in sorted(payload.parts, key=lambda one: one.rule == CAP)
        ],
        readings=list(readings_of(payload, proposal.unit_id)) if user.is_provider else [],
        thresholds=thresholds,
        incidents=[one for one in _incidents(agreement, payload, user) if one.pk not in opened],
        month=minutes,
        counted_then=_counted_then(close, minutes),
    )


def _part_words(part: Part) -> str:
    """Return what a line of the month is called, with its incident where it rests on one alone."""
    words = rule_words(part.rule)
    return f"{words}, {part.evidence[0].partition(':')[2]}" if len(part.evidence) == 1 else words


def _rules(payload: CreditPayload) -> set[str]:
    return {payload.rule, *(one.rule for one in payload.parts)}


def _fee_words(fee: MonthlyFee | None) -> str:
    """Return a month's fee; a twelfth that is no whole cent is said as such."""
    if fee is None:
        return ""
    rounded = Money.rounded(fee.amount, fee.currency)
    exact = rounded.amount == fee.amount
    return money_text(rounded) if exact else f"{money_text(Money.rounded(fee.amount * 12, fee.currency))} / 12"


def _thresholds(
    proposal: Proposal, payload: CreditPayload, close: MonthClose | None, *, user: User, at: datetime
) -> list[Threshold]:
    """Return the thresholds of a rule that broke in the month, as the close has them, in order of time."""
    if close is None:
        return []
    frozen = {
        (subject.partition(":")[2], target, datetime.fromisoformat(instant))
        for instant, subject, severity, target in close.inputs["crossings"]
        if subject in payload.evidence and f"{severity}_{target.removesuffix('_credit')}" in _rules(payload)
    }
    refs = {ref for ref, _, _ in frozen}
    incidents = {
        one.ref: one for one in Incident.objects.visible_to(user).filter(agreement=proposal.agreement, ref__in=refs)
    }
    clocks = Clock.objects.visible_to(user).filter(
        agreement=proposal.agreement, subject_ref__in=refs, target__in=THRESHOLDS, breached_at__isnull=False
    )
    found: list[Threshold] = []
    page = "incident_why" if user.is_provider else "support_why"
    for clock in clocks.order_by("breached_at", "id"):
        incident = incidents.get(clock.subject_ref)
        if incident is None or (clock.subject_ref, clock.target, clock.breached_at) not in frozen:
            continue
        reason = None
        if len(found) < MOST_OPENED:
            standing = standing_of(incident.pk, user=user, at=at)
            reason = reason_of(standing, clock.target, clock.ordinal, for_staff=user.is_provider)
        url = reverse(page, args=[incident.pk, clock.target, clock.ordinal])
        found.append(Threshold(incident, clock, url, reason))
    return found


def _incidents(agreement: Agreement, payload: CreditPayload, user: User) -> list[Incident]:
    """Return the incidents that the line names as evidence, in order. One query."""
    refs = [subject.partition(":")[2] for subject in payload.evidence if subject.startswith("incident:")]
    rows = Incident.objects.visible_to(user).filter(agreement=agreement, ref__in=refs).select_related("problem")
    return sorted(rows, key=lambda row: (row.reported_at, row.ref))


def _month(agreement: Agreement, month: Month, at: datetime) -> MonthView | None:
    service = service_of(agreement, until=at)
    figure = service.figure_of(month)
    return month_view(service, figure) if figure is not None else None


def _counted_then(close: MonthClose | None, month: MonthView | None) -> timedelta | None:
    """Return the downtime that a close counted, None where the month still has as much."""
    frozen = close.inputs["figure"] if close is not None else None
    if frozen is None or month is None:
        return None
    counted = timedelta(microseconds=frozen["counted"])
    return counted if counted != month.figure.counted.length else None
