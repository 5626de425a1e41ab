"""The published latency: percentiles of what really happened."""

from datetime import timedelta

import pytest

from portal.alerts.chart import LEFT, RIGHT, WIDTH, latency_chart
from portal.alerts.models import Message
from portal.alerts.queries import Stage, latency
from portal.alerts.sender import send_outbox
from tests.portal.alerts.letters import NOW, letter, post, ticking

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)


def alerted(number: int, *, detection: timedelta = MILLISECOND, sending: timedelta = SECOND, due: bool = True) -> None:
    """Write an alert that went its way: due at NOW, detected, queued a millisecond later, accepted."""
    detected_at = NOW + detection
    queued_at = detected_at + MILLISECOND
    post(
        letter(f"letter-{number}", due_at=NOW if due else None, detected_at=detected_at if due else None), at=queued_at
    )
    Message.objects.filter(key=f"letter-{number}").update(accepted_at=queued_at + sending)


def test_without_alerts_there_are_no_figures() -> None:
    assert latency(since=NOW).stages == []


def test_every_stage_has_its_median_its_percentiles_and_its_worst() -> None:
    for number in range(1, 101):
        alerted(number, detection=number * MILLISECOND, sending=number * SECOND)

    figures = latency(since=NOW)

    detected, queued, accepted, total = figures.stages
    assert figures.alerts == 100
    assert detected == Stage("Due to detected", *(number * MILLISECOND for number in (50, 95, 99, 100)))
    assert queued == Stage("Detected to queued", *[MILLISECOND] * 4)
    assert accepted == Stage("Queued to accepted", *(number * SECOND for number in (50, 95, 99, 100)))
    assert total.worst == 100 * MILLISECOND + MILLISECOND + 100 * SECOND


def test_one_alert_is_its_own_percentiles() -> None:
    alerted(1, detection=38 * MILLISECOND)

    assert latency(since=NOW).stages[0] == Stage("Due to detected", *[38 * MILLISECOND] * 4)


def test_a_percentile_is_the_length_of_an_alert_that_occurred() -> None:
    for number in (1, 2, 3):
        alerted(number, detection=number * MILLISECOND)

    assert latency(since=NOW).stages[0] == Stage("Due to detected", *(number * MILLISECOND for number in (2, 3, 3, 3)))


def test_what_was_detected_late_is_left_out() -> None:
    alerted(1)
    alerted(2, due=False)

    assert latency(since=NOW).alerts == 1


def test_only_alerts_since_the_instant_count() -> None:
    alerted(1)

    assert latency(since=NOW + timedelta(days=1)).alerts == 0


def test_the_sender_keeps_the_instant_at_which_the_server_took_each_mail() -> None:
    post(letter(due_at=NOW, detected_at=NOW + MILLISECOND), at=NOW + 2 * MILLISECOND)

    send_outbox(clock=ticking(NOW + SECOND))

    assert latency(since=NOW).stages[-1].worst > SECOND


def test_the_picture_places_longer_ways_further_right_and_keeps_them_inside() -> None:
    short = Stage("Short", *(number * MILLISECOND for number in (0, 2, 5, 9)))
    long = Stage("Long", *(number * SECOND for number in (1, 30, 60, 10**7)))

    chart = latency_chart([short, long])

    first, second = chart.bars
    assert LEFT == first.p50 < first.p95 < first.p99 < first.worst < second.p50 < second.p99 < second.worst
    assert second.worst <= WIDTH - RIGHT
    assert chart.ticks[0].label == "1\xa0ms"


def test_the_picture_of_nothing_but_instants_still_has_a_scale() -> None:
    chart = latency_chart([Stage("Instant", *[timedelta(0)] * 4)])

    assert [tick.label for tick in chart.ticks] == ["1\xa0ms", "10\xa0ms"]
    assert chart.bars[0].worst == LEFT
