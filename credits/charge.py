"""What a proposed charge is: how it is shown to who decides, and what its approval posts. Clause: JS-2, JB-8."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.urls import reverse

from credits.jobs import job_named
from credits.models import Approval, Charge, Decision, Entry, Proposal, Quote, TimeEntry, Verdict
from credits.notices import tell_of_charge
from credits.proposals import Evidence, Kind, Shown, Title, payload_of, source_of, today_for
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services.charges import ChargePayload
from credits.services.work import charge_client
from credits.words import amount_text
from portal.accounts.models import User
from portal.contract.money import Money
from portal.web.figures import day_text, duration_text


class ChargeKind(Kind):
    """A charge for work that no fee covers."""

    label = "Charge"
    payload = ChargePayload

    def titles(self, proposals: Sequence[Proposal]) -> Mapping[int, Title]:
        """Name what each is for; one that was approved has a page for the client. One query."""
        charges = Charge.objects.filter(entry__decision__proposal__in=[proposal.pk for proposal in proposals])
        pages = dict(charges.values_list("entry__decision__proposal", "pk"))
        found = {}
        for proposal in proposals:
            payload = payload_of(proposal)
            page = pages.get(proposal.pk)
            found[proposal.pk] = Title(
                f"Charge for {payload.subject.partition(':')[2]}",
                clause=payload.clause,
                client_url=reverse("charge", args=[page]) if page is not None else "",
            )
        return found

    def describe(self, proposal: Proposal, user: User) -> Shown:
        """Show what is charged for: the job, the quote, the time line by line. Four queries."""
        payload = payload_of(proposal)
        assert proposal.agreement is not None  # noqa: S101  # Charges are prepared with one.
        job = job_named(payload.subject, agreement=proposal.agreement)
        evidence = [Evidence(job.ref, job.title, job.path(for_staff=user.is_provider), payload.clause)]
        quote = None if payload.quote is None else Quote.objects.get(pk=payload.quote)
        if quote is not None:
            url = reverse("quote", args=[quote.pk])
            evidence.append(Evidence(f"Quote {quote.ref}", "accepted by the client", url, quote.clause))
        time = TimeEntry.objects.filter(pk__in=payload.time).select_related("rate", "worked_by")
        evidence.extend(_line(row) for row in time.order_by("worked_on", "pk"))
        facts: tuple[tuple[str, str], ...] = ()
        if payload.fixed_minor:
            word = "Expenses" if quote is None or payload.time else "Quoted price"
            facts = ((word, amount_text(Amount(payload.fixed_minor, proposal.unit_id))),)
        return Shown(facts=facts, evidence=tuple(evidence))

    def post(self, proposal: Proposal, *, approval: Approval, by: User, now: datetime) -> Entry:
        """Charge the client."""
        payload = payload_of(proposal)
        assert proposal.agreement is not None  # noqa: S101  # Charges are prepared with one.
        quote = None if payload.quote is None else Quote.objects.get(pk=payload.quote)
        return charge_client(
            agreement=proposal.agreement,
            subject=payload.subject,
            reason=proposal.reason,
            fixed=Money(payload.fixed_minor, proposal.unit_id),
            time=list(TimeEntry.objects.filter(pk__in=payload.time)),
            quote=quote,
            clause=payload.clause,
            approval=approval,
            scope=proposal.scope,
            key=proposal.key,
            effective_on=today_for(proposal, now),
            by=by,
            now=now,
            source=source_of(proposal),
        )

    def decided(self, proposal: Proposal, decision: Decision, *, now: datetime) -> None:
        """Tell the client what it is charged, and why. Clause: JB-8."""
        if decision.verdict != Verdict.APPROVED or decision.entry is None or proposal.agreement is None:
            return
        job = job_named(payload_of(proposal).subject, agreement=proposal.agreement)
        tell_of_charge(Charge.objects.get(entry=decision.entry), job, at=now)


def _line(row: TimeEntry) -> Evidence:
    price = Amount(price_of(row.minutes, hourly=row.rate.hourly), row.rate.unit_id)
    hourly = amount_text(Amount(row.rate.hourly, row.rate.unit_id))
    length = duration_text(timedelta(minutes=row.minutes))
    return Evidence(
        f"{day_text(row.worked_on)}: {length} at {hourly}, {amount_text(price)}",
        f"{row.rate.name}, {row.worked_by}{f': {row.note}' if row.note else ''}",
    )
