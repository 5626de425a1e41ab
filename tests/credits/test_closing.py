"""Closing months: by beat and by command, once, on frozen inputs; what is learned later is a difference.

Clause: JS-13, JS-14, JS-17, JS-20, T-8, T-10.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.credit_payload import SERVICE_CREDIT
from credits.errors import (
    AlreadyClosedError,
    MayNotError,
    MonthNotOverError,
    OwnWorkError,
    ReasonMissingError,
    TakenBackError,
)
from credits.models import Code, Decision, Entry, MonthClose, MonthHold, Proposal, Verdict
from credits.queries.closing import crediting, read_months
from credits.reversal import REVERSAL, ReversalPayload
from credits.rules.closing import difference
from credits.rules.units import Amount
from credits.services import (
    approve_proposal,
    close_by_hand,
    close_months,
    decline_proposal,
    prepare_proposal,
    waive_proposal,
    withdraw_proposal,
)
from credits.tasks import close_months as close_months_task
from incidents.models import Incident, Outage
from incidents.rules.months import Month
from incidents.services import close_outage, void_breach
from portal.accounts.models import Role, User
from portal.clients.models import Agreement
from portal.demo.demonstration import load_demonstration
from portal.replay.engine import Judgement
from portal.replay.exporting import history_lines
from portal.replay.history import read_history
from portal.replay.loading import load_history
from tests.contracts.judging import Line, event, lines_of, ny, reported
from tests.credits.books import held
from tests.factories import AgreementFactory, StaffFactory

pytestmark = pytest.mark.django_db

APRIL = Month(2026, 4)
MAY = ny("05-02 09:00")
"""When April 2026 is over."""


@pytest.fixture
def finance() -> User:
    made: User = StaffFactory(role=Role.FINANCE)
    return made


def late(name: str = "A", day: str = "04-02") -> list[Line]:
    """Return a critical incident that was answered and resolved over both thresholds: 10 % and 15 %."""
    return [
        reported(f"{day} 10:00", incident=name),
        event(f"{day} 11:00", "responded", incident=name),
        event(f"{day} 17:00", "resolved", incident=name),
    ]


def loaded(*events: Line, now: datetime = MAY, **fields: Any) -> Agreement:
    """Return an agreement of 10,000.00 a month with a history."""
    agreement: Agreement = AgreementFactory(**fields)
    load_history(agreement_ref=agreement.ref, lines=lines_of(*events, until=now), now=now)
    return agreement


def proposed() -> list[tuple[str, int]]:
    """Return the rule and the amount of every proposal that waits, in order."""
    rows = Proposal.objects.undecided().filter(kind=SERVICE_CREDIT).order_by("pk")
    return [(row.payload["rule"], row.minor) for row in rows]


def test_a_month_that_is_over_closes_by_beat_and_its_lines_are_proposed() -> None:
    agreement = loaded(*late())

    came = close_months(now=MAY)

    close = MonthClose.objects.get(agreement=agreement, month=date(2026, 4, 1))
    assert proposed() == [("critical_resolution", 1500_00), ("critical_response", 1000_00)]
    assert came.proposals == 2
    assert (close.number, close.closed_by, len(close.inputs_hash), len(close.terms_hash)) == (1, None, 64, 64)
    assert [row["rule"] for row in close.lines] == ["critical_resolution", "critical_response"]
    key = Proposal.objects.order_by("pk").last()
    assert key is not None
    assert (key.scope, key.key) == ("service_credit", f"{agreement.pk}:2026-04:critical_response:1")


def test_a_second_run_finds_nothing_to_do() -> None:
    loaded(*late())
    close_months(now=MAY)
    rows = (MonthClose.objects.count(), Proposal.objects.count())

    came = close_months(now=ny("05-03 09:00"))
    close_months_task()

    assert (came.closed, came.again, came.proposals) == (0, 0, 0)
    assert Proposal.objects.count() == rows[1]
    assert not MonthClose.objects.filter(number__gt=1).exists()


def test_a_month_closes_in_the_agreements_zone_and_not_before_it_is_over() -> None:
    loaded(*late(), now=ny("04-30 12:00"))

    close_months(now=ny("04-30 23:59"))
    before = MonthClose.objects.filter(month=date(2026, 4, 1)).exists()
    close_months(now=ny("05-01 00:00"))

    assert not before
    assert MonthClose.objects.filter(month=date(2026, 4, 1)).exists()


def test_an_open_outage_holds_a_month_up_and_a_person_may_close_it_with_a_reason(finance: User) -> None:
    start = ny("04-10 00:00").isoformat()
    agreement = loaded(*late(), event("04-12 12:00", "outage.recorded", outage="O", start=start, end=None))

    came = close_months(now=MAY)
    hold = MonthHold.objects.get(month=date(2026, 4, 1))
    by_hand = partial(close_by_hand, agreement_id=agreement.pk, month=APRIL, now=MAY)
    with pytest.raises(ReasonMissingError):
        by_hand(reason=" ", by=finance)
    with pytest.raises(MayNotError):
        by_hand(reason="Now.", by=StaffFactory())
    close = by_hand(reason="The client agreed to the figure.", by=finance)

    assert came.held == 1
    assert [block["kind"] for block in hold.blocks] == ["open_outage"]
    assert hold.blocks[0]["remedy"] == "Record its end."
    assert (close.closed_by, close.reason) == (finance, "The client agreed to the figure.")
    assert ("availability", 3000_00) in proposed()
    assert not MonthHold.objects.filter(month=date(2026, 4, 1)).exists()
    with pytest.raises(AlreadyClosedError):
        by_hand(reason="Again.", by=finance)


def test_an_open_incident_over_a_threshold_holds_a_month_up() -> None:
    loaded(*late()[:2])

    close_months(now=MAY)

    assert [block["kind"] for block in MonthHold.objects.get(month=date(2026, 4, 1)).blocks] == ["over_threshold"]
    assert proposed() == []


def test_an_availability_incident_without_a_word_on_its_downtime_holds_a_month_up() -> None:
    history = late()
    history[0] |= {"category": "availability"}
    loaded(*history)

    close_months(now=MAY)

    assert [block["kind"] for block in MonthHold.objects.get(month=date(2026, 4, 1)).blocks] == ["unaccounted"]


def test_a_breach_voided_before_a_decision_withdraws_what_was_proposed() -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    _void_response(agreement)

    close_months(now=ny("05-04 09:00"))

    assert proposed() == [("critical_resolution", 1500_00)]
    assert Decision.objects.get().verdict == Verdict.WITHDRAWN
    second = MonthClose.objects.get(agreement=agreement, month=date(2026, 4, 1), number=2)
    assert second.supersedes == MonthClose.objects.get(agreement=agreement, month=date(2026, 4, 1), number=1)


def test_a_breach_voided_after_approval_is_a_difference_below_zero_and_never_an_edit(finance: User) -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    for proposal in Proposal.objects.all():
        approve_proposal(proposal_id=proposal.pk, by=finance, now=MAY)
    _void_response(agreement)

    close_months(now=ny("05-04 09:00"))

    assert proposed() == [("critical_response", -1000_00)]
    difference_row = Proposal.objects.undecided().get()
    assert difference_row.key == f"{agreement.pk}:2026-04:critical_response:2"
    assert "what was learned later makes $0.00 of it" in difference_row.reason
    approve_proposal(proposal_id=difference_row.pk, by=finance, now=ny("05-04 10:00"))
    assert close_months(now=ny("05-05 09:00")).again == 0


def test_a_credit_that_was_reversed_is_not_taken_back_a_second_time(finance: User) -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    for proposal in Proposal.objects.all():
        approve_proposal(proposal_id=proposal.pk, by=finance, now=MAY)
    _reverse("critical_response", finance)
    _void_response(agreement)

    close_months(now=ny("05-04 09:00"))

    assert proposed() == []
    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 1500_00


def test_a_difference_below_zero_is_refused_once_its_credit_was_reversed(finance: User) -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    by_rule = {row.payload["rule"]: row for row in Proposal.objects.all()}
    decline_proposal(proposal_id=by_rule["critical_resolution"].pk, reason="Not due.", by=finance, now=MAY)
    approve_proposal(proposal_id=by_rule["critical_response"].pk, by=finance, now=MAY)
    _void_response(agreement)
    close_months(now=ny("05-04 09:00"))
    waiting = Proposal.objects.undecided().get()
    _reverse("critical_response", finance)

    with pytest.raises(TakenBackError, match=r"\$0.00 is granted .*, and \$1,000.00 would be taken back. Decline it"):
        approve_proposal(proposal_id=waiting.pk, by=finance, now=ny("05-04 11:00"))

    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 0


def test_a_credit_is_not_reversed_once_a_difference_took_it_back(finance: User) -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    for proposal in Proposal.objects.exclude(payload__rule="critical_response"):
        decline_proposal(proposal_id=proposal.pk, reason="Not due.", by=finance, now=MAY)
    approve_proposal(proposal_id=Proposal.objects.undecided().get().pk, by=finance, now=MAY)
    _void_response(agreement)
    close_months(now=ny("05-04 09:00"))
    approve_proposal(proposal_id=Proposal.objects.undecided().get().pk, by=finance, now=ny("05-04 10:00"))

    with pytest.raises(TakenBackError):
        _reverse("critical_response", finance)

    assert held(agreement.client, Code.CREDIT_OWED, "USD") == 0


def test_who_closed_a_month_by_hand_neither_approves_nor_withdraws_what_it_gives(finance: User) -> None:
    start = ny("04-10 00:00").isoformat()
    agreement = loaded(*late(), event("04-12 12:00", "outage.recorded", outage="O", start=start, end=None))
    close_by_hand(agreement_id=agreement.pk, month=APRIL, reason="The client agreed.", by=finance, now=MAY)
    proposal = Proposal.objects.order_by("pk").first()
    assert proposal is not None

    with pytest.raises(OwnWorkError, match="second person to approve"):
        approve_proposal(proposal_id=proposal.pk, by=finance, now=MAY)
    with pytest.raises(OwnWorkError, match="second person to decline"):
        withdraw_proposal(proposal_id=proposal.pk, reason="Never mind.", by=finance, now=MAY)
    decision = approve_proposal(proposal_id=proposal.pk, by=StaffFactory(role=Role.FINANCE), now=MAY)

    assert decision.approval is not None
    assert decision.approval.prepared_by == finance


def test_what_a_close_by_hand_proposed_is_withdrawn_as_any_other_once_it_is_overtaken(finance: User) -> None:
    start = ny("04-10 00:00").isoformat()
    agreement = loaded(*late(), event("04-12 12:00", "outage.recorded", outage="O", start=start, end=None))
    close_by_hand(agreement_id=agreement.pk, month=APRIL, reason="The client agreed.", by=finance, now=MAY)
    outage = Outage.objects.get()
    close_outage(outage_id=outage.pk, end=ny("04-10 01:00"), by=StaffFactory(), now=ny("05-03 09:00"))

    close_months(now=ny("05-04 09:00"))

    assert proposed() == [("critical_resolution", 1500_00), ("critical_response", 1000_00)]
    withdrawn = Decision.objects.get(verdict=Verdict.WITHDRAWN)
    assert (withdrawn.proposal.payload["rule"], withdrawn.decided_by) == ("availability", None)


def _reverse(rule: str, by: User) -> None:
    """Reverse the credit of a rule by the word of two."""
    entry = Entry.objects.get(decision__proposal__payload__rule=rule, decision__proposal__minor__gt=0)
    reversal = prepare_proposal(
        kind=REVERSAL,
        client=entry.client,
        agreement=entry.agreement,
        amount=Amount(-1000_00, "USD"),
        reason="It was posted by mistake.",
        payload=ReversalPayload(entry=entry.pk, what="Service credit"),
        scope=REVERSAL,
        key=f"{entry.pk}",
        by=StaffFactory(role=Role.MANAGER),
        now=ny("05-03 12:00"),
    )
    approve_proposal(proposal_id=reversal.pk, by=by, now=ny("05-03 12:00"))


def test_what_was_waived_is_not_proposed_a_second_time(finance: User) -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    for proposal in Proposal.objects.all():
        waive_proposal(proposal_id=proposal.pk, reason="The client waived it.", by=finance, now=MAY)
    _void_response(agreement)

    close_months(now=ny("05-04 09:00"))

    assert proposed() == []


def test_a_later_fee_judges_no_closed_month_again() -> None:
    agreement = loaded(*late())
    close_months(now=MAY)
    Agreement.objects.filter(pk=agreement.pk).update(fee_minor=9)

    assert close_months(now=ny("05-04 09:00")).again == 0


def test_without_a_fee_nothing_is_proposed_and_the_month_says_so() -> None:
    loaded(*late(), fee_minor=None)

    close_months(now=MAY)

    assert [block["kind"] for block in MonthHold.objects.get(month=date(2026, 4, 1)).blocks] == ["no_fee"]


def test_a_proposal_shows_what_the_other_reading_would_give() -> None:
    loaded(*late("A"), *late("B", "04-03"))

    close_months(now=MAY)

    payload = Proposal.objects.get(payload__rule="critical_response").payload
    assert payload["otherwise"] == [
        {"words": "Read as credited for each incident", "minor": 2000_00, "taken": "credited once a month"}
    ]


def _void_response(agreement: Agreement) -> None:
    """Void the breach of the response threshold as its page does."""
    incident = Incident.objects.get(agreement=agreement)
    void_breach(
        incident_id=incident.pk,
        target="response_credit",
        ordinal=1,
        reason="Agreed with the client.",
        by=StaffFactory(role=Role.MANAGER),
        now=ny("05-03 09:00"),
    )


@pytest.mark.parametrize(
    ("target", "granted", "refused", "expected"),
    [
        (100, 0, 0, 100),
        (150, 100, 0, 50),
        (0, 100, 0, -100),
        (80, 0, 100, 0),
        (150, 0, 100, 50),
        (0, 100, -100, 0),
        (40, 100, -100, 0),
    ],
)
def test_only_what_goes_beyond_earlier_decisions_is_new(target: int, granted: int, refused: int, expected: int) -> None:
    assert difference(target, granted=granted, refused=refused) == expected


def test_the_command_closes_one_month_of_one_agreement_and_is_idempotent() -> None:
    agreement, other = loaded(*late()), loaded(*late())
    told = StringIO()

    for _ in range(2):
        call_command("close_month", month="2026-04", agreement=agreement.ref, stdout=told)

    first, second = told.getvalue().splitlines()
    assert first == "1 months closed, 0 closed again, 0 held up, 2 proposals."
    assert second == "0 months closed, 0 closed again, 0 held up, 0 proposals."
    assert not MonthClose.objects.filter(agreement=other).exists()


@pytest.mark.parametrize("month", ["2026-4", "2026-13", "1999-01", "x", "2026-00", "２０２６-04"])
def test_the_command_refuses_what_is_no_month(month: str) -> None:
    with pytest.raises(CommandError, match="is no month"):
        call_command("close_month", month=month)


def test_the_command_refuses_an_agreement_that_grants_no_credits() -> None:
    with pytest.raises(CommandError, match="grants credits"):
        call_command("close_month", agreement="NOBODY")


def test_a_month_that_is_not_over_is_not_closed_by_hand(finance: User) -> None:
    agreement = loaded(*late())

    with pytest.raises(MonthNotOverError):
        close_by_hand(agreement_id=agreement.pk, month=Month(2026, 5), reason="Now.", by=finance, now=MAY)


def test_reading_costs_the_same_queries_however_many_agreements_there_are() -> None:
    loaded(*late())
    with CaptureQueriesContext(connection) as few:
        read_months(crediting(), Month(2026, 1), APRIL, now=MAY)
    for _ in range(4):
        loaded(*late())
    with CaptureQueriesContext(connection) as many:
        reading = read_months(crediting(), Month(2026, 1), APRIL, now=MAY)

    assert len(many) == len(few) == 8
    assert len(reading.agreements) == 5


def test_every_month_that_closes_has_the_lines_that_replay_gives_the_exported_journal() -> None:
    now = datetime.fromisoformat("2026-11-18T15:42:11+00:00")
    load_demonstration(now=now)

    reading = read_months(crediting(), Month(2025, 6), Month(2026, 11), now=now)

    compared = 0
    for pk, agreement in reading.agreements.items():
        judgement = Judgement(read_history(history_lines(agreement, until=now)))
        list(judgement.clocks())
        for key, inputs in reading.inputs.items():
            if key.agreement_id == pk:
                ours = [
                    (line.rule, f"{line.percent:f}", str(line.amount), list(line.evidence)) for line in inputs.lines()
                ]
                theirs = [
                    (row["rule"], row["percent"], row["amount"], row["evidence"])
                    for row in judgement.credits
                    if row["month"] == str(key.month)
                ]
                assert ours == theirs, (agreement.ref, str(key.month))
                compared += len(ours)
    assert compared > 0
