"""JB-11, JS-18, JS-19, JS-22: a right to end while a notice of discontinuation stands, and what runs at the end.

The terms have both clauses: those of JUNO with the right of JBI. The earlier end holds.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse

from credits.models import Termination
from incidents.models import Outage
from portal.clients.models import Agreement
from portal.clients.tasks import keep_agreements
from portal.clocks.models import Breach, BreachVoid, Clock
from portal.contract.terms import library_terms
from portal.journal.models import Event
from portal.replay.loading import load_history
from tests.contracts.desk import Desk, at
from tests.contracts.downtime import outage
from tests.contracts.judging import lines_of, ny
from tests.contracts.paid import PaidDesk
from tests.contracts.test_js_19_backups import address_of
from tests.factories import ContactFactory
from tests.portal.replay.comparing import kept, replayed

pytestmark = pytest.mark.django_db

RIGHT = {
    "termination_months": {"value": 3, "clause": "JB-11"},
    "termination_window_months": {"value": 12, "clause": "JB-11"},
}
BAD = ("2026-01-10", "2026-03-10", "2026-05-12")
"""Days with nine hours of downtime each: three months under 99 %."""
TERM: dict[str, Any] = {"starts_on": "2026-01-01", "ends_on": "2026-12-31", "prepaid_minor": 36_500_00}


def with_right(**fields: Any) -> PaidDesk:
    """Return a desk whose client may end its agreement since June."""
    terms = library_terms("juno-live-support").to_json()
    desk = PaidDesk("juno-live-support", terms=terms | {"availability": terms["availability"] | RIGHT}, **fields)
    ContactFactory(client=desk.agreement.client)
    rows = [outage(f"{day} 08:00", f"{day} 17:00", f"O-{number}") for number, day in enumerate(BAD)]
    with at("06-14 12:00"):
        load_history(agreement_ref=desk.agreement.ref, lines=lines_of(*rows), now=ny("06-14 12:00"))
    return desk


def discontinue(desk: Desk, when: str, last_day: str) -> str:
    response = desk.send(
        when, f"/agreements/{desk.agreement.pk}/discontinue/", by=desk.manager, last_day=last_day, reason=""
    )
    return str(response.content.decode()) if response.status_code == 200 else ""


def end(desk: PaidDesk, when: str, on: str) -> str:
    """Let the client's administrator give its notice, and return what is refused."""
    page = f"/money/terminations/{desk.agreement.pk}/exercise/"
    response = desk.send(when, page, by=desk.boss, on=on, name="Dana Alder")
    return str(response.content.decode()) if response.status_code == 200 else ""


def looked(desk: Desk, when: str) -> Agreement:
    """Let the beat look, and return the agreement."""
    with at(when):
        keep_agreements()
    return Agreement.objects.get(pk=desk.agreement.pk)


def ends() -> list[Any]:
    return list(Event.objects.filter(kind="agreement.ended").values_list("at", flat=True))


def test_the_client_may_end_it_before_the_day_of_the_providers_notice() -> None:
    desk = with_right(**TERM)
    discontinue(desk, "06-15 10:00", "2026-12-31")

    refused = end(desk, "06-16 10:00", "2026-07-01")
    page = desk.read("06-16 11:00", f"/agreements/{desk.agreement.pk}/", by=desk.boss)
    home = desk.read("06-16 11:00", "/", by=desk.boss)
    ended = looked(desk, "2027-01-02 10:00")

    assert refused == ""
    assert ended.ended_at == ny("07-01 00:00")
    assert Termination.objects.get().refund_minor == 18_400_00
    for shown in (page, home):
        assert 'aria-label="Notice of discontinuation"' not in shown
    assert ends() == [ny("07-01 00:00")]


def test_it_does_not_outlast_the_providers_notice() -> None:
    desk = with_right()
    discontinue(desk, "06-15 10:00", "2026-08-15")

    refused = end(desk, "06-16 10:00", "2026-09-01")
    allowed = end(desk, "06-16 10:00", "2026-08-15")

    assert "Choose a day from" in refused
    assert allowed == ""
    assert looked(desk, "09-02 10:00").ended_at == ny("08-15 00:00")


def test_a_notice_of_discontinuation_ends_it_where_the_client_does_not_exercise_its_right() -> None:
    desk = with_right()
    discontinue(desk, "06-15 10:00", "2026-08-15")

    agreement = looked(desk, "08-16 00:01")
    refused = end(desk, "08-16 10:00", "2026-08-16")

    assert agreement.ended_at == ny("08-16 00:00")
    assert "has ended" in refused
    assert not Termination.objects.exists()


def test_what_the_client_ended_is_neither_discontinued_nor_renewed_nor_continued() -> None:
    desk = with_right(**TERM)
    discontinue(desk, "06-15 10:00", "2026-12-31")
    end(desk, "06-16 10:00", "2026-07-01")
    desk.send("06-17 10:00", f"/agreements/{desk.agreement.pk}/continue/", by=desk.manager)
    still = Agreement.objects.get(pk=desk.agreement.pk).last_day
    Agreement.objects.filter(pk=desk.agreement.pk).update(discontinued_at=None, last_day=None)

    again = discontinue(desk, "06-17 10:00", "2026-12-31")
    renewed = desk.send("06-17 10:00", f"/agreements/{desk.agreement.pk}/renew/", by=desk.manager, ends_on="2027-12-31")

    assert still == date(2026, 12, 31)
    assert "ends already" in again
    assert "ends already" in renewed.content.decode()
    assert not Event.objects.filter(kind__in=("agreement.renewed", "agreement.continued")).exists()


def test_the_journal_has_an_end_by_the_client_once_it_has_come_and_once() -> None:
    desk = with_right(**TERM)
    end(desk, "06-16 10:00", "2026-07-01")

    looked(desk, "06-30 23:59")
    before = ends()
    for when in ("07-01 00:01", "07-01 00:02"):
        looked(desk, when)

    assert before == []
    assert ends() == [ny("07-01 00:00")]
    assert replayed(desk.agreement, until=ny("07-02 00:00")) == kept(desk.agreement)


@pytest.fixture
def backed_up() -> tuple[PaidDesk, str]:
    """Return a desk whose agreement ends as July begins, and the address of its hourly backups."""
    desk = with_right(**TERM)
    end(desk, "06-16 10:00", "2026-07-01")
    return desk, address_of(desk, "06-30 20:00", "incremental")


def check_in(address: str, when: str) -> int:
    with at(when):
        return Browser().post(address).status_code


def backup_clock() -> Clock:
    return Clock.objects.filter(subject_kind="backup", subject_ref="incremental").latest("ordinal")


@pytest.mark.parametrize("last", ["06-30 23:30", "06-30 23:00"])
def test_a_backup_that_is_due_at_the_end_or_later_is_owed_no_more(backed_up: tuple[PaidDesk, str], last: str) -> None:
    desk, address = backed_up
    check_in(address, last)

    looked(desk, "07-01 00:01")
    desk.flag("07-02 00:00")
    after = check_in(address, "07-01 00:15")

    clock = backup_clock()
    assert after == 404
    assert (clock.state, clock.next_at) == ("void", None)
    assert not Breach.objects.filter(clock__subject_kind="backup").exists()
    assert replayed(desk.agreement, until=ny("07-02 00:00")) == kept(desk.agreement)


def test_a_backup_that_was_due_before_the_end_is_missed(backed_up: tuple[PaidDesk, str]) -> None:
    desk, address = backed_up
    check_in(address, "06-30 22:30")

    desk.flag("06-30 23:31")
    looked(desk, "07-01 00:01")

    assert backup_clock().breached_at == ny("06-30 23:30")
    assert not BreachVoid.objects.exists()
    assert replayed(desk.agreement, until=ny("07-02 00:00")) == kept(desk.agreement)


def test_a_flagger_that_comes_before_the_beat_that_ends_it_leaves_no_breach(backed_up: tuple[PaidDesk, str]) -> None:
    desk, address = backed_up
    check_in(address, "06-30 23:00")

    desk.flag("07-01 00:00:30")
    looked(desk, "07-01 00:01")

    assert backup_clock().state == "void"
    assert Breach.objects.filter(clock__subject_kind="backup", void__isnull=True).count() == 0


def test_an_outage_that_lasts_beyond_the_end_is_still_owed_and_can_still_be_ended() -> None:
    desk = with_right(**TERM)
    end(desk, "06-16 10:00", "2026-07-01")
    form = {"start": "2026-06-30T22:00", "end": "", "cause": "unscheduled"}
    desk.send("06-30 22:30", f"/availability/{desk.agreement.pk}/outages/new/", by=desk.manager, **form)
    down = Outage.objects.latest("pk")
    looked(desk, "07-01 00:01")

    page = desk.read("07-01 01:00", f"/availability/{desk.agreement.pk}/", by=desk.manager)
    response = desk.send("07-01 03:00", reverse("outage_end", args=[down.pk]), by=desk.manager, end="2026-07-01T02:30")
    late = {"start": "2026-07-01T00:30", "end": "2026-07-01T00:45", "cause": "unscheduled"}
    moved = desk.send("07-01 03:00", reverse("outage_correct", args=[down.pk]), by=desk.manager, **late)
    new = desk.send("07-01 03:00", f"/availability/{desk.agreement.pk}/outages/new/", by=desk.manager, **late)

    assert reverse("outage_end", args=[down.pk]) in page
    assert response.status_code == 302
    clock = Clock.objects.get(subject_kind="outage", subject_ref=down.ref)
    assert (clock.state, clock.met_at) == ("met", ny("07-01 02:30"))
    assert "The agreement had ended by then" in moved.content.decode()
    assert new.status_code != 302
    assert Outage.objects.latest("pk") == down
