"""Service credits as proposals: a line of a month's close, with what it rests on. Clause: JS-13, JS-14, JS-20."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.urls import reverse

from credits.credit_payload import CreditPayload, percent_words, rule_words
from credits.models import Approval, Entry, Proposal
from credits.proposals import Evidence, Kind, Shown, Title, payload_of, source_of, today_for
from credits.services.caps import require_bounds
from credits.services.money import credit_client
from incidents.models import Incident, Outage
from portal.accounts.models import User
from portal.contract.money import Money
from portal.web.figures import money_text


class ServiceCreditKind(Kind):
    """A service credit, or the difference by which an earlier one was too much or too little."""

    label = "Service credit"
    payload = CreditPayload

    def is_withdrawable(self, proposal: Proposal) -> bool:
        """Return whether a person made it up: what a month's close gives is owed until a second person declines it."""
        payload: CreditPayload = payload_of(proposal)
        return payload.close is None

    def titles(self, proposals: Sequence[Proposal]) -> Mapping[int, Title]:
        """Return what each is called. No query."""
        payloads: dict[int, CreditPayload] = {proposal.pk: payload_of(proposal) for proposal in proposals}
        return {
            pk: Title(
                rule_words(payload.rule),
                f"{percent_words(payload.percent)} of the month's fee",
                payload.clause,
                reverse("credit_receipt", args=[pk]),
            )
            for pk, payload in payloads.items()
        }

    def describe(self, proposal: Proposal, user: User) -> Shown:
        """Return its share, what it rests on, and what the other reading of its clause would give. Two queries."""
        payload: CreditPayload = payload_of(proposal)
        evidence = evidence_of(((proposal.agreement_id, subject) for subject in payload.evidence), user)
        return Shown(
            evidence=tuple(evidence[proposal.agreement_id, subject] for subject in payload.evidence),
            notes=tuple(readings_of(payload, proposal.unit_id)),
            url=reverse("credit_receipt", args=[proposal.pk]),
            url_label="Open the receipt with the minutes that were counted",
        )

    def post(self, proposal: Proposal, *, approval: Approval, by: User, now: datetime) -> Entry:
        """Owe the client the credit; a difference below zero takes back what was too much."""
        assert proposal.agreement is not None  # noqa: S101  # A credit is always an agreement's.
        money = Money(proposal.minor, proposal.unit_id)
        if proposal.month is not None:
            require_bounds(agreement=proposal.agreement, month=proposal.month, money=money)
        return credit_client(
            agreement=proposal.agreement,
            money=money,
            approval=approval,
            scope=proposal.scope,
            key=proposal.key,
            effective_on=today_for(proposal, now),
            by=by,
            now=now,
            source=source_of(proposal),
        )


def readings_of(payload: CreditPayload, currency: str) -> Iterator[str]:
    """Yield a sentence for each clause that can be read in two ways: what was read, and what the other would give."""
    for one in payload.otherwise:
        taken = f"Reading taken: {one.taken}. " if one.taken else ""
        yield f"{taken}{one.words}, the month's sum would be {money_text(Money(one.minor, currency))}."


Subject = tuple[int | None, str]
"""An agreement's id, and what of it is meant: `incident:INC-7`."""


def evidence_of(subjects: Iterable[Subject], user: User) -> dict[Subject, Evidence]:
    """Return what each subject is, with the page that a user may open. Two queries."""
    wanted = set(subjects)
    agreements = {agreement_id for agreement_id, _ in wanted}
    refs = {subject.partition(":")[2] for _, subject in wanted}
    found: dict[Subject, Evidence] = {subject: Evidence(subject[1].partition(":")[2]) for subject in wanted}
    for incident in Incident.objects.filter(agreement__in=agreements, ref__in=refs):
        page = "incident" if user.is_provider else "support_incident"
        found[incident.agreement_id, f"incident:{incident.ref}"] = Evidence(
            incident.ref, incident.title, reverse(page, args=[incident.pk]), at=incident.reported_at
        )
    for outage in Outage.objects.filter(agreement__in=agreements, ref__in=refs):
        found[outage.agreement_id, f"outage:{outage.ref}"] = Evidence(
            f"Outage {outage.ref}",
            outage.get_cause_display(),
            reverse("availability", args=[outage.agreement_id]),
            at=outage.starts_at,
        )
    return found
