"""A month's credits never pass its cap, whatever is approved of them, in whatever order, by however many.

Clause: JS-13.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from credits.credit_payload import SERVICE_CREDIT, CreditPayload
from credits.errors import CapPassedError
from credits.models import Code, Decision, MonthClose, Proposal
from credits.reversal import REVERSAL, ReversalPayload
from credits.rules.closing import Decided, Identity, Inputs, due
from credits.rules.service_credits import Crossing, MonthlyFee
from credits.rules.units import Amount
from credits.services import (
    approve_proposal,
    close_months,
    decline_proposal,
    prepare_proposal,
    reverse_entry,
    verify,
    waive_proposal,
)
from incidents.models import Incident
from incidents.rules.months import Month
from incidents.services import Downtime, record_outage, void_breach
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.contract.money import Money
from portal.contract.terms import library_terms
from tests.contracts.judging import ny
from tests.credits.books import approval_for, held, order
from tests.credits.test_closing import MAY, late, loaded, proposed
from tests.credits.test_decision_races import rivals
from tests.credits.test_statement_pages import browser_of
from tests.factories import StaffFactory

APRIL = Month(2026, 4)
FEE = 10_000_00
SIXTY = {"credits": {"critical_response": {"percent": "60"}, "critical_resolution": {"percent": "60"}}}
"""Two lines of 6,000.00 each, of a fee of 10,000.00."""


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.ADMINISTRATOR)
    return made


def over_the_cap() -> Agreement:
    """Return an agreement whose April has a critical incident late in both ways: 120 % of the fee."""
    agreement = loaded(*late(), overrides=SIXTY)
    close_months(now=MAY)
    return agreement


def owed(agreement: Agreement) -> int:
    return held(agreement.client, Code.CREDIT_OWED, "USD")


def by_hand(agreement: Agreement, minor: int, key: str = "1") -> Proposal:
    """Return a credit for April that somebody of the staff prepared."""
    return prepare_proposal(
        kind=SERVICE_CREDIT,
        client=agreement.client,
        agreement=agreement,
        month=APRIL,
        amount=Amount(minor, "USD"),
        reason="As agreed on the phone.",
        payload=CreditPayload(rule="goodwill", clause="JS-13", percent="0"),
        scope="by hand",
        key=f"{agreement.pk} {key}",
        by=StaffFactory(role=Role.MANAGER),
        now=MAY,
    )


def void(agreement: Agreement, target: str) -> None:
    void_breach(
        incident_id=Incident.objects.get(agreement=agreement).pk,
        target=target,
        ordinal=1,
        reason="Agreed with the client.",
        by=StaffFactory(role=Role.MANAGER),
        now=ny("05-03 09:00"),
    )


@pytest.mark.django_db
def test_a_month_over_its_cap_is_one_proposal_of_the_cap_and_its_receipt_names_every_line(finance: User) -> None:
    agreement = over_the_cap()

    proposal = Proposal.objects.get()
    approve_proposal(proposal_id=proposal.pk, by=finance, now=MAY)

    assert proposal.minor == owed(agreement) == FEE
    assert proposal.reason.startswith("The month's credits as a whole: together its lines pass the cap of 100")
    assert [(part["rule"], part["minor"]) for part in proposal.payload["parts"]] == [
        ("cap", -2_000_00),
        ("critical_resolution", 6_000_00),
        ("critical_response", 6_000_00),
    ]
    page = browser_of(finance).get(reverse("credit_receipt", args=[proposal.pk])).content.decode()
    assert "Critical response late" in page
    assert "Brought down to the month" in page
    assert Incident.objects.get().ref in page
    assert "Critical response late, A, 60\N{NO-BREAK SPACE}%" in page
    assert "Brought down to the month&#x27;s cap, \N{MINUS SIGN}20\N{NO-BREAK SPACE}%" in page
    assert "Reading taken: credits are capped at 100 % of the month&#x27;s fee." in page
    assert f"Approved by {finance}" in page
    assert page.index("Critical response late") < page.index("Brought down to the month&#x27;s cap,")


@pytest.mark.django_db
def test_a_closed_month_leads_to_its_evidence_and_says_what_it_comes_to(finance: User) -> None:
    agreement = over_the_cap()
    close = MonthClose.objects.get(agreement=agreement, month="2026-04-01")

    page = browser_of(finance).get(reverse("close", args=[close.pk])).content.decode()
    months = browser_of(finance).get(reverse("closes")).content.decode()

    assert f'href="{reverse("incident", args=[Incident.objects.get().pk])}"' in page
    assert "Together" in page
    assert "incident:A" not in page.partition("The inputs, as they were hashed")[0]
    assert "Together" in months
    assert "$10,000.00" in months


@pytest.mark.django_db
def test_a_receipt_says_that_its_credit_was_taken_back(finance: User) -> None:
    agreement = over_the_cap()
    posted = approve_proposal(proposal_id=Proposal.objects.get().pk, by=finance, now=MAY)
    assert posted.entry is not None
    approval = approval_for(agreement.client)
    reverse_entry(entry=posted.entry, approval=approval, **order("undo", effective_on=date(2026, 5, 1), now=MAY))

    page = browser_of(finance).get(reverse("credit_receipt", args=[posted.proposal_id])).content.decode()

    assert "It was posted, and taken back on" in page
    assert owed(agreement) == 0


@pytest.mark.django_db
def test_lines_that_hold_the_cap_together_are_proposed_and_decided_one_by_one() -> None:
    loaded(*late())

    close_months(now=MAY)

    assert proposed() == [("critical_resolution", 1500_00), ("critical_response", 1000_00)]


@pytest.mark.django_db
def test_what_passes_the_cap_after_a_part_was_granted_is_one_difference_up_to_it(finance: User) -> None:
    agreement = loaded(*late(), overrides={"credits": {"critical_resolution": {"percent": "90"}}})
    void(agreement, "response_credit")
    close_months(now=MAY)
    approve_proposal(proposal_id=Proposal.objects.get().pk, by=finance, now=MAY)
    record_outage(
        agreement_id=agreement.pk,
        downtime=Downtime(ny("04-10 00:00"), ny("04-12 12:00")),
        by=StaffFactory(),
        now=ny("05-04 08:00"),
    )

    close_months(now=ny("05-04 09:00"))
    waiting = proposed()
    approve_proposal(proposal_id=Proposal.objects.undecided().get().pk, by=finance, now=ny("05-04 10:00"))

    assert waiting == [("whole_month", 1_000_00)]
    assert owed(agreement) == FEE
    assert close_months(now=ny("05-05 09:00")).proposals == 0


@pytest.mark.django_db
def test_a_month_that_was_granted_as_a_whole_gives_back_one_difference(finance: User) -> None:
    agreement = over_the_cap()
    approve_proposal(proposal_id=Proposal.objects.get().pk, by=finance, now=MAY)
    void(agreement, "response_credit")

    close_months(now=ny("05-04 09:00"))
    waiting = proposed()
    approve_proposal(proposal_id=Proposal.objects.undecided().get().pk, by=finance, now=ny("05-04 10:00"))

    assert waiting == [("whole_month", -4_000_00)]
    assert owed(agreement) == 6_000_00


@pytest.mark.django_db
@pytest.mark.parametrize("decide", [waive_proposal, decline_proposal])
def test_a_whole_month_that_was_refused_is_not_proposed_line_by_line_later(decide: Any, finance: User) -> None:
    agreement = over_the_cap()
    decide(proposal_id=Proposal.objects.get().pk, reason="Not asked for.", by=finance, now=MAY)
    void(agreement, "response_credit")

    close_months(now=ny("05-04 09:00"))

    assert proposed() == []


@pytest.mark.django_db
def test_a_waiting_whole_is_withdrawn_for_its_line_once_one_of_them_falls_away() -> None:
    agreement = over_the_cap()
    void(agreement, "response_credit")

    close_months(now=ny("05-04 09:00"))

    assert proposed() == [("critical_resolution", 6_000_00)]


@pytest.mark.django_db
def test_a_credit_by_hand_that_would_pass_the_cap_is_refused_with_the_remedy(finance: User) -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    for proposal in Proposal.objects.all():
        approve_proposal(proposal_id=proposal.pk, by=finance, now=MAY)
    over, fits = by_hand(agreement, 7_500_01), by_hand(agreement, 7_500_00, "2")

    with pytest.raises(CapPassedError, match=r"would come to \$10,000.01, and its cap is \$10,000.00. Decline it"):
        approve_proposal(proposal_id=over.pk, by=finance, now=MAY)
    page = browser_of(finance).post(
        reverse("proposal", args=[over.pk]),
        {"submission": "6f0c1d5e-6f0e-4f0e-9d5e-0c1d5e6f0e4f", "verdict": "approve", "reason": ""},
    )

    assert page.status_code == 200
    assert "its cap is $10,000.00" in page.content.decode()
    assert not Decision.objects.filter(proposal=over).exists()
    assert owed(agreement) == 2_500_00
    approve_proposal(proposal_id=fits.pk, by=finance, now=MAY)
    assert owed(agreement) == FEE


@pytest.mark.django_db
def test_what_was_taken_back_is_not_reversed_over_the_cap(finance: User) -> None:
    agreement = over_the_cap()
    approve_proposal(proposal_id=Proposal.objects.get().pk, by=finance, now=MAY)
    void(agreement, "response_credit")
    close_months(now=ny("05-04 09:00"))
    back = approve_proposal(proposal_id=Proposal.objects.undecided().get().pk, by=finance, now=ny("05-04 10:00"))
    approve_proposal(proposal_id=by_hand(agreement, 4_000_00).pk, by=finance, now=ny("05-04 11:00"))
    assert back.entry is not None
    reversal = prepare_proposal(
        kind=REVERSAL,
        client=agreement.client,
        agreement=agreement,
        amount=Amount(4_000_00, "USD"),
        reason="It was taken back by mistake.",
        payload=ReversalPayload(entry=back.entry.pk, what="Service credit"),
        scope=REVERSAL,
        key=f"entry:{back.entry.pk}",
        by=StaffFactory(role=Role.MANAGER),
        now=ny("05-04 12:00"),
    )

    with pytest.raises(CapPassedError, match=r"would come to \$14,000.00"):
        approve_proposal(proposal_id=reversal.pk, by=finance, now=ny("05-04 13:00"))

    assert owed(agreement) == FEE
    assert verify().wrong == ()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_approve_what_together_passes_the_cap_one_is_refused(tmp_path: Path) -> None:
    pairs = []
    for _ in range(6):
        agreement = loaded(*late())
        pairs.append((agreement, by_hand(agreement, 6_000_00, "a"), by_hand(agreement, 6_000_00, "b")))
    close_months(now=MAY)
    first, second = StaffFactory(role=Role.ADMINISTRATOR), StaffFactory(role=Role.ADMINISTRATOR)

    told = rivals(
        tmp_path,
        [("approve", first, a.pk) for _, a, _ in pairs],
        [("approve", second, b.pk) for _, _, b in pairs],
    )

    assert all(sorted(pair) == ["cap_passed", "done"] for pair in zip(*told, strict=True))
    assert [owed(agreement) for agreement, _, _ in pairs] == [6_000_00] * 6
    assert verify().wrong == ()


# ------------------------------------------------------------------------------------------------------- in any order

TERMS = library_terms("juno-live-support")
TARGETS = [
    ("critical", "response_credit", 10),
    ("major", "response_credit", 5),
    ("critical", "resolution_credit", 15),
    ("major", "resolution_credit", 10),
]
BROKEN = st.lists(st.sampled_from(range(len(TARGETS))), unique=True)
VERDICTS = st.lists(st.sampled_from(["approve", "decline", "wait"]), min_size=4, max_size=4)


def inputs_of(broken: Sequence[int], cap: int) -> Inputs:
    """Return a month in which these thresholds broke, under terms with a cap."""
    terms = TERMS.document.credits
    assert terms is not None
    return Inputs(
        month=APRIL,
        zone=ZoneInfo("UTC"),
        crossings=tuple(
            Crossing(datetime(2026, 4, 2 + index, tzinfo=UTC), f"incident:{index}", *TARGETS[index][:2])
            for index in sorted(broken)
        ),
        occurrences=(),
        figure=None,
        fee=MonthlyFee.of(Money(FEE, "USD"), "month"),
        hosting="hosted",
        terms=replace(terms, cap=replace(terms.cap, value=str(cap))),
        terms_name="",
        terms_hash="",
    )


@given(st.lists(st.tuples(BROKEN, VERDICTS, st.integers(0, 99)), max_size=6), st.integers(5, 45))
def test_whatever_is_decided_between_closes_the_grants_hold_the_cap_and_come_to_it_if_all_is_approved(
    closes: list[tuple[list[int], list[str], int]], cap: int
) -> None:
    """The oracle knows percents alone: what a month may come to is the lesser of its lines and its cap."""
    decided: dict[Identity, list[int]] = {}
    refused = False
    for broken, verdicts, seed in closes:
        wanted = list(due(inputs_of(broken, cap), _sums(decided)).items())
        Random(seed).shuffle(wanted)
        waits = False
        for (identity, one), verdict in zip(wanted, verdicts, strict=False):
            if verdict == "wait":
                waits = True
                continue
            refused |= verdict == "decline"
            decided.setdefault(identity, [0, 0])[verdict == "decline"] += one.minor
            # What is given back may wait while what is new is approved.
            assert _granted(decided) <= FEE * cap // 100
        whole = min(sum(TARGETS[index][2] for index in broken), cap)
        if not waits and not refused:
            assert _granted(decided) == FEE * whole // 100


def _sums(decided: dict[Identity, list[int]]) -> dict[Identity, Decided]:
    return {identity: Decided(*sums) for identity, sums in decided.items()}


def _granted(decided: dict[Identity, list[int]]) -> int:
    return sum(granted for granted, _ in decided.values())


def test_the_fee_of_the_oracle_is_one_in_which_percents_are_whole_cents() -> None:
    assert Decimal(FEE) / 100 == FEE // 100
