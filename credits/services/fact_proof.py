"""Proving what stands beside the entries: what was bought and billed, proposed and decided, closed and charged.

A seal covers an entry and its lines. What these rest on has hashes of its own, or can be reckoned again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from credits.models import Charge, Decision, Entry, Invoice, Kind, Line, MonthClose, Proposal
from credits.rules.seals import hash_of
from credits.rules.units import Amount
from credits.rules.work import price_of
from credits.services.entitlements import grant_payload
from credits.services.posting import Act
from credits.services.proposals import payload_hash_of

CHUNK = 2000


def wrong_facts() -> Iterator[str]:
    """Yield what of lots, invoices, proposals, decisions, closes and charges was changed. Ten queries, and chunks."""
    yield from _wrong_grants()
    yield from _wrong_invoices()
    yield from _wrong_proposals()
    yield from _wrong_decisions()
    yield from _wrong_closes()
    yield from _wrong_charges()


def _wrong_grants() -> Iterator[str]:
    """Yield the lots whose size or validity is not what was granted: the grant's own hash is of both."""
    lines = Line.objects.filter(entry__kind=Kind.GRANT, lot__isnull=False, minor__gt=0)
    for line in lines.select_related("entry__client", "entry__agreement", "lot").order_by("pk").iterator(CHUNK):
        entry, lot = line.entry, line.lot
        assert lot is not None  # noqa: S101  # The filter says so.
        amount = Amount(lot.granted, line.unit_id)
        act = Act(
            scope=entry.scope,
            key=entry.key,
            kind=Kind.GRANT,
            client=entry.client,
            agreement=entry.agreement,
            effective_on=entry.effective_on,
            by=None,
            now=entry.posted_at,
            source=entry.source,
            payload=grant_payload(amount, lot.effective_at, lot.expires_at),
        )
        if act.payload_hash != entry.payload_hash or lot.agreement_id != entry.agreement_id:
            yield f"{lot} is not what entry {entry.pk} granted: its size, its validity or its agreement was changed."


def _wrong_invoices() -> Iterator[str]:
    """Yield the invoices whose number, day or client is not that of their entry."""
    entered = dict(
        Line.objects.filter(entry__kind=Kind.INVOICE, lot__isnull=False, minor__gt=0).values_list("lot", "entry")
    )
    entries = Entry.objects.in_bulk(entered.values())
    for invoice in Invoice.objects.order_by("pk"):
        entry = entries.get(entered.get(invoice.lot_id, 0))
        said = (invoice.client_id, f"{invoice.client_id}:{invoice.number}", invoice.issued_on)
        if entry is None or said != (entry.client_id, entry.key, entry.effective_on):
            yield f"{invoice} is not what was entered: its number, its day or its client was changed."


def _wrong_proposals() -> Iterator[str]:
    for proposal in Proposal.objects.order_by("pk").iterator(CHUNK):
        if payload_hash_of(proposal) != proposal.payload_hash:
            yield f"Proposal {proposal.pk} is not what its hash says."


def _wrong_decisions() -> Iterator[str]:
    """Yield the decisions that are not by a second person, or whose entry is not what was proposed."""
    decisions = Decision.objects.select_related("proposal", "approval", "entry").prefetch_related("entry__lines")
    for decision in decisions.order_by("pk").iterator(CHUNK):
        proposal, approval, entry = decision.proposal, decision.approval, decision.entry
        if approval is None or entry is None:
            continue
        people = (proposal.prepared_by_id, decision.decided_by_id)
        if people != (approval.prepared_by_id, approval.approved_by_id) or people[0] == people[1]:
            yield f"Proposal {proposal.pk} was not decided on by the second person who approved {entry}."
        moved: Counter[int] = Counter()
        for line in entry.lines.all():
            moved[line.account_id] += line.minor
        names = (entry.scope, entry.key, entry.approval_id)
        if names != (proposal.scope, proposal.key, approval.pk) or abs(proposal.minor) not in map(abs, moved.values()):
            yield f"{entry} is not what proposal {proposal.pk} says."


def _wrong_closes() -> Iterator[str]:
    for close in MonthClose.objects.select_related("agreement").order_by("pk").iterator(CHUNK):
        if hash_of(close.inputs) != close.inputs_hash or close.inputs["terms"][1] != close.terms_hash:
            yield f"Close {close.number} of {close} does not rest on what its hash says."


def _wrong_charges() -> Iterator[str]:
    """Yield the charges whose parts, at their rates, are not what was charged."""
    charges = Charge.objects.select_related("entry").prefetch_related("entry__lines", "time__time_entry__rate")
    for charge in charges.order_by("pk").iterator(CHUNK):
        time = charge.time.all()
        whole = sum(line.minor for line in charge.entry.lines.all() if line.minor > 0)
        prices = [price_of(row.time_entry.minutes, hourly=row.time_entry.rate.hourly) for row in time]
        if prices != [row.minor for row in time] or charge.fixed_minor + sum(prices) != whole:
            yield f"{charge.entry} is not the sum of its time and its expenses."
