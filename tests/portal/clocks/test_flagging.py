"""Flagging: what time alone does to a clock, once, at its instant."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.alerts.models import Message
from portal.clocks.flagging import SET_ASIDE, flag_until, flag_waking
from portal.clocks.models import Breach, Clock, State
from portal.clocks.queries import soonest_wake
from portal.clocks.services import next_wake
from tests.factories import AgreementFactory, StaffFactory
from tests.portal.clocks.promises import MINUTE, NOW, register_promises, save_clock, save_clocks

pytestmark = pytest.mark.django_db

INSTANT = timedelta(microseconds=1)


def test_a_clock_is_breached_at_its_due_instant_and_everybody_is_told_in_the_same_breath() -> None:
    clock = save_clock(AgreementFactory())
    one, other = StaffFactory(), StaffFactory()

    flagged = flag_waking(now=NOW + 3 * timedelta(milliseconds=1))

    clock.refresh_from_db()
    breach = Breach.objects.get()
    assert flagged.breached == 1
    assert (clock.state, clock.breached_at, clock.next_at, clock.wake) == (State.BREACHED, NOW, None, "")
    assert (breach.clock, breach.due_at, breach.late_detected) == (clock, NOW, False)
    assert breach.detected_at == NOW + 3 * timedelta(milliseconds=1)
    assert {message.address for message in Message.objects.filter(breach=breach)} == {one.email, other.email}


def test_nothing_is_flagged_before_its_instant() -> None:
    save_clock(AgreementFactory())

    assert not flag_waking(now=NOW - INSTANT)
    assert not Breach.objects.exists()


def test_a_doubled_round_changes_nothing() -> None:
    save_clock(AgreementFactory())
    StaffFactory()
    flag_waking(now=NOW)

    assert not flag_waking(now=NOW + MINUTE)
    assert (Breach.objects.count(), Message.objects.count()) == (1, 1)


def test_a_clock_that_is_met_by_passing_time_is_met_at_its_due_instant() -> None:
    clock = save_clock(AgreementFactory(), at_due=Clock.AtDue.MEET)

    flagged = flag_waking(now=NOW + MINUTE)

    clock.refresh_from_db()
    assert flagged.met == 1
    assert (clock.state, clock.met_at, clock.next_at) == (State.MET, NOW, None)
    assert not Breach.objects.exists()


def test_a_missed_round_is_made_up_for_by_the_next() -> None:
    save_clock(AgreementFactory())

    flag_waking(now=NOW + timedelta(days=3))

    assert Breach.objects.get().due_at == NOW


@pytest.mark.parametrize("state", [State.MET, State.VOID, State.PAUSED])
def test_what_does_not_run_is_never_flagged(state: State) -> None:
    save_clock(AgreementFactory(), state=state, next_at=None, wake="")

    assert not flag_waking(now=NOW + MINUTE)


def test_each_share_is_warned_of_once() -> None:
    warnings = [(50, NOW - 15 * MINUTE), (75, NOW - 8 * MINUTE), (90, NOW - 3 * MINUTE)]
    clock = save_clock(AgreementFactory(), warnings=warnings)
    StaffFactory()

    for minute in range(-20, 5):
        flag_waking(now=NOW + minute * MINUTE)

    shares = Message.objects.filter(kind="warning").order_by("pk").values_list("context__share", flat=True)
    clock.refresh_from_db()
    assert list(shares) == [50, 75, 90]
    assert clock.state == State.BREACHED


def test_after_a_silence_only_the_largest_share_is_warned_of() -> None:
    clock = save_clock(AgreementFactory(), warnings=[(50, NOW - 15 * MINUTE), (75, NOW - 8 * MINUTE)])
    StaffFactory()

    flag_waking(now=NOW - 5 * MINUTE)

    clock.refresh_from_db()
    assert [message.context["share"] for message in Message.objects.all()] == [75]
    assert (clock.next_at, clock.wake, clock.warnings) == (NOW, "due", [])


def test_nobody_is_warned_of_what_is_over() -> None:
    save_clock(AgreementFactory(), warnings=[(50, NOW - 15 * MINUTE), (75, NOW - 8 * MINUTE)])
    StaffFactory()

    flag_waking(now=NOW)

    assert list(Message.objects.values_list("kind", flat=True)) == ["breach"]


def test_a_warning_does_not_lose_the_rules_that_still_lie_ahead() -> None:
    clock = save_clock(AgreementFactory(), warnings=[(50, NOW - 15 * MINUTE)], rules_at=NOW - 5 * MINUTE)

    flag_waking(now=NOW - 15 * MINUTE)

    clock.refresh_from_db()
    assert (clock.next_at, clock.wake) == (NOW - 5 * MINUTE, "rules")


def test_the_rules_run_where_time_alone_changes_their_answer() -> None:
    kind = register_promises()
    clock = save_clock(AgreementFactory(), rules_at=NOW - 5 * MINUTE)

    def tighten(ref: str, now: datetime) -> None:
        due_at = now + MINUTE
        Clock.objects.filter(subject_ref=ref).update(due_at=due_at, next_at=due_at, wake="due", rules_at=None)

    kind.rules = tighten

    flagged = flag_waking(now=NOW - 5 * MINUTE)

    clock.refresh_from_db()
    assert (flagged.retimed, kind.computed) == (1, ["P-1"])
    assert clock.due_at == NOW - 4 * MINUTE


def test_rules_that_make_a_clock_due_at_once_have_it_flagged_in_the_same_round() -> None:
    kind = register_promises()
    save_clock(AgreementFactory(), rules_at=NOW - 5 * MINUTE)

    def due_now(ref: str, now: datetime) -> None:
        Clock.objects.filter(subject_ref=ref).update(due_at=now, next_at=now, wake="due", rules_at=None)

    kind.rules = due_now

    flagged = flag_waking(now=NOW - 5 * MINUTE)

    assert (flagged.retimed, flagged.breached) == (1, 1)


def test_one_poisonous_subject_is_set_aside_and_stops_no_other() -> None:
    kind = register_promises()
    agreement = AgreementFactory()
    poisonous = save_clock(agreement, "P-poison", rules_at=NOW - 5 * MINUTE)
    save_clock(agreement, "P-sound", rules_at=NOW - 5 * MINUTE)
    save_clock(AgreementFactory(), "P-elsewhere", due_at=NOW - 5 * MINUTE)

    def fail_on_poison(ref: str, now: datetime) -> None:
        if ref == "P-poison":
            raise ArithmeticError(ref)
        Clock.objects.filter(subject_ref=ref).update(next_at=NOW, wake="due", rules_at=None)

    kind.rules = fail_on_poison

    flagged = flag_waking(now=NOW - 5 * MINUTE)

    poisonous.refresh_from_db()
    assert (flagged.retimed, flagged.breached, flagged.set_aside) == (1, 1, 1)
    assert (poisonous.next_at, poisonous.wake) == (NOW - 5 * MINUTE + SET_ASIDE, "rules")


def test_a_subject_whose_rules_fail_is_breached_at_its_due_all_the_same() -> None:
    kind = register_promises()
    clock = save_clock(AgreementFactory(), rules_at=NOW - timedelta(seconds=10))

    def fail(ref: str, now: datetime) -> None:
        raise ArithmeticError(ref)

    kind.rules = fail
    flag_waking(now=NOW - timedelta(seconds=10))

    flag_waking(now=NOW)

    clock.refresh_from_db()
    assert (clock.state, Breach.objects.get().due_at) == (State.BREACHED, NOW)


def test_rules_that_move_nothing_are_not_run_for_ever() -> None:
    kind = register_promises()
    clock = save_clock(AgreementFactory(), rules_at=NOW - 5 * MINUTE)

    flagged = flag_waking(now=NOW - 5 * MINUTE)

    clock.refresh_from_db()
    assert (kind.computed, flagged.set_aside) == (["P-1"], 1)
    assert clock.next_at == NOW - 5 * MINUTE + SET_ASIDE


def test_a_clock_of_which_nobody_can_be_told_is_set_aside_and_stops_no_other() -> None:
    agreement = AgreementFactory()
    unknown = save_clock(agreement, subject_kind="unheard_of")
    sound = save_clock(agreement)

    flagged = flag_waking(now=NOW)

    unknown.refresh_from_db()
    assert (flagged.breached, flagged.set_aside) == (1, 1)
    assert (unknown.state, unknown.next_at) == (State.RUNNING, NOW + SET_ASIDE)
    assert Breach.objects.get().clock == sound


def test_at_one_instant_the_due_precedes_the_rules_and_these_the_warning() -> None:
    assert next_wake(NOW, NOW, [(50, NOW)]) == (NOW, "due")
    assert next_wake(NOW + MINUTE, NOW, [(50, NOW)]) == (NOW, "rules")
    assert next_wake(None, None, []) == (None, "")


def test_the_soonest_wake_lies_before_the_instant_asked_for() -> None:
    agreement = AgreementFactory()
    save_clock(agreement, "P-1", due_at=NOW + MINUTE)
    save_clock(agreement, "P-2", due_at=NOW)

    assert soonest_wake(before=NOW + 2 * MINUTE) == NOW
    assert soonest_wake(before=NOW) is None


def test_a_round_costs_the_same_queries_at_10_and_at_10_000_open_clocks() -> None:
    agreement = AgreementFactory()
    save_clocks(agreement, 10, due_at=NOW + MINUTE)
    at_10 = queries_of_a_round(NOW)
    save_clocks(agreement, 10_000, due_at=NOW + 2 * MINUTE)

    at_10_000 = queries_of_a_round(NOW)

    assert at_10 == at_10_000 == 1


def test_a_batch_costs_the_same_queries_for_2_and_for_30_clocks() -> None:
    agreement = AgreementFactory()
    StaffFactory()
    save_clocks(agreement, 2, due_at=NOW)
    for_2 = queries_of_a_round(NOW)
    save_clocks(agreement, 30, due_at=NOW + MINUTE)

    for_30 = queries_of_a_round(NOW + MINUTE)

    assert for_2 == for_30
    assert Breach.objects.count() == 32


def queries_of_a_round(at: datetime) -> int:
    """Return how many queries one round of the tick takes while the clock stands still."""
    with CaptureQueriesContext(connection) as queries:
        flag_until(at, clock=lambda: at)
    return len(queries)


def test_what_has_come_is_found_by_the_partial_index() -> None:
    save_clocks(AgreementFactory(), 2000, due_at=NOW, step=MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    plan = Clock.objects.waking_by(NOW)[:1000].explain()

    assert "clock_waking" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


def test_the_soonest_wake_is_read_off_the_partial_index() -> None:
    save_clocks(AgreementFactory(), 2000, due_at=NOW, step=MINUTE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    plan = Clock.objects.filter(next_at__lt=NOW + MINUTE).order_by("next_at", "id").values_list("next_at")[:1].explain()

    assert "clock_waking" in plan
