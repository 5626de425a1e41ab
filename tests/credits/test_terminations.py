"""Notices against races, and their rows against rewriting."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from credits.models import Proposal, Termination
from credits.services.terminations import exercise_termination
from portal.accounts.models import Role
from portal.clients.models import Agreement
from portal.journal.models import Finding
from tests.credits.books import NOW
from tests.factories import AgreementFactory, ClientUserFactory
from tests.portal.clients.test_people_races import at_once

TERM = {"starts_on": date(2026, 1, 1), "ends_on": date(2026, 12, 31), "prepaid_minor": 36_500_00}


def with_right() -> Agreement:
    """Return an order form that its client may end."""
    agreement: Agreement = AgreementFactory(preset="jbi-support", **TERM)
    Finding.objects.create(
        agreement=agreement,
        subject="agreement",
        kind="termination_right",
        at=NOW,
        clause="JB-11",
        message="3 months under 99 % in 12: the client may end the order form.",
        data={"months": ["2025-12", "2026-01", "2026-02"], "refund": None},
    )
    return agreement


@pytest.mark.django_db(transaction=True)
def test_two_notices_at_once_are_one() -> None:
    agreement = with_right()
    people = [ClientUserFactory(client=agreement.client, role=Role.CLIENT_ADMINISTRATOR) for _ in range(2)]

    def give(number: int) -> None:
        exercise_termination(
            agreement_id=agreement.pk, on=date(2026, 7, 1), name=f"Person {number}", by=people[number], now=NOW
        )

    assert at_once(lambda: give(0), lambda: give(1)) == []
    assert (Termination.objects.count(), Proposal.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_notice_is_never_rewritten_or_taken_away() -> None:
    agreement = with_right()
    by = ClientUserFactory(client=agreement.client, role=Role.CLIENT_ADMINISTRATOR)
    exercise_termination(agreement_id=agreement.pk, on=date(2026, 7, 1), name="Elena", by=by, now=NOW)

    for attack in (lambda: Termination.objects.update(name="Nobody"), lambda: Termination.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            attack()

    assert Termination.objects.get().name == "Elena"


@pytest.mark.django_db
def test_a_notice_of_another_clients_agreement_is_refused_by_the_database() -> None:
    agreement, other = with_right(), with_right()
    by = ClientUserFactory(client=other.client, role=Role.CLIENT_ADMINISTRATOR)
    forged = Termination(
        client=other.client,
        agreement=agreement,
        given_by=by,
        name="Elena",
        given_at=NOW,
        ends_on=date(2026, 7, 1),
        months=[],
        right_at=NOW,
    )

    with pytest.raises(DatabaseError), transaction.atomic():
        forged.save()
